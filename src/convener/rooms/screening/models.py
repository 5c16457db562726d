"""Lists of names that are asked, each version a row that stays: a past answer says which one it is from."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from convener.errors import spoken
from convener.foundation.ids import new_key

NAME_CHARS = 80


class WatchList(models.Model):
    """One version of a list. Of the versions with one name at most one is active.

    ``date`` is the list's own (ISO 8601; "" where it has none), ``sha256`` the hash of its bytes, ``problems`` the first
    of ``problem_count`` that reading it found, as ``[row, field, stored sentence]``; ``message`` a stored sentence that says
    why it was refused. ``upload`` is the folder of a received file until it was read, ``job`` the job that reads it.
    """

    class State(models.TextChoices):
        """Where a version stands."""

        LOADING = "loading", _("Being read")
        ACTIVE = "active", _("In use")
        SUPERSEDED = "superseded", _("Replaced by a newer version")
        REMOVED = "removed", _("Removed")
        REFUSED = "refused", _("Refused")

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    name = models.CharField(max_length=NAME_CHARS)
    title = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.LOADING)
    format = models.CharField(max_length=12, blank=True)
    date = models.CharField(max_length=32, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    count = models.PositiveIntegerField(default=0)
    problem_count = models.PositiveIntegerField(default=0)
    problems = models.JSONField(default=list)
    message = models.JSONField(default=list)
    upload = models.CharField(max_length=100, blank=True)
    job = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    loaded_at = models.DateTimeField(null=True)
    loaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"], condition=models.Q(state="active"), name="watchlist_one_active_version"
            )
        ]
        indexes = [models.Index(fields=["state", "name"], name="watchlist_state")]

    def __str__(self) -> str:
        return self.name

    @property
    def active(self) -> bool:
        """True of a version that is asked."""
        return self.state == self.State.ACTIVE

    @property
    def text(self) -> str:
        """Why it was refused, in the language of whoever reads it."""
        return spoken(self.message)
