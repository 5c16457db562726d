"""Keys by which an entry is found by what resembles it."""

from __future__ import annotations

from django.db import models

from convener.rooms.directory.models.profiles import Profile


class LikenessKey(models.Model):
    """One of the keys of an entry (:func:`convener.engines.names.linkage.keys_of`): entries that share one may be one."""

    id = models.BigAutoField(primary_key=True)
    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="+")
    key = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "profile"], name="likeness_key_once")]

    def __str__(self) -> str:
        return str(self.key)
