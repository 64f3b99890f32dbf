from django.apps import AppConfig


class DecisionsConfig(AppConfig):
    name = "moothall.decisions"
    label = "decisions"

    def ready(self) -> None:
        from moothall.core.ownership import Owned, register

        register(Owned("decisions.Decision"))
