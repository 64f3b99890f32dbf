from collections.abc import Iterator
from datetime import datetime

from django.apps import AppConfig
from django.db.models import Q


class SpendConfig(AppConfig):
    name = "moothall.spend"
    label = "spend"

    def ready(self) -> None:
        from django.urls import reverse

        from moothall.core.lake import raw_path
        from moothall.core.ownership import Owned, OwnFile, register, register_files
        from moothall.core.permissions import Viewer
        from moothall.core.purges import Instruction, apply_after_restore
        from moothall.decisions.queries import Subject, name_subjects
        from moothall.spend.models import ErrorReport, MatchDecision, Release, SourceFile, Upload
        from moothall.values.periods import Period

        def purge_again(instruction: Instruction, at: datetime) -> None:
            from moothall.spend.actions import purging  # heavy, and only a restore needs it

            purging.purge_again(instruction, at)

        def released_files(body_id: int | None) -> Iterator[OwnFile]:
            from moothall.spend.queries.releases import releases_folder  # heavy, as above

            releases = Release.objects.order_by("pk")
            if body_id is not None:
                releases = releases.filter(body_id=body_id)
            for folder, edition in releases.values_list("folder", "edition"):
                for path in sorted((releases_folder() / folder).glob("*")):
                    yield OwnFile(path, f"release-edition-{edition}-{path.name}")

        def decisions_that_rest_on(body_id: int) -> Q:
            # SQLite has no search inside a JSON list; decisions are few.
            held = MatchDecision.objects.values_list("pk", "rests_on")
            return Q(pk__in=[pk for pk, bodies in held if body_id in bodies])

        def reports_about(body_id: int) -> Q:
            held = ErrorReport.objects.values_list("pk", "bodies")
            return Q(pk__in=[pk for pk, bodies in held if body_id in bodies])

        def published_files(body_id: int | None) -> Iterator[OwnFile]:
            files = SourceFile.objects.order_by("pk")
            if body_id is not None:
                files = files.filter(body_id=body_id)
            for sha256, name in files.values_list("sha256", "name"):
                yield OwnFile(raw_path(sha256), name)

        def uploaded_files(body_id: int | None) -> Iterator[OwnFile]:
            from moothall.spend.queries.uploads import upload_folder  # heavy, as above

            waiting = Upload.objects.order_by("pk")
            if body_id is not None:
                waiting = waiting.filter(body_id=body_id)
            for token in waiting.values_list("token", flat=True):
                for path in upload_folder(token).rglob("*"):
                    if path.is_file():
                        yield OwnFile(path, path.name)

        def released(number: int, _viewer: Viewer) -> Subject | None:
            held = Release.objects.select_related("body").filter(pk=number).first()
            if held is None:
                return None
            period = Period(held.starts_on, held.ends_before)
            label = f"{held.body}: payments of {period}, edition {held.edition}"
            return Subject(label, reverse("spend:release", args=[number]), held.body_id)

        def published(number: int, viewer: Viewer) -> Subject | None:
            from moothall.spend.queries.sharing import publication  # heavy, as above

            held = publication(number)
            if held is None or not viewer.reads(held.body_id):
                return None
            url = reverse("spend:publication", args=[number])
            return Subject(f"{held.body}, {held.period}", url, held.body_id)

        register(
            Owned("spend.Load"),
            Owned("spend.Upload"),
            Owned("spend.SourceFile"),
            Owned("spend.BodyMapping"),
            Owned("spend.RowCorrection", "source__body_id"),
            Owned("spend.CategoryCorrection"),
            Owned("spend.MatchDecision", decisions_that_rest_on),
            Owned("spend.RedactionDecision"),
            Owned("spend.Release"),
            Owned("spend.Purge"),
            Owned("spend.ErrorReport", reports_about),
            Owned(
                "spend.PublicBodyDecision",
                lambda body_id: Q(body_id=body_id) | Q(organisation_id=body_id),
            ),
        )
        register_files(published_files)
        register_files(released_files)
        register_files(uploaded_files)
        apply_after_restore("spend.value", purge_again)
        name_subjects("spend.release", released)
        name_subjects("core.publication", published)
