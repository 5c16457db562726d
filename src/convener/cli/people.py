"""``convener invite``: the first administrator, and whoever else an operator lets in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from convener.cli.common import answer, hub_command

if TYPE_CHECKING:
    from convener.foundation.actor import Actor


@click.command()
@click.argument("email")
@click.option(
    "--role", default="administrator", show_default=True, help="What the person will be for the organisation."
)
@click.option("--organisation", metavar="ID", help="Public ID of the organisation [the one that runs this hub].")
@click.option("--json", "as_json", is_flag=True, help="Print the invitation as JSON.")
@hub_command()
def invite(email: str, role: str, organisation: str | None, as_json: bool, actor: Actor) -> None:
    """Invite EMAIL by mail to act for an organisation; the link in it works once."""
    from convener.foundation.accounts import actions
    from convener.foundation.parties.queries import by_public_id, hub_party

    party = by_public_id(organisation) if organisation else hub_party()
    invitation, _secret = actions.invite(actor=actor, email=email, party=party, role=role)
    if as_json:
        answer({"invitation_id": invitation.id, "role": invitation.role, "expires_at": invitation.expires_at})
    else:
        click.echo(f"An invitation was sent. It is good until {invitation.expires_at:%Y-%m-%d}.")
