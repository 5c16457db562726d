"""Facet terms: which records carry which value, for lists, counts and the map."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """The kinds of record that the directory lists."""

    ORGANISATION = "organisation", _("Organisation")
    TOOL = "tool", _("Tool")
    INITIATIVE = "initiative", _("Initiative")


class Term(models.Model):
    """One record carries one value of one facet. Derived from the record, rewritten with it, never edited by itself.

    ``visibility`` and ``sort_name`` are copied from the record so that a filtered page is one walk along an index.
    """

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    record_id = models.UUIDField(db_index=True)
    facet = models.CharField(max_length=20)
    value = models.CharField(max_length=60)
    visibility = models.CharField(max_length=8)
    sort_name = models.CharField(max_length=40)

    class Meta:
        indexes = [
            models.Index(fields=["kind", "facet", "value", "sort_name", "record_id"], name="term_walk"),
        ]
