"""The pages of agreements, one module for each subject."""
