"""The page for translators: how far each language is, what waits for a review, and the catalogue to work on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from convener.engines.values.folding import folded
from convener.foundation.actor import PUBLIC
from convener.foundation.i18n import catalogues
from convener.foundation.ui.components import Text
from convener.foundation.ui.pages import page_number
from convener.foundation.vocabularies import countries, regions, vocabulary, vocabulary_names
from convener.rooms.library.queries.visible import guidance_visible_to, practices_visible_to

PER_PAGE = 50
SHOWN: dict[str, Text] = {
    "": gettext_lazy("All strings"),
    "unreviewed": gettext_lazy("To be reviewed"),
    "missing": gettext_lazy("Without translation"),
}
#: What a program reads in a string, a tag or the place of a value: it runs from left to right in every language.
_CODE = re.compile(r"(</?\w[^<>]*>|%%|%(?:\(\w+\))?[sdif]|\{\w*\})")


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Every language, how far its interface and its content are."""
    return render(request, "site/translations.html", {"languages": _languages(), "content": _content()})


def _languages() -> list[dict[str, Any]]:
    names = dict(settings.LANGUAGES)
    return [
        {
            "code": state.language,
            "name": names[state.language],
            "state": state,
            "href": reverse("translation", args=[state.language]),
            "file_href": reverse("translation_file", args=[state.language]),
        }
        for state in map(catalogues.state_of, catalogues.languages())
    ]


def _content() -> list[dict[str, Any]]:
    """What stands in content files: how many texts of each kind there are, and how many each language has."""
    terms = [term.labels for name in vocabulary_names() for term in vocabulary(name).terms.values()]
    places = [term.labels for named in (countries(), regions()) for term in named.terms.values()]
    titles = list(guidance_visible_to(PUBLIC).values_list("title", flat=True))
    summaries = list(practices_visible_to(PUBLIC).values_list("summary", flat=True))
    kinds = [
        (_("Terms of the vocabularies"), terms),
        (_("Countries and regions"), places),
        (_("Titles of guidance"), titles),
        (_("Summaries of practices"), summaries),
    ]
    names = dict(settings.LANGUAGES)
    return [
        {
            "name": name,
            "total": len(texts),
            "by_language": [
                (names[code], sum(1 for text in texts if text.get(code))) for code in catalogues.languages()
            ],
        }
        for name, texts in kinds
    ]


@require_safe
def language(request: HttpRequest, code: str) -> HttpResponse:
    """The strings of one language beside the English, narrowed to what is left to do."""
    _require(code)
    wanted, words = request.GET.get("show", ""), folded(request.GET.get("q", "")[:200])
    wanted = wanted if wanted in SHOWN else ""
    lines = [line for line in catalogues.lines_of(code) if _is_shown(line, wanted, words)]
    page = Paginator(lines, PER_PAGE).get_page(page_number(request.GET.get("page")))
    context = {
        "code": code,
        "name": dict(settings.LANGUAGES)[code],
        "direction": "rtl" if code == "ar" else "ltr",
        "page_obj": page,
        "lines": [(in_pieces(line.english), in_pieces(line.translated), line) for line in page.object_list],
        "show": wanted,
        "choices": SHOWN.items(),
        "q": request.GET.get("q", "")[:200],
        "file_href": reverse("translation_file", args=[code]),
    }
    return render(request, "site/translation.html", context)


def in_pieces(text: str) -> SafeString:
    """A string as people read it, each tag and each place of a value whole and apart from the words around it."""
    return format_html_join("", "{}", ((piece,) for piece in _pieces(text)))


def _pieces(text: str) -> Iterator[SafeString]:
    for number, piece in enumerate(_CODE.split(text)):  # what is found stands between what is not
        yield format_html('<code dir="ltr">{}</code>', piece) if number % 2 else escape(piece)


def _is_shown(line: catalogues.Line, wanted: str, words: str) -> bool:
    if wanted == "unreviewed" and (line.reviewed or not line.translated):
        return False
    if wanted == "missing" and line.translated:
        return False
    return not words or words in folded(f"{line.english}\n{line.translated}")


@require_safe
def file(request: HttpRequest, code: str) -> HttpResponse:
    """The catalogue of a language, to be corrected and loaded again."""
    _require(code)
    text = str(catalogues.in_use(code))
    answer = HttpResponse(text, content_type="text/x-gettext-translation; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{code}.po"'
    return answer


def _require(code: str) -> None:
    if code not in catalogues.languages():
        raise Http404
