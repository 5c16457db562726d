from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "convener.foundation.audit"
    label = "audit"
