"""What an answer tells of the processing itself: its legal basis, and how long data is kept, from the registers. Pure.

Data Protection Act 2018 s45(2)(a) and (d); UK GDPR Articles 13(1)(c) and 15(1)(d).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from iom.agreements.choices import Answers
from iom.agreements.rules import Gateway, Terms, gateways
from iom.sharing.rules.retention import Rule, Schedule

ORDER = (Answers.BASIS, Answers.SPECIAL, Answers.POWER)


@dataclass(frozen=True)
class Particulars:
    """Of one agency under one law: on what it rests, how long its and the partnership's records are kept, its feeds.

    A feed is its kind of record and its name.
    """

    legal_basis: tuple[str, ...]
    kept: tuple[str, ...]
    kept_by_partnership: tuple[str, ...]
    feeds: tuple[tuple[str, str], ...]


def legal_basis(*, agency_id: int, kind: str, regime: str, in_force: Iterable[Terms]) -> tuple[str, ...]:
    """What an agency's agreements in force rest on under a law: bases and conditions it may rely on, then powers."""
    named: set[str] = set()
    for terms in in_force:
        if any(party.agency_id == agency_id for party in terms.parties):
            named |= terms.gateways | set(terms.party(agency_id).conditions.values())
    register = gateways()
    found = [register[slug] for slug in named if slug in register and register[slug].opens(giver=kind, regime=regime)]
    return tuple(
        _in_words(each) for each in sorted(found, key=lambda each: (ORDER.index(Answers(each.answers)), each.slug))
    )


def _in_words(gateway: Gateway) -> str:
    return f"{gateway.name}: {gateway.citation}"


def kept(schedule: Schedule, *, record: str, owner: str, on: date) -> tuple[str, ...]:
    """How long a record of an owner of this kind is kept: every rule that may hold for it, as of a day."""
    fitting = [rule for rule in schedule.rules if rule.record == record and (not rule.owners or owner in rule.owners)]
    newest = {rule.id: rule for rule in sorted(fitting, key=lambda rule: rule.starts_on) if rule.starts_on <= on}
    return tuple(_years(rule) for rule in newest.values())


def _years(rule: Rule) -> str:
    parts = []
    if rule.clear_years:
        parts.append(f"looked at once nothing has happened for {rule.clear_years} years")
    if rule.to_age:
        parts.append(f"looked at every {rule.every_years or rule.again_years} years, until you would be {rule.to_age}")
    if rule.child_years:
        parts.append(f"after {rule.child_years} years where you were under 18")
    return f"{rule.name}: {', '.join(parts)}; then destroyed, or looked at again after {rule.again_years} years."
