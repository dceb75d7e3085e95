"""For whom it worked, as a section of the report: each group in a fixed order, never by how well it did."""

from typing import Any

from django.utils.translation import gettext as _

from iom.cohorts.choices import CohortType, type_name
from iom.outcomes.models import Study
from iom.outcomes.presenters import words
from iom.outcomes.presenters.words import NONE


def for_whom(study: Study) -> dict[str, Any]:
    """The section; an empty one where nothing may be said or the question was answered before there was this part."""
    assert study.result is not None
    said = study.result.get("moderators")
    if said is None or study.result["verdict"]["word"] == "refused":
        return {}
    heading = _("For whom did it work?")
    found, why = words.part(said)
    if found is None:
        return {
            "heading": heading,
            "paragraphs": [_("Groups of people are not compared: %(why)s") % {"why": why}],
            "tables": [],
        }
    shown = found["found"]
    names = moderator_names()
    paragraphs = [in_one_sentence(found)]
    if shown:
        paragraphs += [
            _(
                "That the interval of one group leaves out no difference and that of another does not is no difference"
                " between the two: only the chance (p) beneath each table says. It is held to a stricter test because"
                " several things are looked at (Holm)."
            ),
            _(
                "Each group is compared with people who did not join, weighted to be like it: of the same group where"
                " they have one (sex, age, area). Nobody who did not join has a scheme, a cohort type, a lead agency or"
                " supervision by it, so there the others are everybody who did not join; what sets such groups apart"
                " may be who is in them and not what was done. Area and lead agency are those on record now."
            ),
        ]
    tables = [table(each, found["interactions"]["p"][each["moderator"]], study.primary) for each in shown]
    unsaid = [str(names[name]).lower() for name in found["without"] if name in names]
    if unsaid:
        paragraphs.append(_("Too little to compare groups by: %(names)s.") % {"names": ", ".join(unsaid)})
    return {"heading": heading, "paragraphs": paragraphs, "tables": tables}


def in_one_sentence(found: Any) -> str:
    """Whether groups differ by more than chance, of all that were looked at together."""
    if not found["found"]:
        return _("There are too few people to compare groups of them.")
    differ = [str(moderator_names()[name]).lower() for name in found["interactions"]["significant"]]
    if not differ:
        return _("No difference between groups can be told from chance.")
    return _("Groups differ by more than chance in: %(names)s.") % {"names": ", ".join(differ)}


def table(found: dict[str, Any], p: float, measure: str) -> dict[str, Any]:
    """The groups of one moderator. Those drawn to the mean are of at least five groups."""
    name = found["moderator"]
    rows = {
        level["name"]: [
            words.count(level["treated"]),
            words.gap(level["effect"], measure),
            words.span(level["low"], level["high"], measure),
            words.gap(level["drawn"], measure),
            words.span(level["drawn_low"], level["drawn_high"], measure),
        ]
        for level in found["levels"]
    }
    rows |= {level: [_("not shown"), NONE, NONE, NONE, NONE] for level in (*found["withheld"], *found["no_estimate"])}
    headings = [
        _("Group"), _("People who joined"), _("Difference (%(unit)s)") % {"unit": words.unit(measure)},
        _("95% interval"),
    ]  # fmt: skip
    if any(level["drawn"] is not None for level in found["levels"]):
        headings += [_("Drawn to the mean"), _("Its interval")]
    return {
        "caption": _("Difference by %(name)s (chance that groups differ so much: p %(p)s)")
        % {"name": str(moderator_names()[name]).lower(), "p": words.chance(p)},
        "headings": headings,
        "rows": [[level_name(name, level), *rows[level]][: len(headings)] for level in in_order(name, list(rows))],
    }


def moderator_names() -> dict[str, str]:
    return {
        "scheme": _("Scheme"),
        "cohort_type": _("Cohort type"),
        "statutory": _("Statutory or not"),
        "lead_agency": _("Lead agency"),
        "sex": _("Sex"),
        "age_band": _("Age"),
        "locality": _("Area"),
    }


def level_name(moderator: str, level: str) -> str:
    if level == "not known":
        return _("Not known")
    if moderator == "cohort_type":
        return type_name(level)
    told = {
        "statutory": _("Statutory: on licence, an order or serving a sentence"),
        "non-statutory": _("Not statutory"),
        "F": _("Women"),
        "M": _("Men"),
        "50-plus": _("50 and over"),
    }
    return told.get(level, level.replace("-", " to ") if moderator == "age_band" else level)


def in_order(moderator: str, levels: list[str]) -> list[str]:
    """Cohort types as the strategy has them, all else by the alphabet, what is not known last."""
    order = list(CohortType.values) if moderator == "cohort_type" else []
    return sorted(
        levels,
        key=lambda each: (each == "not known", order.index(each) if each in order else len(order), each),
    )
