"""Questions as rows, and one question on its way: what was settled, what it could find, the comparison."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from iom.outcomes import evaluation, rules
from iom.outcomes.choices import Measure, Method, StudyState
from iom.outcomes.models import Study
from iom.outcomes.presenters import report, words

COLOURS = {
    StudyState.DRAFT: "grey",
    StudyState.DESIGNING: "blue",
    StudyState.DESIGNED: "yellow",
    StudyState.ESTIMATING: "blue",
    StudyState.DONE: "green",
    StudyState.REFUSED: "red",
    StudyState.WITHDRAWN: "grey",
}
# A rate to start from where nothing is known yet; what is found says the real one.
BASE = 0.5
# Where everybody else counts, by weights that differ: what they are worth is known once the comparison is made.
MANY = 3


def row(study: Study) -> dict[str, Any]:
    return {
        "study": study,
        "who": report.lines(study)[0],
        "colour": COLOURS[StudyState(study.state)],
        "state": study.get_state_display(),
        "answer": report.verdict(study) if study.state == StudyState.DONE else study.message,
    }


def months(known_to: date | None) -> list[date]:
    """The months whose people have a final outcome, the last first."""
    if known_to is None:
        return []
    last = rules.latest_month(known_to)
    numbers = range(last.year * 12 + last.month - 1, last.year * 12 + last.month - 1 - rules.MOST_MONTHS, -1)
    return [date(number // 12, number % 12 + 1, 1) for number in numbers]


def settled(study: Study, *, links: dict[str, str] | None = None) -> list[dict[str, Any]]:
    """What a question asks, as a summary list; `links` are where each part of a draft is changed."""
    links = links or {}
    scheme = study.scheme.name if study.scheme else _("Every scheme")
    rows = [
        (_("What is asked"), study.title, "who"),
        (_("Scheme"), scheme, "who"),
        (
            _("Joined"),
            _("%(first)s to %(last)s")
            % {"first": words.month(study.first_month), "last": words.month(study.last_month)},
            "who",
        ),
        (_("Comparison"), comparison(study), "comparison"),
        (_("What decides"), str(Measure(study.primary).label), "measures"),
        (
            _("Also looked at"),
            "; ".join(str(Measure(name).label) for name in study.secondary) or _("Nothing else"),
            "measures",
        ),
    ]
    if study.purpose and not links:
        rows.append((_("What will be decided on it"), study.purpose, ""))
    return [
        {"key": key, "value": value, "action": {"href": links[part], "text": _("Change"), "of": key}}
        if part in links
        else {"key": key, "value": value}
        for key, value, part in rows
    ]


def comparison(study: Study) -> str:
    label = str(Method(study.method).label)
    if study.method != Method.NEAREST:
        return label
    return _("%(label)s, %(ratio)s to 1") % {"label": label, "ratio": study.ratio}


def power(study: Study, *, joined: int) -> list[str]:
    """What so many people could show, said before anybody looks."""
    if joined < evaluation.SMALL:
        return [
            _(
                "Fewer than 10 people joined in these months. Nothing can be said of so few, and they could be"
                " recognised: choose more months."
            )
        ]
    ratio = study.ratio if study.method == Method.NEAREST else MANY
    found, why = words.part(evaluation.detectable(treated=joined, ratio=ratio, base=BASE))
    said = [_("About %(number)s people joined in these months.") % {"number": words.count(joined)}]
    if found is None:
        return [*said, why]
    if found["lower"] is None:
        return [*said, _("So few cannot show any fall, however large.")]
    said.append(
        _(
            "If half of people like them reoffend, a fall to %(target)s%% or below would be told from chance four times"
            " in five. A smaller fall would most likely be missed, and the answer would then be that it cannot be told."
        )
        % {"target": evaluation.displayed(found["lower"], times=100)}
    )
    return said


def red(study: Study) -> int:
    """In how many respects the two sides of its comparison still differ; 0 where there is none."""
    return int(study.design["lights"]["red"]) if study.design else 0


def design(study: Study) -> dict[str, Any]:
    """The comparison, to be looked at: who, how alike, and whether to worry."""
    assert study.design is not None
    return {
        "who": report.who_words(study.design),
        "people": report.people_table(study.design),
        "balance": report.balance_table(study.design),
        "words": report.balance_words(study.design),
        "power": words.part(
            evaluation.detectable(
                treated=study.design["treated_compared"],
                ratio=max(1, round(study.design["comparison_effective"] / study.design["treated_compared"])),
                base=BASE,
            )
        )[0],
    }
