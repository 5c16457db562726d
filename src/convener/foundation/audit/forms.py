"""The search form of the audit."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from convener.errors import ConvenerError
from convener.foundation.actor import Actor
from convener.foundation.audit.queries import AuditSearch, actions_seen, person_id
from convener.foundation.parties.queries import by_public_id


class AuditForm(forms.Form):
    """What to look for in the audit. Who sees only their own entries is not asked for a person or an organisation."""

    person = forms.CharField(label=_("Person"), required=False, help_text=_("E-mail address, or the ID of an account."))
    organisation = forms.CharField(label=_("Organisation acted for"), required=False, help_text=_("Its ID: CV-…"))
    action = forms.ChoiceField(label=_("Action"), required=False)
    record = forms.CharField(label=_("Record"), required=False, max_length=64, help_text=_("The ID of a record."))
    first = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not actor.runs_the_hub:
            del self.fields["person"], self.fields["organisation"]
        actions = actions_seen(actor)
        rooms = sorted({action.partition(".")[0] for action in actions})
        choices = [("", gettext("All")), *((room, f"{room}.*") for room in rooms), *((one, one) for one in actions)]
        field = self.fields["action"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean_person(self) -> Any:
        """The ID of the account meant, or None where nothing was asked."""
        text = self.cleaned_data["person"]
        if not text:
            return None
        found = person_id(text)
        if found is None:
            raise forms.ValidationError(gettext("No account has this address."))
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
            user_id=values.get("person"),
            party_id=values.get("organisation"),
            action=values["action"],
            record=values["record"].strip(),
            first=values["first"],
            last=values["last"],
        )
