"""A watch on those who join, and what each look at it gave."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from iom.cohorts.models import Scheme
from iom.outcomes.choices import Direction, WatchState
from iom.partnerships.models import Area, Partnership, PartnershipQuerySet


class Watch(models.Model):
    """A watch on proven reoffending, written down before the people it is about have joined.

    The database lets nobody change what was registered: the app may write how a watch ended, and nothing else of it.
    """

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=120)
    scheme = models.ForeignKey(
        Scheme, on_delete=models.PROTECT, null=True, related_name="+", help_text="Whose members; none: every scheme's"
    )
    area = models.ForeignKey(
        Area, on_delete=models.PROTECT, null=True, related_name="+", help_text="Where they live; none: anywhere"
    )
    direction = models.CharField(max_length=10, choices=Direction.choices)
    chance = models.FloatField(help_text="Of a false alarm over `cases`, as a share")
    cases = models.PositiveIntegerField()
    purpose = models.TextField(help_text="What will be done on an alarm")
    known_to = models.DateField(help_text="Day to which convictions were known when it was registered")
    registered_by = models.IntegerField()
    registered_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=WatchState.choices, default=WatchState.WATCHING)
    ended_by = models.IntegerField(null=True)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.TextField(blank=True)

    objects: ClassVar[Any] = PartnershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state=WatchState.WATCHING, ended_by__isnull=True, ended_at__isnull=True, end_reason="")
                | Q(state=WatchState.ENDED, ended_by__isnull=False, ended_at__isnull=False) & ~Q(end_reason=""),
                name="watch_ended_says_who_when_and_why",
            ),
            models.CheckConstraint(condition=~Q(title="") & ~Q(purpose=""), name="watch_says_what_and_what_for"),
            models.CheckConstraint(
                condition=Q(chance__gt=0, chance__lte=0.1, cases__gte=30), name="watch_says_what_a_false_alarm_may_cost"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class WatchResult(models.Model):
    """What one look at a watch gave. It goes on from the look before, and no later one changes it.

    It holds blocks of people and no person, each as it may be shown; the manifest has besides what the next look goes
    on from.
    """

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="+")
    watch = models.ForeignKey(Watch, on_delete=models.PROTECT, related_name="results")
    on = models.DateField(help_text="Only what was known by this day counts")
    made_at = models.DateTimeField()
    known_to = models.DateField(help_text="Day to which convictions were known")
    cases = models.PositiveIntegerField(help_text="People in blocks that are full; under 30, none")
    is_alarmed = models.BooleanField(help_text="Whether an alarm was raised in it or before it")
    figures = models.JSONField(help_text="The blocks, of before and since it was registered; or why there are none")
    manifest = models.JSONField()

    objects: ClassVar[Any] = PartnershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["watch", "on"], name="watchresult_once_a_day"),
            models.CheckConstraint(condition=Q(cases=0) | Q(cases__gte=30), name="watchresult_of_thirty_or_of_none"),
            models.CheckConstraint(
                condition=Q(is_alarmed=False) | Q(cases__gte=30), name="watchresult_no_alarm_of_nobody"
            ),
            models.CheckConstraint(condition=Q(known_to__lte=F("on")), name="watchresult_known_to_by_then"),
        ]

    def __str__(self) -> str:
        return f"Watch result {self.on}"
