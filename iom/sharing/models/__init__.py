"""Reviews of the audit record, requests, rights and retention."""

from iom.sharing.models.reviews import Review

__all__ = ["Review"]
