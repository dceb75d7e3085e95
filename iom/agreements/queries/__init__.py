"""Reads of this app, one module for each subject."""
