from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "convener.foundation.audit"
    label = "audit"

    def ready(self) -> None:
        """Give the foundation's own actions and records their names."""
        from convener.foundation.audit import own_names  # noqa: F401
