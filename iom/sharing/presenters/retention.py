"""What the pages of retention show, and what Today says of it."""

from collections import defaultdict
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from iom.access.permissions import Permission
from iom.access.scope import Scope
from iom.common.erasure import OTHERS, Counts
from iom.common.registries import Attention
from iom.govuk.filters import date as in_full
from iom.govuk.filters import datetime as moment
from iom.govuk.filters import number
from iom.sharing.choices.retention import ItemState, Record
from iom.sharing.models import DestructionItem, DestructionList, LegalHold, RetentionDecision, RetentionReview
from iom.sharing.queries import retention as queries
from iom.sharing.rules import retention as rules


def attention(*, scope: Scope, on: date, person_id: int | None = None) -> list[Attention]:
    """Reviews that are due, and lists that wait for this user's approval."""
    if person_id is not None:
        return []
    items = []
    if scope.allows(Permission.RETENTION_REVIEW) and (waiting := queries.due(scope=scope, on=on).count()):
        oldest = queries.due(scope=scope, on=on).values_list("due_on", flat=True).first()
        text = ngettext("%(num)s record due for review", "%(num)s records due for review", waiting)
        items.append(
            Attention(
                text=text % {"num": number(waiting)},
                url=reverse("sharing-retention"),
                on=oldest,
                overdue=oldest is not None and oldest < on,
                kind=_("Retention"),
            )
        )
    if scope.allows(Permission.RETENTION_APPROVE):
        items += [
            Attention(
                text=_("Destruction list %(number)s, for your approval") % {"number": each.pk},
                url=reverse("sharing-destruction", args=[each.pk]),
                on=on,
                kind=_("Retention"),
            )
            for each in queries.waiting_lists(scope=scope)
        ]
    return items


def rule_names() -> dict[str, str]:
    return {**{rule.id: rule.name for rule in rules.load().rules}, rules.ERASURE_GRANTED: _("Erasure granted")}


def review_row(review: RetentionReview, *, held: set[int]) -> dict[str, Any]:
    return {
        "name": review.person.name,
        "href": reverse("sharing-review", args=[review.pk]),
        "record": review.get_record_display(),
        "rule": rule_names().get(review.rule, review.rule),
        "last_on": review.last_on,
        "due_on": review.due_on,
        "of_child": review.of_child,
        "is_held": review.person_id in held,
    }


def review_rows(review: RetentionReview) -> list[dict[str, Any]]:
    """The summary of one record at its end."""
    rule = next((each for each in rules.load().rules if each.id == review.rule), None)
    source = (rule.source or _("Set by the partnership")) if rule else review.rule
    return [
        {"key": _("Record"), "value": review.get_record_display()},
        {"key": _("Rule"), "value": f"{rule_names().get(review.rule, review.rule)}. {source}"},
        {"key": _("Something last happened"), "date": review.last_on},
        {"key": _("Due for review"), "date": review.due_on},
    ]


def kept_to(review: RetentionReview, *, on: date) -> str:
    """Why a record that its rule keeps to an age is not proposed for destruction."""
    rule = rules.rule_named(rules.load(), review.rule, on=on)
    assert rule is not None, "a rule keeps the record"
    assert rule.to_age is not None, "to an age"
    born_on = review.person.date_of_birth
    if born_on is None:
        return _(
            "This rule keeps the record until the person is %(age)s. Their date of birth is not known, so it can only"
            " be kept."
        ) % {"age": rule.to_age}
    until = rules.clear_period_until(born_on, years=rule.to_age)
    return _(
        "This rule keeps the record until the person is %(age)s, on %(day)s. Until then it can be kept, not proposed"
        " for destruction."
    ) % {"age": rule.to_age, "day": in_full(until)}


def decision_row(decision: RetentionDecision, *, names: dict[int, str]) -> dict[str, Any]:
    return {
        "outcome": decision.get_outcome_display(),
        "reason": decision.reason,
        "next_on": decision.next_on,
        "by": names.get(decision.decided_by, ""),
        "at": decision.decided_at,
    }


