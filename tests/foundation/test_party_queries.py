"""Finding organisations by what people write."""

from __future__ import annotations

import pytest

from convener.errors import InvalidValue, NotFound
from convener.foundation.parties.models import Party
from convener.foundation.parties.queries import HUB_KEY, by_public_id, hub_party
from tests.cast import make_party


def test_an_organisation_is_found_by_its_id_however_it_is_typed(db: None) -> None:
    party = make_party("Open Shelter")
    for text in (party.public_id, party.public_id.lower(), f" {party.public_id[:6]} {party.public_id[6:]} "):
        assert by_public_id(text) == party


def test_a_merged_record_leads_to_the_one_that_remains(db: None) -> None:
    first, second, third = (make_party(f"Shelter {number}") for number in range(3))
    for old, kept in ((first, second), (second, third)):
        Party.objects.filter(pk=old.pk).update(status=Party.Status.MERGED, merged_into=kept)
    assert by_public_id(first.public_id) == third


def test_unknown_and_mistyped_are_told_apart(db: None) -> None:
    party = make_party("Open Shelter")
    public_id = party.public_id
    Party.objects.filter(pk=party.pk).delete()
    with pytest.raises(NotFound):
        by_public_id(public_id)
    wrong = public_id[:-1] + ("0" if public_id[-1] != "0" else "1")
    for text in (wrong, "", "Open Shelter", public_id[:-1]):
        with pytest.raises(InvalidValue) as refused:
            by_public_id(text)
        assert refused.value.field == "id"
        assert refused.value.hint


def test_the_hub_has_one_organisation(db: None, settings: object) -> None:
    settings.HUB_NAME = "Partnership Hub"  # type: ignore[attr-defined]
    hub = hub_party()
    assert (hub.name, hub.content_key) == ("Partnership Hub", HUB_KEY)
    assert hub_party() == hub
    assert Party.objects.filter(content_key=HUB_KEY).count() == 1
