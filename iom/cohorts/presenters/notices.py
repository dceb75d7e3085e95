"""What the cohort has to say on pages of other apps: the person's frame, what needs attention, the timeline."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from iom.access.permissions import Permission
from iom.access.scope import Scope
from iom.cohorts import queries
from iom.cohorts.choices import Outcome, Rag, type_name
from iom.cohorts.queries.notices import Members
from iom.common.registries import Attention, TimelineEntry
from iom.people.presenters.history import offence, substances


def frame_facts(*, scope: Scope, person_id: int) -> dict[str, Any]:
    """Cohort type, rating and lead of a member; nothing for anybody else, or for who may not see the cohort."""
    if not scope.allows(Permission.COHORT_VIEW):
        return {}
    membership = queries.membership_of(person_id=person_id, scope=scope)
    if membership is None:
        return {}
    return {
        "cohort_type": type_name(membership.cohort_type),
        "rag": membership.rag,
        "lead_professional": f"{membership.lead.user.name}, {membership.lead.agency.name}",
    }


def attention(*, scope: Scope, on: date, person_id: int | None = None) -> list[Attention]:
    """What needs this user's attention, for one person or for all: only what they may see and can do."""
    items: list[Attention] = []
    if scope.allows(Permission.AGENCY_RETURN):
        items += returns_wanted(scope=scope, on=on, person_id=person_id)
    if scope.allows(Permission.PANEL_DECIDE):
        items += ready_for_panel(scope=scope, on=on, person_id=person_id)
    if scope.allows(Permission.COHORT_MANAGE):
        members = queries.own_members(scope=scope, person_id=person_id)
        items += reviews(members, on=on)
        items += releases(members, scope=scope, on=on)
        items += new_arrests(members, scope=scope, on=on)
        items += positive_tests(members, scope=scope, on=on)
        if scope.allows(Permission.PERSON_SCORES_VIEW):
            items += provisional_scores(members, scope=scope)
    return items


def returns_wanted(*, scope: Scope, on: date, person_id: int | None) -> list[Attention]:
    return [
        Attention(
            text=_("Your agency's return on the nomination of %(name)s") % {"name": each.nomination.person.name},
            url=reverse("cohorts-return", args=[each.nomination_id]),
            on=each.due_on,
            overdue=each.due_on < on,
            kind=_("Return wanted"),
            person_id=each.nomination.person_id,
        )
        for each in queries.returns_wanted(scope=scope, person_id=person_id)
    ]


def ready_for_panel(*, scope: Scope, on: date, person_id: int | None) -> list[Attention]:
    return [
        Attention(
            text=_("Nomination of %(name)s, ready for the panel") % {"name": each.person.name},
            url=reverse("cohorts-nomination", args=[each.pk]),
            on=each.deferred_until or each.returns_due_on,
            kind=_("Panel"),
            person_id=each.person_id,
        )
        for each in queries.ready_for_panel(scope=scope, on=on, person_id=person_id)
    ]


def reviews(members: Members, *, on: date) -> list[Attention]:
    return [
        Attention(
            text=_("Review of %(name)s") % {"name": each.person.name},
            url=reverse("cohorts-set-review", args=[each.pk]),
            on=each.review_on,
            overdue=True,
            kind=_("Review"),
            person_id=each.person_id,
        )
        for each in queries.reviews_overdue(members=members, on=on)
    ]


def releases(members: Members, *, scope: Scope, on: date) -> list[Attention]:
    return [
        Attention(
            text=_("Release of %(name)s from %(prison)s")
            % {"name": member.person.name, "prison": spell.prison or _("custody")},
            url=reverse("cohorts-member", args=[member.pk]),
            on=spell.end_date,
            kind=_("Release"),
            person_id=member.person_id,
        )
        for member, spell in queries.releases(members=members, scope=scope, on=on)
    ]


def new_arrests(members: Members, *, scope: Scope, on: date) -> list[Attention]:
    return [
        Attention(
            text=_("%(name)s was arrested: %(offence)s")
            % {"name": member.person.name, "offence": "; ".join(offence(code) for code in codes)}
            if codes
            else _("%(name)s was arrested") % {"name": member.person.name},
            url=reverse("people-timeline", args=[member.person.public_id]),
            on=day,
            kind=_("Arrest"),
            is_news=True,
            person_id=member.person_id,
        )
        for member, day, codes in queries.new_arrests(members=members, scope=scope, on=on)
    ]


def positive_tests(members: Members, *, scope: Scope, on: date) -> list[Attention]:
    return [
        Attention(
            text=_("Positive drug test of %(name)s: %(substances)s")
            % {"name": member.person.name, "substances": substances(test) or _("not recorded what")},
            url=reverse("people-timeline", args=[member.person.public_id]),
            on=test.test_date,
            kind=_("Drug test"),
            is_news=True,
            person_id=member.person_id,
        )
        for member, test in queries.positive_tests(members=members, scope=scope, on=on)
    ]


def provisional_scores(members: Members, *, scope: Scope) -> list[Attention]:
    return [
        Attention(
            text=_("Provisional score of %(name)s: missing %(answers)s")
            % {"name": member.person.name, "answers": in_words(missing)},
            url=reverse("cohorts-scores", args=[member.person.public_id]),
            kind=_("Score"),
            person_id=member.person_id,
        )
        for member, missing in queries.provisional_scores(members=members, scope=scope)
    ]


def in_words(names: list[str], most: int = 2) -> str:
    """The first of the missing answers by name, and how many more."""
    first = ", ".join(name.replace("_", " ") for name in names[:most])
    more = len(names) - most
    return _("%(first)s and %(more)s more") % {"first": first, "more": more} if more > 0 else first


def timeline(*, scope: Scope, person_id: int) -> list[TimelineEntry]:
    """Nominations, the panel's decisions, ratings, and leaving the cohort."""
    if not scope.allows(Permission.COHORT_VIEW):
        return []
    known, kind = queries.happened(person_id=person_id, scope=scope), _("Cohort")
    entries = [
        TimelineEntry(
            timezone.localdate(each.nominated_at),
            _("Nominated: %(scheme)s") % {"scheme": each.scheme.name},
            each.reason,
            kind,
            each.owner_agency.name,
        )
        for each in known.nominations
    ]
    for decision in known.decisions:
        title = _("Panel: %(outcome)s") % {"outcome": str(Outcome(decision.outcome).label).lower()}
        entries.append(TimelineEntry(decision.met_on, title, decision.reasons, kind))
    for change in known.ratings:
        title = _("Rated %(rating)s") % {"rating": str(Rag(change.after).label).lower()}
        entries.append(TimelineEntry(timezone.localdate(change.at), title, change.rationale, kind))
    for membership in known.left:
        assert membership.ended_on is not None
        title = _("De-selected: %(reason)s") % {"reason": membership.get_end_reason_display().lower()}
        entries.append(TimelineEntry(membership.ended_on, title, membership.end_explanation, kind))
    return entries
