from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "convener.foundation.search"
    label = "search"
