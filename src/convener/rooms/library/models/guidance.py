"""Guidance (LIB-3): short pieces of advice, each with its kind, the stages and sectors it is for, and its source."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from convener.foundation.ids import new_key


class GuidanceKind(models.TextChoices):
    """What a piece of guidance is."""

    TIP = "tip", _("Tip")
    LESSON = "lesson", _("Lesson learnt")
    KEY_ISSUE = "key-issue", _("Key issue")
    BENEFIT = "benefit", _("Benefit")
    RISK = "risk", _("Risk")
    OBSTACLE = "obstacle", _("Obstacle")
    SUCCESS_FACTOR = "success-factor", _("Success factor")
    CRITERION = "criterion", _("Screening criterion")
    CAPACITY_NEED = "capacity-need", _("Capacity need")


class Guidance(models.Model):
    """One piece. ``sectors`` are parts of the Compendium; empty lists of sectors stand for all of them.

    ``note`` is what this hub adds, for its members only; ``hidden`` takes the piece out of every list of theirs.
    """

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    slug = models.SlugField(max_length=120, unique=True)
    kind = models.CharField(max_length=16, choices=GuidanceKind.choices)
    topic = models.CharField(max_length=40)
    stages = models.JSONField(default=list)
    sectors = models.JSONField(default=list, blank=True)
    audiences = models.JSONField(default=list)
    title = models.JSONField(default=dict)
    text = models.JSONField(default=dict)
    source = models.JSONField(default=dict)
    place = models.PositiveIntegerField(default=0)  # where it stands in its source: the order of a list
    hidden = models.BooleanField(default=False)
    note = models.TextField(blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["place", "slug"]
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=GuidanceKind.values), name="guidance_kind_known")
        ]

    def __str__(self) -> str:
        return self.slug


class Verdict(models.Model):
    """What one person thinks of a piece: useful or not. One a person, which they can change or take back."""

    guidance = models.ForeignKey(Guidance, on_delete=models.CASCADE, related_name="verdicts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    useful = models.BooleanField()
    at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["guidance", "user"], name="guidance_verdict_once")]
