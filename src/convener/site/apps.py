from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SiteConfig(AppConfig):
    name = "convener.site"
    label = "site"

    def ready(self) -> None:
        """Tell the audit what its entries about the hub as a whole are called."""
        from convener.foundation.audit.naming import register_actions

        register_actions("hub", _("Hub"), {"translation": _("Loaded a catalogue of translations")})
