"""Who may see two records at once: the stricter of two markings."""

from dataclasses import dataclass

from iom.agreements.choices import Audience, Marking
from iom.partnerships.choices import Regime


@dataclass(frozen=True)
class Seen:
    """The marking of one record, as plain values."""

    owner_agency_id: int
    regime: str
    marking: str
    audience: str
    audience_agencies: tuple[int, ...] = ()
    descriptor: str = ""

    @property
    def agencies(self) -> frozenset[int] | None:
        """Who may see it; None is every partner."""
        if self.audience == Audience.PARTNERS:
            return None
        listed = self.audience_agencies if self.audience == Audience.LISTED else ()
        return frozenset({self.owner_agency_id, *listed})


def strictest(left: Seen, right: Seen) -> Seen | None:
    """The marking of what is said about both: only who may see each may see it. None where nobody may.

    Its owner is one of those who may see it, since an owner always sees what is theirs.
    """
    regime = Regime.LAW_ENFORCEMENT if Regime.LAW_ENFORCEMENT in (left.regime, right.regime) else Regime.UK_GDPR
    sensitive = Marking.OFFICIAL_SENSITIVE in (left.marking, right.marking)
    marking = Marking.OFFICIAL_SENSITIVE if sensitive else Marking.OFFICIAL
    descriptor = max(left.descriptor, right.descriptor)
    if left.agencies is None and right.agencies is None:
        return Seen(left.owner_agency_id, regime, marking, Audience.PARTNERS, descriptor=descriptor)
    if left.agencies is None or right.agencies is None:
        both = right.agencies if left.agencies is None else left.agencies
    else:
        both = left.agencies & right.agencies
    assert both is not None
    if not both:
        return None
    owners = [owner for owner in (left.owner_agency_id, right.owner_agency_id) if owner in both]
    owner = owners[0] if owners else min(both)
    if both == {owner}:
        return Seen(owner, regime, marking, Audience.OWN, descriptor=descriptor)
    return Seen(owner, regime, marking, Audience.LISTED, tuple(sorted(both)), descriptor)
