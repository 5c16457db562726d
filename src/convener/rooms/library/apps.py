from django.apps import AppConfig


class LibraryConfig(AppConfig):
    name = "convener.rooms.library"
    label = "library"

    def ready(self) -> None:
        """Tell the foundation what the audit's entries about the library are called, and what can be found,
        and have verdicts go with their author's account.
        """
        from convener.rooms.library import audited, searching  # noqa: F401
        from convener.rooms.library.actions import guidance  # noqa: F401

        searching.register_all()
