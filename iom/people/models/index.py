"""People, the source records behind them, and every decision about which record is whose."""

import uuid
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from iom.agreements.models import Marked, MarkedQuerySet
from iom.agreements.models.marking import DESCRIBED
from iom.partnerships.models import Agency, Area, Partnership
from iom.people.choices import Conflict, IndexChange, LinkStep, ReviewStatus, RunStatus, Sex, TermKind, Verdict


class Person(Marked):
    """One person, known by one or more source records.

    The name and dates are a copy of the best source record that the person's whole audience may see, kept here so
    that lists need no joins. The audience is the widest of the records'; it is made again whenever they change.
    """

    about_people = ("pk",)
    opens_in_emergency = True

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person_key = models.CharField(max_length=40, help_text="The pseudonym that analysis sees")
    given_names = models.CharField(max_length=200, blank=True)
    family_name = models.CharField(max_length=200, blank=True)
    date_of_birth = models.DateField(null=True)
    sex = models.CharField(max_length=1, choices=Sex.choices, blank=True)
    ethnicity = models.CharField(max_length=20, blank=True)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, null=True, related_name="+")
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="merged_from")
    created_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True, help_text="When the last record of them reached its end")

    objects: ClassVar[Any] = MarkedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partnership", "person_key"], name="person_key_once"),
            models.CheckConstraint(condition=DESCRIBED, name="person_only_sensitive_has_descriptor"),
        ]
        indexes = [models.Index(fields=["partnership", "family_name", "given_names", "id"], name="person_by_name")]

    def __str__(self) -> str:
        return f"Person {self.pk}"

    @property
    def name(self) -> str:
        return f"{self.given_names} {self.family_name}".strip() or "Name not known"


class SourceRecord(Marked):
    """What one partner's system says about a person: the library's `identities`, one row each."""

    opens_in_emergency = True

    source = models.CharField(max_length=40)
    source_id = models.CharField(max_length=64)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="source_records")
    given_names = models.CharField(max_length=200, blank=True)
    family_name = models.CharField(max_length=200, blank=True)
    aliases = models.TextField(blank=True)
    date_of_birth = models.DateField(null=True)
    sex = models.CharField(max_length=1, choices=Sex.choices, blank=True)
    ethnicity = models.CharField(max_length=20, blank=True)
    area_name = models.CharField(max_length=120, blank=True)
    postcode = models.CharField(max_length=10, blank=True)
    pnc_id = models.CharField(max_length=20, blank=True)
    cro = models.CharField(max_length=20, blank=True)
    crn = models.CharField(max_length=20, blank=True)
    prison_number = models.CharField(max_length=20, blank=True)
    batch_id = models.BigIntegerField(help_text="The import that last wrote it")
    indexed_batch_id = models.BigIntegerField(
        null=True, help_text="The import whose words its person and search terms show; another one means out of date"
    )
    received_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True, help_text="When it was emptied, and left its person")

    objects: ClassVar[Any] = MarkedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partnership", "source", "source_id"], name="source_record_once"),
            models.CheckConstraint(condition=DESCRIBED, name="source_record_only_sensitive_has_descriptor"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.source_id}"

    @property
    def name(self) -> str:
        return f"{self.given_names} {self.family_name}".strip() or "Name not known"


