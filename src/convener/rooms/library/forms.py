"""The form for the hub's note on a piece of guidance."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from convener.rooms.library.actions.guidance import MOST_NOTE


class NoteForm(forms.Form):
    """A note in plain text; empty takes it away."""

    note = forms.CharField(
        label=_("Note of this hub"),
        help_text=_(
            "What your members should know besides: a law of your country, a person to ask, your own experience."
        ),
        required=False,
        max_length=MOST_NOTE,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )
