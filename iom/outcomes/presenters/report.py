"""What a study found, as a document of plain words and tables: the page, the PDF, the Word file and the table file are
all made from it, so that they cannot differ. Every figure in it is as it may leave.

A document is `{"title", "lines", "sections": [{"heading", "paragraphs", "tables"}]}`; a table is `{"caption",
"headings", "rows"}`, all text.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from iom.govuk.filters import date as day
from iom.outcomes.choices import Measure, Method
from iom.outcomes.evaluation import COVARIATES, displayed
from iom.outcomes.models import Study
from iom.outcomes.presenters import literature, parts, timing, words
from iom.outcomes.presenters.words import NONE, percent, signed

MOST_NEEDED = 5000  # more than join in any area
Document = dict[str, Any]
Section = dict[str, Any]


def document(study: Study, *, tried: int, others: int = 0, read: int = 0, read_since: int = 0) -> Document:
    """The report of a study that is done.

    `tried` is how many comparisons were tried before whose outcome nobody read; `others` how many questions in all were
    settled before about the same people, or some of them; `read` in how many questions about them the outcome had been
    read before this one was settled, and `read_since` between then and the acceptance of its comparison.
    """
    assert study.result is not None
    assert study.design is not None
    sections = [
        in_brief(study),
        can_say(study),
        results(study),
        timing.how_soon(study),
        parts.for_whom(study),
        anyway(study),
        doubts(study),
        literature.beside(study),
        who(study),
        balance_section(study.design),
        method(study, tried=tried, others=others, read=read, read_since=read_since),
    ]
    return {"title": study.title, "lines": lines(study), "sections": [each for each in sections if each]}


def lines(study: Study) -> list[str]:
    scheme = study.scheme.name if study.scheme else _("every scheme")
    return [
        _("People who joined %(scheme)s from %(first)s to %(last)s")
        % {"scheme": scheme, "first": words.month(study.first_month), "last": words.month(study.last_month)}
    ]


def section(heading: str, *paragraphs: str, tables: list[dict[str, Any]] | None = None) -> Section:
    return {"heading": heading, "paragraphs": [each for each in paragraphs if each], "tables": tables or []}


def primary_row(study: Study) -> dict[str, Any]:
    row: dict[str, Any] = study.result["rows"][0]  # type: ignore[index]
    return row


def names_of(study: Study) -> list[str]:
    return [study.primary, *(name for name in study.secondary if name != study.primary)]


def verdict(study: Study) -> str:
    """The answer in one sentence."""
    assert study.result is not None
    found = study.result["verdict"]
    words_of = {
        "works": _("People who joined did better than people like them who did not."),
        "made it worse": _("People who joined did worse than people like them who did not."),
        "no evidence either way": _("It cannot be told whether the scheme made a difference."),
    }
    return words_of.get(found["word"]) or _("Nothing can be said: %(reason)s.") % {"reason": found["reason"]}


def in_brief(study: Study) -> Section:
    row, name = primary_row(study), study.primary
    assert study.result is not None
    if row["treat_number"] is None or study.result["verdict"]["word"] == "refused":
        return section(_("In brief"), verdict(study), grade_words(study.result["grade"]))
    return section(
        _("In brief"),
        verdict(study),
        sentence(row, name, method=study.method),
        needed(row),
        grade_words(study.result["grade"]),
    )


def sentence(row: dict[str, Any], name: str, *, method: str) -> str:
    """For 100 typical people, in the Data Lab's manner; with the interval of the difference."""
    own, other = row["treat_mean"], row["comparison_mean"]
    interval = words.span(row["difference_lower"], row["difference_upper"], name)
    if name == Measure.REOFFENDED:
        text = _(
            "Of 100 typical people who joined, %(own)s reoffended within a year; of 100 like them who did not join,"
            " %(other)s did."
        ) % {"own": displayed(own, times=100), "other": displayed(other, times=100)}
    else:
        text = _("%(measure)s: %(own)s for those who joined, %(other)s for people like them who did not.") % {
            "measure": Measure(name).label,
            "own": words.figure(own, name),
            "other": words.figure(other, name),
        }
    if interval == NONE:
        return text
    if method == Method.OVERLAP:
        text += " " + _("Both count most the people of whom it was open whether they would join.")
    return (
        text
        + " "
        + _("The difference is %(gap)s; it may be anything from %(interval)s (%(unit)s).")
        % {
            "gap": words.gap(row["difference_means"], name),
            "interval": interval,
            "unit": words.unit(name),
        }
    )


