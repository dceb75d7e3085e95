"""What of how data is used only the partnership itself can say."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Point(models.TextChoices):
    """A field of the transparency record, or a point of the record of processing, that the program cannot know.

    Source: Algorithmic Transparency Recording Standard, version 3.0; Data Protection Act 2018, section 61(2).
    """

    WEBSITE = "website", _("Website")
    EMAIL = "email", _("Contact email")
    ORGANISATION = "organisation", _("Organisation")
    TEAM = "team", _("Team")
    OWNER = "owner", _("Senior responsible owner")
    THIRD_PARTY = "third-party", _("Third party involvement")
    COMPANY = "company", _("Companies House number")
    THIRD_ROLE = "third-role", _("Third party role")
    PROCUREMENT = "procurement", _("Procurement procedure type")
    THIRD_ACCESS = "third-access", _("Third party data access terms")
    PHASE = "phase", _("Phase")
    BENEFITS = "benefits", _("Benefits")
    PREVIOUS = "previous", _("Previous process")
    USAGE = "usage", _("Frequency and scale of usage")
    TRAINING = "training", _("Required training")
    APPEALS = "appeals", _("Whom to ask for a review")
    HUMAN_RIGHTS = "human-rights", _("Human rights assessment")
    CONTACTS = "contacts", _("Contacts of controllers and data protection officers")
    HOSTING = "hosting", _("Where it is hosted, and transfers by the host")
