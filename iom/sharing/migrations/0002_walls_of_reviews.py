from django.db import migrations

from iom.access.policies import IN_PARTNERSHIP, protect


class Migration(migrations.Migration):
    dependencies = [("sharing", "0001_initial")]
    operations = [protect("sharing_review", IN_PARTNERSHIP)]