class SearchTerm(Marked):
    """One thing a person can be found by, from one source record; carries that record's audience.

    A search is a few look-ups here, by equality or by the beginning of a name: under row-level security only those can
    use an index. The rows are worked out again whenever their record changes, a dozen to a record, so the database
    does not check their keys one by one: for a million records that alone would take minutes.
    """

    partnership = models.ForeignKey(
        Partnership, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    owner_agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    source_record = models.ForeignKey(SourceRecord, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    kind = models.CharField(max_length=10, choices=TermKind.choices)
    term = models.CharField(max_length=64)

    objects: ClassVar[Any] = MarkedQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["partnership", "kind", "term", "person"],
                # Compared byte by byte, so that the beginning of a name can be looked up too.
                opclasses=["int8_ops", "varchar_pattern_ops", "varchar_pattern_ops", "int8_ops"],
                # What the row-level policy reads, so that a search never touches the table.
                include=["owner_agency", "audience", "audience_agencies"],
                name="search_term_look_up",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} of record {self.source_record_id}"


class LinkRun(models.Model):
    """One run of linkage over the partnership's source records: how far it is, and its manifest."""

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=RunStatus.choices, default=RunStatus.WAITING)
    step = models.CharField(max_length=10, choices=LinkStep.choices, blank=True, default="")
    log = models.JSONField(default=list, help_text="What was done when: at and text, oldest first")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    model_version = models.CharField(max_length=60, blank=True)
    records = models.PositiveIntegerField(default=0)
    people = models.PositiveIntegerField(default=0)
    manifest = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"Link run {self.pk}"


class PossibleMatch(Marked):
    """Two records of different people that the model thinks may be one: a question for a person.

    Its audience is the stricter of the two records', so that nobody learns of a record through it.
    """

    about_people = ("left__person", "right__person")

    left = models.ForeignKey(SourceRecord, on_delete=models.CASCADE, related_name="+")
    right = models.ForeignKey(SourceRecord, on_delete=models.CASCADE, related_name="+")
    match_weight = models.FloatField()
    probability = models.FloatField()
    working = models.JSONField(default=list, help_text="What each comparison said: name of the field, words, weight")
    conflicts = ArrayField(
        models.CharField(max_length=10, choices=Conflict.choices),
        default=list,
        help_text="Why the model never joins the two by itself",
    )
    status = models.CharField(max_length=10, choices=ReviewStatus.choices, default=ReviewStatus.OPEN)
    link_run = models.ForeignKey(LinkRun, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[Any] = MarkedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["left", "right"], name="possible_match_once"),
            models.CheckConstraint(condition=models.Q(left__lt=models.F("right")), name="possible_match_left_is_older"),
        ]
        indexes = [models.Index(fields=["partnership", "status", "-match_weight"], name="possible_match_queue")]

    def __str__(self) -> str:
        return f"Possible match {self.pk}"


class LinkDecision(Marked):
    """What a person decided about two source records. It outlives every run of linkage, until it is undone."""

    about_people = ("left__person", "right__person")

    left = models.ForeignKey(SourceRecord, on_delete=models.PROTECT, related_name="+")
    right = models.ForeignKey(SourceRecord, on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    reason = models.TextField()
    decided_by = models.IntegerField()
    decided_at = models.DateTimeField()
    together_with = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="+", help_text="The first decision of one split"
    )
    undone_by = models.IntegerField(null=True)
    undone_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = MarkedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["left", "right"], condition=models.Q(undone_at__isnull=True), name="link_decision_once_in_force"
            ),
            models.CheckConstraint(
                condition=models.Q(undone_at__isnull=True, undone_by__isnull=True)
                | models.Q(undone_at__isnull=False, undone_by__isnull=False),
                name="link_decision_both_undone_at_and_undone_by_set",
            ),
        ]

    def __str__(self) -> str:
        return f"Decision {self.pk}: {self.verdict}"


class IndexEvent(Marked):
    """One source record moved from one person to another: the history of merges and splits."""

    about_people = ("from_person", "to_person", "source_record__person")

    source_record = models.ForeignKey(SourceRecord, on_delete=models.PROTECT, related_name="+")
    from_person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    to_person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    change = models.CharField(max_length=10, choices=IndexChange.choices)
    reason = models.TextField(blank=True)
    by_id = models.IntegerField()
    at = models.DateTimeField()
    decision = models.ForeignKey(
        LinkDecision, on_delete=models.PROTECT, null=True, related_name="+", help_text="What undoing it takes back"
    )

    objects: ClassVar[Any] = MarkedQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Record {self.source_record_id} {self.change}"
