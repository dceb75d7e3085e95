"""`openiom manage make_catalogues`: finds the words users see, brings Welsh up to date and compiles it.

With --compile it only compiles what is there, as the build does.
"""

from argparse import ArgumentParser
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from babel.messages.frontend import CommandLineInterface
from django.core.management.base import BaseCommand

from iom.access.permissions import DESCRIPTIONS
from iom.access.roles import ALL

IOM = Path(__file__).parents[3]
LOCALE = IOM / "locale"
KEYWORDS = (
    "_",
    "gettext",
    "ngettext:1,2",
    "gettext_lazy",
    "gettext_noop",
    "ngettext_lazy:1,2",
    "NavigationItem:2",
    "PersonTab:2",
)


class Command(BaseCommand):
    help = "Brings the message catalogues up to date"
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--compile", action="store_true", help="only compile the catalogues that are there")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["compile"]:
            with TemporaryDirectory() as folder:
                template = f"{folder}/django.pot"
                listed = "\n".join(f"_({words!r})" for words in words_of_data())
                (Path(folder) / "words.py").write_text(listed, encoding="utf-8")
                keywords = [argument for keyword in KEYWORDS for argument in ("-k", keyword)]
                run(
                    "extract",
                    "-F",
                    str(LOCALE / "babel.cfg"),
                    "--no-location",
                    *keywords,
                    "-o",
                    template,
                    str(IOM),
                    folder,
                )
                run("update", "-i", template, "-d", str(LOCALE), "-D", "django", "-l", "cy", "--init-missing", "-N")
        run("compile", "-d", str(LOCALE), "-D", "django")


def words_of_data() -> list[str]:
    """What users read that stands in tables of the code, where no call of gettext marks it."""
    names = [words for role in ALL for words in (role.display_name, role.description)]
    return [*DESCRIPTIONS.values(), *names]


def run(*arguments: str) -> None:
    CommandLineInterface().run(["pybabel", "-q", *arguments])
