from django.db import migrations

from iom.access.policies import IN_PARTNERSHIP, protect


class Migration(migrations.Migration):
    dependencies = [("sharing", "0001_looks")]
    operations = [protect("sharing_lookreview", IN_PARTNERSHIP)]
