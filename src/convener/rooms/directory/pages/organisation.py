"""An organisation's page: what the actor may see of it, each value with its source and date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from convener.engines.identifiers import read_public_id
from convener.errors import InvalidValue, NotFound
from convener.foundation.actor import Actor
from convener.foundation.audit.models import Tombstone
from convener.foundation.parties.models import PartyIdentifier, PartyName
from convener.foundation.parties.queries import by_public_id, no_such_organisation
from convener.foundation.ui.components import SummaryRow, Text
from convener.foundation.ui.maps import basemap
from convener.rooms.directory import columns
from convener.rooms.directory.actions.drafts import KIND, column_of_scheme
from convener.rooms.directory.models import Kind, Profile, Visibility
from convener.rooms.directory.pages import maps, values
from convener.rooms.directory.pages.cards import organisation_badges, other_language
from convener.rooms.directory.pages.labels import COLUMN_TITLES, KIND_TITLES, role_label
from convener.rooms.directory.pages.sides import Side
from convener.rooms.directory.pages.values import Sources
from convener.rooms.directory.queries import visible

WORK = ("industries", "sector", "issues", "exploitation", "services", "models", "workstreams", "outputs")
REACH = ("scope", "countries", "regions")


@dataclass(frozen=True)
class Found:
    """What an address leads to: an entry, or the tombstone of one that was removed."""

    profile: Profile | None
    removed: bool = False


def find(text: str, actor: Actor) -> Found:
    """The entry of a public ID as somebody wrote it.

    Raises NotFound for a mistyped ID, with a hint what was meant; and, always in the same words, for one that nobody
    has and for an entry that the actor may not know of.
    """
    try:
        party = by_public_id(text)
    except InvalidValue as error:
        raise NotFound(error.message, hint=error.hint) from error
    except NotFound:
        if _is_removed(text):
            return Found(None, removed=True)
        raise
    profile = visible.visible_to(actor).filter(pk=party.pk).first()
    if profile is None:
        raise no_such_organisation()
    return Found(profile)


def _is_removed(text: str) -> bool:
    return Tombstone.objects.filter(kind=KIND, public_id=read_public_id(text)).exists()


def context(profile: Profile, actor: Actor, side: Side) -> dict[str, Any]:
    """Everything the page shows."""
    entry = Entry(profile, actor, side)
    party = profile.party
    api = f"/api/v1/organisations/{party.public_id}"
    return {
        "layout": side.layout,
        "profile": profile,
        "party": party,
        "badges": organisation_badges(profile),
        "summary_language": other_language(profile.summary_language),
        "summary_source": entry.sources.of("summary") if profile.summary else 0,
        "sections": entry.sections(),
        "sources": entry.sources.told,
        "minimap": entry.minimap(),
        "list_href": side.to("list"),
        "list_title": KIND_TITLES[Kind.ORGANISATION],
        "json_href": api if profile.visibility == Visibility.PUBLIC else "",
        "keeps": visible.keeps(actor, party),
    }


class Entry:
    """One entry as one actor sees it. Reads names, identifiers, sources, initiatives and tools: a query each."""

    def __init__(self, profile: Profile, actor: Actor, side: Side) -> None:
        self.profile, self.party, self.actor, self.side = profile, profile.party, actor, side
        self.seen = {column.name: column for column in visible.columns_seen(actor, profile)}
        self.sources = Sources(profile.party.provenance, actor)
        self.identifiers = list(PartyIdentifier.objects.filter(party=self.party).order_by("scheme", "value"))

    def sections(self) -> list[tuple[str, str, Sequence[SummaryRow]]]:
        """The parts of the page: key, title, rows. Parts without a row are left out."""
        parts = [
            ("who", _("Who they are"), self._who()),
            ("work", _("What they do"), self._plain(WORK)),
            ("place", _("Where"), [*self._plain(REACH), *self._place()]),
            ("contact", _("Contact"), self._contact()),
            ("with", _("With whom, and what for"), self._together()),
            ("entry", _("About this entry"), self._about()),
        ]
        return [(key, title, rows) for key, title, rows in parts if rows]

    def minimap(self) -> SafeString | None:
        """The country with the place in it, where there is a place that the actor may see."""
        profile, country = self.profile, self.party.country
        if "latitude" not in self.seen or profile.latitude is None or profile.longitude is None:
            return None
        if country not in basemap():
            return None
        return maps.place_map(profile.latitude, profile.longitude, country, self.party.name)

    def _who(self) -> list[SummaryRow]:
        others = PartyName.objects.filter(party=self.party).order_by("kind", "text")
        names = [self._with_own_source("aliases", name.text, values.name_in_language(name)) for name in others]
        rows = [*self._plain(("type", "country")), self._row("aliases", names)]
        rows += [self._identifier_row(name) for name in values.IDENTIFIERS if name in self.seen]
        rows += self._plain(("size", "status") if self.party.status != self.party.Status.ACTIVE else ("size",))
        return [row for row in rows if row.values]

    def _identifier_row(self, name: str) -> SummaryRow:
        mine = [row for row in self.identifiers if column_of_scheme(row.scheme) == name]
        told = [
            self._with_own_source(
                name,
                (row.scheme, row.jurisdiction, row.value),
                values.identifier(row.scheme, row.jurisdiction, row.value),
            )
            for row in mine
        ]
        return self._row(name, told)

    def _with_own_source(self, name: str, value: str | Sequence[str], words: Text) -> Text:
        """A value followed by its source where it is from elsewhere than the others of its column."""
        number = self.sources.of(columns.value_key(name, value))
        if not number:
            return words
        return format_html(
            '{} <span class="source">{} <a href="#source-{}">{}</a></span>', words, _("Source:"), number, number
        )

    def _plain(self, names: Sequence[str]) -> list[SummaryRow]:
        rows = [self._row(name, self._told(name)) for name in names if name in self.seen]
        return [row for row in rows if row.values]

    def _told(self, name: str) -> list[Text]:
        value = self._value(name)
        if not self.seen[name].is_list:
            return list(values.shown(name, value))
        told = sorted((words, one) for one in value for words in values.shown(name, [one]))
        return [self._with_own_source(name, one, words) for words, one in told]

    def _value(self, name: str) -> Any:
        holder, attribute = self.seen[name].attribute.split(".")
        return getattr(self.party if holder == "party" else self.profile, attribute)

    def _row(self, name: str, value: Sequence[Text]) -> SummaryRow:
        return self._sourced(COLUMN_TITLES[name], value, name)

    def _sourced(self, title: Text, value: Sequence[Text], *names: str) -> SummaryRow:
        """A row that leads to the source of its value."""
        number = self.sources.of(*names) if any(value) else 0
        href = f"#source-{number}" if number else ""
        return SummaryRow(title, list(value), source=str(number or ""), source_href=href)

    def _place(self) -> list[SummaryRow]:
        if "address" not in self.seen:
            return []
        profile = self.profile
        rows = [self._row("address", [profile.address]), self._row("city", [profile.city])]
        if profile.latitude is not None and profile.longitude is not None:
            where = values.coordinates(profile.latitude, profile.longitude)
            rows.append(self._sourced(_("Latitude, longitude"), [where], "latitude", "longitude"))
        return [row for row in rows if row.values]

    def _contact(self) -> list[SummaryRow]:
        profile = self.profile
        rows = [self._row("website", [values.web_link(profile.website)] if profile.website else [])]
        if columns.CONTACT in {column.part for column in self.seen.values()}:
            rows.append(self._row("email", [values.mail_link(profile.email)] if profile.email else []))
            rows.append(self._row("phone", [profile.phone]))
        rows += self._plain(("languages",))
        return [row for row in rows if row.values]

    def _together(self) -> list[SummaryRow]:
        side = self.side
        rows = [
            SummaryRow(_("Takes part in"), initiatives_of(self.profile, self.actor, side)),
            SummaryRow(_("Provides"), tools_of(self.profile, self.actor, side)),
        ]
        return [row for row in rows if row.values]

    def _about(self) -> list[SummaryRow]:
        rows = [SummaryRow(COLUMN_TITLES["id"], self.party.public_id), *self._plain(("last_confirmed",))]
        if not self.profile.last_confirmed:
            rows.append(SummaryRow(COLUMN_TITLES["last_confirmed"], _("Not confirmed yet")))
        return rows + self._plain(("visibility", "place_visibility", "contact_visibility"))


def initiatives_of(profile: Profile, actor: Actor, side: Side) -> list[Text]:
    """The initiatives an organisation takes part in that the actor may see, each with its roles."""
    visible_ones = visible.initiatives_visible_to(actor).filter(members__party_id=profile.pk)
    rows = visible_ones.values_list("slug", "name", "members__role").order_by("sort_name", "pk", "members__role")
    roles: dict[tuple[str, str], list[str]] = {}
    for slug, name, role in rows:
        roles.setdefault((slug, name), []).append(role_label(role))
    return [
        values.record_link(side.to("initiative", slug), name, ", ".join(found)) for (slug, name), found in roles.items()
    ]


def tools_of(profile: Profile, actor: Actor, side: Side) -> list[Text]:
    """The tools an organisation provides that the actor may see."""
    tools = visible.tools_visible_to(actor).filter(providers=profile.pk).order_by("sort_name", "pk")
    return [values.record_link(side.to("tool", tool.slug), tool.name) for tool in tools]
