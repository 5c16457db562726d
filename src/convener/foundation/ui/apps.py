from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "convener.foundation.ui"
    label = "ui"
