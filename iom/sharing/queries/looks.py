"""Reads for the review of looks at the record."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet

from iom.access.scope import Scope
from iom.audit import queries as audit
from iom.audit.choices import Kind
from iom.audit.models import Event
from iom.common.errors import NotVisible
from iom.partnerships.models import User
from iom.partnerships.rules import postcode_mark
from iom.people.models import SourceRecord
from iom.sharing.models import LookReview
from iom.sharing.rules.looks import LOOKED_BACK, Known, Look

LOOKS = (Kind.CONSULTATION, Kind.DISCLOSURE)


def list_reviews(*, scope: Scope, done: bool, doubt: str = "") -> "QuerySet[LookReview]":
    """The reviews still to be done, or done, the newest day first."""
    found = LookReview.objects.visible_to(scope).order_by("-on", "pk")
    found = found.exclude(finding="") if done else found.filter(finding="")
    return found.filter(doubt=doubt) if doubt else found


def get_review(*, review_id: int, scope: Scope) -> LookReview:
    found = LookReview.objects.visible_to(scope).filter(pk=review_id).first()
    if found is None:
        raise NotVisible()
    return found


def events_of(*, review: LookReview, scope: Scope) -> list[Event]:
    return list(audit.events(scope=scope).filter(pk__in=review.event_ids))


def count_open(*, scope: Scope) -> int:
    return LookReview.objects.visible_to(scope).filter(finding="").exclude(actor_id=scope.user_id).count()


def looks(*, scope: Scope, since: datetime, until: datetime) -> list[Look]:
    """Every look at people by a user, in a span of time."""
    found = audit.events(scope=scope).filter(kind__in=LOOKS, at__gte=since, at__lt=until, actor_id__gt=0)
    return [
        Look(event.pk, event.actor_id, event.at, people)
        for event in found.only("id", "actor_id", "at", "person_id", "detail")
        if (people := whom(event))
    ]


def whom(event: Event) -> frozenset[int]:
    """The people an event is about, or whom its list named."""
    one = () if event.person_id is None else (event.person_id,)
    return frozenset({*one, *audit.named(event)})


def usual_days(*, scope: Scope, until: datetime) -> dict[int, list[int]]:
    """For each user, how many people they looked at on each of their days in the four weeks before."""
    days: dict[tuple[int, object], set[int]] = {}
    for look in looks(scope=scope, since=until - timedelta(days=LOOKED_BACK), until=until):
        days.setdefault((look.actor_id, look.on), set()).update(look.people)
    counted: dict[int, list[int]] = {}
    for (actor_id, _), people in days.items():
        counted.setdefault(actor_id, []).append(len(people))
    return counted


def users_known(*, actor_ids: set[int]) -> dict[int, Known]:
    """What ties these users to people: their own names, and the mark of their home postcode where they gave it."""
    return {
        user.pk: Known(
            frozenset({(parts[0], parts[-1])} if len(parts := user.name.casefold().split()) > 1 else ()),
            frozenset({user.postcode_mark} if user.postcode_mark else ()),
        )
        for user in User.objects.filter(pk__in=actor_ids)
    }


def people_known(*, person_ids: set[int], scope: Scope) -> dict[int, Known]:
    """What ties these people to users: every name their records give them, and the marks of their postcodes."""
    names: dict[int, set[tuple[str, str]]] = {}
    codes: dict[int, set[str]] = {}
    records = SourceRecord.objects.visible_to(scope).filter(person_id__in=person_ids)
    for person_id, given, family, postcode in records.values_list(
        "person_id", "given_names", "family_name", "postcode"
    ):
        first = given.casefold().split()[:1]
        if first and family:
            names.setdefault(person_id, set()).add((first[0], family.casefold()))
        if postcode:
            codes.setdefault(person_id, set()).add(postcode_mark(postcode, key=settings.SECRET_KEY))
    return {
        person_id: Known(frozenset(names.get(person_id, ())), frozenset(codes.get(person_id, ())))
        for person_id in person_ids
    }


def draw_looks(*, scope: Scope, since: datetime, count: int) -> list[Event]:
    """So many looks at one person's record since then, drawn at random."""
    found = audit.events(scope=scope).filter(kind=Kind.CONSULTATION, at__gte=since, person_id__isnull=False)
    return list(found.filter(actor_id__gt=0).order_by("?")[:count])
