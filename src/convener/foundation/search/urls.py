"""Addresses of the search: ``public_urlpatterns`` for everybody, ``hub_urlpatterns`` below the members' hub."""

from django.urls import URLPattern, path

from convener.foundation.search import public, views

public_urlpatterns: list[URLPattern] = [
    path("", public.results, name="results"),
    path("suggest/", public.suggest, name="suggest"),
]

hub_urlpatterns: list[URLPattern] = [
    path("", views.results, name="results"),
    path("suggest/", views.suggest, name="suggest"),
    path("saved/", views.saved, name="saved"),
    path("saved/keep/", views.keep, name="keep"),
    path("saved/<uuid:key>/", views.look, name="look"),
    path("saved/<uuid:key>/forget/", views.forget, name="forget"),
]
