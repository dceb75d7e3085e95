from django.db import migrations

FORWARD = """
revoke update, delete, truncate on audit_event from iom_app;
alter table audit_event enable row level security;
create policy audit_event_add on audit_event for insert with check (true);
create policy audit_event_read on audit_event for select using (
    partnership_id = any ((select coalesce(nullif(current_setting('iom.partnerships', true), ''), '{}'))::int[])
);
"""
BACKWARD = """
drop policy audit_event_add on audit_event;
drop policy audit_event_read on audit_event;
alter table audit_event disable row level security;
grant update, delete on audit_event to iom_app;
"""


class Migration(migrations.Migration):
    """Events are added and read within a partnership; never changed or removed by the application."""

    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
