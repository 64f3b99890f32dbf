"""An invented deal that is settled by the quarter: a fee, a price a lamp, and rent of depots."""

from datetime import UTC, date, datetime
from uuid import uuid4

from attrs import frozen
from django.utils import timezone

from moothall.agreements.actions.facts import check_facts, report_facts
from moothall.agreements.actions.facts_doors import make_key, make_link
from moothall.agreements.actions.paying import (
    approve_payment,
    dispute_line,
    record_invoice,
    record_payment,
    settle_period,
)
from moothall.agreements.models import Agreement, Settlement
from moothall.agreements.queries.issued import payable_lines
from moothall.agreements.tests.factories import agreement_of, manager_of
from moothall.directory.engine.roles import Role
from moothall.directory.models import Organisation, Person
from moothall.directory.tests.factories import OrganisationFactory, RoleHeldFactory

LAMPS = """
[deal]
name = "Street lamps kept lit"
starts_on = 2025-04-01
ends_before = 2026-04-01
every = "quarter"

[parties.council]
name = "Norbury Council"
kind = "public body"
reference = "in-house"

[parties.contractor]
name = "Brightway Lamps"
kind = "supplier"

[facts.lamps]
title = "Lamps kept lit"
unit = "lamps"
reported_by = "contractor"

[facts.depots]
title = "Depots used"
unit = "depots"
once = true
reported_by = "council"

[terms.fee]
kind = "fixed_fee"
payer = "council"
payee = "contractor"
amount_gbp = 1000
vat = "standard"

[terms.lamps]
kind = "unit_price"
payer = "council"
payee = "contractor"
volume = "lamps"
bands = [{ price_gbp = "1.25" }]
total_cap_gbp = 3000

[terms.depots]
kind = "unit_price"
payer = "contractor"
payee = "council"
volume = "depots"
bands = [{ price_gbp = "50.00" }]
"""
AT = datetime(2026, 5, 4, 10, tzinfo=UTC)  # after the last period
QUARTERS = [date(2025, 4, 1), date(2025, 7, 1), date(2025, 10, 1), date(2026, 1, 1)]
FIRST, SECOND, THIRD, LAST = QUARTERS


@frozen
class LampPlace:
    """A council, its provider, and whoever takes each step at them."""

    agreement: Agreement
    council: Organisation
    provider: Organisation
    manager: Person  # keeps the agreement
    reporter: Person  # at the provider
    checker: Person  # finance officer of the council
    approvers: tuple[Person, Person]

    def report(self, lamps, quarter=FIRST, *, depots=None, key=None, at=AT, by=None):
        """The provider's word on its lamps; and the council's on the depots, where given."""
        if depots is not None:
            report_facts(
                agreement=self.agreement, starts_on=quarter, values={"depots": depots},
                organisation=self.council, key=f"{key}-depots" if key else uuid4().hex,
                by=self.manager, at=at,
            )  # fmt: skip
        return report_facts(
            agreement=self.agreement,
            starts_on=quarter,
            values={"lamps": lamps},
            organisation=self.provider,
            key=key or uuid4().hex,
            by=by or self.reporter,
            at=at,
        )

    def period(self, quarter=FIRST, round=1) -> Settlement:
        return Settlement.objects.get(agreement=self.agreement, starts_on=quarter, round=round)

    def check(self, quarter=FIRST, at=AT):
        return check_facts(settlement=self.period(quarter), by=self.checker, at=at)

    def settle(self, quarter=FIRST, at=AT, round=1):
        return settle_period(settlement=self.period(quarter, round), by=self.checker, at=at)

    def approve(self, quarter=FIRST, at=AT, round=1):
        for person in self.approvers:
            approve_payment(settlement=self.period(quarter, round), by=person, at=at)

    def pay(self, quarter=FIRST, at=AT, round=1):
        """Every pair of parties pays what is due by now, with an invoice of the same day."""
        period, paid = self.period(quarter, round), []
        pairs = dict.fromkeys(
            period.statement.lines.order_by("place").values_list("payer", "payee")
        )
        for payer, payee in pairs:
            if not payable_lines(period, payer, payee):
                continue
            if not period.statement.invoices.filter(payer=payer, payee=payee).exists():
                record_invoice(
                    statement=period.statement, payer=payer, payee=payee, kind="INVOICE",
                    reference="INV 7", arrived_on=at.date(), by=self.checker, at=at,
                )  # fmt: skip
            paid.append(self.pay_pair(period, payer, payee, at))
        return paid

    def pay_pair(self, period, payer, payee, at):
        return record_payment(
            settlement=period, payer=payer, payee=payee, paid_on=at.date(), by=self.checker, at=at
        )

    def stated(self, lamps, quarter=FIRST, *, depots=None):
        """A period brought as far as its statement."""
        self.report(lamps, quarter, depots=depots)
        self.check(quarter)
        return self.settle(quarter)


def holder(organisation, role):
    return RoleHeldFactory(role=role.value, organisation=organisation).person


def lamp_place(text=LAMPS, **fields) -> LampPlace:
    council = OrganisationFactory(name="Norbury Council", slug="norbury")
    provider = OrganisationFactory(name="Brightway Lamps", slug="brightway")
    manager = manager_of(council)
    given = {"name": "Street lamps", "text": text, "by": manager, **fields}
    agreement = agreement_of(council, provider, **given)
    agreement.versions.update(at=datetime(2025, 3, 1, tzinfo=UTC))
    return LampPlace(
        agreement=agreement,
        council=council,
        provider=provider,
        manager=manager,
        reporter=holder(provider, Role.PROVIDER),
        checker=holder(council, Role.FINANCE_OFFICER),
        approvers=(
            holder(council, Role.COMMISSIONER),
            holder(council, Role.SECTION_151_OFFICER),
        ),
    )


def settlement_story(person) -> dict[str, dict[str, object]]:
    """Periods on every step for a person who holds every role there: route -> what it takes."""
    place = lamp_place()
    for body in (place.council, place.provider):
        for role in Role:
            RoleHeldFactory(person=person, organisation=body, role=role.value)
    line = place.stated(800, depots=2).lines.get(term="lamps")
    dispute_line(line=line, why="Ten were dark.", by=place.checker, at=AT)
    place.approve()
    place.pay()
    report = place.report(810, SECOND)
    now = timezone.now()
    link = make_link(
        settlement=place.period(SECOND), organisation=place.provider, by=place.manager, at=now
    )
    key = make_key(
        agreement=place.agreement, organisation=place.provider, name="Lamps", by=place.reporter,
        at=now,
    )  # fmt: skip
    number = {"agreement_id": place.agreement.pk}
    of_period = {**number, "day": SECOND.isoformat(), "round": 1}
    return {
        "agreements:facts_link": {"secret": link.secret},
        "agreements:settlement": number,
        "agreements:facts_keys": number,
        "agreements:end_facts_key": {**number, "key_id": key.held.pk},
        "agreements:dispute_line": {**number, "line_id": line.pk},
        **{
            f"agreements:{name}": {**number, "facts_id": report.pk}
            for name in ("confirm_facts", "refuse_facts", "send_back_facts")
        },
        **{
            f"agreements:{name}": {**number, "number": 1}
            for name in ("statement", "approve_statement", "record_invoice", "record_payment")
        },
        **{
            f"agreements:{name}": of_period
            for name in (
                *("ask_facts", "report_facts", "make_facts_link", "settlement_period"),
                *("check_facts", "settle_period"),
            )
        },
    }
