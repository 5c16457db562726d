"""Signing in as a person does, over the hub's own pages."""

from __future__ import annotations

import re

from django.core import mail
from django.test import Client
from django.urls import reverse

from tests.cast import PASSWORD, Person, client_for

LOGIN, CODE = "/en/account/login/", "/en/account/2fa/authenticate/"
RESET = "/en/account/password/reset/"


def log_in(person: Person, password: str = PASSWORD) -> Client:
    client = client_for(None)
    client.post(LOGIN, {"login": person.user.email, "password": password})
    return client


def inside(client: Client) -> bool:
    """True when the hub's pages are open to this browser."""
    return client.get(reverse("people")).status_code == 200


def reset_password(client: Client, person: Person) -> str:
    """Set a new password by mail, in ``client``; returns it."""
    mail.outbox.clear()
    client.post(RESET, {"email": person.user.email})
    link = re.search(r"https?://[^/\s]+(/\S+)", mail.outbox[0].body)
    assert link is not None
    page = client.get(link[1])["Location"]
    new = "another long sentence of words"
    assert client.post(page, {"password1": new, "password2": new}).status_code == 302
    return new
