"""What the pages of agreements ask for, one module for each subject."""
