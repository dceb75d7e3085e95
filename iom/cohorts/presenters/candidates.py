"""Candidates as the list and the person's page show them: the line, the factors, the scores."""

from collections.abc import Container, Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from iom.access.scope import Scope
from iom.cohorts import queries
from iom.cohorts.choices import Standing, type_name
from iom.cohorts.models import Candidate, RankRun, Score
from iom.cohorts.presenters.people import particulars
from iom.cohorts.queries import CandidatePage
from iom.cohorts.queries.candidates import COUNT_LIMIT
from iom.cohorts.scoring import unit_for
from iom.govuk import filters
from iom.people import models as people
from iom.people.extract import offence_titles

PREDICTORS = {
    "ogrs3": "OGRS3",
    "ogrs4g": "OGRS4/G",
    "ogrs4v": "OGRS4/V",
    "arp": "ARP",
    "vrp": "VRP",
    "svrp": "SVRP",
}
PREDICTS = {
    "ogrs3": gettext_lazy("any proven reoffending"),
    "ogrs4g": gettext_lazy("any proven reoffending that is not violent"),
    "ogrs4v": gettext_lazy("violent reoffending"),
    "arp": gettext_lazy("all reoffending"),
    "vrp": gettext_lazy("violent reoffending"),
    "svrp": gettext_lazy("serious violent reoffending"),
}
SENT = "two_year_percent"


def list_rows(
    page: CandidatePage, *, members: set[int], nominated: set[int], unmet: Mapping[int, list[str]], on: date
) -> list[dict[str, Any]]:
    """The page's candidates; `line` is true on the first one below the capacity line. `unmet` is `unmet_of()`."""
    rows: list[dict[str, Any]] = []
    was_above = page.before.within_capacity if page.before else True
    for candidate in page.rows:
        rows.append(
            {
                **particulars(candidate.person, on),
                "rank": candidate.rank,
                "points": candidate.points,
                "strand": type_name(candidate.strand),
                "area": candidate.area.name if candidate.area else None,
                "in_custody": candidate.in_custody,
                "provisional": candidate.provisional,
                "within_capacity": candidate.within_capacity,
                "reasons": unmet.get(candidate.pk, []),
                "is_member": candidate.person_id in members,
                "is_nominated": candidate.person_id in nominated,
                "line": was_above and not candidate.within_capacity,
            }
        )
        was_above = candidate.within_capacity
    return rows


def unmet_of(candidates: Iterable[Candidate], *, scope: Scope) -> dict[int, list[str]]:
    """The criteria that each candidate does not meet, by its id, as far as this user may see what they rest on.

    Not what the ranking wrote of them: that was counted from everybody's records, and says what is in them.
    """
    listed = [candidate for candidate in candidates if candidate.standing != Standing.ELIGIBLE]
    criteria = queries.list_criteria(candidates=listed, scope=scope) if listed else {}
    names = {each.person_id: rows_of(criteria.get(each.pk, [])) for each in listed}
    seen = queries.list_rows_seen(names=names, scope=scope)
    return {
        each.pk: unmet(criterion_rows(criteria.get(each.pk, []), sources=seen.get(each.person_id, ())))
        for each in listed
    }


def rows_of(parts: Iterable[Mapping[str, Any]]) -> list[str]:
    """The names of the rows that factors or criteria rest on."""
    return [name for part in parts for name in part.get("rows", [])]


def unmet(criteria: list[dict[str, Any]]) -> list[str]:
    """The criteria that are not met, of those that may be shown, each with why."""
    return [
        ": ".join(part for part in (each["strand"], each["name"], each["reason"]) if part)
        for each in criteria
        if not each["met"]
    ]


def counted(found: int) -> dict[str, Any]:
    """A count of `queries.count_candidates()` as shown: what was found up to its limit, and whether there is more."""
    return {"count": min(found, COUNT_LIMIT), "is_more": found > COUNT_LIMIT}


def places(run: RankRun) -> list[dict[str, Any]]:
    """The strands of the run's scheme that have places of their own, with how many."""
    return [
        {"name": strand["name"], "slug": strand["id"], "places": strand["places"]}
        for strand in run.version.definition["strands"]
        if strand.get("places") is not None
    ]


