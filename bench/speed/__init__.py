"""Speed, one module per area: `figures() -> list[Figure]`."""
