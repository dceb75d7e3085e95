from django.db import migrations

SHUT_OUT = "((select coalesce(nullif(current_setting('iom.shut_out', true), ''), '{}'))::bigint[])"
# An event about a list names its people itself: asking `audit_mention` here would ask through that table's own wall.
EVENT = f"""(person_id = any {SHUT_OUT}) is not true and ({SHUT_OUT} = '{{}}' or not exists (
    select 1 from unnest({SHUT_OUT}) shut_out where detail -> 'people' @> jsonb_build_array(shut_out)))"""
VALUE = f"""(person_id = any {SHUT_OUT}) is not true and ({SHUT_OUT} = '{{}}' or exists (
    select 1 from audit_event event where event.id = audit_value.event_id))"""
WALLS = {
    "audit_event": EVENT,
    "audit_mention": f"person_id <> all {SHUT_OUT}",
    "audit_value": VALUE,
}
FORWARD = "".join(
    f"create policy {table}_limited on {table} as restrictive for select using ({wall});"
    for table, wall in WALLS.items()
)
BACKWARD = "".join(f"drop policy {table}_limited on {table};" for table in WALLS)


class Migration(migrations.Migration):
    """What is recorded about people with limited access is kept from who is shut out. Anybody may add to the record."""

    dependencies = [("audit", "0004_walls_of_the_seal")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
