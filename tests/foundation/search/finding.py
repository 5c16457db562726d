"""What the tests of the search ask, in one line each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from typing import Any

from django.db import transaction
from django.http import QueryDict
from django.test import Client

from convener.foundation.actor import HUB, Actor
from convener.foundation.outbox import consumers
from convener.foundation.outbox.actions import emit
from convener.foundation.search.asking import Answer, ask, read_filters
from convener.foundation.search.pages import HUB_SIDE, keyed_hits, suggestions
from convener.rooms.directory.models import Kind
from convener.rooms.directory.queries.index import TOPICS

NODE = "here"
PUBLIC, MEMBERS, API = "/en/search/", "/en/hub/search/", "/api/v1/search"


def answer(text: str = "", actor: Actor = HUB, *, language: str = "en", limit: int = 20, **filters: str) -> Answer:
    """What the index answers; ``filters`` as an address has them, several values with blanks between."""
    query = QueryDict(mutable=True)
    query["q"] = text
    for facet, values in filters.items():
        query.setlist(facet, values.split())
    return ask(actor, read_filters(query), language=language, limit=limit)


def found(text: str = "", actor: Actor = HUB, *, language: str = "en", limit: int = 20, **filters: str) -> list[str]:
    """Names of the records found, as the actor is shown them, in their order."""
    keys = answer(text, actor, language=language, limit=limit, **filters).found
    return [hit.name for _kind, _key, hit in keyed_hits(keys, actor, public=False)]


def suggested(text: str, actor: Actor = HUB) -> list[str]:
    """Names suggested while somebody types."""
    return [one["name"] for one in suggestions(text, actor, HUB_SIDE)]


def caught_up() -> int:
    """Have the worker of this node tell its consumers everything; how many events they passed."""
    passed = 0
    while told := consumers.run_once(NODE):
        passed += told
    return passed


def written(kind: Kind, record: Any) -> None:
    """Save a tool or an initiative and tell of it, as the hub does."""
    with transaction.atomic():
        record.save()
        emit(TOPICS[kind], [record.pk])


@contextmanager
def consumer_rests() -> Iterator[None]:
    """The search's consumer as it is at the start of a process, before and after."""
    consumer = consumers._registered["search"]
    consumer.failures, consumer.paused_until = 0, 0.0
    yield
    consumer.failures, consumer.paused_until = 0, 0.0


def page(client: Client, address: str, status: int = 200) -> str:
    """The markup of a page, which must come with this status."""
    response = client.get(address)
    assert response.status_code == status, f"{address}: {response.status_code}"
    return response.content.decode()


def listed(markup: str) -> list[str]:
    """Names on a page of results or of saved searches."""
    names = re.findall(r'<h[23]>(?:<a href="[^"]*">)?<bdi>(.*?)</bdi>', markup)
    return [unescape(re.sub("</?mark>", "", name)) for name in names]


def main_part(markup: str) -> str:
    """A page from its results on: without the box, which repeats what was asked."""
    return markup.partition('<p class="counted"')[2]


def counted(markup: str) -> int:
    """How many results a page says there are."""
    said = re.search(r'<p class="counted" role="status"><b>([\d,]+) ', markup)
    assert said, "the page does not say how many"
    return int(said.group(1).replace(",", ""))
