"""Addresses of the directory: ``public_urlpatterns`` for everybody, ``hub_urlpatterns`` below the members' hub."""

from django.urls import URLPattern, path

from convener.rooms.directory import public
from convener.rooms.directory.views import browsing, duplicates, editing, history, imports, merging

public_urlpatterns: list[URLPattern] = [
    path("", public.organisations, name="list"),
    path("organisations.<str:fmt>", public.download, name="download"),
    path("tools.<str:fmt>", public.tools_download, name="tools_download"),
    path("initiatives.<str:fmt>", public.initiatives_download, name="initiatives_download"),
    path("tools/", public.tools, name="tools"),
    path("tools/<slug:slug>/", public.tool, name="tool"),
    path("initiatives/", public.initiatives, name="initiatives"),
    path("initiatives/<slug:slug>/", public.initiative, name="initiative"),
    path("map/embed/", public.embed, name="embed"),
    path("<str:public_id>/", public.organisation, name="organisation"),  # last: a mistyped ID comes here too
]

hub_urlpatterns: list[URLPattern] = [
    path("", browsing.organisations, name="list"),
    path("organisations.<str:fmt>", browsing.download, name="download"),
    path("tools.<str:fmt>", browsing.tools_download, name="tools_download"),
    path("initiatives.<str:fmt>", browsing.initiatives_download, name="initiatives_download"),
    path("tools/", browsing.tools, name="tools"),
    path("tools/<slug:slug>/", browsing.tool, name="tool"),
    path("initiatives/", browsing.initiatives, name="initiatives"),
    path("initiatives/<slug:slug>/", browsing.initiative, name="initiative"),
    path("add/", editing.add, name="add"),
    path("merge/", merging.merge, name="merge"),
    path("merges/<uuid:merge_id>/undo/", merging.undo, name="merge_undo"),
    path("duplicates/", duplicates.overview, name="duplicates"),
    path("duplicates/find/", duplicates.find, name="duplicates_find"),
    path("duplicates/duplicates.csv", duplicates.file, name="duplicates_file"),
    path("duplicates/<uuid:pair_id>/", duplicates.decide, name="duplicate_decide"),
    path("imports/", imports.overview, name="imports"),
    path("imports/new/", imports.upload, name="import_new"),
    path("imports/template.csv", imports.template, name="import_template"),
    path("imports/<str:import_id>/", imports.show, name="import"),
    path("imports/<str:import_id>/columns/", imports.columns, name="import_columns"),
    path("imports/<str:import_id>/rows.csv", imports.rows_file, name="import_rows"),
    path("imports/<str:import_id>/problems.csv", imports.problems_file, name="import_problems"),
    path("imports/<str:import_id>/again/", imports.again, name="import_again"),
    path("imports/<str:import_id>/confirm/", imports.confirm, name="import_confirm"),
    path("imports/<str:import_id>/cancel/", imports.cancel, name="import_cancel"),
    path("imports/<str:import_id>/undo/", imports.undo, name="import_undo"),
    path("<str:public_id>/", browsing.organisation, name="organisation"),
    path("<str:public_id>/edit/", editing.edit, name="edit"),
    path("<str:public_id>/history/", history.history, name="history"),
]
