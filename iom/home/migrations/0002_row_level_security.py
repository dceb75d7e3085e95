from django.db import migrations

from iom.access.policies import AGENCIES, IS_SYSTEM, protect

# What somebody typed is theirs alone; the system keeps and removes it, one agency at a time.
OWN = "user_id = (select nullif(current_setting('iom.user', true), '')::bigint)"


class Migration(migrations.Migration):
    dependencies = [("home", "0001_initial")]
    operations = [protect("home_draft", f"{OWN} or ({IS_SYSTEM} and agency_id = any {AGENCIES})")]
