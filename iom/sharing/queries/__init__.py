"""Every read of sharing, one module for each subject."""
