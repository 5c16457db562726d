"""The standing cast of the tests: people of every role, each acting for an organisation of their own.

    from tests.cast import client_for, make_cast

    def test_something(db):
        cast = make_cast()
        client_for(cast.ngo).get("/en/hub/")      # logged in, second factor given where the role demands one
        client_for(None).get("/en/hub/")          # nobody

``administrator`` and ``secretariat`` act for the hub's own organisation, ``ngo`` and ``other_ngo`` for two NGOs that
have nothing to do with each other, the others for one organisation each.
"""

from __future__ import annotations

import functools
import time
from dataclasses import dataclass, fields
from pathlib import Path

from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.test import Client

from convener.engines.values import name_key
from convener.foundation.accounts.models import Membership, User
from convener.foundation.accounts.queries import actor_for
from convener.foundation.accounts.second_factor import SET_UP_HERE
from convener.foundation.actor import NEEDS_SECOND_FACTOR, Actor, Door, Role
from convener.foundation.parties.models import Party
from convener.foundation.parties.queries import hub_party

PASSWORD = "correct horse battery staple"
#: The second-factor secret of everybody in the cast who has one (base32).
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
#: Seconds for which one code is good.
PERIOD = 30


@dataclass(frozen=True)
class Person:
    """Somebody of the cast: account, organisation, and the membership that joins them."""

    user: User
    party: Party
    membership: Membership

    @property
    def role(self) -> Role:
        """The role acted in."""
        return Role(self.membership.role)

    @property
    def actor(self) -> Actor:
        """The actor they are on a page of the hub."""
        return actor_for(self.user, self.membership, Door.HUB)


@dataclass(frozen=True)
class Cast:
    """Everybody."""

    administrator: Person
    secretariat: Person
    ngo: Person
    other_ngo: Person
    company: Person
    bank: Person
    fiu: Person
    donor: Person
    worker: Person
    outsider: Person

    def everybody(self) -> dict[str, Person]:
        """All of them by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


@functools.cache
def _hashed_password() -> str:
    """Argon2 is slow on purpose: one hash serves everybody."""
    return make_password(PASSWORD)


def make_party(name: str, kind: str = "", country: str = "") -> Party:
    """An organisation with nothing but a name, and a type and country if given."""
    return Party.objects.create(name=name, name_key=name_key(name)[:300], type=kind, country=country)


def make_user(email: str, name: str = "") -> User:
    """An account with :data:`PASSWORD` and a verified address; it acts for nobody yet."""
    user = User.objects.create(email=email, name=name or email.partition("@")[0].title(), password=_hashed_password())
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def make_person(email: str, role: Role, party: Party, *, second_factor: bool | None = None) -> Person:
    """Somebody acting for ``party`` in ``role``, with a second factor where the role demands one (or as said)."""
    user = make_user(email)
    if role in NEEDS_SECOND_FACTOR if second_factor is None else second_factor:
        TOTP.activate(user, TOTP_SECRET)
    return Person(user, party, Membership.objects.create(user=user, party=party, role=role))


def make_cast() -> Cast:
    """Make the whole cast."""
    hub = hub_party()
    return Cast(
        administrator=make_person("administrator@hub.example", Role.ADMINISTRATOR, hub),
        secretariat=make_person("secretariat@hub.example", Role.SECRETARIAT, hub),
        ngo=make_person("officer@shelter.example", Role.NGO, make_party("Open Shelter", "ngos")),
        other_ngo=make_person("officer@legalaid.example", Role.NGO, make_party("Legal Aid Circle", "ngos")),
        company=make_person("officer@garments.example", Role.COMPANY, make_party("Garments plc", "smes", "GB")),
        bank=make_person("analyst@bank.example", Role.BANK, make_party("Harbour Bank", "banks")),
        fiu=make_person("officer@fiu.example", Role.FIU, make_party("Financial Intelligence Unit", "fiu")),
        donor=make_person("donor@fund.example", Role.DONOR, make_party("Lantern Fund", "private-funders")),
        worker=make_person("worker@union.example", Role.WORKER, make_party("Garment Workers' Union", "trade-unions")),
        outsider=make_person("someone@outside.example", Role.OUTSIDER, make_party("Outside Ltd", "smes")),
    )


def client_for(person: Person | None, *, second_factor: bool = True) -> Client:
    """A browser in which ``person`` is logged in (None: nobody), with the second factor given unless said otherwise."""
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)  # WhiteNoise warns where it is missing
    client = Client()
    if person is None:
        return client
    client.force_login(person.user)
    if second_factor:
        session = client.session
        session[SET_UP_HERE] = str(person.user.pk)
        session.save()
    return client


def totp_code(secret: str = TOTP_SECRET, *, periods_ago: int = 0) -> str:
    """The code that an authenticator app shows now, or showed some periods of 30 seconds ago (RFC 6238).

    In the last three seconds of a period it waits for the next one, so that the code is still good when it arrives.
    """
    left = PERIOD - time.time() % PERIOD
    if left < 3:
        time.sleep(left)
    return format_hotp_value(hotp_value(secret, int(time.time()) // PERIOD - periods_ago))
