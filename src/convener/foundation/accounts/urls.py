"""Addresses about people: ``hub_urlpatterns`` below the members' hub, ``account_urlpatterns`` before allauth's own."""

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.generic import RedirectView

from convener.errors import NotAllowed
from convener.foundation.accounts.views import invitations, me, people

hub_urlpatterns: list[URLPattern] = [
    path("people/", people.people, name="people"),
    path("people/invite/", people.invite, name="people_invite"),
    path("people/invitations/<uuid:invitation_id>/withdraw/", people.withdraw_invitation, name="invitation_withdraw"),
    path("people/memberships/<uuid:membership_id>/end/", people.end_membership, name="membership_end"),
    path("people/mandates/<uuid:mandate_id>/end/", people.end_mandate, name="mandate_end"),
    path("people/<uuid:user_id>/", people.person, name="person"),
    path("people/<uuid:user_id>/mandates/", people.grant_mandate, name="mandate_grant"),
    path("people/<uuid:user_id>/erase/", people.erase, name="person_erase"),
    path("me/", me.me, name="me"),
    path("me/acting/", me.choose_acting, name="me_acting"),
    path("me/tokens/", me.make_token, name="token_make"),
    path("me/tokens/<uuid:token_id>/revoke/", me.revoke_token, name="token_revoke"),
]


def no_sign_up(request: HttpRequest) -> HttpResponse:
    """Refuse allauth's sign-up page: an account begins with an invitation."""
    raise NotAllowed(
        _("People join this hub by invitation."), hint=_("Ask the secretariat of this hub, or your organisation.")
    )


#: These stand before allauth's addresses and close those of its pages that make no sense here. Their names keep leading
#: somewhere, because allauth links to them: one address a person, which the invitation proved, so none can be added.
account_urlpatterns: list[URLPattern] = [
    path("", RedirectView.as_view(pattern_name="me")),
    path("invitation/", invitations.invitation, name="invitation"),
    path("invitation/<str:secret>/", invitations.invitation_link, name="invitation_link"),
    path("signup/", no_sign_up),
    path("email/", RedirectView.as_view(pattern_name="me")),
]
