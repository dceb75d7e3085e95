from django.db import migrations

from iom.access.policies import IN_PARTNERSHIP, protect


class Migration(migrations.Migration):
    dependencies = [("imports", "0001_initial")]
    operations = [protect("imports_feed", IN_PARTNERSHIP), protect("imports_batch", IN_PARTNERSHIP)]