def export_rows(candidates: Iterable[Candidate], *, unmet: Mapping[int, list[str]], on: date) -> list[list[Any]]:
    """The list as a file has it, in the order of `export_headings()`. `unmet` is `unmet_of()`."""
    found = []
    for candidate in candidates:
        who = particulars(candidate.person, on)
        found.append(
            [
                candidate.rank,
                who["name"],
                who["date_of_birth"],
                who["sex"],
                candidate.points,
                type_name(candidate.strand),
                candidate.area.name if candidate.area else None,
                candidate.in_custody,
                candidate.within_capacity if candidate.standing == Standing.ELIGIBLE else None,
                candidate.provisional,
                "; ".join(unmet.get(candidate.pk, [])),
            ]
        )
    return found


def export_headings() -> list[str]:
    return [
        _("Rank"),
        _("Name"),
        _("Date of birth"),
        _("Sex"),
        _("Points"),
        _("Cohort type"),
        _("Area"),
        _("In custody"),
        _("Above the capacity line"),
        _("Provisional"),
        _("Criteria not met"),
    ]


# --- the working


def factor_rows(
    factors: list[dict[str, Any]], *, definition: Mapping[str, Any], sources: Mapping[str, Model]
) -> dict[str, Any]:
    """Every factor with its points and source rows; `withheld` sums up those that rest on rows this user may not see.

    A factor says what is in its rows, so where any of them may not be seen neither is the factor named.
    """
    parts = {part["id"]: part for part in definition.get("components", [])}
    shown, withheld, points = [], 0, 0.0
    for factor in factors:
        rows = factor.get("rows", [])
        if any(is_withheld(name, sources) for name in rows):
            withheld += 1
            points += factor.get("points", 0.0)
            continue
        part = parts.get(factor["id"], {})
        shown.append(
            {
                "factor": factor["name"],
                "value": value_of(factor, part),
                "points": factor.get("points", 0.0),
                "most_points": part.get("most_points"),
                "placeholder": part.get("placeholder", False),
                "sources": [{"text": source_text(name, sources), "href": None} for name in rows],
            }
        )
    shown.sort(key=lambda row: -row["points"])
    total = sum(factor.get("points", 0.0) for factor in factors)
    return {"rows": shown, "withheld": withheld, "withheld_points": points, "total": total}


def criterion_rows(criteria: list[dict[str, Any]], *, sources: Container[str]) -> list[dict[str, Any]]:
    """Every criterion: met or not, and why; those that rest on rows this user may not see are left out."""
    found = []
    for criterion in criteria:
        if any(is_withheld(name, sources) for name in criterion.get("rows", [])):
            continue
        strand, _slash, _rest = criterion["id"].rpartition("/")
        found.append(
            {
                "name": criterion["name"],
                "strand": type_name(strand),
                "met": criterion["met"],
                "near_miss": criterion.get("near_miss", False),
                "reason": criterion.get("reason", ""),
            }
        )
    return found


def is_withheld(name: str, sources: Container[str]) -> bool:
    table = name.partition(":")[0]
    return table not in ("persons", "scores") and name not in sources


def value_of(factor: Mapping[str, Any], part: Mapping[str, Any]) -> str | None:
    """The factor's value in words; None where it is not known."""
    if factor.get("text"):
        return str(factor["text"]).replace("_", " ")
    value = factor.get("value")
    if value is None:
        return None if factor.get("reason") == "not known" else _("Never")
    if part.get("kind") == "yes_no":
        return filters.yesno(bool(value))
    number = filters.number(value, 0 if float(value).is_integer() else 2)
    return f"{number} {unit_for(float(value), part['unit'])}" if part.get("unit") else number


def source_text(name: str, sources: Mapping[str, Model]) -> str:
    """One row of the record in words."""
    row = sources.get(name)
    if row is None:
        table, _colon, rest = name.partition(":")
        return _("The person's own particulars") if table == "persons" else ours(rest)
    words: str = SOURCE_WORDS[type(row)](row)
    return words


def ours(predictor: str) -> str:
    return _("%(score)s, worked out here: see below") % {"score": PREDICTORS.get(predictor, predictor)}


def sanction(row: people.Sanction) -> str:
    return _("%(kind)s on %(date)s: %(offence)s") % {
        "kind": row.sanction_type.capitalize(),
        "date": filters.date(row.sanction_date),
        "offence": offence(row.offence_code),
    }


def offence(code: str) -> str:
    return offence_titles().get(code) or _("offence %(code)s") % {"code": code}


