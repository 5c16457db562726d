"""The form that names two entries to merge."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from convener.errors import ConvenerError
from convener.foundation.actor import Actor
from convener.rooms.directory.models import Profile
from convener.rooms.directory.pages.organisation import find


class MergeForm(forms.Form):
    """Two public IDs: the entry that stays, and the one that is merged into it."""

    kept = forms.CharField(
        label=gettext_lazy("ID of the entry that stays"),
        help_text=gettext_lazy("It stands at the end of an entry’s page and begins with CV-."),
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Give the ID of the entry that stays.")},
    )
    merged = forms.CharField(
        label=gettext_lazy("ID of the entry that is merged into it"),
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Give the ID of the entry that is merged into it.")},
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor

    def clean_kept(self) -> Profile:
        """The entry that stays."""
        return self._profile("kept")

    def clean_merged(self) -> Profile:
        """The entry that goes."""
        return self._profile("merged")

    def clean(self) -> dict[str, Any]:
        """Two IDs of one entry are no pair."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("kept") and cleaned.get("kept") == cleaned.get("merged"):
            self.add_error("merged", _("These are one entry already. Give the ID of another one."))
        return cleaned

    def _profile(self, name: str) -> Profile:
        try:
            found = find(self.cleaned_data[name], self.actor)
        except ConvenerError as error:
            raise forms.ValidationError(str(error)) from error
        if found.profile is None:
            raise forms.ValidationError(_("The entry with this ID was removed."))
        return found.profile
