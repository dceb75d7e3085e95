"""Decisions of sharing as pure functions, one module for each subject."""
