"""Agreements and gateways as their pages show them, and what Today says of those whose review is near."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from iom.access.permissions import Permission
from iom.access.scope import Scope
from iom.agreements import queries, rules
from iom.agreements.choices import AgreementState, Answers, Category, RecordKind
from iom.agreements.models import AgreementDocument, AgreementParty, SharingAgreement
from iom.common.registries import Attention
from iom.govuk.filters import date as day
from iom.govuk.filters import datetime as moment
from iom.partnerships.choices import AgencyKind, Regime

TAG_COLOURS = {
    AgreementState.DRAFT: "blue",
    AgreementState.IN_FORCE: "green",
    AgreementState.EXPIRED: "red",
    AgreementState.WITHDRAWN: "grey",
}


def attention(*, scope: Scope, on: date, person_id: int | None = None) -> list[Attention]:
    """Agreements whose review or end is near or past, and drafts that wait for this user to put them in force."""
    if person_id is not None:
        return []
    items = []
    if scope.allows(Permission.AGREEMENT_MANAGE):
        for agreement in queries.list_near_review(scope=scope, until=on + timedelta(days=rules.NEAR_DAYS)):
            ends, due = agreement.end_date, agreement.review_on
            if ends is not None and ends <= on - timedelta(days=rules.NEAR_DAYS):
                continue  # told for long enough
            if ends is not None and ends <= on:
                text, due = _("Agreement %(reference)s has expired: nothing more is shared under it"), ends
            elif ends is not None and rules.is_near(ends, on=on):
                text, due = _("Agreement %(reference)s ends soon"), ends
            else:
                text = _("Agreement %(reference)s is to be reviewed")
            items.append(_line(agreement, text, due, overdue=due <= on))
    if scope.allows(Permission.AGREEMENT_APPROVE):
        for agreement in queries.list_signed_drafts(scope=scope):
            items.append(_line(agreement, _("Agreement %(reference)s, for you to put in force"), agreement.start_date))
    return items


def _line(agreement: SharingAgreement, text: str, on: date, *, overdue: bool = False) -> Attention:
    return Attention(
        text=text % {"reference": agreement.reference},
        url=reverse("agreements-agreement", args=[agreement.pk]),
        on=on,
        overdue=overdue,
        kind=_("Sharing agreements"),
    )


def state(agreement: SharingAgreement, *, on: date) -> dict[str, str]:
    """The state on a day, as a tag."""
    now = AgreementState(rules.state_on(state=agreement.state, end_date=agreement.end_date, on=on))
    if now == AgreementState.IN_FORCE and agreement.start_date > on:
        return {"text": _("In force from %(date)s") % {"date": day(agreement.start_date)}, "colour": "yellow"}
    return {"text": str(now.label), "colour": TAG_COLOURS[now]}


def last_day(agreement: SharingAgreement) -> date | None:
    return agreement.end_date - timedelta(days=1) if agreement.end_date else None


def row(agreement: SharingAgreement, *, on: date) -> dict[str, Any]:
    """One line of the list of agreements."""
    return {
        "href": reverse("agreements-agreement", args=[agreement.pk]),
        "reference": agreement.reference,
        "title": agreement.title,
        "parties": ", ".join(sorted(party.agency.name for party in agreement.parties.all())),
        "state": state(agreement, on=on),
        "last_day": last_day(agreement),
        "review_on": agreement.review_on,
        "is_near": agreement.state == AgreementState.IN_FORCE and rules.is_near(agreement.review_on, on=on),
    }


def summary_rows(agreement: SharingAgreement, *, names: Mapping[int, str]) -> list[dict[str, Any]]:
    """What an agreement says besides its parties and gateways, and who did what with it."""
    ends = last_day(agreement)
    rows = [
        (_("What the sharing is for"), agreement.purposes),
        (_("Kept by"), agreement.owner.name),
        (_("First day in force"), day(agreement.start_date)),
        (_("Last day in force"), day(ends) if ends else _("No end of its own")),
        (_("Review date"), day(agreement.review_on)),
        (_("How long receivers keep it"), agreement.retention),
        (_("Drafted"), done_by(agreement.drafted_by, agreement.drafted_at, names)),
    ]
    said = (
        (_("How it is kept safe"), agreement.security),
        (_("How it is kept right"), agreement.quality),
        (_("After a complaint or a breach"), agreement.complaints),
        (_("Requests of people, and under FOI"), agreement.rights),
    )
    rows[-1:-1] = [(key, text) for key, text in said if text]
    if agreement.put_in_force_at:
        rows.append((_("Put in force"), done_by(agreement.put_in_force_by, agreement.put_in_force_at, names)))
    if agreement.withdrawn_at:
        rows.append((_("Withdrawn"), done_by(agreement.withdrawn_by, agreement.withdrawn_at, names)))
        rows.append((_("Why it was withdrawn"), agreement.withdraw_reason))
    return [{"key": key, "value": value} for key, value in rows]


def unassessed(agreement: SharingAgreement, *, is_assessed: bool) -> str:
    """What to tell who puts in force an agreement for which no approved assessment stands; empty where one does."""
    if is_assessed:
        return ""
    if any(party.conditions.all() for party in agreement.parties.all()):
        return _(
            "No approved impact assessment stands for this agreement, and special categories are given under it. The "
            "law asks for one first where the risk is likely to be high: have it approved before you go on."
        )
    return _("No approved impact assessment stands for this agreement. Make sure that none is needed.")


def done_by(user_id: int | None, at: Any, names: Mapping[int, str]) -> str:
    """When something was done, and by whom where the name is known."""
    name = names.get(user_id or 0, "")
    return _("%(when)s by %(name)s") % {"when": moment(at), "name": name} if name else moment(at)


def party_card(party: AgreementParty) -> dict[str, Any]:
    """What one agency does under an agreement, as the rows of a card."""
    gives = [str(kind.label) for kind in RecordKind if kind in party.gives]
    if len(gives) == len(RecordKind):
        gives = [_("Every kind of record")]
    by = {each.category: each.condition for each in party.conditions.all()}
    conditions = [f"{category.label}: {_citation(by[category])}" for category in Category if category in by]
    signed = f"{day(party.signed_on)}, {party.signed_by}" if party.signed_on else _("Not signed")
    rows = [
        (_("Gives"), "; ".join(gives) or _("Nothing")),
        (_("Receives"), _("Yes") if party.receives else _("No")),
        (_("Conditions"), "; ".join(conditions) or _("None")),
        (_("Marking"), f"{party.get_marking_display()}, {party.get_audience_display()}"),
        (_("Signed"), signed),
    ]
    shown = [{"key": key, "value": value} for key, value in rows if gives or key != _("Marking")]
    return {"agency_id": party.agency_id, "agency": party.agency.name, "rows": shown}


def _citation(slug: str) -> str:
    found = rules.gateways().get(slug)
    return found.citation if found else _("No longer in the register: %(slug)s") % {"slug": slug}


def gateways_of(agreement: SharingAgreement) -> list[str]:
    return [_citation(slug) for slug in agreement.gateways]


def register() -> list[dict[str, Any]]:
    """The register of gateways, by the question of law that each answers."""
    return [
        {
            "title": str(answers.label),
            "gateways": [_gateway(each) for each in rules.gateways().values() if each.answers == answers],
        }
        for answers in Answers
    ]


def _gateway(gateway: rules.Gateway) -> dict[str, Any]:
    return {
        "slug": gateway.slug,
        "name": gateway.name,
        "citation": gateway.citation,
        "allows": gateway.allows,
        "ways": [{"givers": _kinds(givers), "receivers": _kinds(receivers)} for givers, receivers in gateway.ways],
        "is_power": gateway.answers == Answers.POWER,
        "regimes": [str(regime.label) for regime in Regime if regime in gateway.regimes],
        "covers": [str(category.label) for category in Category if category in gateway.covers],
        "limits": gateway.limits,
        "source": gateway.source,
        "as_at": gateway.as_at,
    }


def _kinds(kinds: frozenset[str]) -> str:
    if kinds == set(AgencyKind):
        return _("any agency")
    return ", ".join(str(kind.label) for kind in AgencyKind if kind in kinds)


def document_row(document: AgreementDocument) -> dict[str, Any]:
    """A paper of an agreement: its link where it lies here, else where it is kept."""
    return {
        "id": document.pk,
        "title": document.title,
        "is_here": bool(document.file_kind),
        "kind": document.file_kind.upper(),
        "bytes": document.file_bytes,
        "kept_at": document.kept_at,
        "added_at": document.added_at,
    }
