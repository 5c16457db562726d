"""Promising practices (LIB-2): what an initiative is for, how it works, what came of it, what others can learn.

A practice is an initiative of the directory that somebody described well enough to do the same. Its name, members,
countries and models are the initiative's; here stands what goes beyond them. Texts are kept by language: ``{"en": …}``.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from convener.rooms.directory.models import Initiative


class Practice(models.Model):
    """The account of one practice. ``section`` is that of the document in which it is described."""

    initiative = models.OneToOneField(
        Initiative, primary_key=True, on_delete=models.CASCADE, related_name="practice_account"
    )
    section = models.CharField(max_length=10, blank=True)
    summary = models.JSONField(default=dict)
    purpose = models.JSONField(default=dict)
    how = models.JSONField(default=list, blank=True)
    outcomes = models.JSONField(default=list, blank=True)
    legal_basis = models.JSONField(default=list, blank=True)
    lessons = models.JSONField(default=list, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.initiative.name


class PracticeResult(models.Model):
    """One figure of what a practice did: ``value`` (never negative) of ``unit``, with how exact the source says it is.

    ``unit`` is 'times' (how many times as many), 'percent', an ISO 4217 code for money, or what was counted, in the
    plural. ``when`` is the day or period that the source gives, in its own precision; ``ref`` the place in the source.
    """

    class Qualifier(models.TextChoices):
        EXACT = "exact", _("exactly")
        ABOUT = "about", _("about")
        MORE_THAN = "more-than", _("more than")
        AT_LEAST = "at-least", _("at least")
        UP_TO = "up-to", _("up to")

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="results")
    place = models.PositiveSmallIntegerField()
    what = models.JSONField(default=dict)
    value = models.DecimalField(max_digits=18, decimal_places=2)
    unit = models.CharField(max_length=40)
    qualifier = models.CharField(max_length=10, choices=Qualifier.choices, default=Qualifier.EXACT)
    when = models.CharField(max_length=60, blank=True)
    ref = models.CharField(max_length=200)

    class Meta:
        ordering = ["practice", "place"]
        constraints = [
            models.UniqueConstraint(fields=["practice", "place"], name="practice_result_place_once"),
            models.CheckConstraint(condition=models.Q(value__gte=0), name="practice_result_not_negative"),
        ]
