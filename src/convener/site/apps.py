from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "convener.site"
    label = "site"
