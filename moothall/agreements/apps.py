from django.apps import AppConfig


class AgreementsConfig(AppConfig):
    name = "moothall.agreements"
    label = "agreements"

    def ready(self) -> None:
        from moothall.core.ownership import Owned, register

        register(
            Owned("agreements.Draft"),
            Owned("agreements.DraftVersion", "draft__body_id"),
            Owned("agreements.DraftShare", "draft__body_id"),
            Owned("agreements.Trial", "version__draft__body_id"),
            Owned("agreements.TrialRelease", "trial__version__draft__body_id"),
            Owned("agreements.Agreement"),
            Owned("agreements.Member", "agreement__body_id"),
            Owned("agreements.AgreementVersion", "agreement__body_id"),
            Owned("agreements.Execution", "version__agreement__body_id"),
        )
