"""The figures: speed beside a peer (`make bench`), results beside an oracle (`make validate`)."""
