"""How each field of the person index is treated.

What happened to a person is sensitive processing (Data Protection Act 2018, s35), and given out only after somebody has
looked: it may speak of victims, witnesses or intelligence. How records were compared is kept as long as the person.
"""

from iom.common.privacy import (
    PERSONAL,
    PERSONAL_DATE,
    SENSITIVE,
    STAFF,
    SYSTEM,
    Kind,
    Retention,
    SubjectAccess,
    Treatment,
)
from iom.common.registries import PrivacyDeclaration, privacy_declarations

# Ethnicity is special category, and the person's own to have.
OWN_SENSITIVE = Treatment(Kind.SENSITIVE, SubjectAccess.GIVE, Retention.REMOVE)
# Dates of sanctions and custody: kept to the year for statistics.
SENSITIVE_DATE = Treatment(Kind.SENSITIVE, SubjectAccess.REVIEW, Retention.GENERALISE)
POSTCODE = Treatment(Kind.PERSONAL, SubjectAccess.GIVE, Retention.GENERALISE)

MARKING = dict.fromkeys(
    ("id", "partnership", "owner_agency", "regime", "marking", "audience", "audience_agencies"), SYSTEM
)
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
    "row_hash": SYSTEM,
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
        **dict.fromkeys(("reports", "crime_type"), SENSITIVE),
    },
}  # fmt: skip


def register() -> None:
    for name, fields in FIELDS.items():
        privacy_declarations.register(PrivacyDeclaration(name, fields))
