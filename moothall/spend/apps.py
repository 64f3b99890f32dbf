from collections.abc import Iterator

from django.apps import AppConfig
from django.db.models import Q


class SpendConfig(AppConfig):
    name = "moothall.spend"
    label = "spend"

    def ready(self) -> None:
        from moothall.core.lake import raw_path
        from moothall.core.ownership import Owned, OwnFile, register, register_files
        from moothall.spend.models import MatchDecision, SourceFile

        def decisions_that_rest_on(body_id: int) -> Q:
            # SQLite has no search inside a JSON list; decisions are few.
            held = MatchDecision.objects.values_list("pk", "rests_on")
            return Q(pk__in=[pk for pk, bodies in held if body_id in bodies])

        def published_files(body_id: int | None) -> Iterator[OwnFile]:
            files = SourceFile.objects.order_by("pk")
            if body_id is not None:
                files = files.filter(body_id=body_id)
            for sha256, name in files.values_list("sha256", "name"):
                yield OwnFile(raw_path(sha256), name)

        register(
            Owned("spend.Load"),
            Owned("spend.SourceFile"),
            Owned("spend.BodyMapping"),
            Owned("spend.RowCorrection", "source__body_id"),
            Owned("spend.CategoryCorrection"),
            Owned("spend.MatchDecision", decisions_that_rest_on),
        )
        register_files(published_files)
