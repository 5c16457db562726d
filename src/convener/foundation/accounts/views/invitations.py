"""The page behind an invitation's link, open to people without a login.

The link's secret is moved from the address into the session at once, as Django does for password resets: it then stands
in no address that could be seen over a shoulder, kept in a history, or sent on as a referrer.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from convener.errors import ConvenerError, InvalidValue, NotAllowed, NotFound
from convener.foundation.accounts import actions
from convener.foundation.accounts.actions.invitations import open_invitation
from convener.foundation.accounts.forms import AcceptForm, add_refusal
from convener.foundation.accounts.models import Invitation, User
from convener.foundation.accounts.queries import SESSION_KEY

SECRET_KEY = "invitation_secret"  # noqa: S105 - the name of a session's key


def _guarded(response: HttpResponse) -> HttpResponse:
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@never_cache
@require_safe
@sensitive_variables("secret")
def invitation_link(request: HttpRequest, secret: str) -> HttpResponse:
    """Take the secret out of the address and go on to the invitation's page; a made-up one leaves no session behind."""
    open_invitation(secret=secret)
    request.session[SECRET_KEY] = secret
    return _guarded(redirect("invitation"))


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest) -> HttpResponse:
    """What one is invited to, and accepting it: with the account one is logged in to, or with a new one."""
    secret = request.session.get(SECRET_KEY)
    if secret is None:
        raise NotFound(_("No invitation is open here."), hint=_("Open the link of the mail again."))
    try:
        offer = open_invitation(secret=secret)
    except ConvenerError:
        del request.session[SECRET_KEY]
        raise
    user = User.objects.get(pk=request.user.pk) if request.user.is_authenticated else None
    if user is not None and user.email != offer.email:
        raise NotAllowed(
            _("This invitation is for another address than that of your account."),
            hint=_("Log out, then open the link again."),
        )
    has_account = user is None and User.objects.filter(email=offer.email).exists()
    form = None if user or has_account else AcceptForm(request.POST or None)
    if request.method == "POST" and not has_account and (form is None or form.is_valid()):
        answer = _accept(request, offer, user, form)
        if answer is not None:
            return _guarded(answer)
    values = {"offer": offer, "form": form, "has_account": has_account}
    return _guarded(render(request, "accounts/invitation.html", values, status=422 if form and form.errors else 200))


def _accept(request: HttpRequest, offer: Invitation, user: User | None, form: AcceptForm | None) -> HttpResponse | None:
    """Accept; None where the form has something to say first."""
    values = form.cleaned_data if form is not None else {}
    try:
        actions.accept_invitation(secret=request.session[SECRET_KEY], user=user, **values)
    except InvalidValue as error:
        if form is None:
            raise
        add_refusal(form, error)
        return None
    del request.session[SECRET_KEY]
    if user is None:
        messages.success(request, _("Your account is ready: log in with your address and the password you chose."))
        return redirect("account_login")
    joined = user.memberships.filter(party=offer.party, role=offer.role).get()
    request.session[SESSION_KEY] = str(joined.id)
    messages.success(request, _("You now act for %(party)s.") % {"party": offer.party.name})
    return redirect("hub")
