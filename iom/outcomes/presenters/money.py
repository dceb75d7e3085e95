"""What a scheme costs beside what it did, in words and tables: shaped as the report, and for the partnership alone.

Whatever rests on the effect is to three figures: it is not known any finer.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from iom.govuk.filters import date as day
from iom.outcomes import evaluation
from iom.outcomes.choices import Method
from iom.outcomes.evaluation import AtMultiplier, Effect, Inputs, Mixed, Post, Reckoned, displayed
from iom.outcomes.models import Costs, Study
from iom.outcomes.presenters import report
from iom.outcomes.presenters.report import section
from iom.outcomes.presenters.words import NONE, percent

WORD_JOINER = "\u2060"
Document = dict[str, Any]
Section = dict[str, Any]


def inputs(costs: Costs) -> Inputs:
    """A stored set as the bridge takes it."""
    return Inputs(
        staff=[Post(**post) for post in costs.staff],
        other_pounds=float(costs.other_pounds),
        as_usual_pounds=float(costs.as_usual_pounds),
        mean_caseload=float(costs.mean_caseload),
        price_year=costs.price_year,
        mix=[Mixed(each["crime"], each["percent"] / 100, each["multiplier"]) for each in costs.mix],
        uncosted=float(costs.uncosted_percent) / 100,
    )


def document(study: Study, costs: Costs) -> Document:
    """All that follows from a set of costs and what was found of a question that is answered."""
    assert study.result is not None
    given = inputs(costs)
    found = evaluation.reckon(given, result=study.result, names=report.names_of(study))
    sections = [
        in_brief(found, given, study),
        a_reoffence(found, given),
        sensitivity(found),
        spent(found, given, costs),
        not_a_saving(),
        method(found),
    ]
    return {"sections": [each for each in sections if each]}


def in_brief(found: Reckoned, given: Inputs, study: Study) -> Section:
    first, last = found.levels[0], found.levels[-1]
    paragraphs = [costs_words(found, given), *break_even(first, found.effect)]
    if found.effect is None:
        return section(_("In brief"), *paragraphs, found.why)
    paragraphs += [effect_words(found.effect, given, study), *beside(first, found.effect, given)]
    paragraphs += [probability(first, last), *per_avoided(found, first, last)]
    return section(_("In brief"), *paragraphs, grade_words(study))


def grade_words(study: Study) -> str:
    assert study.result is not None
    return report.grade_words(study.result["grade"])


def costs_words(found: Reckoned, given: Inputs) -> str:
    people = number(given.mean_caseload)
    if found.cost <= 0:
        return _(
            "Running the scheme for a year costs no more than business as usual (%(cost)s, in prices of %(year)s), with"
            " %(people)s people on it at one time. There is nothing that it would have to pay for."
        ) % {"cost": pounds(found.cost), "year": given.price_year, "people": people}
    return _(
        "Running the scheme for a year costs %(cost)s more than business as usual, in prices of %(year)s: %(each)s for"
        " each of the %(people)s people on it at one time."
    ) % {"cost": pounds(found.cost), "year": given.price_year, "each": pounds(found.per_person), "people": people}


def break_even(level: AtMultiplier, effect: Effect | None) -> list[str]:
    """What would be needed; nothing where nothing is."""
    if level.needed is None:
        return []
    said = {"needed": rough(level.needed), "pounds": pounds(level.reoffence_pounds)}
    if effect is None or level.reduction is None:
        return [
            _(
                "To pay for itself it would have to avoid %(needed)s proven reoffences a year, at %(pounds)s each. This"
                " is what would be needed, not what was achieved."
            )
            % said
        ]
    said |= {"share": percent(level.reduction)}
    text = _(
        "To pay for itself it has to avoid %(needed)s proven reoffences a year, at %(pounds)s each: %(share)s of those"
        " that people like them commit without it."
    )
    if not level.is_possible:
        text = _(
            "To pay for itself it would have to avoid %(needed)s proven reoffences a year, at %(pounds)s each:"
            " %(share)s of those that people like them commit without it, and so more than there are."
        )
    return [text % said]


def effect_words(effect: Effect, given: Inputs, study: Study) -> str:
    """What was found, of as many people as are on the scheme, with its interval; and what to remember of it."""
    avoided, people = effect.avoided, given.mean_caseload
    said = {
        "point": rough(avoided.per_person * people),
        "low": rough(avoided.low * people),
        "high": rough(avoided.high * people),
        "share": percent(avoided.per_person / effect.expected),
    }
    text = _(
        "By what was found, %(point)s proven reoffences a year are avoided, %(share)s of those expected without it; it"
        " may be anything from %(low)s to %(high)s (95%% interval; below nought, more were committed)."
    )
    if avoided.per_person < 0:
        said |= {"point": rough(-avoided.per_person * people), "share": percent(-avoided.per_person / effect.expected)}
        text = _(
            "By what was found, no proven reoffences are avoided: %(point)s a year are committed besides those expected"
            " without it, %(share)s more. Those avoided may be anything from %(low)s to %(high)s (95%% interval; below"
            " nought, more were committed)."
        )
    said_besides = []
    if not effect.decides:
        said_besides.append(_("How many there were is not what decides this question, so take it with more caution."))
    if study.method == Method.OVERLAP:
        said_besides.append(_("It speaks most of people of whom it was open whether they would join."))
    return " ".join([text % said, *said_besides])


def beside(level: AtMultiplier, effect: Effect, given: Inputs) -> list[str]:
    """Where what is needed lies in the interval of what was found."""
    if level.needed is None:
        return []
    each = level.needed / given.mean_caseload
    if each < effect.avoided.low:
        return [
            _("Even the least that may have been avoided is more than it needs, if each reoffence counts as one crime.")
        ]
    if each > effect.avoided.high:
        return [
            _("Even the most that may have been avoided is less than it needs, if each reoffence counts as one crime.")
        ]
    return [_("What it needs lies within that interval, so it cannot be told from chance whether it pays for itself.")]


def probability(first: AtMultiplier, last: AtMultiplier) -> str:
    assert first.worth is not None
    assert last.worth is not None
    if first is last:
        return _("The probability that it is worth what it costs is %(chance)s.") % {"chance": chance(first)}
    return _(
        "The probability that it is worth what it costs is %(first)s if each reoffence counts as one crime, and"
        " %(last)s if each counts as %(times)s, the most that was given."
    ) % {"first": chance(first), "last": chance(last), "times": plain(last.multiplier)}


def per_avoided(found: Reckoned, first: AtMultiplier, last: AtMultiplier) -> list[str]:
    assert first.worth is not None
    assert last.worth is not None
    lines = []
    if found.cost > 0:
        each = first.worth.cost_per_avoided
        lines.append(
            _("No reoffence was avoided by what was found, so there is no cost of one.")
            if each is None
            else _("Each reoffence avoided cost %(pounds)s.") % {"pounds": about(each)}
        )
        if each is not None and found.effect is not None and found.effect.avoided.low <= 0:
            lines.append(_("It may be that none was, so that cost has no upper limit."))
    text = _("Its net benefit is %(point)s a year (%(low)s to %(high)s) if each reoffence counts as one crime.")
    lines.append(text % net(first))
    if first is not last:
        text = _("It is %(point)s (%(low)s to %(high)s) if each counts as %(times)s.")
        lines.append(text % (net(last) | {"times": plain(last.multiplier)}))
    return [" ".join(lines)]


def net(level: AtMultiplier) -> dict[str, str]:
    assert level.worth is not None
    return {
        "point": about(level.worth.net_benefit),
        "low": about(level.worth.net_low),
        "high": about(level.worth.net_high),
    }


def a_reoffence(found: Reckoned, given: Inputs) -> Section:
    """What an average reoffence costs, crime by crime."""
    first, last = found.levels[0], found.levels[-1]
    said = _("An average reoffence costs %(pounds)s in prices of %(year)s if each counts as one crime.") % {
        "pounds": pounds(first.reoffence_pounds),
        "year": given.price_year,
    }
    if first is not last:
        said += " " + _("It costs %(pounds)s if each counts as %(times)s.") % {
            "pounds": pounds(last.reoffence_pounds),
            "times": plain(last.multiplier),
        }
    paragraphs = [said]
    if found.unconfirmed:
        paragraphs.append(
            _(
                "Not confirmed in a source that could be read: %(crimes)s. Check these against the report before"
                " anybody relies on a figure here."
            )
            % {"crimes": "; ".join(found.unconfirmed)}
        )
    rows = [
        [
            each.mixed.crime,
            as_typed(each.mixed.share),
            plain(each.mixed.multiplier),
            pounds(each.published),
            pounds(each.pounds),
            confirmed(each.confirmed),
        ]
        for each in found.prices
    ]
    if given.uncosted:
        rows.append([_("All else"), as_typed(given.uncosted), NONE, NONE, NONE, _("Counted at nothing")])
        paragraphs.append(
            _("%(share)s of reoffences are of a kind that has no unit cost here. They count for nothing.")
            % {"share": as_typed(given.uncosted)}
        )
    table = {
        "caption": _("What each crime costs"),
        "headings": [
            _("Crime"), _("Share of reoffences"), _("Multiplier"),
            _("Unit cost, 2015/16 prices"),
            _("In prices of %(year)s") % {"year": given.price_year}, _("Confirmed"),
        ],
        "rows": rows,
        "words": [5],
    }  # fmt: skip
    return section(_("What an average reoffence costs"), *paragraphs, tables=[table])


def confirmed(word: str) -> str:
    return {"yes": _("Yes"), "partly": _("Rounded only"), "no": _("Not confirmed")}[word]


def sensitivity(found: Reckoned) -> Section:
    """How much hangs on how many crimes there are for each reoffence counted."""
    if found.effect is None:
        headings = [_("Crimes for each one counted"), _("A reoffence costs"), _("To be avoided in a year")]
        rows = [[level_name(each), pounds(each.reoffence_pounds), needed(each)] for each in found.levels]
    else:
        headings = [
            _("Crimes for each one counted"), _("A reoffence costs"), _("To be avoided in a year"),
            _("Share of those expected"), _("Net benefit a year"), _("95% interval"), _("Worth its cost"),
        ]  # fmt: skip
        rows = [of_level(each) for each in found.levels]
    table = {"caption": _("At each multiplier"), "headings": headings, "rows": rows}
    return section(
        _("How much hangs on the multiplier"),
        _(
            "Not every crime is recorded, and not every recorded crime is proven. A multiplier says how many there are"
            " for each one counted. Published ones are old and differ, and none goes from convictions to crimes, so"
            " look at the whole table and not at one row of it."
        ),
        tables=[table],
    )


def of_level(level: AtMultiplier) -> list[str]:
    worth = net(level)
    share = NONE if level.reduction is None else percent(level.reduction)
    return [
        level_name(level),
        pounds(level.reoffence_pounds),
        needed(level),
        share,
        worth["point"],
        _("%(low)s to %(high)s") % worth,
        chance(level),
    ]


def needed(level: AtMultiplier) -> str:
    return NONE if level.needed is None else rough(level.needed)


def level_name(level: AtMultiplier) -> str:
    if level.multiplier is None:
        return _("By each crime's own, as given")
    if level.multiplier == 1:
        return _("1: no more than were counted")
    return _("%(times)s, for every crime") % {"times": plain(level.multiplier)}


def spent(found: Reckoned, given: Inputs, costs: Costs) -> Section:
    """What was typed, line by line."""
    rows = [
        [
            _("%(what)s (%(fte)s at %(pounds)s)")
            % {"what": post.what, "fte": plain(post.fte), "pounds": pounds(post.yearly_pounds)},
            pounds(post.fte * post.yearly_pounds),
        ]
        for post in given.staff
    ]
    rows += [
        [_("All other costs"), pounds(given.other_pounds)],
        [_("Less business as usual"), pounds(-given.as_usual_pounds)],
        [_("Additional running cost"), pounds(found.cost)],
    ]
    table = {
        "caption": _("Costs of a year"),
        "headings": [_("What"), _("Pounds, in prices of %(year)s") % {"year": given.price_year}],
        "rows": rows,
    }
    return section(
        _("What the scheme costs"),
        _("Where the figures come from: %(source)s") % {"source": costs.source},
        tables=[table],
    )


def not_a_saving() -> Section:
    """What the toolkit says of itself, and what nobody may read into a figure."""
    return section(
        _("What this is not"),
        _(
            "It is no saving in cash. Unit costs are averages over all crimes of a kind, most of which fall on victims;"
            " a crime fewer sets free no such sum in anybody's budget."
        ),
        _(
            "Nothing here is made of a fall from before to after: people are picked when they offend most, and would"
            " have offended less anyway."
        ),
        _(
            "The Home Office's toolkit on value for money of offender management (2011), whose formulas these are, says"
            " of itself that it is no substitute for measuring what a scheme did."
        ),
        _("This page is for the partnership's own use. It is not part of a report that is released."),
    )


def method(found: Reckoned) -> Section:
    """The formulas, and what they take for granted."""
    editions = evaluation.editions()
    paragraphs = [
        _(
            "Additional running cost is full-time equivalents times the yearly cost of one, plus other costs, less"
            " business as usual. Cost for each person is that over the mean caseload."
        ),
        _(
            "What a reoffence costs is the sum over crimes of share times unit cost times multiplier. Unit costs are"
            " the Home Office's (Research Report 99, %(costs)s edition), in prices of 2015/16, brought to other years"
            " by the Treasury's GDP deflator as of %(deflator)s."
        )
        % {"costs": editions["unit_costs"], "deflator": editions["deflator"]},
        _("To break even, as many reoffences must be avoided as the running cost over the cost of one."),
    ]
    if found.effect is not None:
        paragraphs += [
            _(
                "Those expected are the reoffences of the comparison in the year after (%(expected)s a person) times"
                " the mean caseload; those avoided are the difference from them times the same. That takes a year on"
                " the scheme to do what it did in the year after joining. Where people stay for less than a year the"
                " scheme looks dearer by this than it is; where they stay longer, their later years are taken to be"
                " like the first. People who joined and could not be compared are taken to have done as the others did."
            )
            % {"expected": displayed(found.effect.expected, places=2)},
            _(
                "Net benefit is what was avoided times the cost of one, less the running cost. Its interval and the"
                " probability of being worth its cost are from 20,000 draws of the effect from a normal distribution as"
                " wide as its interval. Only the chance in the effect is in them: not that unit costs, multipliers or"
                " what was typed may be wrong, and not that the two sides may differ in what was not measured."
            ),
        ]
    return section(_("How this was worked out"), *paragraphs)


def earlier(found: Sequence[Costs], *, names: Mapping[int, str]) -> dict[str, Any]:
    """The sets whose place another took, the last first."""
    return {
        "caption": _("Costs entered before"),
        "headings": [
            _("Entered"), _("Replaced"), _("Additional running cost"), _("Mean caseload"), _("Price year"), _("Source"),
        ],
        "rows": [
            [
                by_and_on(each.written_by, each.written_at, names=names),
                by_and_on(each.replaced_by, each.replaced_at, names=names),
                pounds(evaluation.running_cost(inputs(each))),
                number(float(each.mean_caseload)),
                str(each.price_year),
                each.source,
            ]
            for each in found
        ],
    }  # fmt: skip


def by_and_on(user_id: int | None, at: datetime | None, *, names: Mapping[int, str]) -> str:
    if user_id is None or at is None:
        return NONE
    return _("%(day)s by %(name)s") % {"day": day(at), "name": names.get(user_id, "")}


def pounds(value: float) -> str:
    """Whole pounds: "-£1,234", whose sign no line break parts from it."""
    text = f"{abs(value):,.0f}"
    return f"-{WORD_JOINER}£{text}" if value < 0 and text != "0" else f"£{text}"


def about(value: float) -> str:
    """Pounds to three figures, for what is not known any finer."""
    return pounds(three(value))


def rough(value: float) -> str:
    """A number of reoffences to three figures."""
    rounded = three(value)
    return f"{rounded:,.0f}" if abs(rounded) >= 100 else displayed(rounded, places=1).removesuffix(".0")


def three(value: float) -> float:
    return float(f"{value:.3g}")


def number(value: float) -> str:
    """As it was typed: a whole number, or one place."""
    return f"{value:,.1f}".removesuffix(".0")


def plain(value: float | None) -> str:
    assert value is not None
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def as_typed(share: float) -> str:
    """A share in per cent, to as many places as it was given."""
    return f"{plain(100 * share)}%"


def chance(level: AtMultiplier) -> str:
    """A probability in whole per cent, and never certainty: it is of draws."""
    assert level.worth is not None
    share = level.worth.probability
    if share < 0.01:
        return _("less than 1%")
    return _("more than 99%") if share > 0.99 else percent(share)
