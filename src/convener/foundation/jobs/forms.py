"""What to look for among the jobs."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from convener.foundation.actor import Actor
from convener.foundation.jobs.queries import JobSearch, names_kept

STATES = [
    ("", _("All")),
    ("open", _("Waiting or running")),
    ("failed", _("Failed")),
    ("done", _("Done")),
]


class JobsForm(forms.Form):
    """Which jobs to show."""

    state = forms.ChoiceField(label=_("State"), required=False, choices=STATES)
    name = forms.ChoiceField(
        label=_("Job"), required=False, help_text=_("Choose a repeating one to see each of its turns.")
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["name"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", gettext("All")), *((name, name) for name in names_kept(actor))]

    def search(self) -> JobSearch:
        """What was asked for; all where it was not understood."""
        return JobSearch(**self.cleaned_data) if self.is_valid() else JobSearch()

    @property
    def is_narrowed(self) -> bool:
        """Whether anything was asked for."""
        return self.search() != JobSearch()
