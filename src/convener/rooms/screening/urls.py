"""Addresses of screening: all below the members' hub."""

from django.urls import URLPattern, path

from convener.rooms.screening.views import asking, lists

hub_urlpatterns: list[URLPattern] = [
    path("", asking.ask, name="ask"),
    path("export/", asking.export, name="export"),
    path("lists/", lists.overview, name="lists"),
    path("lists/load/", lists.load, name="load"),
    path("lists/<uuid:list_id>/", lists.show, name="list"),
    path("lists/<uuid:list_id>/remove/", lists.remove, name="remove"),
    path("lists/<uuid:list_id>/give-up/", lists.give_up, name="give_up"),
]
