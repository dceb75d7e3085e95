"""Reports as files: PDF, Word and tables."""
