"""Every read of sharing."""
