"""Parties, their names, identifiers, the sources of their values, and merges."""

from __future__ import annotations

import os
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from convener.engines.identifiers import new_public_id
from convener.foundation.ids import new_key

Provenance = dict[str, str | None]


def _public_id() -> str:
    return new_public_id(os.urandom)


class Source(models.Model):
    """Where values come from: a document, an import, an edit or a claim."""

    class Kind(models.TextChoices):
        DOCUMENT = "document", _("Document")
        IMPORT = "import", _("Import")
        EDIT = "edit", _("Edit")
        CLAIM = "claim", _("Claim")

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    key = models.CharField(max_length=120, unique=True)
    title = models.CharField(max_length=300)
    date = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return self.title


class Party(models.Model):
    """One organisation: the single record that every room points to.

    :attr:`provenance` says of each field where its value came from; rooms that add fields about a party keep the
    provenance of their fields here too.
    """

    class Status(models.TextChoices):
        ACTIVE = "active", _("Active")
        CLOSED = "closed", _("Closed")
        MERGED = "merged", _("Merged into another record")

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    public_id = models.CharField(max_length=16, unique=True, default=_public_id, editable=False)
    name = models.CharField(max_length=300)
    name_key = models.CharField(max_length=300, editable=False)
    type = models.CharField(max_length=60, blank=True)
    country = models.CharField(max_length=2, blank=True)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.ACTIVE)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    is_demo = models.BooleanField(default=False)
    content_key = models.CharField(max_length=120, null=True, blank=True, unique=True)
    provenance_sets = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes = [models.Index(fields=["name_key", "country"], name="party_name_key")]

    def __str__(self) -> str:
        return self.name

    @property
    def provenance(self) -> dict[str, Provenance]:
        """Field → ``{"source": Source id, "ref": where in it, "on": ISO date confirmed or None}``.

        Assign a whole mapping to change it. Fields that came together are stored once for all of them, as most do.
        """
        return {
            field: {"source": one["source"], "ref": one["ref"], "on": one["on"]}
            for one in self.provenance_sets
            for field in one["fields"]
        }

    @provenance.setter
    def provenance(self, by_field: dict[str, Provenance]) -> None:
        together: dict[tuple[Any, ...], list[str]] = {}
        for field, entry in by_field.items():
            together.setdefault((entry["source"], entry["ref"], entry["on"]), []).append(field)
        self.provenance_sets = [
            {"source": source, "ref": ref, "on": on, "fields": fields} for (source, ref, on), fields in together.items()
        ]


class PartyName(models.Model):
    """Another name of a party: legal, alias, acronym, former or translated, in its own script and language."""

    class Kind(models.TextChoices):
        LEGAL = "legal", _("Legal name")
        ALIAS = "alias", _("Also known as")
        ACRONYM = "acronym", _("Acronym")
        FORMER = "former", _("Former name")
        TRANSLATION = "translation", _("Translated name")

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    party = models.ForeignKey(Party, on_delete=models.CASCADE, db_index=False, related_name="names")
    text = models.CharField(max_length=300)
    name_key = models.CharField(max_length=300, editable=False, db_index=True)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.ALIAS)
    language = models.CharField(max_length=12, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "text"], name="party_name_once")]

    def __str__(self) -> str:
        return self.text


class PartyIdentifier(models.Model):
    """A number by which others know the party.

    ``scheme`` is 'registration' (with its ``jurisdiction``, ISO 3166-1 alpha-2), 'lei' (ISO 17442), 'org-id'
    (org-id.guide) or 'source:NAME', the number in a list that was imported. ``value`` is the normalised form.
    """

    REGISTRATION, LEI, ORG_ID = "registration", "lei", "org-id"
    SOURCE_PREFIX = "source:"

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="identifiers")
    scheme = models.CharField(max_length=120)
    jurisdiction = models.CharField(max_length=2, blank=True)
    value = models.CharField(max_length=120)

    class Meta:
        constraints = [
            # The value first: matching asks for hundreds of values of all registers at once.
            models.UniqueConstraint(fields=["value", "scheme", "jurisdiction"], name="party_identifier_once")
        ]

    def __str__(self) -> str:
        return f"{self.scheme} {self.jurisdiction} {self.value}".replace("  ", " ")


class Merge(models.Model):
    """One record merged into another, with what moved, so that it can be undone."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    kept = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    merged = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    moves = models.JSONField(default=list)
    at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True, blank=True)
