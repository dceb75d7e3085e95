"""Every write of sharing."""
