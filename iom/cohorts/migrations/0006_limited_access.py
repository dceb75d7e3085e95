from django.db import migrations

from iom.access.policies import OPENED, limit, open_in_emergency

PERSON = (
    "cohorts_candidate",
    "cohorts_score",
    "cohorts_whatifperson",
    "cohorts_nomination",
    "cohorts_cohortmembership",
)
NOMINATION = (
    "exists (select 1 from cohorts_nomination nomination"
    f" where nomination.id = nomination_id and nomination.person_id = any {OPENED})"
)
RETURN = (
    "exists (select 1 from cohorts_returnrequest asked join cohorts_nomination nomination on nomination.id = asked.nomination_id"
    f" where asked.id = request_id and nomination.person_id = any {OPENED})"
)
MEMBERSHIP = (
    "exists (select 1 from cohorts_cohortmembership membership"
    f" where membership.id = membership_id and membership.person_id = any {OPENED})"
)


class Migration(migrations.Migration):
    """People with limited access, kept from who is shut out; and people opened in an emergency, to read."""

    dependencies = [("cohorts", "0005_sent_scores"), ("people", "0007_limited_access")]
    operations = [
        *(limit(table, "person_id") for table in PERSON),
        limit("cohorts_candidateworking", rows={"candidate_id": "cohorts_candidate"}),
        limit("cohorts_returnrequest", rows={"nomination_id": "cohorts_nomination"}),
        limit("cohorts_agencyreturn", rows={"request_id": "cohorts_returnrequest"}),
        limit("cohorts_paneldecision", rows={"nomination_id": "cohorts_nomination"}),
        limit("cohorts_membershipchange", rows={"membership_id": "cohorts_cohortmembership"}),
        *(open_in_emergency(table) for table in ("cohorts_score", "cohorts_nomination", "cohorts_cohortmembership")),
        open_in_emergency("cohorts_returnrequest", NOMINATION),
        open_in_emergency("cohorts_paneldecision", NOMINATION),
        open_in_emergency("cohorts_agencyreturn", RETURN),
        open_in_emergency("cohorts_membershipchange", MEMBERSHIP),
    ]
