"""Names of what the library's pages show, and its texts: in the reader's language, or marked as English."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy

from convener.foundation.ui.components import Text
from convener.foundation.ui.faceting import Faceting, Label
from convener.foundation.vocabularies import FALLBACK, in_language, vocabulary
from convener.rooms.directory.pages import labels as directory
from convener.rooms.library.queries.guidance import HIDDEN, NOTED
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
    "here": gettext_lazy("On this hub"),
}
_CHOICES: Mapping[str, Mapping[str, Text]] = {
    "results": {WITH_FIGURES: gettext_lazy("With figures"), WITHOUT_FIGURES: gettext_lazy("Without figures")},
    "here": {HIDDEN: gettext_lazy("Hidden"), NOTED: gettext_lazy("With a note")},
}
_VOCABULARIES = {"stage": "stages", "audience": "audiences", "kind": "guidance-kinds", "topic": "guidance-topics"}


def facet_label(facet: str) -> Label:
    """The function that names the values of a facet."""
    if facet in _VOCABULARIES:
        return vocabulary(_VOCABULARIES[facet]).label
    if facet in _CHOICES:
        return lambda value: str(_CHOICES[facet].get(value, value))
    return directory.facet_label("part" if facet == "sector" else facet)


FACETING = Faceting(FACET_TITLES, facet_label, {"stage": lambda: vocabulary("stages").terms})


Texts = dict[str, str]


def text_in(texts: Texts | None) -> SafeString | str:
    """A text in the reader's language; where there is none, the English one, marked as such."""
    text = in_language(texts)
    return in_english(text) if language_of(texts) else text


def in_english(text: str) -> SafeString:
    """English words in a page of any language, set apart from what stands around them."""
    return format_html('<span lang="{}" dir="ltr">{}</span>', FALLBACK, text)


def language_of(texts: Texts | None) -> str:
    """The language in which :func:`text_in` gives a text, where it is not the page's; else empty."""
    language = (get_language() or FALLBACK).split("-")[0]
    return "" if not texts or texts.get(language) else FALLBACK


def marks_of(texts: Texts | None) -> SafeString:
    """The attributes of an element that holds such a text and nothing else: its language, and the way it runs."""
    language = language_of(texts)
    return format_html(' lang="{}" dir="ltr"', language) if language else SafeString("")


def paragraph(texts: Texts | None) -> SafeString | str:
    """A text as a paragraph that begins where its language does; empty for none."""
    text = in_language(texts)
    return format_html("<p{}>{}</p>", marks_of(texts), text) if text else ""


def text_list(many: Sequence[Texts], tag: str = "ul") -> SafeString | str:
    """Texts as a list, with its marks on the side where their language begins; empty for none."""
    if not many:
        return ""
    marks = marks_of(many[0]) if all(language_of(texts) for texts in many) else SafeString("")
    items = format_html_join("", "<li>{}</li>", ((in_language(one) if marks else text_in(one),) for one in many))
    return format_html("<{0}{1}>{2}</{0}>", tag, marks, items)
