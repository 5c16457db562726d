from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    name = "convener.foundation.jobs"
    label = "jobs"

    def ready(self) -> None:
        """Import every app's ``jobs.py``, so that each process knows the names of all jobs and consumers."""
        autodiscover_modules("jobs")
