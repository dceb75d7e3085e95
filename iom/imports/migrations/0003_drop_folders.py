"""A folder for each feed among the drop folders, and on a batch the claim on the file it came as."""

import secrets

from django.db import migrations, models
from django.utils.text import slugify


def name_folders(apps, schema_editor):
    feeds = apps.get_model("imports", "Feed").objects.using(schema_editor.connection.alias)
    for feed in feeds.select_related("agency"):
        feed.drop_name = f"{slugify(feed.agency.name)[:50]}-{slugify(feed.name)[:50]}-{secrets.token_hex(4)}"
        feed.save(update_fields=["drop_name"])


class Migration(migrations.Migration):
    dependencies = [("imports", "0002_row_level_security")]

    operations = [
        migrations.AddField(
            model_name="batch",
            name="drop_claim",
            field=models.CharField(
                help_text="The claim on its file in the drop folder, if it came that way",
                max_length=40,
                null=True,
                unique=True,
            ),
        ),
        migrations.AddField(model_name="feed", name="drop_name", field=models.CharField(max_length=120, null=True)),
        migrations.RunPython(name_folders, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="feed",
            name="drop_name",
            field=models.CharField(help_text="Its folder among the drop folders", max_length=120, unique=True),
        ),
    ]
