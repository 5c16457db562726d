from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SearchConfig(AppConfig):
    name = "convener.foundation.search"
    label = "search"

    def ready(self) -> None:
        """Have kept searches go with their owner's account, and tell the audit what its entries are called."""
        from convener.foundation.audit.naming import register_actions, register_kind
        from convener.foundation.search import saving  # noqa: F401

        register_actions("search", _("Search"), {"rebuild": _("Built the search index anew")})
        register_kind("index", _("Search index"))
