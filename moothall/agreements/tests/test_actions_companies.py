"""A company's record is kept, planned and paid from; what an abolished body held passes on."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from moothall.agreements.actions import companies, company_plans, passing_on, routes
from moothall.agreements.actions.companies import CannotKeepCompany
from moothall.agreements.actions.company_plans import CannotDeclareDividend, CannotPlan
from moothall.agreements.actions.passing_on import CannotPassOn
from moothall.agreements.actions.paying import dispute_line
from moothall.agreements.models import (
    Directorship,
    ExitItem,
    Holding,
    Member,
    Novation,
    Obligation,
)
from moothall.agreements.permissions import why_not_approve_payment, why_not_resolve
from moothall.agreements.queries.passing_on import succession_page
from moothall.agreements.tests.board_factories import committee, seat_of
from moothall.agreements.tests.company_factories import company_of
from moothall.agreements.tests.factories import agreement_of, manager_of
from moothall.agreements.tests.lamps import lamp_place
from moothall.core.models import AuditEntry
from moothall.core.permissions import Viewer
from moothall.directory.actions.bodies import record_succession
from moothall.directory.models import Role
from moothall.directory.tests.factories import OrganisationFactory, PersonFactory, RoleHeldFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
APRIL = date(2025, 4, 1)
LAST = date(2027, 4, 1)
DIGEST = "a" * 64


@pytest.fixture
def council():
    return OrganisationFactory(name="Norbury Council", slug="norbury")


@pytest.fixture
def manager(council):
    return manager_of(council)


@pytest.fixture
def company(council, manager):
    homes = OrganisationFactory(name="Norbury Homes", slug="norbury-homes", kind="company")
    return company_of(council, homes, by=manager)


@pytest.fixture
def ordinary(company, manager):
    return companies.add_class(company=company, name="Ordinary shares", by=manager, at=NOW)


def hold(of_class, count, by, on=APRIL, **whose):
    return companies.record_holding(of_class=of_class, count=count, on=on, by=by, at=NOW, **whose)


def test_only_those_who_keep_its_agreements_register_a_company(council):
    homes = OrganisationFactory(name="Homes")
    with pytest.raises(CannotKeepCompany, match="You cannot keep the agreements of Norbury"):
        company_of(council, homes, by=PersonFactory())


def test_a_company_has_one_record(company, council):
    other = OrganisationFactory(name="Easton Council")
    with pytest.raises(CannotKeepCompany, match="has a record already, kept by Norbury Council"):
        company_of(other, company.organisation)
    with pytest.raises(CannotKeepCompany, match="does not keep a record of itself"):
        company_of(council, council)
    with pytest.raises(CannotKeepCompany, match="There is no form of company called partnership"):
        company_of(council, OrganisationFactory(name="Firm"), form="partnership")


def test_a_change_of_the_record_is_in_the_audit_log(company, manager):
    companies.set_company(company=company, reserved_matters=9, is_public=True, by=manager, at=NOW)
    company.refresh_from_db()
    assert (company.reserved_matters, company.is_public) == (9, True)
    assert AuditEntry.objects.latest("seq").did == "agreements.company_set"


def test_a_class_has_a_name_of_its_own(company, ordinary, manager):
    with pytest.raises(CannotKeepCompany, match="has a class called ordinary shares already"):
        companies.add_class(company=company, name="ordinary shares", by=manager, at=NOW)
    with pytest.raises(CannotKeepCompany, match="A class has a name"):
        companies.add_class(company=company, name=" ", by=manager, at=NOW)


def test_a_holding_is_held_over_time(council, ordinary, manager):
    hold(ordinary, 100, manager, holder=council)
    hold(ordinary, 60, manager, on=date(2026, 4, 1), holder=council)
    hold(ordinary, 40, manager, on=date(2026, 4, 1), holder_name="Employees")

    def held(day):
        return {str(one): one.count for one in Holding.objects.on(day)}

    assert held(date(2026, 3, 31)) == {"Norbury Council": 100}
    assert held(date(2026, 4, 1)) == {"Norbury Council": 60, "Employees": 40}
    with pytest.raises(CannotKeepCompany, match="A later change of this holding is recorded"):
        hold(ordinary, 70, manager, on=date(2025, 6, 1), holder=council)
    hold(ordinary, 0, manager, on=date(2026, 5, 1), holder_name="Employees")
    assert held(date(2026, 5, 1)) == {"Norbury Council": 60}


def test_a_holding_has_one_holder_and_is_not_below_nothing(council, ordinary, manager):
    with pytest.raises(CannotKeepCompany, match="A holding has one holder"):
        hold(ordinary, 1, manager)
    with pytest.raises(CannotKeepCompany, match="Nobody holds less than nothing"):
        hold(ordinary, -1, manager, holder=council)


def test_a_director_fills_the_seat_that_waits(company, council, manager):
    Directorship.objects.create(company=company, appointed_by=council, starts_on=APRIL)
    seat = companies.appoint_director(
        company=company, name="Ada Brack", appointed_by=council, on=APRIL, by=manager, at=NOW
    )
    assert company.directorships.count() == 1
    companies.end_directorship(seat=seat, on=LAST, by=manager, at=NOW)
    with pytest.raises(CannotKeepCompany, match="Ada Brack is no director on 1 April 2027"):
        companies.end_directorship(seat=seat, on=LAST, by=manager, at=NOW)
    with pytest.raises(CannotKeepCompany, match="A director has a name"):
        companies.appoint_director(company=company, name="", on=APRIL, by=manager, at=NOW)


def test_a_director_with_an_interest_votes_only_where_somebody_allowed_it(company, manager):
    seat = companies.appoint_director(
        company=company, name="Ada Brack", on=APRIL, by=manager, at=NOW
    )
    said = {
        "seat": seat,
        "item": "Lease of the depot",
        "met_on": APRIL,
        "interest": "Her brother owns it",
        "by": manager,
        "at": NOW,
    }
    with pytest.raises(CannotKeepCompany, match="say who allowed it, and under which article"):
        companies.declare_conflict(done="ALLOWED", **said)
    assert companies.declare_conflict(done="LEFT", **said).pk
    with pytest.raises(CannotKeepCompany, match="Say what was decided, and the interest"):
        companies.declare_conflict(done="LEFT", **(said | {"item": ""}))


def year_of(company, manager, **accounts):
    return companies.record_year(
        company=company, ends_on=date(2026, 3, 31), own_pence=100, other_pence=10, by=manager,
        at=NOW, **accounts,
    )  # fmt: skip


def test_an_exposure_is_the_holders_to_record(company, council, manager):
    made = companies.record_exposure(
        company=company, holder=council, standing="LOAN", pence=500_00, on=APRIL, by=manager, at=NOW
    )
    companies.end_exposure(exposure=made, on=LAST, by=manager, at=NOW)
    with pytest.raises(CannotKeepCompany, match="This exposure is not there on 1 April 2027"):
        companies.end_exposure(exposure=made, on=LAST, by=manager, at=NOW)
    with pytest.raises(CannotKeepCompany, match="of more than nothing"):
        companies.record_exposure(
            company=company, holder=council, standing="LOAN", pence=0, on=APRIL, by=manager, at=NOW
        )
    with pytest.raises(CannotKeepCompany, match="You cannot keep the agreements of Easton"):
        companies.record_exposure(
            company=company, holder=OrganisationFactory(name="Easton"), standing="LOAN", pence=1,
            on=APRIL, by=manager, at=NOW,
        )  # fmt: skip


def test_reserves_have_a_source(council, manager):
    with pytest.raises(CannotKeepCompany, match="Reserves have a source"):
        companies.record_reserves(body=council, on=APRIL, pence=1, source="", by=manager, at=NOW)
    companies.record_reserves(
        body=council, on=APRIL, pence=1, source="Accounts", by=manager, at=NOW
    )
    companies.record_reserves(
        body=council, on=APRIL, pence=2, source="Accounts", by=manager, at=NOW
    )
    assert council.reserves_levels.get().pence == 2


LINES = [("Rents", True, (100, 100, 100, 100)), ("Pay", False, (50, 50, 50, 50))]


def plan_of(company, manager, **given):
    return company_plans.write_plan(
        company=company, name="Plan 2026/27", starts_on=date(2026, 4, 1), lines=LINES,
        by=manager, at=NOW, **given,
    )  # fmt: skip


@pytest.fixture
def member(council):
    return RoleHeldFactory(role=Role.EXECUTIVE_MEMBER.value, organisation=council).person


def put(company, manager):
    return company_plans.put_plan(plan=plan_of(company, manager), by=manager, at=NOW)


def decide(plan, by, approve=True, why=""):
    return company_plans.decide_plan(plan=plan, approve=approve, why=why, by=by, at=NOW)


def test_a_plan_is_put_and_approved_and_the_next_replaces_it(company, manager, member):
    first = decide(put(company, manager), member)
    assert first.state == "APPROVED"
    second = decide(put(company, manager), member)
    first.refresh_from_db()
    assert (first.state, second.state) == ("REPLACED", "APPROVED")


def test_a_plan_is_refused_with_a_reason_and_written_again(company, manager, member):
    plan = put(company, manager)
    with pytest.raises(CannotPlan, match="is not refused without a reason"):
        decide(plan, member, approve=False)
    decide(plan, member, approve=False, why="Rents are too high")
    again = plan_of(company, manager, plan=plan)
    assert (again.state, again.decided_by) == ("DRAFT", None)
    with pytest.raises(CannotPlan, match=r"You cannot approve the plan: .* is being written"):
        decide(again, member)


def test_who_puts_a_plan_does_not_decide_on_it(company, council):
    both = RoleHeldFactory(role=Role.COMMISSIONER.value, organisation=council).person
    with pytest.raises(CannotPlan, match="You put this plan to the owners yourself"):
        decide(put(company, both), both)


def test_who_may_not_decide_for_an_owner_approves_no_plan(company, manager):
    with pytest.raises(CannotPlan, match="You cannot record a decision of Norbury Council"):
        decide(put(company, manager), manager)


def test_an_owner_that_does_not_keep_the_record_may_decide(company, manager, ordinary):
    easton = OrganisationFactory(name="Easton Council")
    hold(ordinary, 10, manager, holder=easton)
    theirs = RoleHeldFactory(role=Role.EXECUTIVE_MEMBER.value, organisation=easton).person
    assert decide(put(company, manager), theirs).state == "APPROVED"


def test_a_plan_that_is_put_is_not_written_over(company, manager):
    plan = put(company, manager)
    with pytest.raises(CannotPlan, match="is put to its owners and is not written over"):
        plan_of(company, manager, plan=plan)
    with pytest.raises(CannotPlan, match="lines of income and cost with each title once"):
        company_plans.write_plan(
            company=company, name="Plan", starts_on=APRIL, lines=[], by=manager, at=NOW
        )


def test_quarters_are_reported_whole_and_in_order(company, manager, member):
    plan = put(company, manager)
    keys = list(plan.lines.values_list("pk", flat=True))
    report = {"plan": plan, "by": manager, "at": NOW}
    with pytest.raises(CannotPlan, match="only an approved plan is reported on"):
        company_plans.report_quarter(quarter=1, actual=dict.fromkeys(keys, 5), **report)
    report["plan"] = decide(plan, member)
    with pytest.raises(CannotPlan, match="A quarter is reported whole"):
        company_plans.report_quarter(quarter=1, actual={keys[0]: 5}, **report)
    with pytest.raises(CannotPlan, match="Quarter 1 is not reported yet"):
        company_plans.report_quarter(quarter=2, actual=dict.fromkeys(keys, 5), **report)
    company_plans.report_quarter(quarter=1, actual=dict.fromkeys(keys, 5), **report)
    assert set(plan.lines.values_list("actual_1", flat=True)) == {5}


def dividend(year, pence, by):
    return company_plans.declare_dividend(year=year, pence=pence, by=by, at=NOW)


def test_a_dividend_above_distributable_profit_is_refused_whatever_was_declared_before(
    company, council, ordinary, manager
):
    hold(ordinary, 199, manager, holder=council)
    hold(ordinary, 801, manager, holder_name="Others")
    year = year_of(company, manager, distributable_pence=1_000_00)
    made = dividend(year, 600_01, manager)
    assert sum(made.parts.values_list("pence", flat=True)) == 600_01
    assert made.parts.get(holder="Norbury Council").pence == 119_40
    with pytest.raises(CannotDeclareDividend, match=r"which leaves £399\.99"):
        dividend(year, 400_00, manager)
    with pytest.raises(CannotKeepCompany, match=r"dividends of £600\.01 are declared from it"):
        year_of(company, manager, distributable_pence=500_00)


def test_nobody_pays_a_dividend_to_nobody(company, manager):
    year = year_of(company, manager, distributable_pence=1_000_00)
    with pytest.raises(CannotDeclareDividend, match="nobody held a share of Norbury Homes"):
        dividend(year, 1, manager)
    with pytest.raises(CannotDeclareDividend, match="A dividend is of more than nothing"):
        dividend(year, 0, manager)


def test_a_company_without_shares_declares_no_dividend(council, manager):
    trust = company_of(council, OrganisationFactory(name="Trust"), form="limited_by_guarantee")
    year = year_of(trust, manager, distributable_pence=100)
    with pytest.raises(CannotDeclareDividend, match="a body of this form pays its members nothing"):
        dividend(year, 1, manager)


# ── succession ───────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def heirs(council):
    north, south = (OrganisationFactory(name=f"{name} Council") for name in ("North", "South"))
    record_succession(
        predecessor=council, shares={north: Decimal("0.6"), south: Decimal("0.4")}, on=LAST,
        by=None, at=NOW,
    )  # fmt: skip
    council.refresh_from_db()
    return {north: Decimal("0.6"), south: Decimal("0.4")}


def pass_on(council, heirs, thing, key, by, **given):
    return passing_on.pass_on(
        body=council, thing=thing, key=key, to=heirs, by=by, at=NOW, **({"how": "ORDER"} | given)
    )


def test_shares_split_to_the_last_one_on_top_of_what_a_successor_had(
    council, heirs, ordinary, manager
):
    north, south = heirs
    hold(ordinary, 101, manager, holder=council)
    hold(ordinary, 7, manager, holder=south)
    made = pass_on(council, heirs, "HOLDING", ordinary.pk, manager)
    assert {one.successor: one.quantity for one in made} == {north: 61, south: 40}
    held = {str(one): one.count for one in Holding.objects.on(LAST)}
    assert held == {"North Council": 61, "South Council": 47}
    assert Holding.objects.on(date(2027, 3, 31)).get(holder=council).count == 101
    with pytest.raises(CannotPassOn, match="Norbury Council holds none of it any more"):
        pass_on(council, heirs, "HOLDING", ordinary.pk, manager)


def test_a_loan_splits_to_the_last_penny(council, heirs, company, manager):
    held = companies.record_exposure(
        company=company, holder=council, standing="LOAN", pence=100_01, on=APRIL, by=manager, at=NOW
    )
    pass_on(council, heirs, "EXPOSURE", held.pk, manager)
    after = company.exposures.on(LAST).values_list("holder__name", "pence")
    assert dict(after) == {"North Council": 60_01, "South Council": 40_00}
    with pytest.raises(CannotPassOn, match="has no such exposure any more"):
        pass_on(council, heirs, "EXPOSURE", held.pk, manager)


def test_a_board_is_reconstituted_with_seats_to_be_filled(council, heirs, company, manager):
    for name in ("Ada", "Bea", "Cal"):
        companies.appoint_director(
            company=company, name=name, appointed_by=council, on=APRIL, by=manager, at=NOW
        )
    pass_on(council, heirs, "SEATS", company.pk, manager)
    seats = company.directorships.on(LAST)
    assert {seat.name for seat in seats} == {""}
    assert sorted(seat.appointed_by.name for seat in seats) == [
        "North Council",
        "North Council",
        "South Council",
    ]
    with pytest.raises(CannotPassOn, match="has no seat there any more"):
        pass_on(council, heirs, "SEATS", company.pk, manager)


def test_each_successor_becomes_a_member_and_the_greatest_keeps_the_record(council, heirs, manager):
    north, south = heirs
    provider = OrganisationFactory(name="Provider")
    agreement = agreement_of(council, provider, value_pence=101, by=manager)
    made = pass_on(council, heirs, "AGREEMENT", agreement.pk, manager)
    agreement.refresh_from_db()
    assert agreement.body == north
    now = Member.objects.filter(agreement=agreement, left_on=None)
    assert {one.organisation for one in now} == {provider, north, south}
    assert {one.successor: one.quantity for one in made} == {north: 61, south: 40}
    with pytest.raises(CannotPassOn, match="is in no such agreement any more"):
        pass_on(council, heirs, "AGREEMENT", agreement.pk, manager)


def test_whoever_sat_on_its_boards_for_the_body_sits_there_no_longer(council, heirs, manager):
    board = committee(council)
    seat = seat_of(board, "Norbury Two")
    seat.organisation = council
    seat.save()
    pass_on(council, heirs, "AGREEMENT", board.agreement_id, manager)
    seat.refresh_from_db()
    assert seat.ends_before == LAST
    page = succession_page(council, viewer=Viewer.operator())
    assert [(one.board, one.seats) for one in page.to_fill] == [("Joint Committee, Norbury", 1)]


def test_what_it_owed_under_an_agreement_passes_with_it_and_the_novation_says_so():
    place = lamp_place()
    line = place.stated(800, depots=2).lines.get(term="lamps")
    dispute = dispute_line(line=line, why="Ten were dark.", by=place.checker, at=NOW)
    agreement, by = place.agreement, place.manager
    mine = agreement.members.get(organisation=place.council)
    told = {"agreement": agreement, "owner": mine, "by": by, "at": NOW}
    promise = Obligation.objects.create(
        kind="report", what="Report", measure="Sent", first_due_on=date(2026, 1, 31), **told
    )
    item = ExitItem.objects.create(part="data", what="Hand over", **told)
    variation = agreement.variations.create(
        number=1, title="More", organisation=place.council, in_force_from=LAST, by=by, at=NOW
    )
    north = OrganisationFactory(name="North Council")
    whole = {north: Decimal(1)}
    record_succession(predecessor=place.council, shares=whole, on=LAST, by=None, at=NOW)
    place.council.refresh_from_db()
    (made,) = pass_on(place.council, whole, "AGREEMENT", agreement.pk, by)
    assert made.what == (
        "Street lamps, with 1 promise, 1 item of the exit plan, 1 period to be paid, 1 line in "
        "dispute and 1 variation asked for"
    )
    heir = agreement.members.get(organisation=north)
    for each in (promise, item, variation, dispute):
        each.refresh_from_db()
    assert (promise.owner, item.owner) == (heir, heir)
    assert (variation.organisation, dispute.organisation) == (north, north)
    payer = RoleHeldFactory(organisation=north, role=Role.SECTION_151_OFFICER.value).person
    checker = RoleHeldFactory(organisation=north, role=Role.FINANCE_OFFICER.value).person
    assert why_not_approve_payment(payer, place.period()) is None
    assert why_not_resolve(checker, dispute) is None
    assert succession_page(place.council, viewer=Viewer.operator()).left == ()


def test_the_record_of_a_company_passes_whole(council, heirs, company, manager):
    north, _ = heirs
    with pytest.raises(CannotPassOn, match="Choose one successor"):
        pass_on(council, heirs, "RECORD", company.pk, manager)
    pass_on(council, {north: Decimal(1)}, "RECORD", company.pk, manager)
    company.refresh_from_db()
    assert company.body == north


def test_a_deed_of_novation_is_attached_by_its_hash(council, heirs, company, manager):
    north, _ = heirs
    with pytest.raises(CannotPassOn, match="attach the deed"):
        pass_on(council, {north: Decimal(1)}, "RECORD", company.pk, manager, how="DEED")
    made = pass_on(
        council, {north: Decimal(1)}, "RECORD", company.pk, manager,
        how="DEED", document_name="novation.pdf", document_digest=DIGEST,
    )  # fmt: skip
    assert made[0].document_digest == DIGEST
    assert AuditEntry.objects.latest("seq").did == "agreements.passed_on"


def test_a_successors_keeper_may_pass_on_and_a_stranger_may_not(council, heirs, company):
    north, _ = heirs
    with pytest.raises(CannotPassOn, match="You cannot keep the agreements of Norbury Council"):
        pass_on(council, {north: Decimal(1)}, "RECORD", company.pk, PersonFactory())
    assert pass_on(council, {north: Decimal(1)}, "RECORD", company.pk, manager_of(north))


@pytest.mark.parametrize("parts", [{}, {0: Decimal("0.5")}, {0: Decimal(1), 1: Decimal(1)}])
def test_parts_add_up_to_the_whole(council, heirs, company, manager, parts):
    bodies = list(heirs)
    with pytest.raises(CannotPassOn, match="add up to the whole"):
        pass_on(council, {bodies[i]: p for i, p in parts.items()}, "RECORD", company.pk, manager)


def test_nothing_passes_to_a_stranger_or_from_a_body_that_goes_on(council, heirs, company, manager):
    stranger = OrganisationFactory(name="Weston")
    with pytest.raises(CannotPassOn, match="Weston is no successor of Norbury Council"):
        pass_on(council, {stranger: Decimal(1)}, "RECORD", company.pk, manager)
    with pytest.raises(CannotPassOn, match="Nothing of Weston passes on: it has not ended"):
        pass_on(stranger, heirs, "RECORD", company.pk, manager_of(stranger))
    assert not Novation.objects.exists()


# ── the legal-route helper ───────────────────────────────────────────────────────────────────


def test_a_route_is_kept_and_a_solicitor_confirms_it(council, manager):
    result = [{"key": "vertical", "state": "not assessed"}]
    kept = routes.keep_route(body=council, name="Care", facts={}, result=result, by=manager, at=NOW)
    with pytest.raises(routes.CannotKeepRoute, match="A confirmation names the solicitor"):
        routes.confirm_route(kept=kept, solicitor="", on=APRIL, said="Yes", by=manager, at=NOW)
    routes.confirm_route(
        kept=kept, solicitor="B. Lawson", on=APRIL, said="The vertical route.", by=manager, at=NOW
    )
    kept.refresh_from_db()
    assert kept.solicitor == "B. Lawson"


def test_a_route_is_kept_under_a_name_by_those_who_keep_agreements(council, manager):
    said = {"body": council, "facts": {}, "result": [], "at": NOW}
    with pytest.raises(routes.CannotKeepRoute, match="What is kept has a name"):
        routes.keep_route(name=" ", by=manager, **said)
    with pytest.raises(routes.CannotKeepRoute, match="You cannot keep the agreements of Norbury"):
        routes.keep_route(name="Care", by=PersonFactory(), **said)
