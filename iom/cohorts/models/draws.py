"""Entry by lot where more wait than there are places: the draw, who is in it, and the seed while it is sealed."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from iom.access.scope import Scope
from iom.agreements.models import Marked, MarkedQuerySet
from iom.cohorts.choices import DrawState
from iom.cohorts.models.panel import Nomination
from iom.cohorts.models.schemes import Scheme
from iom.partnerships.models import Partnership, PartnershipQuerySet

D = DrawState


class EntryDraw(models.Model):
    """One draw for the places of a scheme, and all of it that is published: it names nobody.

    `keys` stand in the order in which they were hashed, and `order` in that of their places. Somebody whose nomination
    a reader may not see is in both, so that whoever reads them can make the draw again.
    """

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="+")
    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=D.choices, default=D.OPEN)
    places = models.PositiveIntegerField()
    commitment = models.CharField(max_length=64, help_text="SHA-256 of the seed, published when the draw was opened")
    beacon = models.CharField(max_length=300, blank=True, help_text="Which public number counts too, in words")
    beacon_value = models.CharField(max_length=100, blank=True)
    keys = ArrayField(models.CharField(max_length=32), default=list, help_text="The closed list: keys that name nobody")
    list_hash = models.CharField(max_length=64, blank=True)
    seed = models.CharField(max_length=64, blank=True, help_text="Published once it is drawn; sealed until then")
    order = ArrayField(models.CharField(max_length=32), default=list, help_text="The keys by their places")
    opened_by = models.IntegerField()
    opened_at = models.DateTimeField()
    closed_by = models.IntegerField(null=True)
    closed_at = models.DateTimeField(null=True)
    drawn_by = models.IntegerField(null=True)
    drawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.IntegerField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawal_reason = models.TextField(blank=True)

    objects: ClassVar[Any] = PartnershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["scheme"], condition=Q(state__in=[D.OPEN, D.CLOSED]), name="entrydraw_one_under_way"
            ),
            models.CheckConstraint(condition=Q(places__gte=1), name="entrydraw_has_a_place"),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{name}_at__isnull": True, f"{name}_by__isnull": True})
                    | Q(**{f"{name}_at__isnull": False, f"{name}_by__isnull": False}),
                    name=f"entrydraw_both_{name}_at_and_{name}_by_set",
                )
                for name in ("closed", "drawn", "withdrawn")
            ),
            models.CheckConstraint(
                condition=Q(state=D.OPEN, closed_at__isnull=True)
                | Q(state__in=[D.CLOSED, D.DRAWN], closed_at__isnull=False)
                | Q(state=D.WITHDRAWN),
                name="entrydraw_closed_before_drawn",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, keys=[], list_hash="")
                | Q(closed_at__isnull=False) & ~Q(keys=[]) & ~Q(list_hash=""),
                name="entrydraw_closed_publishes_its_list",
            ),
            models.CheckConstraint(
                condition=Q(state=D.DRAWN, drawn_at__isnull=False) & ~Q(seed="") & ~Q(order=[])
                | ~Q(state=D.DRAWN) & Q(drawn_at__isnull=True, seed="", order=[], beacon_value=""),
                name="entrydraw_seed_and_order_only_once_drawn",
            ),
            models.CheckConstraint(
                condition=~Q(state=D.DRAWN) | Q(beacon="", beacon_value="") | ~Q(beacon="") & ~Q(beacon_value=""),
                name="entrydraw_drawn_with_the_beacon_it_named",
            ),
            models.CheckConstraint(
                condition=Q(drawn_by__isnull=True) | ~Q(drawn_by=F("closed_by")), name="entrydraw_by_two_people"
            ),
            models.CheckConstraint(
                condition=Q(state=D.WITHDRAWN, withdrawn_at__isnull=False) & ~Q(withdrawal_reason="")
                | ~Q(state=D.WITHDRAWN) & Q(withdrawn_at__isnull=True, withdrawal_reason=""),
                name="entrydraw_withdrawn_says_who_and_why",
            ),
        ]
        indexes = [models.Index(fields=["scheme", "-opened_at"], name="entrydraw_of_scheme")]

    def __str__(self) -> str:
        return f"Draw {self.pk} of scheme {self.scheme_id}"


class DrawSeedQuerySet(models.QuerySet[Any]):
    def visible_to(self, scope: Scope) -> "DrawSeedQuerySet":
        """Nobody's but the system's: the same as its row-level policy."""
        return self.filter(partnership_id=scope.partnership_id) if scope.because else self.none()


class DrawSeed(models.Model):
    """A seed while it is sealed. Row-level security shows it to the system alone, whatever a page asks for.

    It lies here in plain letters: who owns the database, or has a copy of it, can read it. Against them a draw names a
    beacon, and an entrant's key is made only when the list is closed. Drawn or withdrawn, the row is gone.
    """

    draw = models.OneToOneField(EntryDraw, on_delete=models.CASCADE, related_name="sealed")
    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="+")
    seed = models.CharField(max_length=64)

    objects: ClassVar[Any] = DrawSeedQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Sealed seed of draw {self.draw_id}"


class DrawEntrant(Marked):
    """A nomination that waits for a place: in the draw, or left out of it with the reason. Seen as the nomination is.

    What came of a draw is measured by `is_drawn`, whatever became of the place: see `evaluation.lottery_effect`.
    """

    about_people = ("nomination__person",)

    draw = models.ForeignKey(EntryDraw, on_delete=models.PROTECT, related_name="entrants")
    nomination = models.ForeignKey(Nomination, on_delete=models.PROTECT, related_name="+")
    left_out_because = models.TextField(blank=True)
    settled_by = models.IntegerField(help_text="Who entered the nomination, or left it out")
    settled_at = models.DateTimeField()
    key = models.CharField(max_length=32, blank=True, help_text="Made by chance for this draw when its list was closed")
    place = models.PositiveIntegerField(null=True)
    is_drawn = models.BooleanField(null=True, help_text="Whether the place is within the places there are")

    objects: ClassVar[Any] = MarkedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["draw", "nomination"], name="drawentrant_once_in_draw"),
            models.UniqueConstraint(fields=["draw", "key"], condition=~Q(key=""), name="drawentrant_key_once_in_draw"),
            models.UniqueConstraint(
                fields=["draw", "place"], condition=Q(place__isnull=False), name="drawentrant_place_once_in_draw"
            ),
            models.CheckConstraint(
                condition=Q(key="", place__isnull=True) | Q(left_out_because="") & ~Q(key=""),
                name="drawentrant_left_out_has_no_key_or_place",
            ),
            models.CheckConstraint(
                condition=Q(place__isnull=True, is_drawn__isnull=True) | Q(place__gte=1, is_drawn__isnull=False),
                name="drawentrant_both_place_and_is_drawn",
            ),
        ]

    def __str__(self) -> str:
        return f"Entrant {self.pk} of draw {self.draw_id}"
