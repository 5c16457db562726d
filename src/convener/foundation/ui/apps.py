from django.apps import AppConfig
from django.utils.translation import gettext

from convener.errors import speak_by


class UiConfig(AppConfig):
    name = "convener.foundation.ui"
    label = "ui"

    def ready(self) -> None:
        """Have what the engines say said in the reader's language."""
        from convener.foundation.ui.charts import format_count

        speak_by(gettext, format_count)
