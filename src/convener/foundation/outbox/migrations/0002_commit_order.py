"""PostgreSQL only: each event carries the number of its transaction, which the database fills in. See ``queries.py``."""

from django.db import migrations


def add(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE outbox_event ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id()")
        schema_editor.execute("CREATE INDEX outbox_event_order ON outbox_event (xid, id)")


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE outbox_event DROP COLUMN xid")


class Migration(migrations.Migration):
    dependencies = [("outbox", "0001_initial")]
    operations = [migrations.RunPython(add, drop)]
