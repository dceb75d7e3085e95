"""`openiom manage make_docs`: writes the generated reference pages, or with --check says which are stale."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from iom.config import pages

FOLDER = Path("docs/reference")


class Command(BaseCommand):
    help = "Writes docs/reference from the code"
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; fail where a page is stale")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["check"]:
            pages.write(FOLDER)
            return
        stale = pages.stale(FOLDER)
        if stale:
            raise CommandError(f"Not current: {', '.join(stale)}. Run `make docs`.")
