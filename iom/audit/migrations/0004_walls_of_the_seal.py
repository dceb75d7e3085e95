from django.db import migrations

PARTNERSHIP = (
    "partnership_id = any ((select coalesce(nullif(current_setting('iom.partnerships', true), ''), '{}'))::int[])"
)
AGENCY = "agency_id = any ((select coalesce(nullif(current_setting('iom.agencies', true), ''), '{}'))::int[])"
SYSTEM = "(select current_setting('iom.system', true) = 'yes')"
APPEND_ONLY = ("audit_event", "audit_mention", "audit_seal")

FORWARD = f"""
create function audit_append_only() returns trigger language plpgsql as $$
begin
    raise exception 'the audit record is append-only: % of % is refused', tg_op, tg_table_name;
end $$;

revoke update, delete, truncate on audit_mention, audit_seal from iom_app;
revoke update, truncate on audit_value, audit_pending from iom_app;

alter table audit_mention enable row level security;
create policy audit_mention_add on audit_mention for insert with check (true);
create policy audit_mention_read on audit_mention for select using ({PARTNERSHIP});

alter table audit_seal enable row level security;
create policy audit_seal_add on audit_seal for insert with check ({PARTNERSHIP});
create policy audit_seal_read on audit_seal for select using ({PARTNERSHIP});

-- Numbers alone: whoever adds an event learns its number, though they may not read it.
alter table audit_pending enable row level security;
create policy audit_pending_add on audit_pending for insert with check (true);
create policy audit_pending_read on audit_pending for select using (true);
create policy audit_pending_sealed on audit_pending for delete using ({PARTNERSHIP});

alter table audit_value enable row level security;
create policy audit_value_add on audit_value for insert with check (true);
create policy audit_value_read on audit_value for select using ({PARTNERSHIP} and ({AGENCY} or {SYSTEM}));
create policy audit_value_erase on audit_value for delete using ({PARTNERSHIP} and {SYSTEM});

-- What was recorded before there were seals waits for the first.
insert into audit_pending (event_id, partnership_id, since) select id, partnership_id, at from audit_event;
""" + "".join(
    f"create trigger append_only before update or delete on {table} for each row execute function audit_append_only();"
    f"create trigger append_only_whole before truncate on {table} execute function audit_append_only();"
    for table in APPEND_ONLY
)
BACKWARD = (
    "".join(f"drop trigger append_only on {table}; drop trigger append_only_whole on {table};" for table in APPEND_ONLY)
    + """
drop function audit_append_only();
drop policy audit_mention_add on audit_mention;
drop policy audit_mention_read on audit_mention;
drop policy audit_seal_add on audit_seal;
drop policy audit_seal_read on audit_seal;
drop policy audit_pending_add on audit_pending;
drop policy audit_pending_read on audit_pending;
drop policy audit_pending_sealed on audit_pending;
drop policy audit_value_add on audit_value;
drop policy audit_value_read on audit_value;
drop policy audit_value_erase on audit_value;
"""
)


class Migration(migrations.Migration):
    """The record cannot be changed, by its owner's role either; what is beside it is read by whom it belongs to."""

    dependencies = [("audit", "0003_sealed")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
