from django.apps import AppConfig


class AppraisalConfig(AppConfig):
    name = "moothall.appraisal"
    label = "appraisal"

    def ready(self) -> None:
        from moothall.core.ownership import Owned, register

        register(
            Owned("appraisal.Appraisal"),
            Owned("appraisal.AppraisalVersion", "appraisal__body_id"),
        )
