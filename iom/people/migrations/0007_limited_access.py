from django.db import migrations

from iom.access.policies import OPENED, limit, open_in_emergency

EVENTS = (
    "people_sanction",
    "people_arrest",
    "people_custodyspell",
    "people_drugtest",
    "people_assessment",
    "people_registration",
    "people_intelligencecount",
)
PAIR = {"left_id": "people_sourcerecord", "right_id": "people_sourcerecord"}


class Migration(migrations.Migration):
    """People with limited access, kept from who is shut out; and people opened in an emergency, to read."""

    dependencies = [("people", "0006_erased")]
    operations = [
        limit("people_person", "id"),
        *(limit(table, "person_id") for table in ("people_sourcerecord", "people_searchterm", *EVENTS)),
        limit("people_possiblematch", rows=PAIR),
        limit("people_linkdecision", rows=PAIR),
        limit("people_indexevent", "from_person_id", "to_person_id", rows={"source_record_id": "people_sourcerecord"}),
        open_in_emergency("people_person", f"id = any {OPENED}"),
        *(open_in_emergency(table) for table in ("people_sourcerecord", *EVENTS)),
    ]
