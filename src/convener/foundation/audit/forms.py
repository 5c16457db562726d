"""The search form of the audit."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from convener.errors import ConvenerError
from convener.foundation.actor import Actor
from convener.foundation.audit.naming import action_words, records_meant, room_words
from convener.foundation.audit.queries import AuditSearch, actions_seen, people_meant
from convener.foundation.parties.queries import by_public_id


class AuditForm(forms.Form):
    """What to look for in the audit. Who sees only their own entries is not asked for a person or an organisation."""

    person = forms.CharField(
        label=_("Person"), required=False, help_text=_("A part of the name or of the e-mail address.")
    )
    organisation = forms.CharField(label=_("Organisation acted for"), required=False, help_text=_("Its ID: CV-…"))
    action = forms.ChoiceField(label=_("Action"), required=False)
    record = forms.CharField(
        label=_("Record"), required=False, max_length=200, help_text=_("Its name or a part of it, or its ID.")
    )
    first = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not actor.runs_the_hub:
            del self.fields["person"], self.fields["organisation"]
        self._actor = actor
        field = self.fields["action"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", gettext("All")), *_by_room(actions_seen(actor))]

    def clean_person(self) -> Any:
        """The IDs of the accounts meant, or None where nothing was asked."""
        text = self.cleaned_data["person"]
        if not text:
            return None
        found = people_meant(self._actor, text)
        if not found:
            raise forms.ValidationError(gettext("Nobody on this hub has this name or address."))
        return found

    def clean_organisation(self) -> Any:
        """The ID of the organisation meant, or None where nothing was asked."""
        text = self.cleaned_data["organisation"]
        if not text:
            return None
        try:
            return by_public_id(text).id
        except ConvenerError as error:
            raise forms.ValidationError(str(error)) from error

    def clean(self) -> dict[str, Any]:
        """Refuse a period that ends before it begins."""
        values = super().clean() or self.cleaned_data
        first, last = values.get("first"), values.get("last")
        if first and last and last < first:
            self.add_error("last", gettext("The period ends before it begins."))
        return values

    def search(self) -> AuditSearch:
        """What was asked for, once the form is valid."""
        values = self.cleaned_data
        return AuditSearch(
            people=values.get("person"),
            party_id=values.get("organisation"),
            action=values["action"],
            records=records_meant(self._actor, values["record"]) if values["record"] else None,
            first=values["first"],
            last=values["last"],
        )


def _by_room(actions: list[str]) -> list[tuple[str, list[tuple[str, str]]]]:
    """The actions as choices in words, in a group for each room that begins with all of the room's."""
    rooms: dict[str, list[tuple[str, str]]] = {}
    for action in actions:
        rooms.setdefault(action.partition(".")[0], []).append((action, action_words(action)))
    everything = gettext("All of %(room)s")
    return [
        (room_words(room), [(room, everything % {"room": room_words(room)}), *sorted(of_room, key=lambda one: one[1])])
        for room, of_room in rooms.items()
    ]
