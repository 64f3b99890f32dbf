from django.apps import AppConfig


class DecisionsConfig(AppConfig):
    name = "moothall.decisions"
    label = "decisions"

    def ready(self) -> None:
        from django.urls import reverse

        from moothall.core.ownership import Owned, register
        from moothall.core.permissions import Viewer
        from moothall.decisions.queries import Subject, name_subjects
        from moothall.directory.models import Organisation

        def body(number: int, viewer: Viewer) -> Subject | None:
            held = Organisation.objects.filter(pk=number).first()
            url = reverse("directory:body", args=[held.slug]) if held else ""
            return Subject(held.name, url, held.pk) if held else None

        register(
            Owned("decisions.Decision"),
            Owned("decisions.Exemption", "decision__body_id"),
        )
        name_subjects("directory.organisation", body)
