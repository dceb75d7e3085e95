"""The words of this app, one module for each subject."""

from iom.agreements.choices.marking import Audience, Marking

__all__ = ["Audience", "Marking"]
