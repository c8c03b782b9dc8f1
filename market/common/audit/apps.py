from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "market.common.audit"
    label = "audit"
