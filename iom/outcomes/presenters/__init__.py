"""Rows and reports turned into what a template shows."""
