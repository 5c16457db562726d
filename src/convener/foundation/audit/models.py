"""Audit entries, change sets and tombstones."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from convener.errors import Refused
from convener.foundation.actor import Door
from convener.foundation.ids import new_key


class AuditEntry(models.Model):
    """Who did or read what and when. IDs and names of fields only, never values; nobody can edit or delete one.

    The database refuses updates and deletions too (triggers in the first migration).
    """

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    at = models.DateTimeField(auto_now_add=True, db_index=True)
    user_id = models.UUIDField(null=True, db_index=True)
    party_id = models.UUIDField(null=True, db_index=True)
    role = models.CharField(max_length=20, blank=True)
    door = models.CharField(max_length=10, choices=[(door.value, door.value) for door in Door])
    action = models.CharField(max_length=60, db_index=True)
    kind = models.CharField(max_length=40)
    record = models.CharField(max_length=64, blank=True, db_index=True)
    fields = models.JSONField(default=list)
    outcome = models.CharField(max_length=10, default="done")
    count = models.IntegerField(default=1)

    class Meta:
        ordering = ["-at", "-id"]

    def save(self, *args: object, **kwargs: object) -> None:
        """Write a new entry; refuse to change one."""
        if not self._state.adding:
            raise Refused(str(_("Audit entries cannot be changed.")))
        super().save(force_insert=True)

    def delete(self, *args: object, **kwargs: object) -> tuple[int, dict[str, int]]:
        """Refuse: the audit only grows."""
        raise Refused(str(_("Audit entries cannot be deleted.")))


class Change(models.Model):
    """One change set of one record: ``values`` maps a field to ``[before, after]`` (JSON values).

    Personal values can be erased: ``values`` becomes empty and ``erased_at`` says when.
    """

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    at = models.DateTimeField(auto_now_add=True)
    user_id = models.UUIDField(null=True)
    party_id = models.UUIDField(null=True)
    door = models.CharField(max_length=10)
    action = models.CharField(max_length=20)
    kind = models.CharField(max_length=40)
    record_id = models.UUIDField()
    origin_id = models.UUIDField(null=True, db_index=True)  # the import, merge or other change this belongs to
    values = models.JSONField(default=dict)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["record_id", "at"], name="change_record")]


class Tombstone(models.Model):
    """What remains of a deleted record: what kind, when, by whom, why; no content."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    kind = models.CharField(max_length=40)
    record_id = models.UUIDField(db_index=True)
    public_id = models.CharField(max_length=16, blank=True, db_index=True)
    at = models.DateTimeField(auto_now_add=True)
    user_id = models.UUIDField(null=True)
    reason = models.CharField(max_length=60)
