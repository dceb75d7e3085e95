"""A PostgreSQL of the bench's own, with a partnership in it, for the figures of the web application."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def partnership() -> Iterator[tuple[Any, Any]]:
    """A fresh database with one partnership: its first agency and the system's scope for it."""
    with tempfile.TemporaryDirectory(prefix="iom-bench-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        from iom.config import embedded

        url = embedded.with_database(embedded.start(Path(folder) / "postgres"), "bench")
        os.environ |= {
            "OPENIOM_PAGES_A_MINUTE": "1000000",
            "DATABASE_URL": url,
            "OPENIOM_SECRET_KEY": "only for the bench",
            "OPENIOM_STORE": str(Path(folder) / "files"),
            "OPENIOM_SECOND_FACTOR": "no",
            "OPENIOM_DEMO": "yes",
            "DJANGO_SETTINGS_MODULE": "iom.config.settings",
        }
        from iom.config import cli

        cli.setup()
        from tests.factories.partnerships import make_place

        place = make_place("Westmarch")
        yield place, place.system()
        from django.db import connections

        connections.close_all()
