"""What may be shared, kept and destroyed: pure decisions."""
