"""The hub's own settings and the app of jobs whose effects can be counted."""

from convener.site.settings import *  # noqa: F403
from convener.site.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.faults.killing"]
