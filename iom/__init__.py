"""The web application a partnership works in all day."""
