from django.apps import AppConfig


class ScreeningConfig(AppConfig):
    name = "convener.rooms.screening"
    label = "screening"

    def ready(self) -> None:
        """Tell the foundation what the audit's entries about screening are called."""
        from convener.rooms.screening import audited  # noqa: F401
