"""The form of one organisation, made from the table of columns; the rules are those of imports."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from convener.errors import InvalidValue
from convener.foundation.parties.models import Party
from convener.foundation.ui.components import Text
from convener.foundation.vocabularies import countries, regions, vocabulary
from convener.rooms.directory import columns
from convener.rooms.directory.actions.drafts import Draft
from convener.rooms.directory.actions.editing import EDITABLE, IDENTIFIER_COLUMNS, read
from convener.rooms.directory.actions.exporting import cells_of
from convener.rooms.directory.columns import BY_NAME, Column
from convener.rooms.directory.models import Visibility
from convener.rooms.directory.pages.labels import COLUMN_TITLES

#: Parts of the form: key, title, columns.
PARTS: Sequence[tuple[str, Text, Sequence[str]]] = (
    ("who", gettext_lazy("Who they are"), (
        "name", "aliases", "type", "country", "registration_number", "lei", "org_id", "size", "status")),
    ("about", gettext_lazy("What they do"), (
        "summary", "summary_language", "industries", "sector", "issues", "exploitation", "services", "models",
        "workstreams", "outputs")),
    ("where", gettext_lazy("Where they work"), ("scope", "countries", "regions")),
    ("place", gettext_lazy("Where they are"), ("address", "city", "latitude", "longitude", "place_visibility")),
    ("contact", gettext_lazy("Contact"), ("website", "languages", "email", "phone", "contact_visibility")),
    ("entry", gettext_lazy("This entry"), ("visibility", "last_confirmed")),
)  # fmt: skip
HELP: Mapping[str, Text] = {
    "aliases": gettext_lazy("One a line: former names, short forms, names in other languages and scripts."),
    "registration_number": gettext_lazy(
        "One a line. A number of another country’s register has the country’s code in front, such as GB:01234567."
    ),
    "lei": gettext_lazy("Twenty letters and digits; one a line."),
    "org_id": gettext_lazy("From org-id.guide, such as GB-CHC-1234567; one a line."),
    "summary": gettext_lazy("What a partner should know, in a few sentences. Names of persons do not belong here."),
    "summary_language": gettext_lazy("Two letters, such as en or ar."),
    "sector": gettext_lazy("Sectors that follow from the industries are added by themselves."),
    "workstreams": gettext_lazy("One a line."),
    "outputs": gettext_lazy("What came of the work: reports, trainings, campaigns. One a line."),
    "languages": gettext_lazy("In which people can write to the organisation: codes such as en, fr, ar; one a line."),
    "latitude": gettext_lazy("Decimal degrees, such as 13.7563. Give it together with the longitude, or not at all."),
    "longitude": gettext_lazy("Decimal degrees, such as 100.5018."),
    "address": gettext_lazy("Never the address of a shelter, unless the shelter itself publishes it."),
    "email": gettext_lazy("An address of the organisation, not of a person."),
    "last_confirmed": gettext_lazy("When the organisation last said that this entry is right."),
    "visibility": gettext_lazy(
        "Organisations that would be in danger if it were known that they exist can be hidden altogether: they then "
        "stand in no list, map, count or file of anybody else."
    ),
    "place_visibility": gettext_lazy(
        "Address, town and point on the map. People who run from traffickers are found through addresses: for "
        "shelters, and for organisations that house people, leave this at “The organisation and the secretariat”."
    ),
    "contact_visibility": gettext_lazy(
        "E-mail address and telephone. Publish only what may be called by anybody, also by those you protect people "
        "from."
    ),
}
LINES = frozenset({"aliases", *IDENTIFIER_COLUMNS})


@dataclass(frozen=True)
class Part:
    """A part of the form as the template draws it."""

    key: str
    title: Text
    fields: list[tuple[BoundField, bool, int]]


class OrganisationForm(forms.Form):
    """Every editable column as a field. Once valid, ``values`` holds what was read, ``notes`` what to say about it."""

    updated_at = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.values: dict[str, Any] = {}
        self.notes: list[str] = []
        for _key, _title, names in PARTS:
            for name in names:
                self.fields[name] = _field(BY_NAME[name])

    def clean(self) -> dict[str, Any]:
        """Read the cells by the rules of imports; every problem goes to its field."""
        cleaned: dict[str, Any] = super().clean() or {}
        cells = {name: cleaned[name] for name in EDITABLE if name in cleaned}
        row = read(cells)
        for name, message in row.errors:
            if name in self.errors:
                continue
            self.add_error(name if name in self.fields else None, message)
        self.values = {name: row.values.get(name) for name in EDITABLE}
        self.notes = [f"{COLUMN_TITLES[name]}: {message}" for name, message in row.warnings if name in COLUMN_TITLES]
        return cleaned

    def seen(self) -> dt.datetime | None:
        """The moment of the last change that the person had before their eyes; None for a form that lost it."""
        try:
            return dt.datetime.fromisoformat(self.cleaned_data.get("updated_at") or "")
        except ValueError:
            return None

    def refuse(self, error: InvalidValue) -> None:
        """Put a refusal that names a column to its field."""
        self.add_error(error.field if error.field in self.fields else None, f"{error.message} {error.hint}".strip())

    def parts(self) -> Iterator[Part]:
        """The parts of the form: each field, whether it is a long group of choices, and how many of them are chosen."""
        for key, title, names in PARTS:
            fields = []
            for name in names:
                bound = self[name]
                many = BY_NAME[name].kind == columns.VOCABULARY
                fields.append((bound, many, len(bound.value() or []) if many else 0))
            yield Part(key, title, fields)


def initial_of(draft: Draft) -> dict[str, Any]:
    """The present values of an entry as the form shows them."""
    cells = cells_of(draft)
    shown = {name: cells[name] for name in EDITABLE}
    for name, value in shown.items():
        if isinstance(value, list) and BY_NAME[name].kind != columns.VOCABULARY:
            shown[name] = "\n".join(str(one) for one in value)
    return {**shown, "updated_at": draft.party.updated_at.isoformat()}


class LinesField(forms.CharField):
    """Several values, one a line."""

    widget = forms.Textarea(attrs={"rows": 3})

    def to_python(self, value: Any) -> Any:
        """The lines that say something."""
        return [line.strip() for line in (super().to_python(value) or "").splitlines() if line.strip()]


def _field(column: Column) -> forms.Field:
    name = column.name
    common: dict[str, Any] = {"label": COLUMN_TITLES[name], "required": name == "name", "help_text": HELP.get(name, "")}
    if column.kind == columns.VOCABULARY:
        widget = forms.CheckboxSelectMultiple
        return forms.MultipleChoiceField(choices=_choices(name), widget=widget, **common)
    if name.endswith("visibility"):
        common["required"] = True
        return forms.ChoiceField(choices=Visibility.choices, widget=forms.RadioSelect, **common)
    if column.kind == columns.CHOICE:
        return forms.ChoiceField(choices=_with_nothing(name, _choices(name)), **common)
    if column.kind == columns.LIST or name in LINES:
        return LinesField(**common)
    if column.kind == columns.LONG_TEXT:
        rows = {"rows": 8 if name == "summary" else 3}
        return forms.CharField(widget=forms.Textarea(attrs={**rows, "dir": "auto"}), **common)
    return forms.CharField(widget=_input(column), **common)


def _input(column: Column) -> forms.Widget:
    if column.kind == columns.DATE:
        return forms.DateInput(attrs={"type": "date"})
    if column.kind == columns.URL:
        return forms.URLInput()
    if column.kind == columns.EMAIL:
        return forms.EmailInput(attrs={"autocomplete": "off"})
    if column.kind == columns.NUMBER or column.attribute == "":
        return forms.TextInput(attrs={"inputmode": "decimal", "dir": "ltr"})
    return forms.TextInput(attrs={"maxlength": column.max_chars, "dir": "auto"})


def _choices(name: str) -> list[tuple[str, str]]:
    if name in ("country", "countries"):
        return countries().choices()
    if name == "regions":
        return regions().choices()
    if name == "status":
        return [(one.value, str(one.label)) for one in (Party.Status.ACTIVE, Party.Status.CLOSED)]
    return vocabulary(BY_NAME[name].vocabulary).choices()


def _with_nothing(name: str, choices: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return choices if name == "status" else [("", _("Not known")), *choices]
