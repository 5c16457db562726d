"""Entries of the audit can be added and read; the database refuses everything else."""

from django.db import migrations

from convener.foundation.audit import triggers


def lay(apps, schema_editor):
    triggers.lay(schema_editor.connection)


def lift(apps, schema_editor):
    triggers.lift(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [migrations.RunPython(lay, lift)]
