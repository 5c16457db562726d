"""Browsers in which somebody has logged in before: wrong passwords from elsewhere must not keep them out.

After a login, and after a password was set by mail, the browser keeps a cookie that is good for one account. Attempts
that bring it are counted by themselves (see :mod:`convener.foundation.accounts.attempts`), so who guesses passwords
elsewhere cannot lock the account's owner out. It opens nothing: the password and the second factor are asked for as ever.

The cookie holds a random number, the time and a signature over both and the account, so neither it nor its thief can
tell whose it is. It goes to the account pages of one language only, never to a public page. Source of the idea: OWASP,
"Slow Down Online Guessing Attacks with Device Cookies".
"""

from __future__ import annotations

import secrets
import time

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac

COOKIE = "convener_browser"
AGE_S = 90 * 24 * 3600
_LATER = "_known_browser_of"


def remember(request: HttpRequest, email: str) -> None:
    """Ask for the cookie of the account ``email`` to be sent with the answer (:func:`send`)."""
    setattr(request, _LATER, email)


def send(request: HttpRequest, response: HttpResponse) -> None:
    """Put the cookie that :func:`remember` asked for on the answer; nothing where it did not."""
    email = getattr(request, _LATER, None)
    if email is None:
        return
    number, made = secrets.token_urlsafe(16), str(int(time.time()))
    response.set_cookie(
        COOKIE,
        f"{number}.{made}.{_signature(number, made, email)}",
        max_age=AGE_S,
        path=_path(request),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )


def number_of(request: HttpRequest, email: str) -> str:
    """The random number of a browser that is known for the account ``email``; "" for any other browser."""
    parts = request.COOKIES.get(COOKIE, "").split(".")
    if len(parts) != 3 or not (parts[1].isascii() and parts[1].isdigit()):
        return ""
    number, made, signature = parts
    if not constant_time_compare(signature, _signature(number, made, email)):
        return ""
    return number if int(made) > time.time() - AGE_S else ""


def _signature(number: str, made: str, email: str) -> str:
    text = f"{number}.{made}.{email.strip().lower()}"
    return salted_hmac("convener.known-browser", text, algorithm="sha256").hexdigest()


def _path(request: HttpRequest) -> str:
    """The account pages in the language of this address: ``/fr/account/``."""
    return f"/{request.path_info.split('/')[1]}/account/"
