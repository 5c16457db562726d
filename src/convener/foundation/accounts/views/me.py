"""My own account: name, language, second factor, for whom I act, API tokens."""

from __future__ import annotations

import uuid
from typing import Any

from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from allauth.core.exceptions import ReauthenticationRequired
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from convener.errors import ConvenerError, NotFound
from convener.foundation.accounts import actions, queries, scopes
from convener.foundation.accounts.forms import ActingForm, ProfileForm, TokenForm, add_refusal
from convener.foundation.accounts.models import ApiToken, Membership, User
from convener.foundation.accounts.second_factor import has_second_factor


def _myself(request: HttpRequest) -> User:
    return get_object_or_404(User, pk=request.user.pk)


def _acting(request: HttpRequest) -> Membership | None:
    membership: Membership | None = request.acting  # type: ignore[attr-defined]
    return membership


def _page(request: HttpRequest, *, status: int = 200, **values: Any) -> HttpResponse:
    user = _myself(request)
    tokens = ApiToken.objects.filter(membership__user=user, revoked_at=None).select_related("membership__party")
    profile = ProfileForm(initial={"name": user.name, "language": user.language})
    context = {
        "person": user,
        "memberships": queries.memberships_of(user),
        "has_second_factor": has_second_factor(user),
        "tokens": [(one, scopes.labels_of(one.scopes)) for one in tokens.order_by("-created_at")],
        "form": profile,
        **values,
    }
    return render(request, "accounts/me.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def me(request: HttpRequest) -> HttpResponse:
    """My account; POST changes name and language."""
    if request.method != "POST":
        return _page(request)
    form = ProfileForm(request.POST)
    if form.is_valid():
        try:
            actions.update_profile(actor=queries.actor_of(request), user=_myself(request), **form.cleaned_data)
        except ConvenerError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Your account was changed."))
            return redirect("me")
    return _page(request, status=422, form=form)


@require_POST
def choose_acting(request: HttpRequest) -> HttpResponse:
    """Act for another of my organisations."""
    form = ActingForm(request.POST)
    if not form.is_valid():
        raise NotFound(_("You do not act for this organisation."), hint=_("Choose one from the list."))
    membership = actions.choose_membership(request=request, membership_id=form.cleaned_data["membership"])
    messages.success(request, _("You now act for %(party)s.") % {"party": membership.party.name})
    return redirect("me")


@require_http_methods(["GET", "HEAD", "POST"])
def make_token(request: HttpRequest) -> HttpResponse:
    """Make an API token; the answer shows its secret, and nothing ever shows it again.

    The password or a code comes first, unless one was given in the last five minutes: a browser left open must not be
    enough for an access that outlives it.
    """
    acting = _acting(request)
    if acting is None:
        raise NotFound(_("You act for no organisation."), hint=_("Ask your organisation to invite you."))
    if not did_recently_reauthenticate(request):
        if request.method == "POST":  # allauth would keep all of this request in the session, network address included
            return redirect("token_make")
        raise ReauthenticationRequired
    if request.method != "POST":
        return _token_page(request, TokenForm(membership=acting))
    form = TokenForm(request.POST, membership=acting)
    if not form.is_valid():
        return _token_page(request, form, status=422)
    try:
        token, secret = actions.make_token(actor=queries.actor_of(request), membership=acting, **form.cleaned_data)
    except ConvenerError as error:
        add_refusal(form, error)
        return _token_page(request, form, status=422)
    return _page(request, new_token=token, new_secret=secret)


def _token_page(request: HttpRequest, form: TokenForm, *, status: int = 200) -> HttpResponse:
    return render(request, "accounts/token.html", {"form": form}, status=status)


@require_POST
def revoke_token(request: HttpRequest, token_id: uuid.UUID) -> HttpResponse:
    """Revoke a token."""
    actor = queries.actor_of(request)
    token = queries.tokens_visible_to(actor).filter(pk=token_id).select_related("membership").first()
    if token is None:
        raise NotFound(_("There is no such token."), hint=_("Load the page again."))
    actions.revoke_token(actor=actor, token=token)
    messages.success(request, _("The token was revoked."))
    return redirect("me")
