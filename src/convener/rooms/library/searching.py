"""The library's records in the search: practices and guidance."""

from __future__ import annotations

import functools
import uuid
from collections.abc import Iterable, Mapping, Sequence

from django.utils.translation import gettext_lazy as _

from convener.engines.words import LANGUAGES
from convener.foundation.actor import PUBLIC, Actor
from convener.foundation.search.registration import register, register_facet
from convener.foundation.search.registry import EVERYONE, Entry, Hit, SearchFacet, Source
from convener.foundation.search.translating import register_parallel
from convener.foundation.ui.components import ResultCard
from convener.foundation.vocabularies import in_language, vocabulary
from convener.rooms.directory.models import Kind
from convener.rooms.directory.queries.index import TOPICS
from convener.rooms.directory.searching import SHARED_FACETS, access_for, words_for
from convener.rooms.library.content import GUIDANCE_CHANGED, PRACTICE_CHANGED
from convener.rooms.library.models import Guidance, Practice
from convener.rooms.library.pages import guidance as guidance_pages
from convener.rooms.library.pages.labels import FACET_TITLES, facet_label, language_of
from convener.rooms.library.pages.practices import card
from convener.rooms.library.pages.sides import HUB_SIDE, PUBLIC_SIDE
from convener.rooms.library.queries.practices import text_of
from convener.rooms.library.queries.visible import guidance_visible_to, practices_visible_to


def _practice_entries(keys: Sequence[str]) -> Iterable[Entry]:
    found = (
        Practice.objects.filter(pk__in=[uuid.UUID(key) for key in keys])
        .select_related("initiative")
        .prefetch_related("results")
    )
    for practice in found:
        initiative = practice.initiative
        values = initiative.facet_terms.split("\n") if initiative.facet_terms else []
        yield Entry(
            key=str(practice.pk),
            access=access_for(initiative.visibility, initiative.owner_id),
            names=[initiative.name, *initiative.other_names],
            texts=text_of(practice),
            words=words_for(values),
            terms=[value for value in values if value.partition(":")[0] in SHARED_FACETS],
        )


def _practice_hits(actor: Actor, keys: Sequence[str], public: bool) -> Mapping[str, Hit]:
    side = PUBLIC_SIDE if public else HUB_SIDE
    found = practices_visible_to(actor).filter(pk__in=[uuid.UUID(key) for key in keys]).prefetch_related("results")
    return {str(practice.pk): _practice_hit(practice, card(practice, side)) for practice in found}


def _practice_hit(practice: Practice, shown: ResultCard) -> Hit:
    return Hit(
        id=practice.initiative.slug,
        name=shown.name,
        href=shown.href,
        meta=shown.meta,
        texts=[(in_language(practice.summary), shown.language), (text_of(practice)["en"], "en")],
        badges=shown.badges,
    )


@functools.cache
def _words_for(name: str, key: str) -> Mapping[str, str]:
    term = vocabulary(name).terms.get(key)
    return {} if term is None else term.labels


def _guidance_entries(keys: Sequence[str]) -> Iterable[Entry]:
    for piece in Guidance.objects.filter(pk__in=keys):
        named = [_words_for("guidance-topics", piece.topic), _words_for("guidance-kinds", piece.kind)]
        yield Entry(
            key=str(piece.pk),
            access=[] if piece.hidden else [EVERYONE],
            names=list(piece.title.values()),
            texts={
                code: " ".join(
                    [
                        piece.title.get(code, ""),
                        piece.text.get(code, ""),
                        *(labels.get(code, "") for labels in named),
                    ]
                )
                for code in LANGUAGES
            },
            terms=[f"stage:{stage}" for stage in piece.stages],
        )


def _guidance_hits(actor: Actor, keys: Sequence[str], public: bool) -> Mapping[str, Hit]:
    side = PUBLIC_SIDE if public else HUB_SIDE
    return {
        str(piece.pk): Hit(
            id=piece.slug,
            name=in_language(piece.title),
            href=side.to("piece", piece.slug),
            meta=[facet_label("kind")(piece.kind), facet_label("topic")(piece.topic)],
            texts=[(in_language(piece.text), language_of(piece.text))],
            badges=[badge for badge in guidance_pages.badges(piece) if badge.tone == "bad"],
        )
        for piece in guidance_visible_to(actor).filter(pk__in=keys)
    }


def _parallel_texts() -> Iterable[Mapping[str, str]]:
    """What the library says in several languages to everybody: what is hidden must not show in a translation."""
    for (titles,) in guidance_visible_to(PUBLIC).order_by("place").values_list("title"):
        yield titles
    for (summary,) in practices_visible_to(PUBLIC).order_by("initiative__slug").values_list("summary"):
        yield summary


def register_all() -> None:
    """Make the library findable."""
    register_parallel("library", _parallel_texts, (GUIDANCE_CHANGED, PRACTICE_CHANGED, TOPICS[Kind.INITIATIVE]))
    register_facet(
        SearchFacet(
            "stage",
            FACET_TITLES["stage"],
            lambda: vocabulary("stages").terms,
            lambda value: facet_label("stage")(value),
            in_order=True,
        )
    )
    register(
        Source(
            kind="practice",
            title=_("Practices"),
            topics=frozenset({PRACTICE_CHANGED, TOPICS[Kind.INITIATIVE]}),
            keys=lambda: map(str, Practice.objects.order_by("pk").values_list("pk", flat=True).iterator()),
            entries=_practice_entries,
            hits=_practice_hits,
            supersedes=Kind.INITIATIVE.value,
        )
    )
    register(
        Source(
            kind="guidance",
            title=_("Guidance"),
            topics=frozenset({GUIDANCE_CHANGED}),
            keys=lambda: map(str, Guidance.objects.order_by("pk").values_list("pk", flat=True).iterator()),
            entries=_guidance_entries,
            hits=_guidance_hits,
        )
    )
