from django.apps import AppConfig


class DeadlinesConfig(AppConfig):
    name = "market.common.deadlines"
    label = "deadlines"
