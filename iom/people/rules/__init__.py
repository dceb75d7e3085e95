"""What is decided without a database: how people are found, who may see two records at once, what may be merged."""
