"""An invented contract with service credits, and the people on each side of it, for tests."""

from datetime import UTC, date, datetime
from decimal import Decimal

from moothall.agreements.actions.performing import set_indicator
from moothall.agreements.actions.promises import make_promise
from moothall.agreements.actions.risks import raise_for_optimism, record_risk
from moothall.agreements.tests.factories import agreement_of
from moothall.agreements.tests.test_engine_promises import DEAL
from moothall.directory.engine.roles import Role
from moothall.directory.tests.factories import OrganisationFactory, RoleHeldFactory
from moothall.values.counted_once import Uncertainty

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)


def person_at(organisation, role):
    return RoleHeldFactory(role=role.value, organisation=organisation).person


class Contract:
    """Norbury Council's contract with Sweep Ltd, and who acts for each."""

    def __init__(self) -> None:
        self.council = OrganisationFactory(name="Norbury Council", slug="norbury")
        self.supplier = OrganisationFactory(name="Sweep Ltd", slug="sweep", kind="company")
        self.manager = person_at(self.council, Role.PARTNERSHIP_MANAGER)
        self.officer = person_at(self.council, Role.FINANCE_OFFICER)
        self.commissioner = person_at(self.council, Role.COMMISSIONER)
        self.provider = person_at(self.supplier, Role.PROVIDER)
        self.stranger = person_at(OrganisationFactory(slug="other"), Role.COMMISSIONER)
        self.agreement = agreement_of(
            self.council,
            self.supplier,
            text=DEAL,
            by=self.manager,
            name="Street cleaning",
            starts_on=date(2026, 4, 1),
            ends_before=date(2029, 4, 1),
            review_on=date(2027, 1, 15),
            notice_months=6,
            value_pence=600_000_000,
            regime="PA_2023",
        )

    @property
    def member(self):
        return self.agreement.members.get(organisation=self.supplier)


def busy_register(agreement, *, by):
    """One risk, one uplift and one promise of an agreement: their numbers, as addresses take them.

    by : who keeps the agreement
    """
    risk = record_risk(
        agreement=agreement, name="Depot is late", cause="No survey", event="It opens late",
        effect="Vehicles are hired", uncertainty="WORKS_DURATION", proximity="year",
        inherent_likelihood=4, inherent_impact=4, residual_likelihood=3, residual_impact=4,
        residual_chance=Decimal("0.2"), residual_pence=25_000_000, by=by, at=NOW,
    )  # fmt: skip
    uplift = raise_for_optimism(
        agreement=agreement, uncertainty=Uncertainty.CAPITAL_COST, percent=Decimal(24),
        source="Outline business case", by=by, at=NOW,
    )  # fmt: skip
    obligation = make_promise(
        agreement=agreement, kind="apprenticeships", what="Two apprentices", measure="In post",
        owner=agreement.members.last(), first_due_on=date(2026, 9, 30), every="half-year",
        by=by, at=NOW,
    )  # fmt: skip
    set_indicator(
        agreement=agreement, name="Response", better="higher", target=Decimal(95),
        approaching=Decimal(90), improve=Decimal(80), by=by, at=NOW,
    )  # fmt: skip
    return {"risk_id": risk.pk, "uplift_id": uplift.pk, "obligation_id": obligation.pk}
