"""The page about the synthetic area states the rates that are really used."""

from pathlib import Path

from iom_analytics.synthetic import MISTAKES
from iom_analytics.synthetic.settings import settings

PAGE = Path(__file__).parents[3] / "docs" / "explanation" / "synthetic.md"
SOURCES = ("police", "probation", "prison", "treatment")


def mistakes_table() -> list[str]:
    """The lines of the table of mistakes, as the page must have them."""
    lines = [f"| mistake | {' | '.join(SOURCES)} |", "|---|" + "---|" * len(SOURCES)]
    for mistake in MISTAKES:
        rates = [settings()["sources"][source]["mistakes"].get(mistake, 0) for source in SOURCES]
        lines.append(f"| {mistake} | {' | '.join(f'{100 * rate:g}' if rate else '-' for rate in rates)} |")
    return lines


def test_the_page_states_every_rate_in_use() -> None:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    table = mistakes_table()
    start = lines.index(table[0])
    assert lines[start : start + len(table)] == table


def test_the_page_states_the_share_of_damaged_rows_and_the_made_up_postcode_areas() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert f"{100 * settings()['faults']['share']:g} % of the rows are damaged" in page
    assert f"({', '.join(settings()['area']['postcode_areas'])})" in page
    assert settings()["arrests"]["policing"]["Black"] == settings()["intelligence"]["policing"]["Black"] == 1.5
