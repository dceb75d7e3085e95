"""Rows of the person index as plain values for templates."""
