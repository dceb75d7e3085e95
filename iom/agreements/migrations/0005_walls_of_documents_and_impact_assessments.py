from django.db import migrations

from iom.access.policies import IN_PARTNERSHIP, protect


class Migration(migrations.Migration):
    dependencies = [("agreements", "0004_documents_and_impact_assessments")]
    operations = [
        protect("agreements_agreementdocument", IN_PARTNERSHIP),
        protect("agreements_impactassessment", IN_PARTNERSHIP),
    ]
