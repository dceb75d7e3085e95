"""A record's marking in words: how it is to be handled, whose it is, under which law, and who may see it."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _

from iom.agreements.choices import Audience, Marking
from iom.agreements.models import Marked


def audience_words(row: Marked, *, agencies: Mapping[int, str]) -> str:
    """Who may see a record. `agencies` are names by id; one that is not there is left out."""
    if row.audience == Audience.PARTNERS:
        return _("all partners")
    owner = agencies.get(row.owner_agency_id, "")
    if row.audience == Audience.OWN:
        return _("%(agency)s alone") % {"agency": owner}
    listed = [agencies[pk] for pk in row.audience_agencies if pk in agencies and pk != row.owner_agency_id]
    return ", ".join([owner, *sorted(listed)])


def highest(rows: Iterable[Marked]) -> str:
    """The marking that holds for all of these together: the highest of them, with the descriptor most to be guarded."""
    return max(rows, key=lambda row: (row.marking == Marking.OFFICIAL_SENSITIVE, row.descriptor)).marked_as


def handling_line(row: Marked, *, agencies: Mapping[int, str]) -> str:
    """OFFICIAL-SENSITIVE PERSONAL. Owner: Police. Law enforcement. May be seen by: all partners."""
    return _("%(marking)s. Owner: %(owner)s. %(regime)s. May be seen by: %(audience)s.") % {
        "marking": row.marked_as,
        "owner": agencies.get(row.owner_agency_id, ""),
        "regime": row.get_regime_display(),
        "audience": audience_words(row, agencies=agencies),
    }