def needed(row: dict[str, Any]) -> str:
    if row["number_needed"] is None:
        return ""
    if row["number_needed"] > MOST_NEEDED:
        return _("The difference is so small that no number of people who might join would tell it from chance.")
    return _(
        "If the difference stayed as it is, about %(number)s people would have to have joined before it could be told"
        " from chance."
    ) % {"number": f"{row['number_needed']:,}"}


def grade_words(grade: dict[str, str]) -> str:
    return f"{grade['label']}, {grade['levels']}. {grade['sentence']}"


def can_say(study: Study) -> Section:
    row = primary_row(study)
    assert study.result is not None
    if row["treat_number"] is None or study.result["verdict"]["word"] == "refused":
        return section(_("What can be said, and what cannot"), verdict(study))
    return section(_("What can be said, and what cannot"), row["can_say"], row["cannot_say"])


def results(study: Study) -> Section:
    assert study.result is not None
    if study.result["verdict"]["word"] == "refused":
        return section(_("Results"), _("No figure is shown where nothing may be said."))
    adjusted, _why = words.part(study.result["adjusted"])
    rows = []
    for name, row in zip(names_of(study), study.result["rows"], strict=True):
        p = row["difference_p"] if name == study.primary else (adjusted or {}).get("p", {}).get(name)
        rows.append(
            [
                str(Measure(name).label) + (f" ({_('decides')})" if name == study.primary else ""),
                words.count(row["treat_number"]),
                words.figure(row["treat_mean"], name),
                words.figure(row["comparison_mean"], name),
                words.gap(row["difference_means"], name),
                words.span(row["difference_lower"], row["difference_upper"], name),
                words.chance(p) if row["treat_number"] is not None else row["reason"],
            ]
        )
    table = {
        "caption": _("What was found"),
        "headings": [
            _("Measure"), _("People who joined"), _("Who joined"), _("Like them"), _("Difference"),
            _("95% interval"), _("Chance (p)"),
        ],
        "rows": rows,
    }  # fmt: skip
    note = (
        _("The measures that do not decide are held to a stricter test, because there are several of them (Holm).")
        if adjusted
        else ""
    )
    return section(_("Results"), note, tables=[table]) | {"chart": "effects"}


def anyway(study: Study) -> Section:
    """Before and after, only beside the fall that would have come anyway; and observed against expected."""
    assert study.result is not None
    fall, why_not = words.part(study.result["before_after"])
    paragraphs, tables = [], []
    if fall is None:
        paragraphs.append(_("Before and after: nothing can be said. %(why)s") % {"why": why_not})
    else:
        paragraphs.append(
            _(
                "People are picked when they offend most, so they would have offended less afterwards whatever was"
                " done. A fall is shown only beside the fall that alone would have brought."
            )
        )
        tables.append(
            {
                "caption": _("Before and after, per person and year at liberty"),
                "headings": [_("Proven offences a year"), _("Figure")],
                "rows": [
                    [_("In the year before joining"), displayed(fall["before"], places=2)],
                    [_("In the year after"), displayed(fall["after"], places=2)],
                    [_("Expected in the year after without any effect"), displayed(fall["expected"], places=2)],
                    [
                        _("What no effect at all would bring, in 95 of 100 groups like this"),
                        _("%(low)s to %(high)s")
                        % {
                            "low": displayed(fall["chance_low"], places=2),
                            "high": displayed(fall["chance_high"], places=2),
                        },
                    ],
                    [_("Fall"), percent(fall["fall"])],
                    [_("Of which expected anyway"), percent(fall["expected_fall"])],
                    [
                        _("Beyond it"),
                        _("%(point)s (%(low)s to %(high)s)")
                        % {
                            "point": percent(fall["beyond"]),
                            "low": percent(fall["beyond_low"]),
                            "high": percent(fall["beyond_high"]),
                        },
                    ],
                ],
            }
        )
        paragraphs.append(grade_words(fall["grade"]))
    if both := alike_fall(study.result.get("fall_of_both")):
        tables.append(both)
        paragraphs.append(
            _(
                "What is expected takes everybody to offend at a steady rate of their own. People go through bursts, so"
                " more of a fall comes by itself: look at how far those fell who were as active and did not join. Both"
                " are of the people compared, by their weights. Offences of the year before count where they were"
                " proven up to six months after joining: a scheme that brings more to proof raises that year's figure."
            )
        )
    against, why = words.part(study.result["expected"])
    if against is not None:
        paragraphs.append(
            _(
                "By the score of each when they joined, fitted to people here, %(expected)s of 100 would have"
                " reoffended; %(observed)s did. The difference is %(gap)s percentage points (%(low)s to %(high)s)."
            )
            % {
                "expected": displayed(100 * against["expected"] / against["people"]),
                "observed": displayed(100 * against["observed"] / against["people"]),
                "gap": signed(against["difference"]),
                "low": signed(against["difference_low"]),
                "high": signed(against["difference_high"]),
            }
        )
        paragraphs.append(grade_words(against["grade"]))
    elif why:
        paragraphs.append(_("Against the score: nothing can be said. %(why)s") % {"why": why})
    return section(_("Would it have happened anyway?"), *paragraphs, tables=tables)


