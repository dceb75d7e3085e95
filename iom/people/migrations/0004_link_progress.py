from django.db import migrations, models

STATUSES = [
    ("waiting", "Waiting to start"),
    ("running", "Running"),
    ("finished", "Finished"),
    ("failed", "Stopped before it finished"),
    ("cancelled", "Cancelled"),
]
STEPS = [
    ("reading", "Reading the source records"),
    ("cleaning", "Cleaning names, dates and numbers"),
    ("pairing", "Finding pairs to compare"),
    ("weighing", "Weighing how far each pair agrees"),
    ("drawing", "Drawing records together"),
    ("applying", "Writing the result into the index"),
]


class Migration(migrations.Migration):
    """How far a run of linkage is, and that it can be cancelled."""

    dependencies = [("people", "0003_marking_without_checks")]
    operations = [
        migrations.AddField("linkrun", "step", models.CharField(blank=True, choices=STEPS, default="", max_length=10)),
        migrations.AlterField(
            "linkrun", "status", models.CharField(choices=STATUSES, default="waiting", max_length=10)
        ),
    ]
