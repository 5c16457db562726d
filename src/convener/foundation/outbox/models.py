"""Events and the consumers' cursors."""

from __future__ import annotations

from django.db import models


class Event(models.Model):
    """Something committed: ``topic`` such as 'party.changed', and the keys of the records it is about."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(auto_now_add=True)
    topic = models.CharField(max_length=60, db_index=True)
    keys = models.JSONField(default=list)


class Cursor(models.Model):
    """How far one consumer on one node has come."""

    consumer = models.CharField(max_length=60)
    node = models.CharField(max_length=60)
    position = models.BigIntegerField(default=0)
    moved_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["consumer", "node"], name="outbox_cursor_once")]
