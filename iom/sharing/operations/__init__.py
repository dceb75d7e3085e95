"""Every write of sharing, one module for each subject."""
