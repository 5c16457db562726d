"""Addresses of the jobs' page, under the members' hub."""

from django.urls import path

from convener.foundation.jobs import views

hub_urlpatterns = [
    path("jobs/", views.job_list, name="jobs"),
    path("jobs/<uuid:job_id>/retry/", views.job_retry, name="job_retry"),
]