def alike_fall(both: dict[str, Any] | None) -> dict[str, Any] | None:
    """The fall of those who joined beside that of the people like them who did not."""
    if not both or any(side[when] is None for side in both.values() for when in ("before", "after")):
        return None
    names = {"treated": _("Those who joined"), "comparison": _("People like them who did not")}
    rows = [
        [
            names[side],
            displayed(rate["before"], places=2),
            displayed(rate["after"], places=2),
            percent(1 - rate["after"] / rate["before"]) if rate["before"] else NONE,
        ]
        for side, rate in both.items()
    ]
    headings = [_("Proven offences a year at liberty"), _("Year before"), _("Year after"), _("Fall")]
    return {"caption": _("The same fall, with and without the scheme"), "headings": headings, "rows": rows}


def doubts(study: Study) -> Section:
    """What would have to be true for the result to be wrong."""
    assert study.result is not None
    found = study.result
    paragraphs = []
    control, why = words.part(found["negative_control"])
    if control is None:
        paragraphs.append(_("A check where the scheme can have done nothing could not be made: %(why)s") % {"why": why})
    else:
        said = {
            "alike": _("they were alike, as they should be"),
            "differs": _("they differed already, so what was found may be that difference"),
            "cannot tell": _("too few people to tell whether they differed already"),
        }[control["verdict"]]
        paragraphs.append(
            _(
                "In the year before last, when the scheme can have done nothing, those who joined and those like them"
                " differed by %(gap)s percentage points (%(low)s to %(high)s): %(said)s."
            )
            % {
                "gap": signed(100 * control["difference"]),
                "low": signed(100 * control["low"]),
                "high": signed(100 * control["high"]),
                "said": said,
            }
        )
    value, _why = words.part(found["e_value"])
    if value is not None:
        paragraphs.append(
            _(
                "Something that was not measured would have to make people %(point)s times as likely both to join and"
                " to reoffend to explain all of the difference (E-value; %(limit)s for the end of the interval nearest"
                " to no difference)."
            )
            % {
                "point": displayed(value["point"], places=1),
                "limit": displayed(value["limit"], places=1) or NONE,
            }
        )
    bounds, _why = words.part(found["rosenbaum"])
    if bounds is not None:
        paragraphs.append(
            _("The result would stand up to a hidden difference in the odds of joining of up to %(gamma)s (Rosenbaum).")
            % {"gamma": displayed(bounds["critical"], places=2)}
            if bounds["critical"] is not None
            else _("The pairs show no difference that a hidden one could undo (Rosenbaum).")
        )
    robust, why = words.part(found["doubly_robust"])
    if robust is not None:
        paragraphs.append(
            _("Worked out in another way (doubly robust), the difference is %(gap)s (%(interval)s).")
            % {
                "gap": words.gap(robust["estimate"], study.primary),
                "interval": words.span(robust["lower"], robust["upper"], study.primary),
            }
        )
        if disagrees(robust, primary_row(study)):
            paragraphs.append(
                _("The two ways disagree. That is a reason to trust neither: ask with another comparison, or wait.")
            )
    elif why:
        paragraphs.append(_("The doubly robust estimate is not given: %(why)s") % {"why": why})
    return section(_("How sure is it?"), *paragraphs)


