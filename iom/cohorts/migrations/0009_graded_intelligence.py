import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from iom.access.policies import limit, protect

# What was written before it could be graded: seen as its nomination is, and said not to be graded.
MOVE = """
insert into cohorts_panelintelligence (partnership_id, owner_agency_id, regime, marking, descriptor, audience,
    audience_agencies, source_evaluation, information_assessment, handling_code, nomination_id, text,
    handling_conditions, given_by, given_at)
select partnership_id, owner_agency_id, regime, marking, descriptor, audience, audience_agencies, '', '', '', id,
    intelligence_summary, '', nominated_by, nominated_at
from cohorts_nomination where intelligence_summary <> ''
"""
BACK = """
update cohorts_nomination set intelligence_summary = moved.text from cohorts_panelintelligence moved
where moved.nomination_id = cohorts_nomination.id and moved.handling_code = ''
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cohorts", "0008_restricted"),
        ("partnerships", "0005_system_tokens"),
    ]

    operations = [
        migrations.CreateModel(
            name="PanelIntelligence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "source_evaluation",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("1", "Reliable"),
                            ("2", "Untested"),
                            ("3", "Not reliable"),
                            ("A", "Always reliable"),
                            ("B", "Mostly reliable"),
                            ("C", "Sometimes reliable"),
                            ("D", "Unreliable"),
                            ("E", "Untested source"),
                        ],
                        default="",
                        max_length=1,
                    ),
                ),
                (
                    "information_assessment",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("A", "Known directly to the source"),
                            ("B", "Known indirectly to the source, but corroborated"),
                            ("C", "Known indirectly to the source"),
                            ("D", "Not known"),
                            ("E", "Suspected to be false"),
                            ("1", "Known to be true without reservation"),
                            ("2", "Known personally to the source, not to who reports it"),
                            ("3", "Not known personally to the source, but corroborated"),
                            ("4", "Cannot be judged"),
                            ("5", "Suspected to be false or malicious"),
                        ],
                        default="",
                        max_length=1,
                    ),
                ),
                (
                    "handling_code",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("P", "Lawful sharing permitted"),
                            ("C", "Lawful sharing permitted with conditions"),
                            ("1", "May go to other law enforcement agencies"),
                            ("2", "May go to non-prosecuting parties"),
                            ("3", "May go to law enforcement abroad"),
                            ("4", "Only within the agency it came from"),
                            ("5", "May go on, under the conditions given"),
                        ],
                        default="",
                        max_length=1,
                    ),
                ),
                (
                    "regime",
                    models.CharField(
                        choices=[("law-enforcement", "Law enforcement (DPA 2018 Part 3)"), ("uk-gdpr", "UK GDPR")],
                        max_length=16,
                    ),
                ),
                (
                    "marking",
                    models.CharField(
                        choices=[("official", "OFFICIAL"), ("official-sensitive", "OFFICIAL-SENSITIVE")],
                        default="official-sensitive",
                        max_length=20,
                    ),
                ),
                (
                    "descriptor",
                    models.CharField(
                        blank=True,
                        choices=[("commercial", "COMMERCIAL"), ("personal", "PERSONAL")],
                        default="",
                        max_length=12,
                    ),
                ),
                (
                    "audience",
                    models.CharField(
                        choices=[("partners", "All partners"), ("listed", "Listed agencies"), ("own", "Own agency")],
                        default="partners",
                        max_length=10,
                    ),
                ),
                (
                    "audience_agencies",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), blank=True, default=list, size=None
                    ),
                ),
                ("text", models.TextField(blank=True, help_text="Sanitised: nothing that could reveal a source")),
                (
                    "handling_conditions",
                    models.TextField(blank=True, help_text="What its reader may and may not do with it"),
                ),
                ("given_by", models.IntegerField()),
                ("given_at", models.DateTimeField()),
                ("withdrawn_by", models.IntegerField(null=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                (
                    "nomination",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="intelligence",
                        to="cohorts.nomination",
                    ),
                ),
                (
                    "owner_agency",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partnerships.agency",
                    ),
                ),
                (
                    "partnership",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partnerships.partnership",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("handling_code__in", ("C", "4", "5")), _negated=True),
                            models.Q(("audience", "partners"), _negated=True),
                            _connector="OR",
                        ),
                        name="panelintelligence_with_conditions_not_for_all",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("withdrawn_at__isnull", True), ("withdrawn_by__isnull", True)),
                            models.Q(
                                ("handling_conditions", ""),
                                ("text", ""),
                                ("withdrawn_at__isnull", False),
                                ("withdrawn_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="panelintelligence_withdrawn_is_empty",
                    ),
                ],
            },
        ),
        migrations.RunSQL(MOVE, BACK),
        # What was moved is checked before the table changes.
        migrations.RunSQL("set constraints all immediate", migrations.RunSQL.noop),
        protect("cohorts_panelintelligence"),
        limit("cohorts_panelintelligence", rows={"nomination_id": "cohorts_nomination"}),
        migrations.RemoveField("nomination", "intelligence_summary"),
    ]
