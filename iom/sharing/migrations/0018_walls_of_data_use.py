from django.db import migrations

from iom.access.policies import IN_PARTNERSHIP, protect


class Migration(migrations.Migration):
    """What is said is its partnership's, and the application may only add to it."""

    dependencies = [("sharing", "0017_data_use")]
    operations = [
        protect("sharing_datauseanswer", IN_PARTNERSHIP),
        migrations.RunSQL(
            "revoke update, delete, truncate on sharing_datauseanswer from iom_app;",
            "grant update, delete on sharing_datauseanswer to iom_app;",
        ),
    ]
