"""What imports say is kept as templates and values, so that each reader has it in their own language."""

from django.db import migrations, models
from django.db.models.functions import JSONArray, JSONObject


def keep_messages(apps, schema_editor):
    """Take over the finished sentences there are; they stay English."""
    for name in ("Import", "ImportProblem"):
        rows = apps.get_model("directory", name).objects.using(schema_editor.connection.alias)
        rows.exclude(message="").update(said=JSONArray(JSONArray("message", JSONObject())))


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0001_initial"),
    ]

    operations = [
        migrations.AddField("import", "said", models.JSONField(default=list)),
        migrations.AddField("importproblem", "said", models.JSONField(default=list)),
        migrations.RunPython(keep_messages),
        migrations.RemoveField("import", "message"),
        migrations.RemoveField("importproblem", "message"),
    ]
