"""Rows of sharing in words."""
