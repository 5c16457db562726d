"""The kinds of record that the directory lists."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """The kinds of record that the directory lists."""

    ORGANISATION = "organisation", _("Organisation")
    TOOL = "tool", _("Tool")
    INITIATIVE = "initiative", _("Initiative")
