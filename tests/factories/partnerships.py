"""Partnerships, agencies and workers for tests, made through the product's own operations."""

from dataclasses import dataclass
from datetime import UTC, datetime

from iom.access.scope import Scope, act_in, unrestricted
from iom.partnerships import operations as partnerships
from iom.partnerships import queries
from iom.partnerships.choices import AgencyKind, Regime
from iom.partnerships.models import Agency, Partnership, User
from tests.factories.agreements import make_agreement

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
INSTALLING = unrestricted(partnership_id=0, agency_id=0, because="setting up a test")
AGENCIES = (
    ("Police", AgencyKind.POLICE, Regime.LAW_ENFORCEMENT, True),
    ("Probation", AgencyKind.PROBATION, Regime.LAW_ENFORCEMENT, True),
    ("Prison", AgencyKind.PRISON, Regime.LAW_ENFORCEMENT, True),
    ("Council", AgencyKind.COUNCIL, Regime.UK_GDPR, True),
    ("Treatment", AgencyKind.TREATMENT, Regime.UK_GDPR, False),
)


@dataclass(frozen=True)
class Place:
    partnership: Partnership
    agencies: dict[str, Agency]

    def system(self, agency: str = "Police") -> Scope:
        """The system acting for one of its agencies."""
        return unrestricted(
            partnership_id=self.partnership.pk, agency_id=self.agencies[agency].pk, because="setting up a test"
        )


@dataclass(frozen=True)
class Worker:
    user: User
    scope: Scope


def make_place(name: str, *, agreed: bool = True) -> Place:
    """A partnership whose agencies give each other every kind of record, under an agreement in force.

    Not `agreed`: nothing has happened in it yet that its audit chain would hold.
    """
    partnership = partnerships.found(
        name=name, slug=name.lower(), capacity=20, areas=["North", "South"], by=INSTALLING, at=AT
    )
    agencies = {
        agency: partnerships.add_agency(
            partnership=partnership,
            name=agency,
            kind=kind,
            regime=regime,
            statutory=statutory,
            teams=[],
            by=INSTALLING,
            at=AT,
        )
        for agency, kind, regime, statutory in AGENCIES
    }
    place = Place(partnership, agencies)
    if agreed:
        with act_in(place.system()):
            make_agreement(list(agencies.values()), at=AT)
    return place


def make_worker(place: Place, name: str, *, agency: str, roles: list[str]) -> Worker:
    """A user `name@example.org` with one membership."""
    user = partnerships.add_user(email=f"{name}@example.org", name=name.title(), password=None, by=INSTALLING, at=AT)
    membership = partnerships.give_access(user=user, agency=place.agencies[agency], roles=roles, by=INSTALLING, at=AT)
    return Worker(user, queries.scope_from(membership))
