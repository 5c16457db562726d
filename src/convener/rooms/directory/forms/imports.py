"""Forms of imports: bringing a file, and saying what its columns mean."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from convener.foundation.vocabularies import countries
from convener.rooms.directory.actions.importing import Options
from convener.rooms.directory.columns import COLUMNS
from convener.rooms.directory.models import Import
from convener.rooms.directory.pages.labels import IMPORT_TITLES

ACCEPTED = ".csv,.tsv,.txt,.xlsx,.json,.geojson"
COUNTRY_LABEL = gettext_lazy("Country of organisations for which the list gives none")


def country_choices() -> list[tuple[str, str]]:
    """All countries, and none."""
    return [("", _("None")), *countries().choices()]


class UploadForm(forms.Form):
    """A file with organisations, and how it is to be read."""

    file = forms.FileField(
        label=gettext_lazy("The list"),
        help_text=gettext_lazy("CSV, Excel (.xlsx), JSON or GeoJSON. The first row names the columns."),
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
        error_messages={
            "required": gettext_lazy("Choose the file with the list."),
            "empty": gettext_lazy("The file is empty. Check that it was saved, and bring it again."),
        },
    )
    source_name = forms.CharField(
        label=gettext_lazy("Name of the list"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("Stands as the source beside each value, for everybody. Empty: the name of the file."),
    )
    country = forms.ChoiceField(label=COUNTRY_LABEL, required=False)
    strict = forms.BooleanField(
        label=gettext_lazy("Import all rows or none: refuse the whole list if one row has an error"), required=False
    )
    exact = forms.BooleanField(
        label=gettext_lazy("Exact names: take no row for an organisation whose name only resembles its own"),
        required=False,
    )

    def __init__(self, *args: Any, too_large: bool = False, most_mb: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = country_choices()  # type: ignore[attr-defined]
        if too_large:
            message = _("The file is larger than %(most)s MB. Split it, or keep only the columns that are needed.")
            self.fields["file"].error_messages["required"] = message % {"most": most_mb}

    def options(self) -> Options:
        """How the file is to be read."""
        country = self.cleaned_data["country"]
        return Options(
            strict=self.cleaned_data["strict"],
            exact=self.cleaned_data["exact"],
            set={"country": country} if country else {},
            source_name=self.cleaned_data["source_name"],
        )


class ColumnsForm(forms.Form):
    """For each heading of the file, which of our columns it is, and the country for rows that name none."""

    country = forms.ChoiceField(label=COUNTRY_LABEL, required=False)

    def __init__(self, *args: Any, run: Import, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = country_choices()  # type: ignore[attr-defined]
        self.fields["country"].initial = run.options.get("set", {}).get("country", "")
        self.headings: Sequence[tuple[str, Sequence[str]]] = [
            (heading, samples) for heading, samples in run.options.get("headings", [])
        ]
        known = {heading: name for name, heading in run.options.get("columns", {}).items()}
        told = run.options.get("map", {})
        choices = [("", _("Leave out")), *((column.name, str(IMPORT_TITLES[column.name])) for column in COLUMNS)]
        for place, (heading, samples) in enumerate(self.headings):
            field = forms.ChoiceField(choices=choices, required=False, label=heading, help_text=" · ".join(samples))
            field.initial = told.get(heading) or known.get(heading, "")
            self.fields[f"column_{place}"] = field

    def clean(self) -> dict[str, Any]:
        """Each column of ours once, and one that names the organisation."""
        cleaned: dict[str, Any] = super().clean() or {}
        taken: dict[str, str] = {}
        for place, (heading, _samples) in enumerate(self.headings):
            name = cleaned.get(f"column_{place}", "")
            if name in taken:
                first = taken[name]
                self.add_error(f"column_{place}", _("“%(heading)s” has this meaning already.") % {"heading": first})
            elif name:
                taken[name] = heading
        if "name" not in taken and "id" not in taken and not self.errors:
            self.add_error(None, _("Say which column holds the name of the organisation."))
        return cleaned

    def columns(self) -> list[BoundField]:
        """The fields of the file's columns, in their order."""
        return [self[f"column_{place}"] for place in range(len(self.headings))]

    def fixed(self) -> dict[str, str]:
        """What stands for rows that say nothing."""
        country = self.cleaned_data["country"]
        return {"country": country} if country else {}

    def mapping(self) -> dict[str, str]:
        """Heading → column of ours."""
        chosen = ((heading, self.cleaned_data[f"column_{place}"]) for place, (heading, _s) in enumerate(self.headings))
        return {heading: name for heading, name in chosen if name}
