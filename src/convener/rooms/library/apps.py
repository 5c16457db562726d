from django.apps import AppConfig


class LibraryConfig(AppConfig):
    name = "convener.rooms.library"
    label = "library"

    def ready(self) -> None:
        """Tell the foundation what the audit's entries about the library are called, and what can be found."""
        from convener.rooms.library import audited, searching  # noqa: F401

        searching.register_all()
