"""Searches that people keep."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from convener.foundation.ids import new_key


class SavedSearch(models.Model):
    """A search under a name, for its owner's eyes only.

    ``query`` is the query part of its address, ``language`` that of its words.
    ``seen_total`` is how many records it found when its owner last looked, on ``seen_at``.
    """

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_searches")
    name = models.CharField(max_length=120)
    query = models.CharField(max_length=2_000)
    language = models.CharField(max_length=2, default="en")
    seen_total = models.PositiveIntegerField(default=0)
    seen_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="saved_search_name_once")]

    def __str__(self) -> str:
        return self.name
