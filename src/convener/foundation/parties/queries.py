"""Finding organisations by what people write."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _

from convener.engines.identifiers import read_public_id
from convener.engines.values import name_key
from convener.errors import NotFound
from convener.foundation.parties.models import Party

HUB_KEY = "hub"


def hub_party() -> Party:
    """The organisation that runs this hub; made, under the hub's name, when it is first asked for."""
    party, _made = Party.objects.get_or_create(
        content_key=HUB_KEY, defaults={"name": settings.HUB_NAME, "name_key": name_key(settings.HUB_NAME)[:300]}
    )
    return party


def no_such_organisation() -> NotFound:
    """The refusal for an ID that nobody has, and for an entry that the actor may not know of: the two read the same."""
    return NotFound(_("No organisation of this hub has this ID."), hint=_("Look for it by its name."))


def by_public_id(text: str) -> Party:
    """The organisation of a public ID as somebody wrote it; one that was merged leads to the one that remains.

    Raises InvalidValue ('id') for a mistyped ID, NotFound for one that nobody has.
    """
    party = Party.objects.filter(public_id=read_public_id(text)).first()
    if party is None:
        raise no_such_organisation()
    while party.merged_into is not None:
        party = party.merged_into
    return party
