"""What the foundation's own actions and records are called in the audit; imported once, when the audit's app is ready."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from convener.foundation.accounts.models import User
from convener.foundation.accounts.queries import (
    invitations_visible_to,
    mandates_visible_to,
    memberships_visible_to,
    people_visible_to,
    tokens_visible_to,
)
from convener.foundation.actor import Actor
from convener.foundation.audit.naming import RecordName, register_actions, register_kind
from convener.foundation.jobs.models import Lease

FOUND_AT_MOST = 200

Ids = Collection[uuid.UUID]
Found = Mapping[uuid.UUID, RecordName]


def people_named(actor: Actor, text: str) -> list[uuid.UUID]:
    """People whom the actor may know of, by a part of the name or of the e-mail address."""
    found = people_visible_to(actor).filter(Q(email__icontains=text) | Q(name__icontains=text))
    return list(found.order_by("pk").values_list("id", flat=True)[:FOUND_AT_MOST])


def _person_href(user: User) -> str:
    return "" if user.erased_at else reverse("person", args=[user.id])


def _accounts(actor: Actor, ids: Ids) -> Found:
    found = {
        user.id: RecordName(str(user), href=_person_href(user)) for user in people_visible_to(actor).filter(id__in=ids)
    }
    erased = User.objects.filter(id__in=ids).exclude(erased_at=None)
    return found | {user.id: RecordName(str(user)) for user in erased}


def _memberships(actor: Actor, ids: Ids) -> Found:
    rows = memberships_visible_to(actor).filter(id__in=ids).select_related("user", "party")
    return {row.id: RecordName(f"{row.user} – {row.party}", href=_person_href(row.user)) for row in rows}


def _mandates(actor: Actor, ids: Ids) -> Found:
    rows = mandates_visible_to(actor).filter(id__in=ids).select_related("user", "party")
    return {row.id: RecordName(f"{row.user} – {row.party}", href=_person_href(row.user)) for row in rows}


def _invitations(actor: Actor, ids: Ids) -> Found:
    rows = invitations_visible_to(actor).filter(id__in=ids).select_related("party")
    return {row.id: RecordName(f"{row.party} – {row.get_role_display()}", href=reverse("people")) for row in rows}


def _tokens(actor: Actor, ids: Ids) -> Found:
    rows = tokens_visible_to(actor).filter(id__in=ids).select_related("membership")
    mine = reverse("me")
    return {row.id: RecordName(row.label, href=mine if row.membership.user_id == actor.user_id else "") for row in rows}


def _jobs(actor: Actor, ids: Ids) -> Found:
    if not actor.runs_the_hub:
        return {}
    found: Iterable[tuple[uuid.UUID, str]] = Lease.objects.filter(task_id__in=ids).values_list("task_id", "name")
    return {key: RecordName(name, href=f"{reverse('jobs')}?name={name}") for key, name in found}


register_actions(
    "accounts",
    _("People and access"),
    {
        "accept_invitation": _("Accepted an invitation"),
        "add_second_factor": _("Set up a second factor"),
        "change": _("Changed an account"),
        "change_password": _("Changed the password"),
        "choose": _("Chose for whom to act"),
        "end_mandate": _("Ended a mandate"),
        "end_membership": _("Ended somebody’s access"),
        "erase": _("Erased an account"),
        "grant_mandate": _("Granted a mandate"),
        "invite": _("Invited somebody"),
        "list": _("Looked through the people"),
        "log_in": _("Signed in"),
        "make_token": _("Made an API token"),
        "read": _("Looked at a person"),
        "remove_second_factor": _("Removed a second factor"),
        "renew_recovery_codes": _("Renewed the recovery codes"),
        "reset_password": _("Set a new password with a link from a mail"),
        "revoke_token": _("Revoked an API token"),
        "withdraw_invitation": _("Withdrew an invitation"),
    },
)
register_actions("audit", _("Audit"), {"read": _("Looked into the audit"), "export": _("Exported the audit")})
register_actions(
    "hub",
    _("The whole hub"),
    {
        "backup": _("Made a backup"),
        "restore": _("Restored a backup"),
        "translation": _("Loaded a catalogue of translations"),
    },
)
register_actions("jobs", _("Jobs"), {"retry": _("Started a failed job again")})
register_actions(
    "parties",
    _("Merging"),
    {
        "merge": _("Merged another organisation into this one"),
        "merged_away": _("Merged this organisation into another one"),
        "merge_undone": _("Undid a merge"),
    },
)
for _kind in ("account", "user"):
    register_kind(_kind, _("Account"), names=_accounts, find=people_named)
register_kind("membership", _("Access"), names=_memberships)
register_kind("catalogue", _("Catalogue of translations"))
register_kind("mandate", _("Mandate"), names=_mandates)
register_kind("invitation", _("Invitation"), names=_invitations)
register_kind("token", _("API token"), names=_tokens)
register_kind("job", _("Job"), names=_jobs)
register_kind("backup", _("Backup"))
register_kind("audit", _("Audit"))