def arrest(row: people.Arrest) -> str:
    if not row.offence_code:
        return _("Arrest on %(date)s") % {"date": filters.date(row.arrest_date)}
    return _("Arrest on %(date)s: %(offence)s") % {
        "date": filters.date(row.arrest_date),
        "offence": offence(row.offence_code),
    }


def custody_spell(row: people.CustodySpell) -> str:
    return _("In custody from %(start)s to %(end)s") % {
        "start": filters.date(row.start_date),
        "end": filters.date(row.end_date, _("now")),
    }


def drug_test(row: people.DrugTest) -> str:
    return _("Drug test on %(date)s: %(result)s") % {
        "date": filters.date(row.test_date),
        "result": row.result or _("no result"),
    }


def assessment(row: people.Assessment) -> str:
    if row.item == SENT:
        return _("%(instrument)s of %(date)s, sent by %(agency)s") % {
            "instrument": f"{row.instrument} {row.version}".strip(),
            "date": filters.date(row.assessment_date),
            "agency": row.owner_agency.name,
        }
    return _("%(instrument)s of %(date)s: %(item)s") % {
        "instrument": row.instrument,
        "date": filters.date(row.assessment_date),
        "item": row.item.replace("_", " "),
    }


def registration(row: people.Registration) -> str:
    return _("Register %(register)s from %(date)s") % {"register": row.register, "date": filters.date(row.start_date)}


def intelligence(row: people.IntelligenceCount) -> str:
    return ngettext(
        "%(count)s report in the month of %(date)s", "%(count)s reports in the month of %(date)s", row.reports
    ) % {
        "count": row.reports,
        "date": filters.date(row.month),
    }


SOURCE_WORDS: dict[type[Model], Any] = {
    people.Sanction: sanction,
    people.Arrest: arrest,
    people.CustodySpell: custody_spell,
    people.DrugTest: drug_test,
    people.Assessment: assessment,
    people.Registration: registration,
    people.IntelligenceCount: intelligence,
}


# --- scores


def score_cards(scores: list[Score]) -> list[dict[str, Any]]:
    """The scores last worked out or sent, what counts of each predictor first, each with what it was before.

    Only a score worked out here has a working: that of one an agency sent stays with the agency. `scores` is
    `list_scores()`. `overruled_by` is set on ours where another counts: the agency's name, or nothing where this user
    may not see that score.
    """
    cards: dict[tuple[str, str, int, bool], dict[str, Any]] = {}
    newest: dict[str, int] = {}
    counting: dict[str, Score] = {}
    for score in scores:
        key = (score.predictor, score.kind, score.horizon_months, score.assessed_on is not None)
        if newest.setdefault(score.predictor, score.run_id) == score.run_id:
            cards[key] = score_card(score)
            if score.counts:
                counting[score.predictor] = score
        elif key in cards:
            note_before(cards[key], score)
    for card in cards.values():
        counts = counting.get(card["predictor"])
        longest = max(each["months"] for each in cards.values() if each["predictor"] == card["predictor"])
        if card["counts"] is False and card["percent"] is not None and card["months"] == longest:
            card["is_overruled"] = True
            card["overruled_by"] = counts.owner_agency.name if counts else ""
    return list(cards.values())


def score_card(score: Score) -> dict[str, Any]:
    return {
        "id": f"score-{score.predictor}-{score.kind}-{score.horizon_months}",
        "predictor": score.predictor,
        "name": PREDICTORS.get(score.predictor, score.predictor),
        "predicts": PREDICTS.get(score.predictor, ""),
        "version": score.version,
        "kind": score.kind,
        "months": score.horizon_months,
        "years": score.horizon_months / 12,
        "percent": score.percent,
        "band": score.band,
        "counts": score.counts,
        "is_overruled": False,
        "sent_by": score.owner_agency.name if score.assessed_on else "",
        "provisional": score.provisional,
        "missing": [name.replace("_", " ") for name in score.missing],
        "problems": score.problems,
        "working": score.working,
        "on": score.assessed_on or score.scored_on,
        "before": [],
    }


def note_before(card: dict[str, Any], score: Score) -> None:
    """Adds what a score was on an earlier day; each scheme's ranking scores everybody, so days come more than once."""
    on = score.assessed_on or score.scored_on
    if on not in {card["on"], *(each["on"] for each in card["before"])} and score.percent is not None:
        card["before"].append({"on": on, "percent": score.percent})
