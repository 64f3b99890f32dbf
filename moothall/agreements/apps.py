from django.apps import AppConfig

SECRET = frozenset({"digest"})  # of a link or key: nobody's to take away


class AgreementsConfig(AppConfig):
    name = "moothall.agreements"
    label = "agreements"

    def ready(self) -> None:
        from moothall.core.ownership import Owned, register
        from moothall.core.permissions import Viewer
        from moothall.decisions.queries import Subject, name_subjects

        def agreement(number: int, viewer: Viewer) -> Subject | None:
            from moothall.agreements.queries.record import as_subject  # heavy for every start

            return as_subject(number, viewer)

        name_subjects("agreements.agreement", agreement)
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
            Owned("agreements.Withholding", "agreement__body_id"),
            Owned("agreements.HealthAnswer", "agreement__body_id"),
            Owned("agreements.Company"),
            Owned("agreements.HoldingClass", "company__body_id"),
            Owned("agreements.Holding", "of_class__company__body_id"),
            Owned("agreements.Directorship", "company__body_id"),
            Owned("agreements.DirectorConflict", "directorship__company__body_id"),
            Owned("agreements.CompanyYear", "company__body_id"),
            Owned("agreements.CompanyExposure", "company__body_id"),
            Owned("agreements.ReservesLevel"),
            Owned("agreements.BusinessPlan", "company__body_id"),
            Owned("agreements.PlanLine", "plan__company__body_id"),
            Owned("agreements.Dividend", "year__company__body_id"),
            Owned("agreements.DividendShare", "dividend__year__company__body_id"),
            Owned("agreements.RouteKept"),
            Owned("agreements.Novation", "predecessor_id"),
            Owned("agreements.Signing", "agreement__body_id"),
            Owned("agreements.CommentLimit"),
            Owned("agreements.OfficerComment", "version__agreement__body_id"),
            Owned("agreements.ChangeBasis", "agreement__body_id"),
            Owned("agreements.Variation", "agreement__body_id"),
            Owned("agreements.VariationAssent", "variation__agreement__body_id"),
            Owned("agreements.ApprovalLevel"),
            Owned("agreements.NeedIndicator", "agreement__body_id"),
            Owned("agreements.NeedReading", "indicator__agreement__body_id"),
            Owned("agreements.ExitPart", "agreement__body_id"),
            Owned("agreements.ExitItem", "agreement__body_id"),
            Owned("agreements.ExitCostLine", "agreement__body_id"),
            Owned("agreements.ExitStake", "agreement__body_id"),
            Owned("agreements.ExitRehearsal", "agreement__body_id"),
            Owned("agreements.Ending", "agreement__body_id"),
            Owned("agreements.Board", "agreement__body_id"),
            Owned("agreements.SeatClass", "board__agreement__body_id"),
            Owned("agreements.Seat", "seat_class__board__agreement__body_id"),
            Owned("agreements.BoardMatter", "board__agreement__body_id"),
            Owned("agreements.RefusedDecision", "board__agreement__body_id"),
            Owned("agreements.PrincipleScore", "board__agreement__body_id"),
            Owned("agreements.Meeting", "board__agreement__body_id"),
            Owned("agreements.Attendance", "meeting__board__agreement__body_id"),
            Owned("agreements.AgendaItem", "meeting__board__agreement__body_id"),
            Owned("agreements.ItemInterest", "item__meeting__board__agreement__body_id"),
            Owned("agreements.Motion", "item__meeting__board__agreement__body_id"),
            Owned("agreements.Vote", "motion__item__meeting__board__agreement__body_id"),
            Owned("agreements.Deadlock", "board__agreement__body_id"),
            Owned("agreements.DeadlockStep", "deadlock__board__agreement__body_id"),
            Owned("agreements.Election", "board__agreement__body_id"),
            Owned("agreements.Candidate", "election__board__agreement__body_id"),
            Owned("agreements.Elector", "election__board__agreement__body_id"),
            Owned("agreements.BallotPaper", "election__board__agreement__body_id"),
            Owned("agreements.Risk", "agreement__body_id"),
            Owned("agreements.OptimismUplift", "agreement__body_id"),
            Owned("agreements.Obligation", "agreement__body_id"),
            Owned("agreements.PromiseKept", "obligation__agreement__body_id"),
            Owned("agreements.PerformanceIndicator", "agreement__body_id"),
            Owned("agreements.IndicatorResult", "indicator__agreement__body_id"),
            Owned("agreements.PerformanceStep", "agreement__body_id"),
            Owned("agreements.DueDiligence"),
            Owned("agreements.Settlement", "agreement__body_id"),
            Owned("agreements.FactsReport", "settlement__agreement__body_id"),
            Owned("agreements.FactsLink", "settlement__agreement__body_id", left_out=SECRET),
            Owned("agreements.FactsKey", "agreement__body_id", left_out=SECRET),
            Owned("agreements.Statement", "agreement__body_id"),
            Owned("agreements.PaymentApproval", "settlement__agreement__body_id"),
            Owned("agreements.Invoice", "statement__agreement__body_id"),
            Owned("agreements.Payment", "settlement__agreement__body_id"),
            Owned("agreements.StatementLine", "statement__agreement__body_id"),
            Owned("agreements.LineDispute", "line__statement__agreement__body_id"),
        )
