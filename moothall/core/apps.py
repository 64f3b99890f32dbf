from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


def place_triggers(using: str, **_: Any) -> None:
    from moothall.core import triggers

    triggers.place(connections[using])


class CoreConfig(AppConfig):
    name = "moothall.core"
    label = "core"

    def ready(self) -> None:
        # The one signal of the house: a rebuilt table has lost its triggers, so every migrate
        # ends by placing them again.
        post_migrate.connect(place_triggers, sender=self)
