"""Names of what the library's pages show: facets and their values, units of figures, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from convener.foundation.ui.charts import format_count
from convener.foundation.ui.components import Text
from convener.foundation.ui.faceting import Faceting, Label
from convener.foundation.vocabularies import FALLBACK, vocabulary
from convener.rooms.directory.pages import labels as directory
from convener.rooms.library.models import PracticeResult
from convener.rooms.library.queries.practices import WITH_FIGURES, WITHOUT_FIGURES

FACET_TITLES: Mapping[str, Text] = {
    **{
        name: directory.FACET_TITLES[name]
        for name in ("part", "model", "purpose", "at", "industry", "issue", "exploitation", "region")
    },
    "results": gettext_lazy("Results"),
    "stage": gettext_lazy("Stage of a partnership"),
    "sector": gettext_lazy("Sector"),
    "audience": gettext_lazy("For whom"),
    "kind": gettext_lazy("Kind of advice"),
    "topic": gettext_lazy("Topic"),
}
_RESULTS: Mapping[str, Text] = {
    WITH_FIGURES: gettext_lazy("With figures"),
    WITHOUT_FIGURES: gettext_lazy("Without figures"),
}
_VOCABULARIES = {"stage": "stages", "audience": "audiences", "kind": "guidance-kinds", "topic": "guidance-topics"}


def facet_label(facet: str) -> Label:
    """The function that names the values of a facet."""
    if facet in _VOCABULARIES:
        return vocabulary(_VOCABULARIES[facet]).label
    if facet == "results":
        return lambda value: str(_RESULTS.get(value, value))
    return directory.facet_label("part" if facet == "sector" else facet)


FACETING = Faceting(FACET_TITLES, facet_label)


def text_in(texts: Mapping[str, str] | None) -> SafeString | str:
    """A text in the reader's language; where there is none, the English one, marked as such."""
    if not texts:
        return ""
    language = (get_language() or FALLBACK).split("-")[0]
    if texts.get(language):
        return texts[language]
    return format_html('<span lang="{}" dir="ltr">{}</span>', FALLBACK, texts.get(FALLBACK, ""))


def language_of(texts: Mapping[str, str] | None) -> str:
    """The language in which :func:`text_in` gives a text, where it is not the page's; else empty."""
    language = (get_language() or FALLBACK).split("-")[0]
    return "" if not texts or texts.get(language) else FALLBACK


def figure(result: PracticeResult) -> str:
    """The value of a result as people say it: "9 times as many", "more than 3,200 reports", "60 %"."""
    number = format_count(result.value)
    if result.unit == "percent":
        number = _("%(number)s %%") % {"number": number}
    elif result.unit == "times":
        number = ngettext("%(number)s time as many", "%(number)s times as many", int(result.value)) % {"number": number}
    elif len(result.unit) == 3 and result.unit.isupper():
        number = f"{result.unit} {number}"
    words = {
        PracticeResult.Qualifier.ABOUT: _("about %(number)s"),
        PracticeResult.Qualifier.MORE_THAN: _("more than %(number)s"),
        PracticeResult.Qualifier.AT_LEAST: _("at least %(number)s"),
        PracticeResult.Qualifier.UP_TO: _("up to %(number)s"),
    }
    pattern = words.get(PracticeResult.Qualifier(result.qualifier), "%(number)s")
    return pattern % {"number": number}
