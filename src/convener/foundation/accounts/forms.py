"""Forms of the pages about people. What a form offers follows from the actor; the actions check again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import password_validation
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from convener.errors import ConvenerError, InvalidValue
from convener.foundation.accounts.models import ROLE_LABELS, Mandate, Membership
from convener.foundation.accounts.permissions import may_set_role
from convener.foundation.accounts.scopes import scopes_for
from convener.foundation.actor import Actor
from convener.foundation.parties.models import Party
from convener.foundation.parties.queries import by_public_id


def add_refusal(form: forms.Form, error: ConvenerError) -> None:
    """Show an action's refusal in the form: at its field where it names one of the form's."""
    field = error.field if isinstance(error, InvalidValue) and error.field in form.fields else None
    form.add_error(field, str(error))


def organisation_of(text: str) -> Party | None:
    """The organisation whose ID was typed, None for nothing typed; a ValidationError says what is wrong with it."""
    if not text.strip():
        return None
    try:
        return by_public_id(text)
    except ConvenerError as error:
        raise forms.ValidationError(str(error)) from error


class PeopleForm(forms.Form):
    """Filters of the list of people, for those who run the hub."""

    q = forms.CharField(label=_("Name or e-mail"), required=False, max_length=200)
    organisation = forms.CharField(label=_("Organisation"), required=False, help_text=_("Its ID: CV-…"))

    def clean_organisation(self) -> Party | None:
        """The organisation meant, or None."""
        return organisation_of(self.cleaned_data["organisation"])


class InviteForm(forms.Form):
    """An invitation. Officers invite for their own organisation in their own role, so they are not asked for either."""

    email = forms.EmailField(label=_("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    organisation = forms.CharField(label=_("Organisation"), help_text=_("The ID of the organisation to act for: CV-…"))
    role = forms.ChoiceField(label=_("Role"))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        if not actor.runs_the_hub:
            del self.fields["organisation"], self.fields["role"]
            return
        field = self.fields["role"]
        assert isinstance(field, forms.ChoiceField)
        allowed = [role for role in ROLE_LABELS if may_set_role(actor, None, role)]
        field.choices = [("", gettext("Choose")), *((role.value, ROLE_LABELS[role]) for role in allowed)]

    def clean_organisation(self) -> Party | None:
        """The organisation meant."""
        return organisation_of(self.cleaned_data["organisation"])

    def values(self) -> dict[str, Any]:
        """What the action takes, once the form is valid."""
        if self.actor.runs_the_hub:
            data = self.cleaned_data
            return {"email": data["email"], "party": data["organisation"], "role": data["role"]}
        own = get_object_or_404(Party, pk=self.actor.party_id)
        return {"email": self.cleaned_data["email"], "party": own, "role": self.actor.role}


class AcceptForm(forms.Form):
    """Name and password of a new account."""

    name = forms.CharField(label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password = forms.CharField(
        label=_("Password"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = " ".join(password_validation.password_validators_help_texts())


class ProfileForm(forms.Form):
    """What people say about themselves."""

    name = forms.CharField(label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    language = forms.ChoiceField(label=_("Language of mails to you"), choices=settings.LANGUAGES)


class ActingForm(forms.Form):
    """For which organisation to act."""

    membership = forms.UUIDField()


class TokenForm(forms.Form):
    """A new API token for the membership that the person acts in."""

    label = forms.CharField(label=_("Name of the token"), max_length=100, help_text=_("Which program will use it?"))
    scopes = forms.MultipleChoiceField(label=_("What it may do"), widget=forms.CheckboxSelectMultiple)
    days = forms.TypedChoiceField(label=_("Valid for"), coerce=int, initial=90)

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scopes, days = self.fields["scopes"], self.fields["days"]
        assert isinstance(scopes, forms.MultipleChoiceField)
        assert isinstance(days, forms.ChoiceField)
        scopes.choices = [(scope.key, scope.label) for scope in scopes_for(membership.role)]
        periods = (7, 30, 90, 180, 365)
        days.choices = [(one, ngettext("%(count)d day", "%(count)d days", one) % {"count": one}) for one in periods]


class MandateForm(forms.Form):
    """A mandate for somebody who acts for at least one organisation."""

    party = forms.ModelChoiceField(label=_("Organisation"), queryset=Party.objects.none())
    scope = forms.ChoiceField(label=_("May sign"), choices=Mandate.Scope.choices)
    starts = forms.DateField(label=_("From"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    ends = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, user_id: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        current = Membership.objects.current().filter(user_id=user_id)
        field = self.fields["party"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Party.objects.filter(pk__in=current.values("party_id")).order_by("name")
        self.fields["starts"].initial = timezone.localdate


class EraseForm(forms.Form):
    """The answer to "are you sure": the address of the account, typed again."""

    confirmed_email = forms.EmailField(
        label=_("E-mail address of the account"), widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
