from django.db import migrations

from iom.access.policies import protect

MARKED = (
    "sharing_retentionreview",
    "sharing_retentiondecision",
    "sharing_legalhold",
    "sharing_destructionlist",
    "sharing_destructionitem",
    "sharing_destructionapproval",
)


class Migration(migrations.Migration):
    """The second wall: a query that forgets its filter returns nothing."""

    dependencies = [("sharing", "0003_retention")]
    operations = [protect(table) for table in MARKED]
