"""Questions, and what their people are."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import Max, Q, QuerySet
from django.db.models.functions import Coalesce

from iom.access.scope import Scope, act_in, unrestricted
from iom.cohorts.models import CohortMembership, Scheme
from iom.common.errors import NotVisible
from iom.outcomes import rules
from iom.outcomes.choices import StudyState
from iom.outcomes.models import Study
from iom.people.models import Person, Sanction


def list_studies(*, scope: Scope, states: Sequence[str] = ()) -> "QuerySet[Study]":
    """The partnership's questions, the newest first."""
    found: QuerySet[Study] = Study.objects.visible_to(scope).select_related("scheme").order_by("-written_at", "-pk")
    return found.filter(state__in=states) if states else found


def get_study(*, study_id: int, scope: Scope) -> Study:
    """One question. Raises `NotVisible` where it is not the partnership's."""
    found: Study | None = (
        Study.objects.visible_to(scope).select_related("scheme", "follows").filter(pk=study_id).first()
    )
    if found is None:
        raise NotVisible()
    return found


def tried_before(*, study: Study, scope: Scope) -> list[Study]:
    """The questions that this one asks again, the last first: how often another comparison was tried."""
    found: list[Study] = []
    while study.follows_id is not None and study.follows_id not in {each.pk for each in found}:
        study = get_study(study_id=study.follows_id, scope=scope)
        found.append(study)
    return found


def draft_that_follows(*, study: Study, scope: Scope) -> Study | None:
    """The draft that asks a question again, where there is one."""
    found = Study.objects.visible_to(scope).filter(follows=study, state=StudyState.DRAFT).order_by("pk")
    draft: Study | None = found.first()
    return draft


def before(*, study: Study, scope: Scope) -> dict[str, int]:
    """What was asked before: `tried`, comparisons whose outcome nobody read, and `others`, of the same people.

    `read` are the questions whose answer showed the outcome of the same people, or of some of them, before this one was
    settled; `read_since`, from then until its comparison was accepted.
    """
    # What was given up before its comparison was made was no try.
    asked = tried_before(study=study, scope=scope)
    tried = [each for each in asked if each.design is not None and each.result is None]
    read = read_of_the_same(study=study, before=study.registered_at, scope=scope)
    by_acceptance = read_of_the_same(study=study, before=study.accepted_at, scope=scope)
    return {
        "tried": len(tried),
        "others": asked_of_the_same(study=study, scope=scope),
        "read": read,
        "read_since": max(0, by_acceptance - read),
    }


def list_schemes(*, scope: Scope) -> list[Scheme]:
    return list(Scheme.objects.visible_to(scope).order_by("name"))


def known_to(*, scope: Scope) -> date | None:
    """The day of the last conviction or caution on record: nobody vouches for any day after it."""
    found: date | None = Sanction.objects.visible_to(scope).aggregate(day=Max("sanction_date"))["day"]
    return found


def count_joined(*, scope: Scope, scheme_id: int | None, first: date, until: date) -> int:
    """How many people joined from a day up to another, that one out."""
    found = CohortMembership.objects.visible_to(scope).filter(started_on__gte=first, started_on__lt=until)
    found = found.filter(scheme_id=scheme_id) if scheme_id is not None else found
    return int(found.values("person_id").distinct().count())


def joined(*, study: Study, scope: Scope) -> set[int]:
    """The people who joined in a question's months, by id."""
    until = rules.month_after(study.last_month)
    found = CohortMembership.objects.visible_to(scope).filter(started_on__gte=study.first_month, started_on__lt=until)
    found = found.filter(scheme_id=study.scheme_id) if study.scheme_id is not None else found
    return set(found.filter(person__erased_at__isnull=True).values_list("person_id", flat=True))


UNDER_WAY = (StudyState.DESIGNING, StudyState.DESIGNED, StudyState.ESTIMATING)


def left_lying(*, scope: Scope, before: datetime) -> list[int]:
    """Questions settled, or accepted since, before a time that came to nothing, by id: their people are still kept."""
    found = Study.objects.visible_to(scope).filter(state__in=UNDER_WAY)
    found = found.annotate(since=Coalesce("accepted_at", "registered_at")).filter(since__lt=before)
    return list(found.values_list("pk", flat=True))


def key_of(*, person_id: int, scope: Scope) -> str:
    """By which pseudonym a comparison knows a person; empty where there is none any more."""
    return Person.objects.visible_to(scope).filter(pk=person_id).values_list("person_key", flat=True).first() or ""


def under_way(*, scope: Scope) -> set[int]:
    """The questions whose people are still needed, by id."""
    return set(Study.objects.visible_to(scope).filter(state__in=UNDER_WAY).values_list("pk", flat=True))


def about_the_same(*, study: Study, scope: Scope) -> "QuerySet[Study]":
    """The other questions about the same scheme's people, or some of them, who joined in the same months or in some."""
    found: QuerySet[Study] = Study.objects.visible_to(scope).exclude(pk=study.pk)
    found = found.filter(first_month__lte=study.last_month, last_month__gte=study.first_month)
    return found.filter(Q(scheme_id=study.scheme_id) | Q(scheme=None)) if study.scheme_id is not None else found


def asked_of_the_same(*, study: Study, scope: Scope) -> int:
    """How many other questions were settled before about the same people, or some of them."""
    return int(about_the_same(study=study, scope=scope).filter(registered_at__lt=study.registered_at).count())


def read_of_the_same(*, study: Study, before: datetime | None, scope: Scope) -> int:
    """How many other questions about the same people, or some of them, were answered before a time; None: none."""
    if before is None:
        return 0
    found = about_the_same(study=study, scope=scope).filter(state=StudyState.DONE, ended_at__lt=before)
    return int(found.count())


def apart(*, study: Study, scope: Scope) -> list[int]:
    """By how many people a question differs from each other one about some of them that is answered or under way.

    A comparison is made of everybody, so they are counted as the system.
    """
    system = unrestricted(
        partnership_id=scope.partnership_id, agency_id=scope.agency_id, because="a comparison is made of everybody"
    )
    with act_in(system):
        others = about_the_same(study=study, scope=system).filter(state__in=(*UNDER_WAY, StudyState.DONE))
        own = joined(study=study, scope=system)
        return [len(own ^ joined(study=each, scope=system)) for each in others]
