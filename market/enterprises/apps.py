from django.apps import AppConfig


class EnterprisesConfig(AppConfig):
    name = "market.enterprises"
    label = "enterprises"
