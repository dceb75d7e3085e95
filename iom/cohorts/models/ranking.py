"""Ranking runs, the candidates each one put in order, and everybody's scores with their working."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from iom.agreements.models import Marked, MarkedQuerySet
from iom.cohorts.choices import AgeBand, RunStatus, Standing
from iom.cohorts.models.schemes import Scheme, SchemeVersion
from iom.partnerships.models import Agency, Area, Partnership, PartnershipQuerySet
from iom.people.choices import Sex
from iom.people.models import Person


class RankRun(models.Model):
    """One ranking by one scheme version, as things were known on one day. Lists show the scheme's current run."""

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="+")
    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="runs")
    version = models.ForeignKey(SchemeVersion, on_delete=models.PROTECT, related_name="runs")
    on = models.DateField(help_text="Only what was known by this day counts")
    status = models.CharField(max_length=10, choices=RunStatus.choices, default=RunStatus.WAITING)
    is_current = models.BooleanField(default=False)
    stage = models.CharField(max_length=60, blank=True, help_text="What it is doing, in words")
    progress = models.FloatField(default=0, help_text="Share of the work done, 0 to 1")
    message = models.TextField(blank=True, help_text="Why it stopped, and what to do")
    asked_by = models.IntegerField()
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    capacity = models.PositiveIntegerField(help_text="How many places the list is drawn against")
    people = models.PositiveIntegerField(default=0)
    eligible = models.PositiveIntegerField(default=0)
    near_misses = models.PositiveIntegerField(default=0)
    restricted = models.PositiveIntegerField(
        default=0, help_text="People of whom some agency's records were not used, as they may ask"
    )
    provisional = models.PositiveIntegerField(default=0)
    manifest = models.JSONField(default=dict)
    fairness = models.JSONField(null=True, help_text="Selection by group against the eligible; none: an older run")

    objects: ClassVar[Any] = PartnershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scheme"], condition=Q(is_current=True), name="rankrun_one_current"),
            models.UniqueConstraint(
                fields=["scheme"],
                condition=Q(status__in=[RunStatus.WAITING, RunStatus.RUNNING]),
                name="rankrun_one_at_work",
            ),
            models.CheckConstraint(
                condition=Q(is_current=False) | Q(status=RunStatus.DONE), name="rankrun_current_is_done"
            ),
        ]
        indexes = [models.Index(fields=["partnership", "-asked_at"], name="rankrun_recent")]

    def __str__(self) -> str:
        return f"Rank run {self.pk}"


class Candidate(Marked):
    """One person in one run: where they stand, with copies of what lists are filtered by.

    The marking is the person's. Only the current run of a scheme keeps its candidates; a nomination keeps its own copy
    of what was known when it was made.
    """

    # A million rows are written in one go, copied from people the database has just read: it need not look up each
    # one's partnership, agency and area again.
    partnership = models.ForeignKey(
        Partnership, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    owner_agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    run = models.ForeignKey(RankRun, on_delete=models.CASCADE, related_name="candidates", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    standing = models.CharField(max_length=12, choices=Standing.choices)
    rank = models.IntegerField(help_text="Place in the run's list of this standing, from 1")
    points = models.FloatField()
    strand = models.CharField(max_length=40, blank=True, help_text="The strand of the scheme whose criteria are met")
    place_in_strand = models.IntegerField(null=True)
    within_capacity = models.BooleanField(default=False, help_text="Above the line of the scheme's places")
    threshold = models.CharField(max_length=40, blank=True, help_text="The highest threshold of points reached")
    not_known = models.PositiveSmallIntegerField(default=0, help_text="How many of the scheme's factors are not known")
    provisional = models.BooleanField(default=False, help_text="A missing answer could change a score's band")
    area = models.ForeignKey(
        Area, on_delete=models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    sex = models.CharField(max_length=1, choices=Sex.choices, blank=True)
    age_band = models.CharField(max_length=10, choices=AgeBand.choices, blank=True)
    in_custody = models.BooleanField(null=True)
    reasons = models.TextField(blank=True, help_text="The criteria that are not met, in words")

    objects: ClassVar[Any] = MarkedQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "person"], name="candidate_once_in_run")]
        # Equality on a leading column and order on the last: what row-level security lets an index be used for.
        indexes = [
            models.Index(fields=["run", "standing", "rank"], name="candidate_by_rank"),
            models.Index(fields=["run", "standing", "area", "rank"], name="candidate_by_area"),
            models.Index(fields=["run", "standing", "strand", "rank"], name="candidate_by_strand"),
            models.Index(fields=["run", "standing", "sex", "rank"], name="candidate_by_sex"),
            models.Index(fields=["run", "standing", "age_band", "rank"], name="candidate_by_age"),
            models.Index(fields=["run", "standing", "in_custody", "rank"], name="candidate_by_custody"),
        ]

    def __str__(self) -> str:
        return f"Candidate {self.pk}"


class CandidateWorking(Marked):
    """Every factor behind one candidate's points, with the ids of the rows it was counted from.

    Apart from the candidate, so that lists read short rows. Kept for who is eligible or nearly so.
    """

    about_people = ("candidate__person",)

    candidate = models.OneToOneField(Candidate, on_delete=models.CASCADE, related_name="working")
    factors = models.JSONField(help_text="Each: component, name, value, unit, points, most points, rows behind it")
    criteria = models.JSONField(default=list, help_text="Each: criterion, strand, met, reason")

    objects: ClassVar[Any] = MarkedQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Working of candidate {self.candidate_id}"


class Score(Marked):
    """One predictor's answer for one person in one run, with the working that explains it ever after.

    One that an agency sent has that agency's marking and the day of its assessment; how it was worked out stays with
    the agency, so it has no working.
    """

    opens_in_emergency = True

    run = models.ForeignKey(RankRun, on_delete=models.PROTECT, related_name="scores")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    predictor = models.CharField(max_length=20)
    version = models.CharField(max_length=40)
    kind = models.CharField(max_length=10)
    horizon_months = models.PositiveSmallIntegerField()
    percent = models.FloatField(null=True)
    band = models.CharField(max_length=20, blank=True)
    provisional = models.BooleanField(default=False)
    missing = ArrayField(models.CharField(max_length=60), default=list, help_text="Answers that could change the band")
    problems = ArrayField(models.TextField(), default=list, help_text="Why it could not be worked out, in words")
    working = models.JSONField(default=list, help_text="Every named term: name, value, weight, contribution")
    scored_on = models.DateField()
    assessed_on = models.DateField(null=True, help_text="Only of a score that an agency sent: when it made it")
    counts = models.BooleanField(null=True, help_text="What schemes count of this predictor; none: not noted then")

    objects: ClassVar[Any] = MarkedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["run", "person", "predictor", "kind", "horizon_months"], name="score_once_in_run"
            )
        ]
        indexes = [models.Index(fields=["person", "-scored_on"], name="score_of_person")]

    def __str__(self) -> str:
        return f"{self.predictor} of person {self.person_id}"
