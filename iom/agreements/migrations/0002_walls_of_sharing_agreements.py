from django.db import migrations

from iom.access.policies import IN_PARTNERSHIP, protect


class Migration(migrations.Migration):
    dependencies = [("agreements", "0001_sharing_agreements")]
    operations = [
        protect("agreements_sharingagreement", IN_PARTNERSHIP),
        protect("agreements_agreementparty", IN_PARTNERSHIP),
        protect("agreements_partycondition", IN_PARTNERSHIP),
    ]
