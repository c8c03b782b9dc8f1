from django.apps import AppConfig


class TraceConfig(AppConfig):
    name = "catalog.trace"
    label = "trace"
