"""An invented contract with service credits, and the people on each side of it, for tests."""

from datetime import UTC, date, datetime

from moothall.agreements.tests.factories import agreement_of
from moothall.agreements.tests.test_engine_promises import DEAL
from moothall.directory.engine.roles import Role
from moothall.directory.tests.factories import OrganisationFactory, RoleHeldFactory

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
