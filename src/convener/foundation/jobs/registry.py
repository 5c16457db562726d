"""The jobs that exist, by name.

A room declares its jobs in its ``jobs.py``, which every process imports at its start, so heavy libraries are imported
inside the functions. **A job must be idempotent**: a worker can be killed at any moment, and then another runs the
same job again from the beginning. Effects on the database that must not be doubled go into
:func:`convener.foundation.jobs.running.once`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from django_tasks import task

JobFunction = TypeVar("JobFunction", bound=Callable[..., Any])

LONGEST_BACKOFF = timedelta(hours=1)


@dataclass(frozen=True)
class Job:
    """A registered job: started at most ``retries`` + 1 times; ``lease`` is how long a silent worker is believed."""

    name: str
    function: Callable[..., Any]
    retries: int
    every: timedelta | None
    lease: timedelta
    backoff: timedelta

    def wait_after(self, attempt: int) -> timedelta:
        """How long to wait after the ``attempt``-th start (1-based) came to nothing: tripling, at most an hour."""
        factor: int = 3 ** min(attempt - 1, 20)
        return min(self.backoff * factor, LONGEST_BACKOFF)


_registered: dict[str, Job] = {}


def job(
    name: str,
    retries: int = 3,
    every: timedelta | None = None,
    lease: timedelta = timedelta(seconds=60),
    backoff: timedelta = timedelta(seconds=10),
) -> Callable[[JobFunction], JobFunction]:
    """Register a function of JSON arguments as the job ``name`` ('room.verb') and return it unchanged.

    With ``every`` the hub enqueues it by itself, without arguments. Raises ValueError for a name that is taken.
    """

    def register(function: JobFunction) -> JobFunction:
        known = _registered.get(name)
        if known is not None and known.function is not function:
            raise ValueError(f"There is already a job named {name!r}.")
        _registered[name] = Job(name, function, retries, every, lease, backoff)
        return function

    return register


def find(name: str) -> Job:
    """The job of this name; raises LookupError where no room of this version has one."""
    try:
        return _registered[name]
    except KeyError:
        raise LookupError(f"No job is named {name!r}.") from None


def names() -> list[str]:
    """Names of all jobs this process can run."""
    return sorted(_registered)


def shortest_lease() -> float:
    """Seconds of the shortest lease of any job; a minute where there is none."""
    return min((job.lease.total_seconds() for job in list(_registered.values())), default=60.0)


def scheduled() -> list[Job]:
    """The jobs that repeat."""
    return [job for job in _registered.values() if job.every is not None]


def unregister(name: str) -> None:
    """Forget a job in this process."""
    _registered.pop(name, None)


@task()
def entry(name: str, args: dict[str, Any]) -> Any:
    """The one task that django-tasks-db knows: runs the job ``name``. Jobs can so move between modules freely."""
    return find(name).function(**args)
