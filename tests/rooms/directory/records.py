"""Records for tests of the directory, written the way the hub writes them, and jobs run at once."""

from __future__ import annotations

import re
from typing import Any

from django.db import transaction
from django.test import Client
from django_tasks_db.models import DBTaskResult

from convener.foundation.actor import HUB
from convener.foundation.jobs import registry
from convener.foundation.jobs.models import Lease
from convener.foundation.outbox.actions import emit
from convener.foundation.parties.models import Party, PartyName, Source
from convener.foundation.parties.sources import source_for
from convener.rooms.directory.actions import terms, writing
from convener.rooms.directory.actions.drafts import Draft, load_drafts
from convener.rooms.directory.models import Initiative, InitiativeMember, Kind, Profile, Tool
from convener.rooms.directory.queries.index import TOPICS

#: A private address, private contacts: what DIR-11 is about. Unlikely texts: finding one is never a coincidence.
SECRETS = ("Hidden Lane 77", "Quietville", "61.2345", "23.4567", "nurse.mary@shelter.example", "+358 55 5512345")


def organisation(
    name: str, *, owner: Party | None = None, names: tuple[tuple[str, str, str], ...] = (), **values: Any
) -> Party:
    """An organisation in the directory; ``values`` by canonical column, ``names`` as (text, kind, language)."""
    draft = Draft.new(owner_id=owner.id if owner else None, is_demo=values.pop("is_demo", False))
    return _written(draft, name, names, values)


def entry_for(party: Party, **values: Any) -> Party:
    """The entry of an organisation that acts on the hub already (one of the cast)."""
    draft = load_drafts([party.pk], make_profiles=True)[party.pk]
    return _written(draft, values.pop("name", party.name), (), values)


def _written(draft: Draft, name: str, names: tuple[tuple[str, str, str], ...], values: dict[str, Any]) -> Party:
    draft.set("name", name)
    for column, value in values.items():
        draft.set(column, value)
    draft.set_aliases(
        [text for text, _kind, _language in names],
        replace=False,
        kinds={text: (kind, language) for text, kind, language in names},
    )
    source = source_for(Source.Kind.DOCUMENT, "document:test", "A Study of Partnerships")
    draft.changed.setdefault("name", ["", name])
    draft.note_provenance(source.id, "page 7", None)
    writing.write([draft], actor=HUB, action="content")
    return Party.objects.get(pk=draft.party.pk)


def shelter(name: str = "Haven of Lapland", **values: Any) -> Party:
    """An NGO whose place and contact are private (the default for its type), with every secret of :data:`SECRETS`."""
    secret = {
        "type": "ngos", "country": "FI", "address": SECRETS[0], "city": SECRETS[1], "latitude": 61.2345,
        "longitude": 23.4567, "email": SECRETS[4], "phone": SECRETS[5],
    }  # fmt: skip
    return organisation(name, **{**secret, **values})


def tool(slug: str = "finder", *, providers: tuple[Party, ...] = (), **values: Any) -> Tool:
    """A tool with its terms."""
    record = Tool.objects.create(slug=slug, **_common(slug, values))
    record.providers.set(providers)
    return _listed(Kind.TOOL, record, terms.terms_of_tool(record))


def initiative(slug: str = "alliance", *, members: tuple[tuple[Party, str], ...] = (), **values: Any) -> Initiative:
    """An initiative with its terms and members."""
    record = Initiative.objects.create(slug=slug, **_common(slug, values))
    for party, role in members:
        InitiativeMember.objects.create(initiative=record, party=party, role=role)
    return _listed(Kind.INITIATIVE, record, terms.terms_of_initiative(record))


def _common(slug: str, values: dict[str, Any]) -> dict[str, Any]:
    name = values.pop("name", slug.title())
    text = terms.search_text_of(name, values.get("summary", ""))
    return {"name": name, "sort_name": terms.sort_name_of(name), "search_text": text, **values}


def _listed(kind: Kind, record: Any, facet_terms: str) -> Any:
    with transaction.atomic():
        record.facet_terms = facet_terms
        record.save()
        emit(TOPICS[kind], [record.id])
    return record


def alias(party: Party, text: str, language: str = "", kind: str = PartyName.Kind.ALIAS) -> None:
    """Another name of an organisation that is there already."""
    PartyName.objects.create(party=party, text=text, name_key=text.casefold(), kind=kind, language=language)


def profile_of(party: Party) -> Profile:
    """The entry as it is stored now."""
    return Profile.objects.select_related("party").get(pk=party.pk)


def run_jobs() -> list[str]:
    """Run the directory's jobs that wait, one after the other, in this process; their names."""
    done = []
    while True:
        held = (
            Lease.objects.filter(task__status="READY", name__startswith="directory.")
            .order_by("task__enqueued_at")
            .first()
        )
        if held is None:
            return done
        task = DBTaskResult.objects.get(pk=held.pk)
        registry.find(held.name).function(**task.args_kwargs["kwargs"]["args"])
        DBTaskResult.objects.filter(pk=held.pk).update(status="SUCCESSFUL")
        done.append(held.name)


def page_text(client: Client, path: str, status: int = 200) -> str:
    """The markup of a page that answers with ``status``."""
    response = client.get(path)
    assert response.status_code == status, f"{path}: {response.status_code}"
    return (
        "".join(part.decode() for part in response.streaming_content)
        if response.streaming
        else response.content.decode()
    )


def words_of(markup: str) -> str:
    """The visible text of a page in one line."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", markup))
