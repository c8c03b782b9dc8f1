from django.apps import AppConfig


class RegionsConfig(AppConfig):
    name = "market.regions"
    label = "regions"
