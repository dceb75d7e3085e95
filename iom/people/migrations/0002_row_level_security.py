from django.db import migrations

from iom.access.policies import IN_PARTNERSHIP, protect

MARKED = (
    "people_person",
    "people_sourcerecord",
    "people_searchterm",
    "people_possiblematch",
    "people_linkdecision",
    "people_indexevent",
    "people_sanction",
    "people_arrest",
    "people_custodyspell",
    "people_drugtest",
    "people_assessment",
    "people_registration",
    "people_intelligencecount",
)


class Migration(migrations.Migration):
    """The second wall: a query that forgets its filter returns nothing."""

    dependencies = [("people", "0001_initial")]
    operations = [*(protect(table) for table in MARKED), protect("people_linkrun", IN_PARTNERSHIP)]
