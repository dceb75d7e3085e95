"""What people type about sharing, one module for each subject."""
