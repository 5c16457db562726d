"""Keeping searches: everybody's are their own, and go with their account."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from convener.errors import InvalidValue, NotAllowed, NotFound, Refused
from convener.foundation.accounts.actions.erasure import on_erasure
from convener.foundation.accounts.models import User
from convener.foundation.actor import Actor
from convener.foundation.filters import Filters
from convener.foundation.search.asking import ask, read_filters
from convener.foundation.search.models import SavedSearch

MOST_KEPT = 50


def saved_by(actor: Actor) -> list[SavedSearch]:
    """The searches that the actor keeps, by name."""
    return list(SavedSearch.objects.filter(user_id=actor.user_id)) if actor.user_id else []


def one(actor: Actor, key: uuid.UUID) -> SavedSearch:
    """A search of the actor's own. Raises NotFound for any other."""
    found = SavedSearch.objects.filter(pk=key, user_id=actor.user_id).first() if actor.user_id else None
    if found is None:
        raise NotFound(_("You keep no such search."), hint=_("Your searches are listed at “Saved searches”."))
    return found


def filters_of(search: SavedSearch) -> Filters:
    """The words and filters that a kept search stands for."""
    return read_filters(QueryDict(search.query))


def keep(name: str, filters: Filters, *, actor: Actor, language: str = "en") -> SavedSearch:
    """Keep a search under ``name``; the same search again only counts anew. Raises NotAllowed, InvalidValue or Refused."""
    if actor.user_id is None:
        raise NotAllowed(_("Only people with an account keep searches."), hint=_("Sign in first."))
    name = " ".join(name.replace("\x00", "").split())
    if not name or len(name) > 120:
        raise InvalidValue("name", _("A name has 1 to 120 characters."), hint=_("Give the search a short name."))
    query = filters.query_string()
    if not query or len(query) > 2_000:
        raise Refused(_("There is nothing to keep in this search."), hint=_("Enter words or choose a filter first."))
    found = ask(actor, filters, language=language, limit=1, counted=False).total
    values = {"query": query, "language": language, "seen_total": found, "seen_at": timezone.now()}
    with transaction.atomic():
        User.objects.select_for_update().get(pk=actor.user_id)  # so that two at once do not both pass as the last
        _check_room(actor.user_id, name, query)
        search, _made = SavedSearch.objects.update_or_create(user_id=actor.user_id, name=name, defaults=values)
    return search


def _check_room(user_id: uuid.UUID, name: str, query: str) -> None:
    """Raise InvalidValue where another search has the name, Refused where the person keeps enough."""
    kept = SavedSearch.objects.filter(user_id=user_id)
    if kept.filter(name=name).exclude(query=query).exists():
        raise InvalidValue(
            "name",
            _("You keep another search under this name."),
            hint=_("Choose another name, or delete that one first."),
        )
    if kept.count() >= MOST_KEPT and not kept.filter(name=name).exists():
        raise Refused(
            _("You keep %(count)s searches, which are the most.") % {"count": MOST_KEPT}, hint=_("Delete one first.")
        )


def total_of(search: SavedSearch, actor: Actor) -> int:
    """How many records it finds now. Raises NotReady."""
    return ask(actor, filters_of(search), language=search.language, limit=1, counted=False).total


def look_at(search: SavedSearch, *, actor: Actor) -> str:
    """Note that its owner looks at it now; the query part of its address."""
    search.seen_total = total_of(search, actor)
    search.seen_at = timezone.now()
    search.save(update_fields=["seen_total", "seen_at"])
    return search.query


def forget(search: SavedSearch) -> None:
    """Delete it."""
    search.delete()


def _erase(user: User) -> None:
    SavedSearch.objects.filter(user=user).delete()


on_erasure("search", _erase)
