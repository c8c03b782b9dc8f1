from django.apps import AppConfig


class SmsConfig(AppConfig):
    name = "market.common.sms"
    label = "sms"
