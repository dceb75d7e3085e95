from django.db import migrations

from iom.access.policies import IN_PARTNERSHIP, protect

MARKED = (
    "cohorts_whatifperson",
    "cohorts_candidate",
    "cohorts_candidateworking",
    "cohorts_score",
    "cohorts_nomination",
    "cohorts_returnrequest",
    "cohorts_agencyreturn",
    "cohorts_paneldecision",
    "cohorts_cohortmembership",
    "cohorts_membershipchange",
)
PARTNERSHIP = ("cohorts_scheme", "cohorts_schemeversion", "cohorts_rankrun")


# After a million rows the planner must not wait for the next automatic count of them: the application, which does not
# own the table, may have it counted through this.
ANALYZE = """
create function cohorts_analyze() returns void language plpgsql security definer set search_path = public as
$$ begin analyze cohorts_candidate; end $$;
revoke all on function cohorts_analyze() from public;
grant execute on function cohorts_analyze() to iom_app;
"""


class Migration(migrations.Migration):
    """The second wall: a query that forgets its filter returns nothing."""

    dependencies = [("cohorts", "0001_initial")]
    operations = [
        *(protect(table) for table in MARKED),
        *(protect(table, IN_PARTNERSHIP) for table in PARTNERSHIP),
        migrations.RunSQL(ANALYZE, "drop function cohorts_analyze()"),
    ]
