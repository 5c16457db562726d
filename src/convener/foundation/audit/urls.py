"""Addresses of the audit, below the members' hub."""

from django.urls import URLPattern, path

from convener.foundation.audit import views

hub_urlpatterns: list[URLPattern] = [
    path("audit/", views.audit, name="audit"),
    path("audit/export.csv", views.audit_export, name="audit_export"),
]
