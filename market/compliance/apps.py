from django.apps import AppConfig


class ComplianceConfig(AppConfig):
    name = "market.compliance"
    label = "compliance"
