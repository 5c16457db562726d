"""What the directory says about an organisation, and who may see which part of it."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from convener.foundation.parties.models import Party


class Visibility(models.TextChoices):
    """Who may see a record or a part of it."""

    PUBLIC = "public", _("Everybody")
    MEMBERS = "members", _("Members of this hub")
    PRIVATE = "private", _("The organisation and the secretariat")


#: Types whose address may be a shelter: it stays private unless the owner publishes it (DIR-11).
SHELTERED_TYPES = frozenset({"civil-society", "ngos", "charities", "survivor-groups", "consumer-associations"})


class Profile(models.Model):
    """An organisation's entry. Lists hold keys of the controlled vocabularies; ISO codes for countries and languages.

    ``address`` to ``longitude`` are the place, ``email`` and ``phone`` the contact: each has a visibility of its own,
    never wider than that of the whole entry.
    """

    party = models.OneToOneField(Party, on_delete=models.CASCADE, primary_key=True, related_name="profile")
    sort_name = models.CharField(max_length=40, editable=False)
    search_text = models.TextField(blank=True, editable=False)
    facet_terms = models.TextField(blank=True, editable=False)  # see actions/terms.py
    summary = models.TextField(blank=True)
    summary_language = models.CharField(max_length=2, blank=True)
    size_band = models.CharField(max_length=20, blank=True)
    scope = models.CharField(max_length=20, blank=True)
    countries = models.JSONField(default=list, blank=True)
    regions = models.JSONField(default=list, blank=True)
    sectors = models.JSONField(default=list, blank=True)
    industries = models.JSONField(default=list, blank=True)
    issues = models.JSONField(default=list, blank=True)
    exploitation = models.JSONField(default=list, blank=True)
    services = models.JSONField(default=list, blank=True)
    models_offered = models.JSONField(default=list, blank=True)
    workstreams = models.JSONField(default=list, blank=True)
    outputs = models.JSONField(default=list, blank=True)
    languages = models.JSONField(default=list, blank=True)
    website = models.URLField(max_length=500, blank=True)
    address = models.CharField(max_length=500, blank=True)
    city = models.CharField(max_length=120, blank=True)
    latitude = models.FloatField(null=True, blank=True, validators=[MinValueValidator(-90), MaxValueValidator(90)])
    longitude = models.FloatField(null=True, blank=True, validators=[MinValueValidator(-180), MaxValueValidator(180)])
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=60, blank=True)
    visibility = models.CharField(max_length=8, choices=Visibility.choices, default=Visibility.PUBLIC)
    place_visibility = models.CharField(max_length=8, choices=Visibility.choices, default=Visibility.PUBLIC)
    contact_visibility = models.CharField(max_length=8, choices=Visibility.choices, default=Visibility.PRIVATE)
    last_confirmed = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(**{f"{name}__in": Visibility.values}), name=f"profile_{name}_known"
            )
            for name in ("visibility", "place_visibility", "contact_visibility")
        ]

    def __str__(self) -> str:
        return self.party.name


def default_place_visibility(party_type: str) -> str:
    """Who sees the address of an organisation of ``party_type`` as long as its owner has said nothing."""
    return Visibility.PRIVATE if party_type in SHELTERED_TYPES else Visibility.PUBLIC
