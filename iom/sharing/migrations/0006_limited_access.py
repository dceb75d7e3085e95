from django.db import migrations

from iom.access.policies import limit

PERSON = (
    "sharing_retentionreview",
    "sharing_retentiondecision",
    "sharing_legalhold",
    "sharing_destructionitem",
    "sharing_subjectaccessrequest",
)


class Migration(migrations.Migration):
    """People with limited access, kept from who is shut out."""

    dependencies = [("sharing", "0005_subject_access")]
    operations = [
        *(limit(table, "person_id") for table in PERSON),
        limit("sharing_subjectaccesspause", rows={"request_id": "sharing_subjectaccessrequest"}),
        limit("sharing_subjectaccessitem", rows={"request_id": "sharing_subjectaccessrequest"}),
    ]
