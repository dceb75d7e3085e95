"""Schemes and their versions in plain English."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from iom.cohorts.choices import Movement, RunStatus, VersionStatus
from iom.cohorts.models import RankRun, Scheme, SchemeVersion, WhatIfPerson
from iom.cohorts.scoring import MOST_MOVED, is_large, publishable, publishable_profile, read_definition, rounded
from iom.govuk import filters

STATUS_COLOURS = {
    VersionStatus.DRAFT: "grey",
    VersionStatus.PROPOSED: "yellow",
    VersionStatus.ACTIVE: "green",
    VersionStatus.RETIRED: "grey",
    VersionStatus.WITHDRAWN: "grey",
}


def scheme_row(scheme: Scheme, *, run: RankRun | None) -> dict[str, Any]:
    """One line of the library: the version in force, what is proposed, and the ranking that lists show."""
    versions = sorted(scheme.versions.all(), key=lambda version: -version.number)
    active = next((version for version in versions if version.status == VersionStatus.ACTIVE), None)
    proposed = next((version for version in versions if version.status == VersionStatus.PROPOSED), None)
    draft = next((version for version in versions if version.status == VersionStatus.DRAFT), None)
    shown = active or proposed or draft
    return {
        "slug": scheme.slug,
        "name": scheme.name,
        "purpose": shown.definition.get("purpose", "") if shown else "",
        "active": active.number if active else None,
        "proposed": proposed.number if proposed else None,
        "draft": draft.number if draft and not proposed else None,
        "placeholders": len(active.definition.get("placeholders", [])) if active else 0,
        "ranked_on": run.on if run else None,
    }


def version_row(version: SchemeVersion, *, names: Mapping[int, str]) -> dict[str, Any]:
    return {
        "number": version.number,
        "label": version.definition.get("version", ""),
        "status": version.status,
        "status_name": version.get_status_display(),
        "colour": STATUS_COLOURS[VersionStatus(version.status)],
        "reason": version.reason,
        "written_by": names.get(version.written_by, ""),
        "written_at": version.written_at,
        "proposed_by": names.get(version.proposed_by or -1, ""),
        "proposed_at": version.proposed_at,
        "activated_by": names.get(version.activated_by or -1, ""),
        "activated_at": version.activated_at,
        "activation_reason": version.activation_reason,
        "ended_by": names.get(version.ended_by or -1, ""),
        "ended_at": version.ended_at,
    }


def shipped_row(text: str) -> tuple[str, str, str]:
    """A scheme that comes with the library, as a choice: id, name, purpose."""
    says = read_definition(text).values
    return says["id"], says["name"], says["purpose"]


def checks(version: SchemeVersion, *, moved: Mapping[str, int] | None) -> dict[str, Any]:
    """Where the two checks stand, and what they found. `moved` is `queries.count_moved()`."""
    status = version.check_status
    return {
        "status": status,
        "is_running": status in (RunStatus.WAITING, RunStatus.RUNNING),
        "message": version.check_message,
        "fairness": fairness(publishable(version.fairness)) if version.fairness else None,
        "what_if": what_if(version.what_if, moved=moved) if version.what_if else None,
        "area_profile": area_profile(version.area_profile or []),
        "is_whole": version.fairness is not None and version.what_if is not None,
    }


def what_if(found: Mapping[str, Any], *, moved: Mapping[str, int] | None) -> dict[str, Any]:
    """Whom the version would change: people whom the reader may see, and how much longer or shorter the list would be.

    The check's own totals are of everybody: beside a list they would tell how many are kept from its reader.
    """
    return {
        "eligible": eligible_change(found["eligible_before"], found["eligible_after"]),
        "moved": None if moved is None else {name: moved.get(name, 0) for name in Movement.values},
        "is_cut": moved is not None and sum(moved.values()) >= MOST_MOVED,
        "most": MOST_MOVED,
        "missing_feeds": found["missing_feeds"],
    }


def eligible_change(before: int, after: int) -> str:
    """How many more or fewer would be eligible, to the nearest 5%; nothing where either list is short: a share of it
    would be a count."""
    if not (is_large(before) and is_large(after)):
        return ""
    change = 5 * round(20 * (rounded(after) / rounded(before) - 1))
    if not change:
        return _("About as many people would be eligible as by the version in force")
    share = filters.percent(abs(change) / 100)
    if change > 0:
        return _("About %(share)s more people would be eligible than by the version in force") % {"share": share}
    return _("About %(share)s fewer people would be eligible than by the version in force") % {"share": share}


def fairness(found: Mapping[str, Any]) -> dict[str, Any]:
    """The fairness report as tables: one per stage and characteristic, numbers as text, hidden ones said to be so."""
    stages = {
        "eligible": _("Who is eligible, of everybody on record"),
        "selected": _("Who is above the capacity line, of the eligible"),
    }
    characteristics = {"sex": _("Sex"), "age_band": _("Age"), "ethnicity": _("Ethnicity")}
    tables: dict[tuple[str, str], dict[str, Any]] = {}
    for row in found["rows"]:
        key = (row["stage"], row["characteristic"])
        heading = f"{stages[row['stage']]}: {characteristics[row['characteristic']].lower()}"
        tables.setdefault(key, {"name": heading, "groups": []})["groups"].append(fairness_row(row))
    return {
        "on": date.fromisoformat(found["on"]),
        "missing_feeds": found["missing_feeds"],
        "tables": [*tables.values()],
    }


def fairness_row(row: Mapping[str, Any]) -> dict[str, Any]:
    hidden = _("Not shown")
    if row["suppressed"]:
        return {"name": row["group"], **dict.fromkeys(("base", "chosen", "rate", "index"), hidden), "interval": ""}
    compared = row["relative_rate"] is not None
    return {
        "name": row["group"],
        "base": filters.number(row["base"]),
        "chosen": filters.number(row["chosen"]),
        "rate": f"{filters.number(row['rate'], 1)}%",
        "index": filters.number(row["relative_rate"], 2)
        if compared
        else (_("Compared with") if row["is_reference"] else ""),
        "interval": f"{filters.number(row['relative_rate_low'], 2)} – {filters.number(row['relative_rate_high'], 2)}"
        if compared
        else "",
    }


def area_profile(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The whole partnership by type of crime, most harm first: shares of offences and harm, and of the crimes recorded
    where they are sent, beside those of points."""
    types = publishable_profile(rows)
    totals = {name: sum(found[name] or 0 for found in types) for name in ("offences", "harm", "recorded", "points")}

    def share(name: str, value: float | None) -> str:
        if value is None:
            return _("Not shown")
        return filters.percent(value / totals[name]) if totals[name] else _("None")

    return [
        {
            "name": found["crime_type"].replace("-", " ").capitalize(),
            "offences": _("Fewer than 10") if found["offences"] is None else filters.number(found["offences"]),
            "recorded": _("Fewer than 10") if found["recorded"] is None else filters.number(found["recorded"]),
            "is_recorded": found["is_recorded"],
            **{f"share_of_{name}": share(name, found[name]) for name in totals},
        }
        for found in sorted(types, key=lambda found: -(found["harm"] or 0))
        if found["offences"] != 0 or found["recorded"] or found["points"]
    ]


def moved_rows(moved: list[WhatIfPerson]) -> list[dict[str, Any]]:
    return [
        {
            "name": each.person.name,
            "public_id": each.person.public_id,
            "movement": each.get_movement_display(),
            "before": each.rank_before if each.rank_before is not None else _("Not ranked"),
            "after": each.rank_after if each.rank_after is not None else _("Not ranked"),
        }
        for each in moved
    ]
