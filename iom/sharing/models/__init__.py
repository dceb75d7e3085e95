"""The tables of sharing, one module for each subject."""

from iom.sharing.models.subject_access import SubjectAccessItem, SubjectAccessPause, SubjectAccessRequest

__all__ = ["SubjectAccessItem", "SubjectAccessPause", "SubjectAccessRequest"]
