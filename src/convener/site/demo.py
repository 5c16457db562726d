"""The demonstration hub: one organisation and one login for each role, with passwords made for this hub alone.

What was made is kept in ``demo-logins.json`` of the data folder, readable by its owner only, and written before any
account is. So a run that was killed goes on with the same logins, and a run on a finished hub changes nothing.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import secrets
from pathlib import Path
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.mfa.utils import decrypt
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from convener.errors import Refused
from convener.foundation.accounts.actions.tokens import MAX_DAYS, new_secret
from convener.foundation.accounts.models import ApiToken, Membership, User
from convener.foundation.accounts.queries import hash_of
from convener.foundation.accounts.scopes import scopes_for
from convener.foundation.actor import HUB, NEEDS_SECOND_FACTOR, OPERATOR, RUNS_THE_HUB, Role
from convener.foundation.parties.models import Party
from convener.foundation.parties.queries import hub_party
from convener.foundation.vocabularies import content_dir

FILE_NAME = "demo-logins.json"
DOMAIN = "demo.example"  # reserved for examples (RFC 2606): no mail can reach anybody
TOKEN_LABEL = "Demonstration"  # noqa: S105 - a label

#: Role → name and type of its invented organisation. Those who run the hub act for the hub's own.
ORGANISATIONS: dict[Role, tuple[str, str]] = {
    Role.NGO: ("Demo: Open Door Shelter Network", "ngos"),
    Role.COMPANY: ("Demo: Northwind Garments", "multinationals-investors"),
    Role.BANK: ("Demo: Harbour Commercial Bank", "banks"),
    Role.FIU: ("Demo: Financial Intelligence Unit", "fiu"),
    Role.DONOR: ("Demo: Lantern Fund", "private-funders"),
    Role.WORKER: ("Demo: Garment Workers’ Union", "trade-unions"),
    Role.OUTSIDER: ("Demo: Company outside the partnership", "smes"),
}
PEOPLE: dict[Role, str] = {
    Role.ADMINISTRATOR: "Demo administrator",
    Role.SECRETARIAT: "Demo secretariat officer",
    Role.NGO: "Demo NGO officer",
    Role.COMPANY: "Demo company officer",
    Role.BANK: "Demo bank analyst",
    Role.FIU: "Demo FIU officer",
    Role.DONOR: "Demo donor",
    Role.WORKER: "Demo worker",
    Role.OUTSIDER: "Demo outsider",
}


def prepare(data_dir: Path, base_url: str) -> dict[str, Any]:
    """Bring the hub of ``data_dir`` to the state of the demonstration and return its address and logins.

    Returns ``{"url", "data_dir", "logins": [{"role", "email", "password", "totp_secret", "token"}]}``;
    ``totp_secret`` is base32 and null for roles without a second factor. Raises Refused in production, and where Django
    was started on another data folder.
    """
    if settings.PRODUCTION:
        raise Refused(
            _("The demonstration makes logins that everybody with the terminal's output knows."),
            hint=_("Use another data folder with CONVENER_MODE=local."),
        )
    if data_dir.resolve() != settings.DATA_DIR:
        raise Refused(_("The hub was started on another data folder."), hint=_("Give it with --data-dir."))
    from convener.rooms.directory import content
    from convener.rooms.library import content as library

    call_command("migrate", interactive=False, verbosity=0)
    content.load()
    library.load()
    logins = _logins(data_dir / FILE_NAME)
    for login in logins:
        _ensure(login)
    _load_invented_names()
    return {"url": base_url, "data_dir": str(data_dir.resolve()), "logins": logins}


def _load_invented_names() -> None:
    """A list to try screening on: nobody in it exists. Where any list was ever loaded, that is left as it is."""
    from convener.rooms.screening.actions.loading import load_list
    from convener.rooms.screening.models import WatchList

    if not WatchList.objects.exists():
        path = content_dir() / "demo" / "invented-names.csv"
        load_list(path, actor=OPERATOR, title=str(_("Invented names (demonstration)")))


def _logins(path: Path) -> list[dict[str, Any]]:
    """The kept logins, made and kept first where there are none. A file is either whole or not there."""
    if not path.exists():
        part = path.with_name(f".{path.name}.part")
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump({"logins": [_new_login(role) for role in Role]}, file, indent=2)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    kept: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["logins"]
    return kept


def _new_login(role: Role) -> dict[str, Any]:
    return {
        "role": role.value,
        "email": f"{role.value}@{DOMAIN}",
        "password": secrets.token_urlsafe(15),
        "totp_secret": generate_totp_secret() if role in NEEDS_SECOND_FACTOR else None,
        "token": new_secret(),
    }


@transaction.atomic
def _ensure(login: dict[str, Any]) -> None:
    """Make what is missing of one login: organisation, account, verified address, membership, second factor, token."""
    role = Role(login["role"])
    user = User.objects.filter(email=login["email"]).first()
    if user is None:
        user = User.objects.create_user(login["email"], login["password"], name=PEOPLE[role], is_demo=True)
    elif not user.check_password(login["password"]):  # the printed logins must work
        user.set_password(login["password"])
        user.save(update_fields=["password"])
    EmailAddress.objects.get_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
    membership, _made = Membership.objects.get_or_create(user=user, party=_organisation(role), role=role)
    _ensure_second_factor(user, login["totp_secret"])
    _ensure_token(membership, login["token"])


def _ensure_token(membership: Membership, secret: str) -> None:
    """The printed token, good for as long as any token may be; one that ended is renewed, since it is printed again."""
    now = timezone.now()
    token, _made = ApiToken.objects.get_or_create(
        secret_hash=hash_of(secret),
        defaults={
            "membership": membership,
            "label": TOKEN_LABEL,
            "scopes": [scope.key for scope in scopes_for(membership.role)],
            "expires_at": now + dt.timedelta(days=MAX_DAYS),
        },
    )
    if token.revoked_at is not None or token.expires_at is None or token.expires_at <= now:
        token.revoked_at, token.expires_at = None, now + dt.timedelta(days=MAX_DAYS)
        token.save(update_fields=["revoked_at", "expires_at"])


def _ensure_second_factor(user: User, secret: str | None) -> None:
    if secret is None:
        return
    present = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    if present is not None and decrypt(present.data["secret"]) == secret:
        return
    if present is not None:
        present.delete()
    TOTP.activate(user, secret)


def _organisation(role: Role) -> Party:
    if role in RUNS_THE_HUB:
        party = hub_party()
        if not party.is_demo:
            Party.objects.filter(pk=party.pk).update(is_demo=True)
        return party
    key = f"demo:{role.value}"
    present = Party.objects.filter(content_key=key).first()
    return present or _new_organisation(key, *ORGANISATIONS[role])


def _new_organisation(key: str, name: str, kind: str) -> Party:
    """An invented organisation as the directory writes one, marked demo and so outside every list and count."""
    from convener.rooms.directory.actions import writing
    from convener.rooms.directory.actions.drafts import Draft

    draft = Draft.new(owner_id=hub_party().id, is_demo=True)
    draft.party.content_key = key
    draft.set("name", name)
    draft.set("type", kind)
    writing.write([draft], actor=HUB, action="content")
    return draft.party
