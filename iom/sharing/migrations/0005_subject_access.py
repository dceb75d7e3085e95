import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from iom.access.policies import protect

PROTECTED = ("sharing_subjectaccessrequest", "sharing_subjectaccesspause", "sharing_subjectaccessitem")


class Migration(migrations.Migration):
    dependencies = [
        ("sharing", "0004_retention_row_level_security"),
        ("people", "0006_erased"),
    ]

    operations = [
        migrations.CreateModel(
            name="SubjectAccessRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "Received"),
                            ("review", "Being reviewed"),
                            ("check", "Waiting for a second person"),
                            ("released", "Released"),
                            ("refused", "Refused"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="received",
                        max_length=10,
                    ),
                ),
                ("received_on", models.DateField()),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("post", "Post"),
                            ("email", "Email"),
                            ("form", "Online form"),
                            ("spoken", "Spoken, in person or by telephone"),
                            ("representative", "Through a solicitor or another representative"),
                        ],
                        max_length=16,
                    ),
                ),
                ("asked_for", models.TextField()),
                (
                    "identity_check",
                    models.CharField(
                        choices=[
                            ("not-yet", "Not yet checked: the clock does not start until it is"),
                            ("documents", "Identity documents were seen"),
                            ("known", "Known to a member of staff, who confirmed it"),
                            ("in-custody", "Confirmed by the prison"),
                            ("authority", "Representative's signed authority and the person's identity were seen"),
                        ],
                        max_length=12,
                    ),
                ),
                ("identity_note", models.TextField(blank=True)),
                ("identity_checked_by", models.IntegerField(null=True)),
                ("recorded_by", models.IntegerField()),
                ("recorded_at", models.DateTimeField()),
                ("extended_at", models.DateTimeField(null=True)),
                ("extension_reason", models.TextField(blank=True)),
                ("gathered_at", models.DateTimeField(null=True)),
                ("prepared_by", models.IntegerField(null=True)),
                ("prepared_at", models.DateTimeField(null=True)),
                (
                    "closed_by",
                    models.IntegerField(
                        help_text="Who released it, or refused it, or recorded the withdrawal", null=True
                    ),
                ),
                ("closed_at", models.DateTimeField(null=True)),
                ("closing_reason", models.TextField(blank=True)),
                ("exported_at", models.DateTimeField(help_text="When the files of the answer were made", null=True)),
                (
                    "export_sha256",
                    models.JSONField(default=dict, help_text="The hash of each file of the answer, by its kind"),
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
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SubjectAccessPause",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("identity", "Proof of identity is awaited"),
                            ("fee", "A fee is awaited"),
                            ("clarification", "The person was asked what they mean"),
                        ],
                        max_length=16,
                    ),
                ),
                ("started_on", models.DateField()),
                ("ended_on", models.DateField(null=True)),
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
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pauses",
                        to="sharing.subjectaccessrequest",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SubjectAccessItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                ("source", models.CharField(max_length=60)),
                ("row_id", models.BigIntegerField()),
                ("title", models.CharField(max_length=120)),
                ("on", models.DateField(null=True)),
                (
                    "fields",
                    models.JSONField(help_text="Of each field its name, label, text, and whether it must be looked at"),
                ),
                (
                    "concern",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "None"),
                            ("third-party", "Speaks of somebody else"),
                            ("restricted", "Restricted: intelligence"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "treatment",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "Not decided"),
                            ("give", "Give"),
                            ("redact", "Give with fields left out"),
                            ("withhold", "Withhold"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "redacted",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), blank=True, default=list, size=None
                    ),
                ),
                ("exemption", models.CharField(blank=True, max_length=40)),
                ("reason", models.TextField(blank=True)),
                (
                    "consulted",
                    models.TextField(
                        blank=True, help_text="Who at the agency that owns the row was asked, and what they said"
                    ),
                ),
                ("decided_by", models.IntegerField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "controller",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="partnerships.agency"
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
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="sharing.subjectaccessrequest",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="subjectaccessrequest",
            index=models.Index(fields=["partnership", "state", "received_on"], name="subject_access_by_state"),
        ),
        migrations.AddConstraint(
            model_name="subjectaccessrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "released"), _negated=True),
                    models.Q(
                        ("closed_by__isnull", False),
                        ("prepared_by__isnull", False),
                        models.Q(("closed_by", models.F("prepared_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="subject_access_released_by_a_second_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="subjectaccesspause",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_on__isnull", True)),
                fields=("request",),
                name="subject_access_one_pause_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="subjectaccesspause",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ended_on__isnull", True), ("ended_on__gte", models.F("started_on")), _connector="OR"
                ),
                name="subject_access_pause_ends_after_it_starts",
            ),
        ),
        migrations.AddConstraint(
            model_name="subjectaccessitem",
            constraint=models.UniqueConstraint(fields=("request", "source", "row_id"), name="subject_access_item_once"),
        ),
        migrations.AddConstraint(
            model_name="subjectaccessitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("treatment__in", ["redact", "withhold"]), _negated=True),
                    models.Q(
                        models.Q(("exemption", ""), _negated=True),
                        models.Q(("reason", ""), _negated=True),
                        ("decided_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="subject_access_left_out_says_why",
            ),
        ),
        *(protect(table) for table in PROTECTED),
    ]