def disagrees(robust: Mapping[str, Any], row: dict[str, Any]) -> bool:
    """Whether neither way's estimate lies in the other's interval."""
    if robust["lower"] is None or row["difference_lower"] is None:
        return False
    inside = row["difference_lower"] <= robust["estimate"] <= row["difference_upper"]
    return not inside and not robust["lower"] <= row["difference_means"] <= robust["upper"]


def who(study: Study) -> Section:
    assert study.design is not None
    exits = (study.result or {}).get("exits")
    return section(_("Who was compared"), *who_words(study.design), tables=[people_table(study.design, exits=exits)])


def who_words(design: dict[str, Any]) -> list[str]:
    return [
        _(
            "Each month is a small trial: of the adults at liberty with a conviction or caution in the two years"
            " before, and in no cohort yet, those who joined in that month against those who did not. Both sides are"
            " followed from days of the same month."
        ),
        *(_("Left out of the pool: %(what)s.") % {"what": what} for what in design["pool_left_out"]),
    ]


def people_table(design: dict[str, Any], *, exits: dict[str, int] | None = None) -> dict[str, Any]:
    """From who joined to who is compared, and who was lost on the way; `exits` of either side once it is followed."""
    rows = [[_("Joined"), words.count(design["joined"])]]
    rows += [[_("Left out: %(why)s") % {"why": why}, words.count(number)] for why, number in design["left_out"].items()]
    unmatched = design["treated"] - design["treated_compared"]
    rows += [
        [_("Could be compared"), words.count(design["treated"])],
        *([[_("Nobody was like them"), words.count(unmatched)]] if unmatched else []),
        [_("Are compared"), words.count(design["treated_compared"])],
        [_("With others: months of people"), words.count(design["comparison"])],
        [_("Those are so many people"), words.count(design["comparison_people"])],
        [_("Worth so many, by their weights"), words.count(round(design["comparison_effective"]))],
    ]
    if exits:
        rows += [
            [_("Died within the year, of those who joined"), words.count(exits["treated"])],
            [_("Died within the year, of the others, as far as known"), words.count(exits["comparison"])],
        ]
    return {"caption": _("From joining to being compared"), "headings": [_("People"), _("Number")], "rows": rows}


def balance_section(design: dict[str, Any]) -> Section:
    found = section(_("Were the two sides alike?"), balance_words(design), tables=[balance_table(design)])
    return found | {"chart": "balance"}


def balance_words(design: dict[str, Any]) -> str:
    """What the lights come to."""
    lights = design["lights"]
    if lights["red"]:
        return ngettext(
            "Still different in %(num)s respect (red). An effect that is found might be that difference, so no outcome"
            " is read: try another comparison.",
            "Still different in %(num)s respects (red). An effect that is found might be those differences, so no"
            " outcome is read: try another comparison.",
            lights["red"],
        ) % {"num": lights["red"]}
    if lights["amber"]:
        return ngettext(
            "Alike, but for %(num)s respect in which they are a little different (amber).",
            "Alike, but for %(num)s respects in which they are a little different (amber).",
            lights["amber"],
        ) % {"num": lights["amber"]}
    return _("Alike on average in everything that was measured.")


def light_word(light: str) -> str:
    return {"green": _("Alike"), "amber": _("A little different"), "red": _("Different")}[light]


def balance_table(design: dict[str, Any]) -> dict[str, Any]:
    rows = [
        [
            covariate_name(row["covariate"]),
            displayed(row["treated_mean"], places=1, times=scale(row)) or NONE,
            displayed(row["comparison_mean"], places=1, times=scale(row)) or NONE,
            smd(row["smd_before"]),
            smd(row["smd"]),
            light_word(row["light"]),
        ]
        for row in design["balance"]
        if row["covariate"] != "distance"
    ]
    return {
        "caption": _("Averages of both sides, and how far apart"),
        "headings": [
            _("What was known before"), _("Who joined"), _("Compared with"), _("Apart before"), _("Apart now"),
            _("Now"),
        ],
        "rows": rows,
        "words": [5],
    }  # fmt: skip


