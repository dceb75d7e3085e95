import django.contrib.postgres.fields
from django.db import migrations, models

CONFLICTS = [
    ("twins", "May be twins or relatives"),
    ("pnc_ids", "Different PNC IDs"),
    ("births", "Born years apart"),
]


class Migration(migrations.Migration):
    """Why the model holds two records apart."""

    dependencies = [("people", "0004_link_progress")]
    operations = [
        migrations.AddField(
            "possiblematch",
            "conflicts",
            django.contrib.postgres.fields.ArrayField(
                models.CharField(choices=CONFLICTS, max_length=10),
                default=list,
                size=None,
                help_text="Why the model never joins the two by itself",
            ),
        ),
    ]
