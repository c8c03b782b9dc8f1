from django.apps import AppConfig


class ClaimsConfig(AppConfig):
    name = "orders.claims"
    label = "claims"
