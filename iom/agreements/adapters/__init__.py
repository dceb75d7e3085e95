"""What of agreements lies outside the database: their documents."""
