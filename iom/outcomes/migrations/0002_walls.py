from django.db import migrations

from iom.access.policies import IN_PARTNERSHIP, protect


class Migration(migrations.Migration):
    dependencies = [("outcomes", "0001_initial")]
    operations = [protect(f"outcomes_{name}", IN_PARTNERSHIP) for name in ("study", "release", "boardfigures")]
