"""What the first page and the hub's first page show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from convener.foundation.actor import PUBLIC, Actor
from convener.foundation.filters import Filters
from convener.foundation.parties.models import Party
from convener.foundation.search.pages import HUB_SIDE as HUB_SEARCH
from convener.foundation.search.pages import PUBLIC_SIDE as SEARCH
from convener.foundation.ui.components import Task
from convener.foundation.vocabularies import vocabulary
from convener.rooms.directory.models import Kind
from convener.rooms.directory.pages import maps
from convener.rooms.directory.pages.doing import list_actions
from convener.rooms.directory.pages.sides import HUB_SIDE, PUBLIC_SIDE
from convener.rooms.directory.queries import visible
from convener.rooms.directory.queries.imports import waiting
from convener.rooms.directory.queries.listing import listing, total
from convener.rooms.library.pages.sides import HUB_SIDE as HUB_LIBRARY
from convener.rooms.library.pages.sides import PUBLIC_SIDE as LIBRARY
from convener.rooms.library.queries import guidance, practices

#: Stages of a partnership at which nobody looks for advice on the first page.
ENDED = frozenset({"closed", "withdrawn"})


def home_context() -> dict[str, Any]:
    """The map and the numbers of what everybody may see."""
    found = listing(PUBLIC, Kind.ORGANISATION, Filters(), per_page=0, cell_level=maps.WORLD_LEVEL, facets=False)
    address = PUBLIC_SIDE.to("list")
    drawn = maps.map_of(found, Filters(), Kind.ORGANISATION, address)
    return {
        "organisations": found.total,
        "countries": len(found.places),
        "tools": total(PUBLIC, Kind.TOOL),
        "initiatives": total(PUBLIC, Kind.INITIATIVE),
        "map": drawn.map,
        "map_table": drawn.table,
        "practices": practices.total(PUBLIC),
        "pieces": guidance.total(PUBLIC),
        "list_href": address,
        "tools_href": PUBLIC_SIDE.to("tools"),
        "initiatives_href": PUBLIC_SIDE.to("initiatives"),
        "practices_href": LIBRARY.to("practices"),
        "guidance_href": LIBRARY.to("guidance"),
        "search_href": SEARCH.to("results"),
        "suggest_href": SEARCH.to("suggest"),
        "stages": [
            (term.label, LIBRARY.to("guidance", query=f"stage={term.key}"))
            for term in vocabulary("stages").terms.values()
            if term.key not in ENDED
        ],
    }


def hub_context(actor: Actor) -> dict[str, Any]:
    """What there is to do for the actor, and the ways to the rest."""
    return {
        "tasks": [*_own_entry(actor), *_secretariat(actor)],
        "actions": list_actions(actor),
        "search_href": HUB_SEARCH.to("results"),
        "suggest_href": HUB_SEARCH.to("suggest"),
        "saved_href": HUB_SEARCH.to("saved"),
        "practices_href": HUB_LIBRARY.to("practices"),
        "guidance_href": HUB_LIBRARY.to("guidance"),
        "list_href": HUB_SIDE.to("list"),
        "tools_href": HUB_SIDE.to("tools"),
        "initiatives_href": HUB_SIDE.to("initiatives"),
    }


def _own_entry(actor: Actor) -> Sequence[Task]:
    """The entry of the organisation acted for: whether it is there, and when it was last confirmed."""
    if actor.party_id is None or not actor.is_member or actor.runs_the_hub:
        return ()
    profile = visible.visible_to(actor).filter(pk=actor.party_id).first()
    title = _("The entry of your organisation")
    if profile is None:
        name = Party.objects.values_list("name", flat=True).filter(pk=actor.party_id).first()
        hint = _("Ask the secretariat to add %(name)s to the directory.") % {"name": name or ""}
        return (Task(title, _("Not in the directory"), "warn", hint=hint),)
    href = HUB_SIDE.organisation(profile.party.public_id)
    if profile.last_confirmed is None:
        hint = _("Look through it, correct it, and enter today as the day it was confirmed.")
        return (Task(title, _("Not confirmed yet"), "warn", href, hint),)
    return (Task(title, _("Confirmed"), "good", href),)


def _secretariat(actor: Actor) -> Sequence[Task]:
    """What the people who run the hub look after."""
    if not actor.runs_the_hub:
        return ()
    pending = waiting(actor)
    imports = Task(
        _("Imports that wait for your yes"),
        _("%(count)s waiting") % {"count": pending} if pending else _("None"),
        "warn" if pending else "good",
        HUB_SIDE.to("imports"),
    )
    return (imports,)
