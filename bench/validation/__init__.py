"""Results, one module per area: `TITLE` and `figures(shared) -> list[Figure]`."""
