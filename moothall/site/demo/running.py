"""How are the demonstration's agreements left, changed and risked, and who is elected in one?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from attrs import frozen

from moothall.agreements.actions import (
    ballots,
    boards,
    elections,
    ending,
    exits,
    risks,
    variation_assents,
    variations,
)
from moothall.agreements.engine.exit_plan import parts, rehearsal_checks
from moothall.agreements.models import Agreement, Member
from moothall.directory.models import Organisation, Person
from moothall.values.counted_once import Uncertainty


@frozen
class Planned:
    """An item of every exit plan here: which of its part's prompts, how, and by when.

    is_theirs : the other side carries it out
    """

    part: str
    prompt: int
    how: str
    days_before: int
    is_theirs: bool = True


PLAN = (
    Planned("staff", 0, "List of 1 August 2024, in the contract file.", 120),
    Planned("staff", 2, "28 days before, to the council’s people team.", 28),
    Planned("assets", 0, "Register of March 2024, with book values.", 90),
    Planned("data", 1, "CSV; one quarter was handed over and opened in July 2024.", 60),
    Planned("data", 3, "Within 30 days after the last day.", -30),
    Planned("contracts", 1, "Two sub-contracts; both say that they may pass.", 90),
    Planned("licences", 2, "The handbook passes without charge.", 30),
    Planned("step_in", 0, "At once, by telephone.", 0, is_theirs=False),
    Planned("step_in", 3, "Three quarters running, with ten working days’ notice.", 0, False),
    Planned("step_in", 8, "When two quarters running were good.", 0, False),
)


def plan_leaving(agreement: Agreement, *, since: date, by: Person, at: datetime) -> None:
    """An exit plan with every part filled, what leaving costs, and what a provider has at stake."""
    keys = exits.held.keys_of(agreement)
    other = next(reversed(keys.values()))
    given: dict[str, Any] = {"agreement": agreement, "by": by, "at": at}
    for each in PLAN:
        exits.add_exit_item(
            part=each.part, what=parts()[each.part].items[each.prompt], detail=each.how,
            owner=other if each.is_theirs else None, days_before=each.days_before, **given,
        )  # fmt: skip
    halves = dict.fromkeys(keys, Decimal(1) / len(keys))
    exits.add_exit_cost(
        what="Staff and records handed over", low_gbp=Decimal(20_000), mode_gbp=Decimal(45_000),
        high_gbp=Decimal(120_000), shares=halves, **given,
    )  # fmt: skip
    exits.add_exit_cost(
        what="Setting the service up, where it is not written off", low_gbp=Decimal(150_000),
        mode_gbp=Decimal(150_000), high_gbp=Decimal(150_000), shares=halves,
        written_off_from=since, months=48, **given,
    )  # fmt: skip
    if other.role != Member.Role.PROVIDER:
        return
    exits.add_stake(
        member=other, what="Vehicles and training", gbp=Decimal(90_000),
        evidence="Invoices of October 2024", written_off_from=since, months=36, **given,
    )  # fmt: skip


def rehearse(agreement: Agreement, *, on: date, by: Person) -> None:
    """A rehearsal that found one thing missing; all but the data was checked then."""
    at = datetime(on.year, on.month, on.day, 15, tzinfo=UTC)
    answers = {check.key: (True, "") for check in rehearsal_checks()}
    answers["staff_list"] = (False, "It came nine days late, without pension details.")
    exits.record_rehearsal(agreement=agreement, held_on=on, answers=answers, by=by, at=at)
    for part in parts():
        if part != "data":
            exits.check_part(agreement=agreement, part=part, by=by, at=at)


def begin_leaving(agreement: Agreement, *, by: Person, at: datetime) -> None:
    """The first item of a plan that is being carried out is done."""
    item = agreement.exit_items.filter(part="staff").first()
    assert item is not None  # noqa: S101  # the plan has it
    ending.carry_out(
        item=item, done_on=at.date() - timedelta(days=1),
        evidence="List of eleven posts, received by the council", by=by, at=at,
    )  # fmt: skip


@frozen
class People:
    """Who does what with the changes of an agreement."""

    manager: Person
    officer: Person  # whose level of approval reaches as far
    provider: Person


def change_care(agreement: Agreement, bodies: Mapping[str, Organisation], who: People) -> None:
    """One change in force, one that waits for the council, and a volume held against its need."""
    at = datetime(2025, 11, 10, 10, tzinfo=UTC)
    given: dict[str, Any] = {"agreement": agreement, "by": who.manager, "at": at}
    variation_assents.set_change_basis(
        what="light_touch", vat_rate=Decimal(0), term_months=Decimal(36), **given
    )
    first = variations.ask_variation(
        organisation=bodies["county"], title="An evening team through the winter", side="client",
        in_force_from=date(2026, 1, 1), what="Visits until ten at night, from January to March.",
        why="Three in ten leave hospital after five o’clock.", effects=["scope added"],
        value_pence=9_600_000, scope_is_material=False, favours_supplier=False, **given,
    )  # fmt: skip
    first = variations.assess_variation(variation=first, by=who.manager, at=at)
    for member, person in _members(agreement, bodies, who):
        variation_assents.approve_variation(variation=first, member=member, by=person, at=at)
    first.refresh_from_db()
    begins = datetime(2026, 1, 1, 10, tzinfo=UTC)
    variations.bring_into_force(variation=first, by=who.manager, at=begins)
    later = datetime(2026, 11, 2, 10, tzinfo=UTC)
    second = variations.ask_variation(
        agreement=agreement, organisation=bodies["lantern"], title="Mileage at the new rate",
        side="supplier", in_force_from=date(2027, 1, 1), value_pence=2_200_000,
        why="Fuel costs a sixth more than at award.", effects=["price"],
        risk="The council bears the price of fuel.", scope_is_material=False,
        favours_supplier=True, by=who.provider, at=later,
    )  # fmt: skip
    variations.assess_variation(variation=second, by=who.manager, at=later)
    needs = ("410", "408", "415", "412", "418", "416", "421", "424")
    days = [date(2024 + (n + 3) // 4, (n + 3) % 4 * 3 + 1, 1) for n in range(8)]
    variation_assents.watch_need(
        agreement=agreement, fact="at_home", title="People over 75 who left hospital",
        source="The hospital’s own count of people who leave it, by quarter",
        readings=[
            variation_assents.Need(day, Decimal(need))
            for day, need in zip(days, needs, strict=True)
        ],
        by=who.manager, at=later,
    )  # fmt: skip


def _members(
    agreement: Agreement, bodies: Mapping[str, Organisation], who: People
) -> tuple[tuple[Member, Person], ...]:
    return (
        (agreement.members.get(organisation=bodies["county"]), who.officer),
        (agreement.members.get(organisation=bodies["lantern"]), who.provider),
    )


# Name, cause, event, effect, what is uncertain, whose (%), scores before and after, chance, cost.
RISKS = (
    ("Winter surge", "Influenza", "Twice as many people leave hospital", "Overtime is paid",
     "DEMAND", 50, (4, 3), (3, 3), "0.20", 90_000),
    ("Pay award", "National pay talks", "Pay rises faster than the fee", "The charity loses money",
     "INFLATION", 30, (4, 3), (3, 2), "0.40", 60_000),
    ("Records lost", "An old system", "A month of visits cannot be shown", "Results go unpaid",
     "SUPPLIER", 0, (2, 4), (1, 4), "0.05", 110_000),
    ("Somebody is hurt at home", "A missed visit", "A person falls and is not found",
     "The council answers for it in public", "REPUTATION", 100, (3, 5), (2, 5), "", 0),
)  # fmt: skip


def risk_care(agreement: Agreement, *, owner: Member, by: Person, at: datetime) -> None:
    """Three risks with figures, one to reputation, and an estimate raised for something else."""
    for name, cause, event, effect, what, percent, before, after, chance, cost in RISKS:
        risks.record_risk(
            agreement=agreement, name=name, cause=cause, event=event, effect=effect,
            uncertainty=what, owner=owner, authority_percent=Decimal(percent), proximity="year",
            inherent_likelihood=before[0], inherent_impact=before[1],
            residual_likelihood=after[0], residual_impact=after[1],
            residual_chance=Decimal(chance) if chance else None,
            residual_pence=cost * 100 if chance else None, by=by, at=at,
        )  # fmt: skip
    risks.raise_for_optimism(
        agreement=agreement, uncertainty=Uncertainty.BENEFITS, percent=Decimal(25),
        source="Savings in the business case of March 2024, raised as its appendix says", by=by,
        at=at,
    )  # fmt: skip


def elect_members(agreement: Agreement, *, elector: Person, by: Person, at: datetime) -> None:
    """A mutual whose staff elect two of its board, one of them from their own sign-in."""
    given: dict[str, Any] = {"by": by, "at": at}
    board = boards.set_up_board(
        agreement=agreement, name="Members’ board", method="COLLEGE", quorum=3,
        has_asset_lock=True, **given,
    )  # fmt: skip
    staff = boards.add_class(
        board=board, name="Staff", seats=2, weight=40, quorum=1, is_elected=True, **given
    )
    boards.add_class(
        board=board, name="Users", seats=2, weight=40, quorum=1, is_elected=True, **given
    )
    boards.add_class(board=board, name="Council", seats=1, weight=20, is_public=True, **given)
    election = elections.call_election(
        seat_class=staff, seats=2, electors=24, closes_on=at.date() + timedelta(days=14), **given
    )
    for name, statement in (
        ("Ada Colbrook", "Rotas a month ahead, and nobody alone on nights."),
        ("Ben Oswick", "Pay first; then new alarms."),
        ("Cyra Hartle", "I have trained half of you."),
    ):
        elections.nominate(election=election, name=name, statement=statement, **given)
    ballots.put_on_roll(election=election, people=[elector], **given)
    elections.open_voting(election=election, shuffle=lambda lot: lot.reverse(), **given)
    elections.enter_papers(
        election=election, text="4, Ada Colbrook, Cyra Hartle\n3, Ben Oswick\n1, Cyra Hartle",
        **given,
    )  # fmt: skip
