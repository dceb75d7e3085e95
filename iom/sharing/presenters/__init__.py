"""Sharing as pages show it, one module for each subject."""
