"""How each field of the person index is treated.

What happened to a person is sensitive processing (Data Protection Act 2018, s35), and given out only after somebody has
looked: it may speak of victims, witnesses or intelligence. How records were compared is kept as long as the person.
"""

from collections.abc import Iterator

from django.utils.translation import gettext_noop as _

from iom.access.scope import Scope
from iom.common.privacy import (
    MARKING,
    PERSONAL,
    PERSONAL_DATE,
    SENSITIVE,
    STAFF,
    SYSTEM,
    Kind,
    Retention,
    SubjectAccess,
    Treatment,
    all_of,
)
from iom.common.registries import (
    PrivacyDeclaration,
    SubjectAccessGatherer,
    privacy_declarations,
    subject_access_gatherers,
)
from iom.common.subject_access import Gathered, Table, rows_of
from iom.people import models

# Ethnicity is special category, and the person's own to have.
OWN_SENSITIVE = Treatment(Kind.SENSITIVE, SubjectAccess.GIVE, Retention.REMOVE)
# Dates of sanctions and custody: kept to the year for statistics.
SENSITIVE_DATE = Treatment(Kind.SENSITIVE, SubjectAccess.REVIEW, Retention.GENERALISE)
# A digest of what happened: whoever has the extract could tell by it whose row was emptied, and what it said.
DIGEST = Treatment(Kind.SENSITIVE, SubjectAccess.LEAVE, Retention.REMOVE)
POSTCODE = Treatment(Kind.PERSONAL, SubjectAccess.GIVE, Retention.GENERALISE)

WHO = {
    "given_names": PERSONAL,
    "family_name": PERSONAL,
    "date_of_birth": PERSONAL_DATE,
    "sex": PERSONAL,
    "ethnicity": OWN_SENSITIVE,
}
EVENT = {
    **MARKING,
    "source": SYSTEM,
    "source_id": PERSONAL,
    "person": SYSTEM,
    "batch_id": SYSTEM,
    "row_hash": DIGEST,
}

FIELDS = {
    "people.Person": {
        **MARKING,
        **WHO,
        **dict.fromkeys(("public_id", "person_key", "merged_into", "created_at", "erased_at"), SYSTEM),
        "area": PERSONAL,
    },
    "people.SourceRecord": {
        **MARKING,
        **WHO,
        **dict.fromkeys(("source", "person", "batch_id", "indexed_batch_id", "received_at", "erased_at"), SYSTEM),
        **dict.fromkeys(("source_id", "aliases", "area_name", "pnc_id", "cro", "crn", "prison_number"), PERSONAL),
        "postcode": POSTCODE,
    },
    # What a record can be found by: gone with the record.
    "people.SearchTerm": {**MARKING, **dict.fromkeys(("source_record", "person", "kind"), SYSTEM), "term": PERSONAL},
    "people.LinkRun": dict.fromkeys(
        (
            "id", "partnership", "status", "step", "log", "started_at", "finished_at", "model_version", "records",
            "people", "manifest",
        ),
        SYSTEM,
    ),
    # It speaks of two people: nobody gets the other's record through it.
    "people.PossibleMatch": {
        **MARKING,
        **dict.fromkeys(("left", "right", "match_weight", "probability", "status", "link_run"), SYSTEM),
        **dict.fromkeys(
            ("working", "conflicts"), Treatment(Kind.PERSONAL, SubjectAccess.REVIEW, Retention.REMOVE)
        ),
    },
    "people.LinkDecision": {
        **MARKING,
        **dict.fromkeys(("left", "right", "verdict", "decided_at", "together_with", "undone_at"), SYSTEM),
        **dict.fromkeys(("decided_by", "undone_by"), STAFF),
        "reason": Treatment(Kind.PERSONAL, SubjectAccess.REVIEW, Retention.REMOVE),
    },
    "people.IndexEvent": {
        **MARKING,
        **dict.fromkeys(("source_record", "from_person", "to_person", "change", "at", "decision"), SYSTEM),
        "by_id": STAFF,
        "reason": Treatment(Kind.PERSONAL, SubjectAccess.REVIEW, Retention.REMOVE),
    },
    "people.Sanction": {
        **EVENT,
        **dict.fromkeys(("sanction_date", "offence_date", "release_date"), SENSITIVE_DATE),
        **dict.fromkeys(("sanction_type", "offence_code", "disposal", "custody_days", "court"), SENSITIVE),
    },
    "people.Arrest": {
        **EVENT,
        "arrest_date": SENSITIVE_DATE,
        **dict.fromkeys(("offence_code", "domestic_abuse", "victim_ref"), SENSITIVE),
    },
    "people.CustodySpell": {
        **EVENT,
        **dict.fromkeys(("start_date", "end_date"), SENSITIVE_DATE),
        **dict.fromkeys(("prison", "kind"), SENSITIVE),
    },
    "people.DrugTest": {
        **EVENT,
        "test_date": SENSITIVE_DATE,
        **dict.fromkeys(
            ("occasion", "result", "opiates", "cocaine", "required_assessment", "assessment_attended"), SENSITIVE
        ),
    },
    "people.Assessment": {
        **EVENT,
        "assessment_date": SENSITIVE_DATE,
        **dict.fromkeys(("instrument", "version", "item", "score", "band", "kind"), SENSITIVE),
    },
    "people.Registration": {
        **EVENT,
        **dict.fromkeys(("start_date", "end_date"), SENSITIVE_DATE),
        **dict.fromkeys(("register", "level"), SENSITIVE),
    },
    "people.IntelligenceCount": {
        **EVENT,
        "month": SENSITIVE_DATE,
        **dict.fromkeys(
            ("reports", "crime_type", "source_evaluation", "information_assessment", "handling_code"), SENSITIVE
        ),
    },
}  # fmt: skip

