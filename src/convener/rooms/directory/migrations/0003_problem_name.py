"""A problem of an import says which organisation the row names."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0002_messages_in_any_language"),
    ]

    operations = [
        migrations.AddField("importproblem", "name", models.CharField(blank=True, max_length=300)),
    ]
