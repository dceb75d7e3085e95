"""Rows as the pages show them: plain values, words, and links."""
