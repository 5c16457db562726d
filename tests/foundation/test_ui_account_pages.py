"""The account pages: drawn by allauth with the design system's elements."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from convener.foundation.actor import Role
from tests.cast import PASSWORD, client_for, make_cast, make_person
from tests.foundation.markup import Page


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.filterwarnings("ignore:No directory at")
def test_sign_in_page_looks_like_the_hub(language: str) -> None:
    page = Page(Client().get(f"/{language}/account/login/").content.decode())
    assert page.all("html")[0]["lang"] == language
    assert not page.all("script")
    fields = {attrs["name"]: attrs for attrs in page.all("input") if attrs["type"] != "hidden"}
    assert fields["login"]["autocomplete"] == "email"
    assert fields["password"]["autocomplete"] == "current-password"
    assert {label["for"] for label in page.all("label")} == {attrs["id"] for attrs in fields.values()}
    assert "/account/signup/" not in "".join(a["href"] for a in page.all("a"))


@pytest.mark.django_db
@pytest.mark.filterwarnings("ignore:No directory at")
def test_sign_in_errors_are_summed_up() -> None:
    page = Page(Client().post("/en/account/login/", {"login": "nobody", "password": ""}).content.decode())
    assert [a["href"] for a in page.all("a") if a["href"].startswith("#id_")] == ["#id_login", "#id_password"]
    assert "Error:" in page.text


@pytest.mark.django_db
@pytest.mark.filterwarnings("ignore:No directory at")
def test_second_factor_pages_draw_the_code_into_the_page(django_user_model: Any) -> None:
    password = "a long sentence to get in"
    user = django_user_model.objects.create_user("amina@example.org", password, name="Amina")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    client = Client()
    client.post("/en/account/login/", {"login": user.email, "password": password})
    client.post("/en/account/reauthenticate/", {"password": password})
    markup = client.get("/en/account/2fa/totp/activate/").content.decode()
    page = Page(markup)
    assert "data:image" not in markup
    assert any(attrs.get("role") == "img" for attrs in page.all("div"))
    code = next(attrs for attrs in page.all("input") if attrs.get("name") == "code")
    assert code["autocomplete"] == "one-time-code"
    wrong = Page(client.post("/en/account/2fa/totp/activate/", {"code": "0"}).content.decode())
    assert "There is a problem" in wrong.text
    assert f"#{code['id']}" in [a["href"] for a in wrong.all("a")]
    for path in ("password/change/", "2fa/", "logout/"):
        drawn = Page(client.get(f"/en/account/{path}").content.decode())
        assert len(drawn.all("h1")) == 1
        assert "Amina" in drawn.text
        assert len(drawn.ids) == len(set(drawn.ids))


@pytest.mark.django_db
@pytest.mark.filterwarnings("ignore:No directory at")
def test_the_second_factor_is_explained_and_not_offered_for_switching_off_where_the_role_demands_it() -> None:
    cast = make_cast()
    page = Page(client_for(cast.secretariat).get("/en/account/2fa/").content.decode())
    assert "You are asked for a code at every login." in page.text
    assert "Your role demands it" in page.text
    assert "/deactivate/" not in "".join(a["href"] for a in page.all("a"))
    own_choice = client_for(make_person("a@shelter.example", Role.NGO, cast.ngo.party, second_factor=True))
    assert "/deactivate/" in own_choice.get("/en/account/2fa/").content.decode()
    client = client_for(cast.ngo)
    client.post("/en/account/reauthenticate/", {"password": PASSWORD})
    explained = Page(client.get("/en/account/2fa/totp/activate/").content.decode())
    assert len(explained.all("ol")) == 1
    assert "Install an authenticator app" in explained.text
    assert client.session["mfa.totp.secret"] in explained.text