# About places. The sender's number for a victim is no name, and what it hides is nobody's to have from here.
PLACE = {**MARKING, **all_of(SYSTEM, "source", "area", "batch_id", "row_hash")}
PLACES = {
    "people.RecordedCrime": {
        **PLACE,
        **all_of(
            SYSTEM, "crime_ref", "offence_code", "offence_group", "crime_type", "from_time", "to_time", "force"
        ),
        "victim_pseudonym": Treatment(Kind.PERSONAL, SubjectAccess.LEAVE, Retention.REMOVE),
    },
    "people.VictimCount": {**PLACE, **all_of(SYSTEM, "month", "crime_type", "victims", "repeat_victims")},
    "people.ConfidenceEstimate": {
        **PLACE,
        **all_of(
            SYSTEM, "wave", "wave_start", "wave_end", "question", "percent", "effective_sample", "sample",
            "design_effect",
        ),
    },
}  # fmt: skip


PAIR = ("left__person", "right__person")
# Search terms are left out: they repeat what the source records say. A possible match and a decision on one speak of
# two records, which may be two people.
TABLES = (
    Table(models.Restriction, ("person",), _("Restriction of what may be done with your data"), on="placed_at"),
    Table(models.Person, ("pk",), _("Who you are")),
    Table(models.SourceRecord, ("person",), _("An agency's record of who you are"), on="received_at"),
    Table(models.Sanction, ("person",), _("Conviction or caution"), on="sanction_date"),
    Table(models.Arrest, ("person",), _("Arrest"), on="arrest_date", third_party=("victim_ref",)),
    Table(models.CustodySpell, ("person",), _("Time in custody"), on="start_date"),
    Table(models.DrugTest, ("person",), _("Drug test"), on="test_date"),
    Table(models.Assessment, ("person",), _("Assessment"), on="assessment_date"),
    Table(models.Registration, ("person",), _("Entry on a register"), on="start_date"),
    Table(models.IntelligenceCount, ("person",), _("Intelligence"), on="month", restricted=True),
    Table(models.PossibleMatch, PAIR, _("Possibly the same person"), third_party=("left_id",)),
    Table(models.LinkDecision, PAIR, _("Decision on whose record it is"), on="decided_at", third_party=("left_id",)),
    Table(models.IndexEvent, ("from_person", "to_person"), _("Record moved in the index"), on="at"),
)


def gather(*, scope: Scope, person_id: int) -> Iterator[Gathered]:
    """What the person index holds about somebody, as far as the scope may see it."""
    return rows_of(TABLES, scope=scope, person_id=person_id)


RESTRICTION = {
    **MARKING,
    **all_of(SYSTEM, "person"),
    **all_of(STAFF, "placed_by", "lifted_by"),
    **all_of(PERSONAL_DATE, "placed_at", "told_on", "lifted_at"),
    **all_of(SENSITIVE, "reason", "lift_reason"),
}


def register() -> None:
    for name, fields in {**FIELDS, **PLACES, "people.Restriction": RESTRICTION}.items():
        privacy_declarations.register(PrivacyDeclaration(name, fields))
    subject_access_gatherers.register(SubjectAccessGatherer("people", gather, 10))
