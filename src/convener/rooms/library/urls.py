"""Addresses of the library: ``public_urlpatterns`` for everybody, ``hub_urlpatterns`` below the members' hub."""

from django.urls import URLPattern, path

from convener.rooms.library import public
from convener.rooms.library.views import browsing, guidance

public_urlpatterns: list[URLPattern] = [
    path("", public.shelves, name="shelves"),
    path("practices/", public.practices, name="practices"),
    path("practices/compare/", public.compare, name="compare"),
    path("practices.<str:fmt>", public.practices_download, name="practices_download"),
    path("practices/<slug:slug>/", public.practice, name="practice"),
    path("guidance/", public.guidance, name="guidance"),
    path("guidance.<str:fmt>", public.guidance_download, name="guidance_download"),
    path("guidance/<slug:slug>/", public.piece, name="piece"),
]

hub_urlpatterns: list[URLPattern] = [
    path("", browsing.shelves, name="shelves"),
    path("practices/", browsing.practices, name="practices"),
    path("practices/compare/", browsing.compare, name="compare"),
    path("practices.<str:fmt>", browsing.practices_download, name="practices_download"),
    path("practices/<slug:slug>/", browsing.practice, name="practice"),
    path("guidance/", browsing.guidance, name="guidance"),
    path("guidance.<str:fmt>", browsing.guidance_download, name="guidance_download"),
    path("guidance/<slug:slug>/", guidance.piece, name="piece"),
    path("guidance/<slug:slug>/verdict/", guidance.judge, name="judge"),
    path("guidance/<slug:slug>/shown/", guidance.hide, name="hide"),
]
