from django.db import migrations


class Migration(migrations.Migration):
    """Records name their partnership and agency without a database check (docs/adr/0006), so neither may be deleted."""

    dependencies = [("partnerships", "0001_initial")]
    operations = [
        migrations.RunSQL(
            "revoke delete, truncate on partnerships_partnership, partnerships_agency from iom_app;",
            "grant delete on partnerships_partnership, partnerships_agency to iom_app;",
        )
    ]
