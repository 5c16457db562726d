"""Tools and initiatives: records of their own (DIR-2)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from convener.foundation.ids import new_key
from convener.foundation.parties.models import Party
from convener.rooms.directory.models.profiles import Visibility


class Shared(models.Model):
    """What tools and initiatives have in common."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    slug = models.SlugField(max_length=120, unique=True)
    name = models.CharField(max_length=300)
    other_names = models.JSONField(default=list, blank=True)
    sort_name = models.CharField(max_length=40, editable=False)
    search_text = models.TextField(blank=True, editable=False)
    facet_terms = models.TextField(blank=True, editable=False)  # see actions/terms.py
    summary = models.TextField(blank=True)
    practice = models.PositiveSmallIntegerField(null=True, blank=True)
    countries = models.JSONField(default=list, blank=True)
    regions = models.JSONField(default=list, blank=True)
    exploitation = models.JSONField(default=list, blank=True)
    owner = models.ForeignKey(Party, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    visibility = models.CharField(max_length=8, choices=Visibility.choices, default=Visibility.PUBLIC)
    source = models.JSONField(default=dict, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=models.Q(visibility__in=Visibility.values), name="%(class)s_visibility_known"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Tool(Shared):
    """A tool: what it does, for whom, at what cost, and whether anybody still looks after it."""

    class Maintained(models.TextChoices):
        YES = "yes", _("Maintained")
        NO = "no", _("No longer maintained")
        UNKNOWN = "unknown", _("Not known")

    class Cost(models.TextChoices):
        FREE = "free", _("Free")
        PAID = "paid", _("Paid")
        UNKNOWN = "unknown", _("Not known")

    functions = models.JSONField(default=list, blank=True)
    users = models.JSONField(default=list, blank=True)
    languages = models.JSONField(default=list, blank=True)
    cost = models.CharField(max_length=8, choices=Cost.choices, default=Cost.UNKNOWN)
    licence = models.CharField(max_length=60, blank=True)
    maintained = models.CharField(max_length=8, choices=Maintained.choices, default=Maintained.UNKNOWN)
    last_release = models.CharField(max_length=10, blank=True)
    website = models.URLField(max_length=500, blank=True)
    providers = models.ManyToManyField(Party, blank=True, related_name="tools")


class Initiative(Shared):
    """An initiative: a named partnership, campaign or scheme with its members and models."""

    part = models.CharField(max_length=20, blank=True)
    models_used = models.JSONField(default=list, blank=True)
    purposes = models.JSONField(default=list, blank=True)
    industries = models.JSONField(default=list, blank=True)
    issues = models.JSONField(default=list, blank=True)
    started = models.CharField(max_length=10, blank=True)
    ended = models.CharField(max_length=10, blank=True)


class InitiativeMember(models.Model):
    """An organisation takes part in an initiative, in a role."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    initiative = models.ForeignKey(Initiative, on_delete=models.CASCADE, related_name="members")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="initiative_memberships")
    role = models.CharField(max_length=20)
    does = models.TextField(blank=True)  # what it does there, in a sentence, where that is known

    class Meta:
        constraints = [models.UniqueConstraint(fields=["initiative", "party", "role"], name="initiative_member_once")]