def scale(row: dict[str, Any]) -> float:
    """A yes or no is written in per cent."""
    return 100 if row["variance_ratio"] is None and "=" in row["covariate"] else 1


def smd(value: float | None) -> str:
    return NONE if value is None else f"{displayed(value, times=100)}%"


def covariate_name(name: str) -> str:
    base, _sign, level = name.partition("=")
    title = str(COVARIATES.get(base, base))
    return _("%(name)s: %(level)s, per cent") % {"name": title, "level": level} if level else title


def settled_words(study: Study, *, read: int, read_since: int) -> list[str]:
    """When it was settled and accepted; and that nobody had looked by then, where nobody had."""
    assert study.registered_at is not None
    assert study.accepted_at is not None
    days = {"registered": day(study.registered_at), "accepted": day(study.accepted_at)}
    if read:
        said = _(
            "The question, who is compared, the method and the measure that decides were settled on %(registered)s."
            " The comparison was accepted on %(accepted)s."
        )
    elif read_since:
        said = _(
            "The question, who is compared, the method and the measure that decides were settled on %(registered)s,"
            " before anybody looked. The comparison was accepted on %(accepted)s."
        )
    else:
        said = _(
            "The question, who is compared, the method and the measure that decides were settled on %(registered)s,"
            " before anybody looked. The comparison was accepted on %(accepted)s, before any outcome was read."
        )
    told = [said % days]
    if read:
        told.append(
            ngettext(
                "The outcome of these people, or of some of them, had been read in %(num)s question before this one"
                " was settled.",
                "The outcome of these people, or of some of them, had been read in %(num)s questions before this one"
                " was settled.",
                read,
            )
            % {"num": read}
        )
    if read_since:
        told.append(
            ngettext(
                "The outcome of these people, or of some of them, was read in %(num)s question after this one was"
                " settled and before its comparison was accepted.",
                "The outcome of these people, or of some of them, was read in %(num)s questions after this one was"
                " settled and before its comparison was accepted.",
                read_since,
            )
            % {"num": read_since}
        )
    return told


def method(study: Study, *, tried: int, others: int, read: int, read_since: int) -> Section:
    design = study.manifest.get("design", {})
    versions = design.get("versions", {})
    found = study.manifest.get("findings", {})
    assert study.known_to is not None
    return section(
        _("How this was worked out"),
        *settled_words(study, read=read, read_since=read_since),
        ngettext(
            "%(num)s comparison was tried before this one, and no outcome of it was read.",
            "%(num)s comparisons were tried before this one, and no outcome of them was read.",
            tried,
        )
        % {"num": tried}
        if tried
        else "",
        ngettext(
            "%(num)s question was settled before this one about the same people, or some of them.",
            "%(num)s questions were settled before this one about the same people, or some of them.",
            others,
        )
        % {"num": others}
        if others
        else "",
        _("What will be decided on it: %(purpose)s") % {"purpose": study.purpose},
        _("Why the comparison was good enough: %(why)s") % {"why": study.acceptance},
        _("Comparison: %(method)s.") % {"method": study.get_method_display()},
        _(
            "Reoffending is proven reoffending: an offence in the 12 months from the start, convicted or cautioned for"
            " by 18 months. Convictions are known to %(day)s."
        )
        % {"day": day(study.known_to)},
        _(
            "Who dies within the year stays among those counted, as in the Ministry of Justice's figures, and counts as"
            " not having reoffended; time at liberty ends that day. Only the end of a time in a cohort records a death,"
            " so deaths of people who never joined one are not known, and nobody's leaving the country is. Neither side"
            " is given fewer people for it."
        ),
        _("Definition: %(definition)s. OpenIOM %(version)s.")
        % {
            "definition": found.get("versions", {}).get("proven reoffending", NONE),
            "version": versions.get("openiom", NONE),
        },
        _("Numbers of people are to the nearest five, and none under ten is given."),
    )
