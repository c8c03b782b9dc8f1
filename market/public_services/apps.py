from django.apps import AppConfig


class PublicServicesConfig(AppConfig):
    name = "market.public_services"
    label = "public_services"