def count_rows(counts: Counts) -> list[dict[str, Any]]:
    """What becomes of each table: rows, and the fields removed, generalised and kept, by name."""
    return [
        {
            "table": table.partition(".")[2] or _("What other agencies keep to themselves"),
            "is_others": table == OTHERS,
            "rows": says["rows"],
            "deleted": says["deleted"],
            "removed": ", ".join(says["removed"]),
            "generalised": ", ".join(says["generalised"]),
            "kept": len(says["kept"]),
        }
        for table, says in sorted(counts.items())
    ]


def hold_row(hold: LegalHold, *, names: dict[int, str], on: date) -> dict[str, Any]:
    stands = hold.lifted_at is None and (hold.until is None or hold.until > on)
    return {
        "id": hold.pk,
        "name": hold.person.name,
        "reason": hold.reason,
        "until": hold.until,
        "by": names.get(hold.placed_by, ""),
        "at": hold.placed_at,
        "stands": stands,
        "lifted_at": hold.lifted_at,
    }


def list_row(chosen: DestructionList) -> dict[str, Any]:
    return {
        "id": chosen.pk,
        "href": reverse("sharing-destruction", args=[chosen.pk]),
        "records": getattr(chosen, "records", 0),
        "state": chosen.get_state_display(),
        "proposed_at": chosen.proposed_at,
        "finished_at": chosen.finished_at,
    }


def item_row(item: DestructionItem, *, shows_name: bool) -> dict[str, Any]:
    """A record on a list. Once destroyed it has no name, and its list shows none: a name would outlive its record."""
    return {
        "name": item.person.name if shows_name else _("Record %(number)s") % {"number": item.pk},
        "record": item.get_record_display(),
        "rule": rule_names().get(item.rule, item.rule),
        "state": item.get_state_display(),
        "because": item.get_left_because_display() if item.left_because else "",
    }


def certificate(
    chosen: DestructionList,
    *,
    items: list[DestructionItem],
    approvals: list[tuple[str, Any]],
    agency: str,
    counts: Counts,
) -> list[str]:
    """The certificate as lines of text: what was destroyed by whose leave, in counts; no word of what it was."""
    done = [item for item in items if item.state == ItemState.DONE]
    kinds: dict[str, int] = defaultdict(int)
    left: dict[str, int] = defaultdict(int)
    for item in done:
        kinds[f"{rule_names().get(item.rule, item.rule)}: {Record(item.record).label}"] += 1
    for item in items:
        if item.left_because:
            left[item.get_left_because_display()] += 1
    lines = [
        _("Certificate of destruction"),
        "",
        _("Destruction list %(number)s of %(agency)s") % {"number": chosen.pk, "agency": agency},
        _("Proposed: %(at)s") % {"at": moment(chosen.proposed_at)},
        *(_("Approved: %(at)s by %(name)s") % {"at": moment(at), "name": name} for name, at in approvals),
        _("Destroyed: %(at)s") % {"at": moment(chosen.finished_at)},
        "",
        ngettext("%(num)s record destroyed", "%(num)s records destroyed", len(done)) % {"num": number(len(done))},
        *(f"  {name}: {number(times)}" for name, times in sorted(kinds.items())),
        *(
            _("Left alone: %(why)s: %(num)s") % {"why": why, "num": number(times)}
            for why, times in sorted(left.items())
        ),
        "",
        _("What became of each table:"),
    ]
    for row in count_rows(counts):
        lines.append(f"  {row['table']}: {number(row['rows'])}")
        if row["is_others"]:
            continue
        if row["deleted"]:
            lines.append("    " + _("rows deleted"))
        else:
            lines += [
                "    " + _("removed: %(fields)s") % {"fields": row["removed"] or _("none")},
                "    " + _("generalised: %(fields)s") % {"fields": row["generalised"] or _("none")},
            ]
    return lines
