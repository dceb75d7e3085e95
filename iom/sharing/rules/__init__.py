"""Decisions of sharing, without a database."""
