"""Rows of agreements to what their pages and Today show, one module for each subject."""
