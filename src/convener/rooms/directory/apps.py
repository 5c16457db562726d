from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    name = "convener.rooms.directory"
    label = "directory"

    def ready(self) -> None:
        """Tell the foundation how the directory takes part in merges, and what the audit's entries about it are called,
        and what can be found.
        """
        from convener.rooms.directory import audited, searching  # noqa: F401
        from convener.rooms.directory.actions import deciding, merging  # noqa: F401

        searching.register_all()
