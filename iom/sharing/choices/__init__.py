"""The words of sharing, one module for each subject."""
