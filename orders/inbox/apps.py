from django.apps import AppConfig


class InboxConfig(AppConfig):
    name = "orders.inbox"
    label = "inbox"
