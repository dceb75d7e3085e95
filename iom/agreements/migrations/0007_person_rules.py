from django.db import migrations

# Every page asks whom its user is kept from and who is open to them, as the system: they need not be able to see the
# limit. One statement does it, and what it sets is set back before it ends; where it fails, the transaction does that.
PERSON_RULES = """
create function agreements_person_rules(of_partnership int, of_agency int, reader int, moment timestamptz)
returns table (row_id bigint, person_id bigint, kind text, is_named boolean)
language plpgsql as $$
declare
    before_system text := coalesce(current_setting('iom.system', true), '');
    before_partnerships text := coalesce(current_setting('iom.partnerships', true), '');
begin
    perform set_config('iom.system', 'yes', true);
    perform set_config('iom.partnerships', format('{%s}', of_partnership), true);
    return query
        select opened.id, opened.person_id, ''::text, true
        from agreements_emergencyaccess opened
        where opened.partnership_id = of_partnership and opened.owner_agency_id = of_agency
            and opened.user_id = reader and opened.closed_at is null
            and opened.opened_at <= moment and opened.closes_at > moment
        union all
        select held.id, held.person_id, held.kind::text,
            reader = any(held.user_ids) or of_agency = any(held.agency_ids)
        from agreements_limitedaccess held
        where held.partnership_id = of_partnership and held.lifted_at is null
            and (held.lapses_at is null or held.lapses_at > moment)
        order by 1;
    perform set_config('iom.system', before_system, true);
    perform set_config('iom.partnerships', before_partnerships, true);
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("agreements", "0006_descriptor")]
    operations = [
        migrations.RunSQL(PERSON_RULES, "drop function agreements_person_rules(int, int, int, timestamptz)"),
    ]
