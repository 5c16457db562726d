"""Screening's work in the background: reading received lists, making them ready, and deleting files of former ones."""

from __future__ import annotations

from datetime import timedelta

from convener.foundation.jobs.registry import job


@job("screening.load_list")
def load_list(list_id: str, user_id: str, party_id: str, role: str) -> None:
    """Read a received list and put it in use. A bad file ends it, and the job is done."""
    from convener.rooms.directory.actions.uploads import actor_in_job
    from convener.rooms.screening.actions import loading
    from convener.rooms.screening.models import WatchList

    loading.read_received(WatchList.objects.get(pk=list_id), actor=actor_in_job(user_id, party_id, role))


@job("screening.make_ready")
def make_ready(list_id: str) -> None:
    """Make a long list ready again whose ready form is missing or outdated."""
    from convener.rooms.screening import screeners
    from convener.rooms.screening.models import WatchList

    row = WatchList.objects.get(pk=list_id)
    if row.active:
        screeners.make_ready(row)


@job("screening.tidy", every=timedelta(days=1))
def tidy() -> None:
    """Delete files that no version in use needs."""
    from convener.rooms.screening.actions import loading

    loading.tidy()
