"""The pages of sharing, one module for each subject."""
