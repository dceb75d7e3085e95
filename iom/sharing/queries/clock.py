"""Reads of the clock of a request about data, whichever of the two kinds it is."""

from iom.access.scope import Scope
from iom.sharing.models import RightsRequest, SubjectAccessRequest
from iom.sharing.queries import rights, subject_access
from iom.sharing.rules.clock import Clock

AnyRequest = RightsRequest | SubjectAccessRequest


def clock_of(request: AnyRequest) -> Clock:
    """The clock of a request that was read with its pauses."""
    return rights.clock_of(request) if isinstance(request, RightsRequest) else subject_access.clock_of(request)


def clock_now(request: AnyRequest, *, scope: Scope) -> Clock:
    """Its clock as it stands now, for who holds the request."""
    if isinstance(request, RightsRequest):
        return rights.clock_of(rights.get_request(rights_id=request.pk, scope=scope))
    return subject_access.clock_of(subject_access.get_request(request_id=request.pk, scope=scope))
