"""Values of the canonical columns as people read them, and where they came from."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from convener.foundation.actor import Actor
from convener.foundation.parties.models import PartyIdentifier, PartyName, Source
from convener.foundation.ui.components import Text
from convener.foundation.vocabularies import countries
from convener.rooms.directory.actions.editing import EDITOR_TITLES
from convener.rooms.directory.columns import BY_NAME, DATE
from convener.rooms.directory.pages.labels import column_label, language_name

IDENTIFIERS = ("registration_number", "lei", "org_id", "source_ids")
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur", "ps", "ckb", "dv", "yi"})
UNKNOWN_TITLE = gettext_lazy("Source not recorded")


def shown(name: str, value: Any) -> list[str]:
    """A value of column ``name``, as JSON keeps it, in words; an empty one gives an empty list."""
    if value in (None, "", []):
        return []
    if name in IDENTIFIERS:
        return [identifier(*key) for key in value]
    if isinstance(value, list):
        label = column_label(name)
        return sorted(label(str(one)) for one in value)
    if BY_NAME[name].kind == DATE:
        return [date_in_words(str(value))]
    return [column_label(name)(str(value))]


def identifier(scheme: str, jurisdiction: str, value: str) -> str:
    """A number by which others know an organisation, with the register or list it is from."""
    if scheme == PartyIdentifier.REGISTRATION:
        return f"{value} ({countries().label(jurisdiction)})"
    if scheme.startswith(PartyIdentifier.SOURCE_PREFIX):
        return f"{scheme.removeprefix(PartyIdentifier.SOURCE_PREFIX)}: {value}"
    return value


def date_in_words(text: str) -> str:
    """An ISO date, whole or cut ('2019', '2019-05'), as the language writes it; other texts as they are."""
    try:
        return date_format(dt.date.fromisoformat(text), "DATE_FORMAT")
    except ValueError:
        return text


def web_link(address: str) -> SafeString | str:
    """A link to a website elsewhere; anything but http and https stays text."""
    if not address.startswith(("https://", "http://")):
        return address
    words = address.split("//", 1)[1].rstrip("/")
    return format_html('<a href="{}" rel="nofollow noopener external">{}</a>', address, words)


def mail_link(address: str) -> SafeString:
    """A link that opens the reader's mail program."""
    return format_html('<a href="mailto:{}">{}</a>', address, address)


def record_link(href: str, name: str, note: Text = "") -> SafeString:
    """A link to another record, and a word about it."""
    link = format_html('<a href="{}"><bdi>{}</bdi></a>', href, name)
    return format_html('{} <span class="muted">({})</span>', link, note) if note else link


def name_in_language(name: PartyName) -> SafeString:
    """Another name, marked with its language and direction, followed by what kind of name it is."""
    language = name.language.split("-")[0].lower()
    written = name.text
    marked: SafeString
    if language:
        direction = "rtl" if language in RIGHT_TO_LEFT else "ltr"
        marked = format_html('<span lang="{}" dir="{}">{}</span>', name.language, direction, written)
    else:
        marked = format_html('<span dir="auto">{}</span>', written)
    notes = [str(name.get_kind_display())] + ([language_name(language)] if language else [])
    between = pgettext("between two notes in brackets", ", ")
    return format_html('{} <span class="muted">({})</span>', marked, between.join(notes))


class Sources:
    """Where the values of one organisation came from: read in one query, numbered in the order they are asked for.

    ``told`` is the list of sources as the page prints it at its end; each value names its source by number.
    """

    def __init__(self, provenance: Mapping[str, Mapping[str, Any]], actor: Actor) -> None:
        self._provenance = provenance
        self._actor = actor
        self.told: list[str] = []
        self._sources = Source.objects.in_bulk(list(_keys(provenance.values())))

    def of(self, *names: str) -> int:
        """The number (from 1) of the source of the first of these columns that has one; 0 where none was noted."""
        entry = next((self._provenance[name] for name in names if self._provenance.get(name)), None)
        if entry is None:
            return 0
        words = self._in_words(entry)
        if words not in self.told:
            self.told.append(words)
        return self.told.index(words) + 1

    def _in_words(self, entry: Mapping[str, Any]) -> str:
        source = next((self._sources[key] for key in _keys([entry]) if key in self._sources), None)
        parts = [self._title(source)]
        if entry.get("ref") and (self._actor.runs_the_hub or (source and source.kind == Source.Kind.DOCUMENT)):
            parts.append(str(entry["ref"]))
        if entry.get("on"):
            parts.append(date_in_words(str(entry["on"])))
        return ", ".join(parts)

    def _title(self, source: Source | None) -> str:
        if source is None:
            return str(UNKNOWN_TITLE)
        if source.kind == Source.Kind.EDIT:
            return str(EDITOR_TITLES.get(source.key, source.title))
        if source.kind == Source.Kind.IMPORT:
            return _("List “%(name)s”") % {"name": source.title}
        return source.title


def _keys(entries: Iterable[Mapping[str, Any]]) -> set[uuid.UUID]:
    keys = set()
    for entry in entries:
        try:
            keys.add(uuid.UUID(str(entry.get("source"))))
        except ValueError:
            continue
    return keys


def coordinates(latitude: float, longitude: float) -> str:
    """A place in degrees, as precise as is of use to a person (four decimals: some ten metres)."""
    return f"{format_degrees(latitude)}, {format_degrees(longitude)}"


def format_degrees(value: float) -> str:
    """Degrees with a point and at most four decimals, in every language: they are copied into other programs."""
    return f"{value:.4f}".rstrip("0").rstrip(".")
