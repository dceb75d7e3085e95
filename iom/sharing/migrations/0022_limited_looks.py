from django.db import migrations

from iom.access.policies import limit


class Migration(migrations.Migration):
    """The review of looks at people with limited access, kept from who is shut out."""

    dependencies = [("sharing", "0021_rights_notices")]
    operations = [limit("sharing_lookreview", "person_id")]
