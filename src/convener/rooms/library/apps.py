from django.apps import AppConfig


class LibraryConfig(AppConfig):
    name = "convener.rooms.library"
    label = "library"

    def ready(self) -> None:
        """Tell the foundation what the audit's entries about the library are called."""
        from convener.rooms.library import audited  # noqa: F401
