"""Files that sharing keeps and makes."""
