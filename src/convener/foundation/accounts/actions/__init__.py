"""Writes about people and their access: keyword-only, atomic, audited (a refusal for want of permission too)."""

from convener.foundation.accounts.actions.erasure import erase_account
from convener.foundation.accounts.actions.invitations import accept_invitation, invite, withdraw_invitation
from convener.foundation.accounts.actions.mandates import end_mandate, grant_mandate
from convener.foundation.accounts.actions.memberships import choose_membership, end_membership, update_profile
from convener.foundation.accounts.actions.tokens import make_token, revoke_token

__all__ = [
    "accept_invitation",
    "choose_membership",
    "end_mandate",
    "end_membership",
    "erase_account",
    "grant_mandate",
    "invite",
    "make_token",
    "revoke_token",
    "update_profile",
    "withdraw_invitation",
]
