"""Every write of the audit record: events, seals, and the erasure of the values beside them."""

from iom.audit.operations.events import erase_values, erase_values_of, record, viewed, viewed_list
from iom.audit.operations.seals import seal

__all__ = ["erase_values", "erase_values_of", "record", "seal", "viewed", "viewed_list"]
