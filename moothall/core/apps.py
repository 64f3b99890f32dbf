from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models import Q
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
        from moothall.core.ownership import Owned, register

        register(
            Owned("core.AuditEntry", kept=True),
            Owned("core.Publication"),
            Owned(
                "core.PublicationShare",
                lambda body_id: Q(body_id=body_id) | Q(publication__body_id=body_id),
            ),
            Owned("core.LakeFile", "publication__body_id"),
        )
