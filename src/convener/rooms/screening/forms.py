"""The forms of screening: names to compare, and a list to load."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from convener.engines.names.context import unreadable
from convener.foundation.vocabularies import countries
from convener.rooms.screening.actions.asking import Question
from convener.rooms.screening.models import NAME_CHARS
from convener.rooms.screening.pages.labels import FORMATS, TYPES

#: Names that a page takes at once; more go through the API.
MOST_LINES = 50
_MOST_CHARS = 60_000
ACCEPTED = ".zip,.xml,.csv,.tsv,.txt,.xlsx,.json,.jsonl"


class AskForm(forms.Form):
    """One name with what is known of its bearer, or a list of names of one type."""

    names = forms.CharField(
        label=gettext_lazy("Name, or several names, one a line"),
        help_text=gettext_lazy("In any script. Up to 50 lines. Nothing of what you enter here is kept."),
        max_length=_MOST_CHARS,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto", "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Enter at least one name.")},
    )
    type = forms.ChoiceField(label=gettext_lazy("Whose name it is"), choices=list(TYPES.items()), required=False)
    country = forms.ChoiceField(
        label=gettext_lazy("Country"),
        help_text=gettext_lazy("Of nationality, residence or registration; holds for all the names."),
        required=False,
    )
    birth_date = forms.CharField(
        label=gettext_lazy("Date of birth"),
        help_text=gettext_lazy("For one name only. As far as it is known: 1957, 1957-07 or 1957-07-28."),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "ltr"}),
    )
    identifier = forms.CharField(
        label=gettext_lazy("Number of a passport, a register or a ship"),
        help_text=gettext_lazy("For one name only."),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "ltr"}),
    )
    lists = forms.MultipleChoiceField(
        label=gettext_lazy("Lists to compare with"),
        help_text=gettext_lazy("None ticked: all."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, lists: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = [("", _("Not known")), *countries().choices()]  # type: ignore[attr-defined]
        self.fields["lists"].choices = [(name, name) for name in lists]  # type: ignore[attr-defined]
        if len(lists) < 2:
            del self.fields["lists"]

    def clean_names(self) -> list[str]:
        """The lines that have something in them."""
        lines = [line.strip() for line in self.cleaned_data["names"].splitlines() if line.strip()]
        if len(lines) > MOST_LINES:
            told = _("These are %(count)s names; up to %(most)s are compared at once. For more, use the API.")
            raise forms.ValidationError(told % {"count": len(lines), "most": MOST_LINES})
        return lines

    def clean_birth_date(self) -> str:
        """A date as far as it is known."""
        text: str = self.cleaned_data["birth_date"]
        if unreadable(text):
            raise forms.ValidationError(_("This is not read as a date. Write 1957, 1957-07 or 1957-07-28."))
        return text

    def clean(self) -> dict[str, Any]:
        """What is one person's cannot hold for several names."""
        cleaned: dict[str, Any] = super().clean() or {}
        if len(cleaned.get("names", ())) > 1:
            for field in ("birth_date", "identifier"):
                if cleaned.get(field):
                    self.add_error(
                        field, _("This belongs to one name. Ask about that name alone, or leave this empty.")
                    )
        return cleaned

    def questions(self) -> list[Question]:
        """What is asked."""
        values = {field: self.cleaned_data[field] for field in ("type", "country", "birth_date", "identifier")}
        return [Question(str(place), name, **values) for place, name in enumerate(self.cleaned_data["names"], 1)]


class ListForm(forms.Form):
    """A list to load, or a newer version of one."""

    file = forms.FileField(
        label=gettext_lazy("The file"),
        help_text=gettext_lazy(
            "As its publisher offers it: XML, CSV, Excel or JSON lines; OFAC’s CSV files in one ZIP."
        ),
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
        error_messages={
            "required": gettext_lazy("Choose the file with the list."),
            "empty": gettext_lazy("The file is empty. Check that it was saved, and bring it again."),
        },
    )
    name = forms.CharField(
        label=gettext_lazy("Name of the list"),
        help_text=gettext_lazy("What people call it. A list of the same name is replaced by this one, as a whole."),
        max_length=NAME_CHARS,
    )
    title = forms.CharField(
        label=gettext_lazy("Publisher"),
        help_text=gettext_lazy("Who publishes it, and where it was fetched."),
        max_length=200,
        required=False,
    )
    format = forms.ChoiceField(label=gettext_lazy("Format"), choices=list(FORMATS.items()), required=False)

    def __init__(self, *args: Any, too_large: bool = False, most_mb: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if too_large:
            message = _("The file is larger than %(most)s MB. An operator can load it with the command.")
            self.fields["file"].error_messages["required"] = message % {"most": most_mb}
