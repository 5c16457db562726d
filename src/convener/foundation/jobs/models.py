"""What is kept beside django-tasks-db's own rows: who holds a job and until when, the schedule, effects done once."""

from __future__ import annotations

from django.db import models
from django_tasks_db.models import DBTaskResult


class Lease(models.Model):
    """The hold on one job. Only ``holder`` may finish it, and only until another worker took it after ``until``.

    ``attempts`` counts the starts of the job since it was last put in the queue by a person or a program. ``done`` of
    ``total`` is what the job itself said about its progress, in units of its own.
    """

    task = models.OneToOneField(DBTaskResult, primary_key=True, on_delete=models.CASCADE, related_name="lease")
    name = models.CharField(max_length=80, db_index=True)
    holder = models.CharField(max_length=100, blank=True)
    until = models.DateTimeField(null=True, db_index=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    scheduled = models.BooleanField(default=False)
    done = models.BigIntegerField(null=True)
    total = models.BigIntegerField(null=True)


class Schedule(models.Model):
    """When a repeating job is next due."""

    name = models.CharField(max_length=80, primary_key=True)
    next_at = models.DateTimeField()


class Once(models.Model):
    """An effect that was committed, under the key it must not happen twice under.

    Goes with the record of the job that had it (kept for weeks); effects outside a job are remembered for good.
    """

    key = models.CharField(max_length=200, primary_key=True)
    at = models.DateTimeField(auto_now_add=True)
    task = models.ForeignKey(DBTaskResult, null=True, on_delete=models.CASCADE, related_name="+")
