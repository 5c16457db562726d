"""People of my organisation, or of the hub: the list, one person, inviting, mandates, ending access."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth import logout
from django.core.paginator import Paginator
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from convener.errors import ConvenerError, NotAllowed, NotFound
from convener.foundation.accounts import actions, permissions, queries
from convener.foundation.accounts.forms import EraseForm, InviteForm, MandateForm, PeopleForm, add_refusal
from convener.foundation.accounts.models import Mandate, Membership, User
from convener.foundation.actor import Actor
from convener.foundation.audit.actions import record

PER_PAGE = 50


def _missing() -> NotFound:
    return NotFound(_("There is no such record, or you may not see it."), hint=_("Go back and load the list again."))


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Who acts for my organisation; for those who run the hub everybody, with filters."""
    actor = queries.actor_of(request)
    form = PeopleForm(request.GET) if actor.runs_the_hub else None
    found = _found(actor, form)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    record(actor, "accounts.list", "account", count=len(page.object_list))
    pending = queries.invitations_visible_to(actor).pending().select_related("party").order_by("-created_at")
    values = {
        "form": form,
        "page_obj": page,
        "invitations": [one for one in pending[:PER_PAGE] if permissions.may_set_role(actor, one.party_id, one.role)],
        "may_invite": permissions.may_invite(actor),
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, "accounts/people.html", values, status=status)


def _found(actor: Actor, form: PeopleForm | None) -> QuerySet[User]:
    memberships = queries.memberships_visible_to(actor).current().select_related("party").order_by("starts", "id")
    found = queries.people_visible_to(actor).order_by("name", "email", "id")
    if form is not None and not form.is_valid():
        return found.none()
    if form is not None and form.cleaned_data["q"]:
        found = found.filter(Q(name__icontains=form.cleaned_data["q"]) | Q(email__icontains=form.cleaned_data["q"]))
    if form is not None and form.cleaned_data["organisation"]:
        acting = Membership.objects.current().filter(party=form.cleaned_data["organisation"])
        found = found.filter(pk__in=acting.values("user_id"))
    return found.prefetch_related(Prefetch("memberships", queryset=memberships, to_attr="shown"))


@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    """Invite somebody. The answer is the same whether or not the address has an account."""
    actor = queries.actor_of(request)
    if not permissions.may_invite(actor):
        raise NotAllowed(_("You may not invite people."), hint=_("Ask the secretariat of this hub."))
    initial = {"organisation": request.GET.get("organisation", "")}
    form = InviteForm(request.POST or None, actor=actor, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            invitation, _secret = actions.invite(actor=actor, **form.values())
        except ConvenerError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("The invitation was sent to %(email)s.") % {"email": invitation.email})
            return redirect("people")
    return render(request, "accounts/invite.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
def withdraw_invitation(request: HttpRequest, invitation_id: uuid.UUID) -> HttpResponse:
    """Make an open invitation useless."""
    actor = queries.actor_of(request)
    invitation = queries.invitations_visible_to(actor).filter(pk=invitation_id).first()
    if invitation is None:
        raise _missing()
    actions.withdraw_invitation(actor=actor, invitation=invitation)
    messages.success(request, _("The invitation was withdrawn."))
    return redirect("people")


def _person(actor: Actor, user_id: uuid.UUID) -> User:
    user = queries.people_visible_to(actor).filter(pk=user_id).first()
    if user is None:
        raise _missing()
    return user


@require_safe
def person(request: HttpRequest, user_id: uuid.UUID) -> HttpResponse:
    """One person: for whom they act, what they may sign, and what the reader may end."""
    actor = queries.actor_of(request)
    return _person_page(request, actor, _person(actor, user_id), None)


def _person_page(request: HttpRequest, actor: Actor, user: User, form: MandateForm | None) -> HttpResponse:
    memberships = queries.memberships_visible_to(actor).filter(user=user).select_related("party")
    mandates = queries.mandates_visible_to(actor).filter(user=user).select_related("party")
    if user.id != actor.user_id:
        record(actor, "accounts.read", "account", user.id)
    may_decide = permissions.may_decide_mandates(actor)
    if may_decide and form is None:
        form = MandateForm(user_id=user.id)
    values = {
        "person": user,
        "memberships": [(one, permissions.may_end(actor, one)) for one in memberships.order_by("-starts", "id")],
        "mandates": mandates.order_by("-starts", "id"),
        "may_decide_mandates": may_decide,
        "may_erase": permissions.may_erase(actor, user),
        "form": form,
    }
    return render(request, "accounts/person.html", values, status=422 if form is not None and form.errors else 200)


@require_POST
def end_membership(request: HttpRequest, membership_id: uuid.UUID) -> HttpResponse:
    """End somebody's, or one's own, access for an organisation."""
    actor = queries.actor_of(request)
    membership: Membership | None = queries.memberships_visible_to(actor).filter(pk=membership_id).first()
    if membership is None:
        raise _missing()
    actions.end_membership(actor=actor, membership=membership)
    messages.success(request, _("The access was ended."))
    return redirect("people")


@require_POST
def grant_mandate(request: HttpRequest, user_id: uuid.UUID) -> HttpResponse:
    """Let a person sign for an organisation."""
    actor = queries.actor_of(request)
    user = _person(actor, user_id)
    if not permissions.may_decide_mandates(actor):
        raise NotAllowed(_("Mandates are granted by the secretariat."), hint=_("Ask the secretariat of this hub."))
    form = MandateForm(request.POST, user_id=user.id)
    if form.is_valid():
        try:
            actions.grant_mandate(actor=actor, user=user, **form.cleaned_data)
        except ConvenerError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("The mandate was granted."))
            return redirect("person", user_id=user.id)
    return _person_page(request, actor, user, form)


@require_POST
def end_mandate(request: HttpRequest, mandate_id: uuid.UUID) -> HttpResponse:
    """End a mandate."""
    actor = queries.actor_of(request)
    mandate: Mandate | None = queries.mandates_visible_to(actor).filter(pk=mandate_id).first()
    if mandate is None:
        raise _missing()
    actions.end_mandate(actor=actor, mandate=mandate)
    messages.success(request, _("The mandate was ended."))
    return redirect("person", user_id=mandate.user_id)


@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest, user_id: uuid.UUID) -> HttpResponse:
    """Erase an account, after its address was typed again."""
    actor = queries.actor_of(request)
    user = _person(actor, user_id)
    if not permissions.may_erase(actor, user):
        raise NotAllowed(_("You may not erase this account."), hint=_("Ask the secretariat of this hub."))
    form = EraseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.erase_account(actor=actor, user=user, **form.cleaned_data)
        except ConvenerError as error:
            add_refusal(form, error)
        else:
            return _after_erasing(request, own=user.id == actor.user_id)
    return render(request, "accounts/erase.html", {"form": form, "person": user}, status=422 if form.errors else 200)


def _after_erasing(request: HttpRequest, *, own: bool) -> HttpResponse:
    if own:
        logout(request)
        return redirect("home")
    messages.success(request, _("The account was erased."))
    return redirect("people")
