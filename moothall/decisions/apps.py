from django.apps import AppConfig


class DecisionsConfig(AppConfig):
    name = "moothall.decisions"
    label = "decisions"
