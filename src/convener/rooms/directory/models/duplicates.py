"""Pairs of entries that may be of one organisation, and what people said of them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from convener.foundation.ids import new_key
from convener.foundation.parties.models import Party


class PossibleDuplicate(models.Model):
    """Two records that look like one organisation; ``one`` is the lesser key, so that a pair stands here once.

    ``parts`` are the reasons as the linkage engine gives them: a list of objects with ``kind``,
    ``ours``, ``theirs``, ``how`` and ``gives`` (its share of ``score``, which is between 0 and 1). ``decision`` is empty
    until people decide; what they decided is never asked again. A pair goes with its records.
    """

    class Outcome(models.TextChoices):
        SURE = "sure", _("Sure")
        UNSURE = "unsure", _("Unsure")

    class Decision(models.TextChoices):
        SAME = "same", _("The same")
        DIFFERENT = "different", _("Different")

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    one = models.ForeignKey(Party, on_delete=models.CASCADE, db_index=False, related_name="+")
    other = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="+")
    score = models.FloatField()
    outcome = models.CharField(max_length=6, choices=Outcome.choices)
    parts = models.JSONField(default=list)
    found_at = models.DateTimeField()
    decision = models.CharField(max_length=9, choices=Decision.choices, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="possible_duplicate_once"),
            models.CheckConstraint(condition=models.Q(one__lt=models.F("other")), name="possible_duplicate_in_order"),
        ]
        indexes = [models.Index(fields=["decision", "score"], name="possible_duplicate_decision")]

    def __str__(self) -> str:
        return f"{self.one_id} {self.other_id}"
