from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "convener.foundation.outbox"
    label = "outbox"
