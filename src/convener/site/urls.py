"""Addresses of the site: public pages and the hub under a language, the API beside them."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from convener.foundation.accounts import urls as accounts
from convener.foundation.audit import urls as audit
from convener.foundation.jobs import urls as jobs
from convener.foundation.search import urls as search
from convener.rooms.directory import urls as directory
from convener.rooms.library import urls as library
from convener.rooms.screening import urls as screening
from convener.site import api, translations, views

hub_patterns: list[URLPattern | URLResolver] = [
    path("", views.hub, name="hub"),
    *accounts.hub_urlpatterns,
    *audit.hub_urlpatterns,
    *jobs.hub_urlpatterns,
    path("styleguide/", views.styleguide, name="styleguide"),
    path("directory/", include((directory.hub_urlpatterns, "hub_directory"))),
    path("library/", include((library.hub_urlpatterns, "hub_library"))),
    path("screening/", include((screening.hub_urlpatterns, "hub_screening"))),
    path("search/", include((search.hub_urlpatterns, "hub_search"))),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("favicon.ico", RedirectView.as_view(url="/static/ui/favicon.svg")),
    path("robots.txt", views.robots),
    path(".well-known/security.txt", views.security_txt),
    path("api/", include(api.urlpatterns)),
    *i18n_patterns(
        path("", views.home, name="home"),
        path("directory/", include((directory.public_urlpatterns, "directory"))),
        path("library/", include((library.public_urlpatterns, "library"))),
        path("search/", include((search.public_urlpatterns, "search"))),
        path("translations/", translations.overview, name="translations"),
        path("translations/<str:code>/", translations.language, name="translation"),
        path("translations/<str:code>.po", translations.file, name="translation_file"),
        path("hub/", include(hub_patterns)),
        path("account/", include(accounts.account_urlpatterns)),  # first: it closes some of allauth's pages
        path("account/", include("allauth.urls")),
    ),
]
handler400 = "convener.site.views.bad_request"
handler403 = "convener.site.views.forbidden"
handler404 = "convener.site.views.not_found"
handler429 = "convener.site.views.too_many"
handler500 = "convener.site.views.server_error"
