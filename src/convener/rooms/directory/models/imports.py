"""Imports: staged rows, what became of each row, and its problems."""

from __future__ import annotations

import uuid
from typing import Any, NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _

from convener.errors import Stored, spoken
from convener.foundation.accounts.models import User
from convener.foundation.ids import new_key
from convener.foundation.parties.models import Party, Source


class Import(models.Model):
    """One file on its way into the directory.

    ``staging``: rows are read and checked. ``mapping``: no column names the organisation, and a person must say which
    one does (pages). ``staged``: waits for a person's yes (pages). ``applying``: rows are written
    in journalled batches. ``undoing``: they are taken back. The lease tells a living process from a killed one.
    ``said`` is why it ended early, as :func:`convener.errors.stored` keeps it.
    """

    class State(models.TextChoices):
        STAGING = "staging", _("Reading")
        MAPPING = "mapping", _("Waiting for the meaning of columns")
        STAGED = "staged", _("Waiting for confirmation")
        APPLYING = "applying", _("Being imported")
        DONE = "done", _("Imported")
        REFUSED = "refused", _("Refused")
        CANCELLED = "cancelled", _("Cancelled")
        UNDOING = "undoing", _("Being undone")
        UNDONE = "undone", _("Undone")

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.STAGING)
    source = models.ForeignKey(Source, null=True, on_delete=models.PROTECT, related_name="imports")
    file_name = models.CharField(max_length=200)
    file_hash = models.CharField(max_length=64, blank=True)
    upload = models.CharField(max_length=200, blank=True)
    options = models.JSONField(default=dict)
    strict = models.BooleanField(default=False)
    dry_run = models.BooleanField(default=False)
    owner = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    rows = models.IntegerField(default=0)
    added = models.IntegerField(default=0)
    updated = models.IntegerField(default=0)
    skipped = models.IntegerField(default=0)
    failed = models.IntegerField(default=0)
    said = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    lease_holder = models.CharField(max_length=120, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]

    @property
    def text(self) -> str:
        """Why it was refused or cancelled, in the language of whoever reads it now; often nothing."""
        return spoken(self.said)

    @property
    def is_comparing(self) -> bool:
        """True while an uploaded list that was read is still compared with the directory: nobody can decide yet."""
        return self.state == self.State.STAGED and bool(self.upload) and not self.options.get("previewed")


class StagedRow(models.Model):
    """A checked row that waits to be written; deleted in the transaction that writes it."""

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(Import, on_delete=models.CASCADE, db_index=False, related_name="staged")
    number = models.IntegerField()
    values = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="staged_row_once")]


class ImportEntry(models.Model):
    """The journal: what one row did to which party.

    ``former``, with the first row of a batch that changed a party, is what the change set does not say of it:
    ``{"provenance": its provenance_sets, "names": [[text, kind, language]] that went, "had_entry": bool}``.
    """

    class Did(models.TextChoices):
        ADDED = "added", _("Added")
        UPDATED = "updated", _("Updated")
        SKIPPED = "skipped", _("Nothing new")

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(Import, on_delete=models.CASCADE, db_index=False, related_name="entries")
    number = models.IntegerField()
    did = models.CharField(max_length=8, choices=Did.choices)
    party_id = models.UUIDField(null=True)
    former = models.JSONField(null=True)
    undone = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["run", "number"], name="import_entry_row")]


class ImportProblem(models.Model):
    """Something wrong (error) or odd (warning) about a field of a row.

    ``said`` is what, as :func:`convener.errors.stored` keeps it: for readers of any language. ``name`` is the
    organisation's as the row gives it, so that a row that stays out can be found again in the list.
    """

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(Import, on_delete=models.CASCADE, db_index=False, related_name="problems")
    number = models.IntegerField()
    field = models.CharField(max_length=60)
    said = models.JSONField(default=list)
    is_error = models.BooleanField()
    name = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["run", "is_error", "number"], name="import_problem_row")]

    @property
    def text(self) -> str:
        """What is wrong, in the language of whoever reads it now."""
        return spoken(self.said)


class Staged(NamedTuple):
    """A row of :class:`StagedRow` in memory."""

    number: int
    values: dict[str, Any]


class StagedAsText(NamedTuple):
    """A row of :class:`StagedRow` before it is written: what it says is JSON already."""

    run_id: uuid.UUID
    number: int
    values: bytes


class Entry(NamedTuple):
    """A row of :class:`ImportEntry` before it is written."""

    run_id: uuid.UUID
    number: int
    did: str
    party_id: uuid.UUID | None
    former: dict[str, Any] | None = None
    undone: bool = False


class Problem(NamedTuple):
    """A row of :class:`ImportProblem` before it is written."""

    run_id: uuid.UUID
    number: int
    field: str
    said: Stored
    is_error: bool
    name: str = ""
