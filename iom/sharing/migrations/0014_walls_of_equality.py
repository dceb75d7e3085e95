from django.db import migrations

from iom.access.policies import IN_PARTNERSHIP, protect


class Migration(migrations.Migration):
    """The log is its partnership's, and the application may only add to it."""

    dependencies = [("sharing", "0013_equality")]
    operations = [
        protect("sharing_equalityentry", IN_PARTNERSHIP),
        migrations.RunSQL(
            "revoke update, delete, truncate on sharing_equalityentry from iom_app;",
            "grant update, delete on sharing_equalityentry to iom_app;",
        ),
    ]
