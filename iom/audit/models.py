"""The append-only record of what was done, to what, by whom, when and why. Ids only: no names, no foreign keys."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from iom.audit.choices import Kind

REASON = "reason"  # the field under which a given reason is kept


class Event(models.Model):
    """One thing done. `subject` is what it was done to; `person_id` is the person it is about, if one.

    `reason` is why the system acted by itself; what a person gave as reason lies beside the event, as `Value`.
    `changes` holds, for each of the values beside it, the salted hashes before and after. The database lets the
    application add events and read them; never change or remove one.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    kind = models.CharField(max_length=16, choices=Kind.choices)
    action = models.CharField(max_length=64)
    partnership_id = models.IntegerField()
    agency_id = models.IntegerField()
    actor_id = models.IntegerField()
    subject_type = models.CharField(max_length=64)
    subject_id = models.CharField(max_length=64)
    person_id = models.BigIntegerField(null=True)
    fields = ArrayField(models.CharField(max_length=64), default=list)
    reason = models.TextField(default="")
    detail = models.JSONField(default=dict)
    changes = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["partnership_id", "-id"], name="audit_event_recent"),
            models.Index(
                fields=["person_id", "-id"], name="audit_event_person", condition=models.Q(person_id__isnull=False)
            ),
            models.Index(fields=["actor_id", "-id"], name="audit_event_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.subject_type}:{self.subject_id}"


class Mention(models.Model):
    """A person whom an event about a list names. The event says so itself; this finds it by the person."""

    pk = models.CompositePrimaryKey("person_id", "event_id")
    person_id = models.BigIntegerField()
    event_id = models.BigIntegerField()
    partnership_id = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.event_id}: {self.person_id}"


class Value(models.Model):
    """What a field held before and after an event, or the reason given for it; erased with the person.

    It may be read by the agency that wrote it alone: a reason can say what the record's audience keeps from others.

    The event keeps `sha256(salt, field, value)` of each: while the value is here it can be proved, and once it and its
    salt are erased it can no longer be guessed.
    """

    event_id = models.BigIntegerField()
    partnership_id = models.IntegerField()
    agency_id = models.IntegerField()
    person_id = models.BigIntegerField(null=True, db_index=True)
    field = models.CharField(max_length=64)
    salt = models.BinaryField()
    before = models.TextField(null=True)
    after = models.TextField(null=True)

    class Meta:
        # Whoever may add to the record could otherwise put a second reason beside an event.
        constraints = [models.UniqueConstraint(fields=["event_id", "field"], name="audit_value_once")]

    def __str__(self) -> str:
        return f"{self.event_id}: {self.field}"


class Pending(models.Model):
    """An event that waits to be sealed."""

    event_id = models.BigIntegerField(primary_key=True)
    partnership_id = models.IntegerField()
    since = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.event_id)


class Seal(models.Model):
    """A batch of a partnership's events, sealed: which, in which order, the hash of each, and of all that went before.

    Events are numbered without a gap from 1 in the order of their seals; `first` is the number of the first one here.
    `leaves` holds the events' hashes one after the other, 32 bytes each. See `iom.audit.rules` for what is hashed.
    """

    partnership_id = models.IntegerField()
    number = models.IntegerField()
    at = models.DateTimeField()
    first = models.BigIntegerField()
    event_ids = ArrayField(models.BigIntegerField())
    leaves = models.BinaryField()
    root = models.BinaryField()
    before = models.BinaryField()
    hash = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partnership_id", "number"], name="audit_seal_number_once"),
            # A chain has one end: two seals can never follow the same one.
            models.UniqueConstraint(fields=["partnership_id", "before"], name="audit_seal_follows_one"),
        ]

    def __str__(self) -> str:
        return f"{self.partnership_id}: {self.number}"
