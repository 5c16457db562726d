from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "convener.foundation.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Listen to what allauth does with accounts."""
        from convener.foundation.accounts import signals  # noqa: F401 - importing connects the receivers
