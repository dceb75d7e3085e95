"""The tables of this app, one module for each subject."""

from iom.agreements.models.limits import EmergencyAccess, LimitedAccess
from iom.agreements.models.marking import Marked, MarkedQuerySet, visible

__all__ = ["EmergencyAccess", "LimitedAccess", "Marked", "MarkedQuerySet", "visible"]
