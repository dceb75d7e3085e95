"""The equality evidence log: what was looked at for the public sector equality duty (Equality Act 2010, s149).

It belongs to the partnership as a whole and holds no data about the people it works with: of a ranking, and of
selection and what followed, it holds counts of groups, as they may be published.
"""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from iom.cohorts.models import RankRun, SchemeVersion
from iom.outcomes.models import EqualityEvidence
from iom.partnerships.models import Agency, Partnership, PartnershipQuerySet
from iom.sharing.choices.equality import Aim, Characteristic, Evidence, Link, LookedAt


class EqualityEntry(models.Model):
    """One dated piece of evidence and what was decided on it. Never changed and never deleted.

    A correction, and what is found when it is looked at again, is a new entry that points at the one before; of each
    entry one other at most. The one that nothing follows is current.
    """

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", help_text="Who recorded it")
    earlier = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="later")
    link = models.CharField(max_length=10, choices=Link.choices, default=Link.FIRST)
    correction = models.TextField(blank=True, help_text="What was wrong with the entry before")
    subject = models.CharField(max_length=10, choices=LookedAt.choices)
    title = models.CharField(max_length=200, help_text="What was looked at")
    looked_on = models.DateField()
    aims = ArrayField(models.CharField(max_length=10, choices=Aim.choices), help_text="Of the duty")
    characteristics = ArrayField(models.CharField(max_length=12, choices=Characteristic.choices))
    evidence = models.CharField(max_length=12, choices=Evidence.choices)
    source = models.TextField(help_text="What the evidence is, and where it is kept")
    version = models.ForeignKey(SchemeVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    run = models.ForeignKey(RankRun, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    outcomes = models.ForeignKey(
        EqualityEvidence,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="The day whose figures of selection, and of what followed, it rests on",
    )
    figures = models.JSONField(
        null=True, help_text="Rates of groups as they may be published, copied from what they came from"
    )
    showed = models.TextField(help_text="What the evidence showed")
    decided = models.TextField(help_text="What was decided")
    decided_by = models.CharField(max_length=200, help_text="Which post or board decided")
    decided_on = models.DateField()
    review_on = models.DateField(help_text="When to look again")
    recorded_by = models.BigIntegerField()
    recorded_at = models.DateTimeField()

    objects: ClassVar[Any] = PartnershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(link=Link.FIRST, earlier__isnull=True) | ~Q(link=Link.FIRST) & Q(earlier__isnull=False),
                name="equalityentry_follows_one_unless_first",
            ),
            models.CheckConstraint(
                condition=Q(link=Link.CORRECTION) & ~Q(correction="") | ~Q(link=Link.CORRECTION) & Q(correction=""),
                name="equalityentry_correction_says_what_was_wrong",
            ),
            models.CheckConstraint(
                condition=Q(figures__isnull=True, version__isnull=True, run__isnull=True, outcomes__isnull=True)
                | Q(figures__isnull=False, version__isnull=False, outcomes__isnull=True)
                | Q(figures__isnull=False, version__isnull=True, run__isnull=True, outcomes__isnull=False),
                name="equalityentry_figures_say_whose",
            ),
            models.CheckConstraint(
                condition=~Q(characteristics=[]) & ~Q(aims=[]), name="equalityentry_has_characteristics_and_aims"
            ),
        ]
        indexes = [models.Index(fields=["partnership", "review_on"], name="equality_review")]

    def __str__(self) -> str:
        return self.title
