"""The difference of a question beside what was found elsewhere, as a section of the report. Nothing is pooled."""

from typing import Any

from django.utils.translation import gettext as _

from iom.outcomes import evaluation
from iom.outcomes.choices import Measure
from iom.outcomes.models import Study
from iom.outcomes.presenters import words
from iom.outcomes.presenters.words import NONE


def beside(study: Study) -> dict[str, Any]:
    """The section; an empty one where nothing may be said, or the question is not of who reoffended."""
    assert study.result is not None
    row = study.result["rows"][0]
    if study.primary != Measure.REOFFENDED or study.result["verdict"]["word"] == "refused":
        return {}
    own = [
        study.title,
        words.count(row["treat_number"]),
        words.gap(row["difference_means"], study.primary),
        words.span(row["difference_lower"], row["difference_upper"], study.primary),
        study.result["grade"]["levels"],
        NONE,
    ]
    rows = [own, *(of_another(each) for each in evaluation.other_studies())]
    return {
        "heading": _("Beside other studies"),
        "paragraphs": [
            _(
                "These are comparisons of other people, in other places and years, by other schemes. They are set side"
                " by side and not put together: that two differ does not say that one scheme is better."
            ),
            _("A study whose figure was not found shows what its report concluded. This is not every study there is."),
        ],
        "tables": [
            {
                "caption": _("Who reoffended: the difference here and elsewhere"),
                "headings": [
                    _("Study"), _("People who joined"), _("Difference (percentage points)"), _("95% interval"),
                    _("Design"), _("Source"),
                ],
                "rows": rows,
                "words": [4, 5],
            }
        ],
    }  # fmt: skip


def of_another(row: dict[str, Any]) -> list[str]:
    year = _("%(study)s, %(year)s") % {"study": row["study"], "year": row["year"]} if row["year"] else row["study"]
    known = row["difference"] is not None
    # Published in percentage points; a share is what `words` writes.
    low, high = (None if row[name] is None else row[name] / 100 for name in ("low", "high"))
    return [
        year,
        f"{row['people']:,}",
        words.gap(row["difference"] / 100, Measure.REOFFENDED) if known else conclusions()[row["found"]],
        words.span(low, high, Measure.REOFFENDED),
        _("Maryland scale %(number)s of 5") % {"number": row["maryland"]},
        row["source"],
    ]


def conclusions() -> dict[str, str]:
    """What reports without a figure concluded, as the reader's language has it."""
    return {"Inconclusive": _("Inconclusive"), "More likely to reoffend": _("More likely to reoffend")}
