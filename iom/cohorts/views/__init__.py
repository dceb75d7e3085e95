"""The cohort's pages: read input, ask, call, show."""
