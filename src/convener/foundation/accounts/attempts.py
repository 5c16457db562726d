"""How often a password may be wrong, so that guessing is slow and its victim is not kept out.

    a browser that is known for the account   counted by itself, whatever happens elsewhere
    any other                                  by network address; by account and network address; and by account alone,
                                               so loosely that it takes many networks to reach

The rates are in ``ACCOUNT_RATE_LIMITS``. An attempt is counted before the password is looked at, so that none is free,
and taken back where the password was right. Source: OWASP ASVS 4.0.3, 2.2.1 (at most 100 an hour for one account).
"""

from __future__ import annotations

from allauth.core.internal import ratelimit  # what allauth's own login counts with; only this one can take back
from django.http import HttpRequest

from convener.foundation.accounts import known_browsers

APP = "allauth.account"
KNOWN, NETWORK, ANYWHERE = "login_failed_known", "login_failed", "login_failed_anywhere"


def take(request: HttpRequest, email: str) -> list[ratelimit.RateLimitUsage] | None:
    """Count one attempt to log in to ``email``; None where it is one too many, else what :func:`give_back` takes."""
    taken = []
    for action, key in _counters(request, email):
        use = ratelimit.consume(request, app=APP, action=action, key=key)
        if use is None:
            return None
        taken.append(use)
    return taken


def give_back(taken: list[ratelimit.RateLimitUsage]) -> None:
    """The password was right: the attempt does not count."""
    for use in taken:
        use.rollback()


def forget(request: HttpRequest, email: str) -> None:
    """Forget wrong passwords for ``email`` from here and anywhere: its owner has set a new one by mail."""
    for action, key in _counters(request, email):
        ratelimit.clear(request, app=APP, action=action, key=key)


def _counters(request: HttpRequest, email: str) -> list[tuple[str, str]]:
    account = email.strip().lower()
    browser = known_browsers.number_of(request, account)
    if browser:
        return [(KNOWN, f"{account}|{browser}")]
    return [(NETWORK, f"{account}|{ratelimit.get_ip(request)}"), (ANYWHERE, account)]
