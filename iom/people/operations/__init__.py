"""Every write of the person index."""
