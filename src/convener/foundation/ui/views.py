"""The style guide: every component with sample data, so that a person can look at all of them at once."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from convener.foundation.ui import samples


def styleguide(request: HttpRequest) -> HttpResponse:
    """Show every component in the page's language. Who may see it is decided where the address is wired."""
    return render(request, "ui/styleguide.html", samples.context())
