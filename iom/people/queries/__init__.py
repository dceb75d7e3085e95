"""Every read of the person index. Each starts from what the scope may see."""
