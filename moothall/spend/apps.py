from django.apps import AppConfig


class SpendConfig(AppConfig):
    name = "moothall.spend"
    label = "spend"
