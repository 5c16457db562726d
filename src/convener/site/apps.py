from types import ModuleType

from django.apps import AppConfig

from convener.foundation.i18n import catalogues


class SiteConfig(AppConfig):
    name = "convener.site"
    label = "site"

    def __init__(self, app_name: str, app_module: ModuleType | None) -> None:
        """Mend the hub's own catalogues here, not in ``ready``: Django reads the first while models are imported."""
        super().__init__(app_name, app_module)
        catalogues.mend()
