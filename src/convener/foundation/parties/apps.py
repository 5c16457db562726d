from django.apps import AppConfig


class PartiesConfig(AppConfig):
    name = "convener.foundation.parties"
    label = "parties"
