"""What does an exit plan say, what does leaving cost by date, and how far is an ending?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from attrs import frozen

from moothall.agreements.engine import exit_plan
from moothall.agreements.engine.exit_cost import (
    ExitCost,
    PlannedCost,
    Stake,
    exit_costs,
    has_exit_terms,
    leaving_dates,
    why_not_draw,
)
from moothall.agreements.engine.exit_plan import PartHeld, Step
from moothall.agreements.models import (
    Agreement,
    Ending,
    ExitCostLine,
    ExitItem,
    ExitPart,
    ExitRehearsal,
    ExitStake,
    Member,
)
from moothall.agreements.queries.register import moves_something
from moothall.agreements.queries.variations import deal_of, who_must_agree
from moothall.core.rules import rule_on
from moothall.values.money import PENNY


def empty_parts(agreement: Agreement) -> tuple[str, ...]:
    """The parts of its exit plan that say nothing, by their labels.

    An agreement that moves no money, staff or assets needs no such plan.
    """
    if not moves_something(agreement):
        return ()
    return exit_plan.empty_parts(plan_of(agreement))


def plan_of(agreement: Agreement) -> dict[str, PartHeld]:
    """Every part of the plan and what is held under it."""
    recorded = {one.part: one for one in ExitPart.objects.filter(agreement=agreement)}
    counted = Counter(item.part for item in agreement.exit_items.all() if is_said(item))
    lines = list(agreement.exit_cost_lines.all())
    counted["costs"] += len(lines) + has_exit_terms(deal_of(agreement))
    counted["sharing"] += _shared(agreement, lines)
    return {
        key: PartHeld(
            key,
            counted[key],
            recorded[key].none_because if key in recorded else "",
            recorded[key].checked_on if key in recorded else None,
        )
        for key in exit_plan.parts()
    }


def is_said(item: ExitItem) -> bool:
    """Whether an item says something: a prompt that a plan begins from does so once answered."""
    is_prompt = item.what in exit_plan.parts()[item.part].items
    return not is_prompt or bool(item.detail or item.owner_id)


def _shared(agreement: Agreement, lines: Sequence[ExitCostLine]) -> int:
    """How many costs say who bears them; none, while one does not."""
    if any(not exit_plan.shares_in_full(shares_of(line)) for line in lines):
        return 0
    return len(lines) + has_exit_terms(deal_of(agreement))


def old_parts(agreement: Agreement, today: date) -> tuple[PartHeld, ...]:
    """The parts of its exit plan whose information is old."""
    if not moves_something(agreement):
        return ()
    months = months_of(today, "information")
    return exit_plan.old_parts(plan_of(agreement).values(), today, months)


def stale_parts(agreement: Agreement, today: date) -> tuple[str, ...]:
    """What of the plan's information is old, in sentences, and whether a rehearsal is."""
    old = old_parts(agreement, today)
    said = exit_plan.freshness(old, months_of(today, "information"))
    last = last_rehearsal(agreement)
    again = months_of(today, "rehearsal")
    if last is not None and exit_plan.is_old(last.held_on, today, again):
        said += (f"The exit was last rehearsed {again} months ago or longer. Rehearse it again.",)
    return said


def months_of(today: date, what: str) -> int:
    """After how many months exit information, or a rehearsal, is old."""
    return int(rule_on(today, "agreements", "exit", f"{what}_months").value)


def last_rehearsal(agreement: Agreement) -> ExitRehearsal | None:
    return agreement.exit_rehearsals.order_by("-held_on", "-pk").first()


def shares_of(line: ExitCostLine) -> dict[str, Decimal]:
    order = [*keys_of(line.agreement), *line.shares]  # a database may keep them in another
    keys = sorted(line.shares, key=order.index)
    return {key: Decimal(line.shares[key]) for key in keys} or {"": Decimal(0)}


def key_of(member: Member) -> str:
    """What a member is called in shares and costs: its party of the deal, or else its number."""
    if member.party:
        return member.party
    deal = deal_of(member.agreement)
    name = member.organisation.name
    parties = deal.parties if deal else {}
    return next((key for key in parties if parties[key].name == name), f"member-{member.pk}")


def keys_of(agreement: Agreement) -> dict[str, Member]:
    """Key -> member, for all that may leave or stay."""
    return {key_of(member): member for member in who_must_agree(agreement)}


@frozen
class CostsByDate:
    """What leaving costs each party on each day. names: key -> the member's name."""

    names: Mapping[str, str]
    costs: tuple[ExitCost, ...]
    why_not: str | None = None

    def of(self, party: str) -> list[ExitCost]:
        return [cost for cost in self.costs if cost.party == party]

    def findings(self) -> list[str]:
        """The first punitive exit of each party."""
        found = []
        for party, name in self.names.items():
            said = (cost.finding(name) for cost in self.of(party))
            found += [sentence for sentence in said if sentence][:1]
        return found


def costs_by_date(agreement: Agreement, dates: Sequence[date] | None = None) -> CostsByDate:
    """What leaving costs, by party and date: by the deal's terms, and by the plan beside them."""
    deal = deal_of(agreement)
    names = {key: member.organisation.name for key, member in keys_of(agreement).items()}
    lines = list(agreement.exit_cost_lines.all())
    if not lines and not has_exit_terms(deal):
        return CostsByDate(
            names,
            (),
            "Nobody has said what leaving costs: the deal charges nothing for it, and the plan "
            "has no costs. Add them to the plan.",
        )
    if dates is None:
        dates = leaving_dates(deal, agreement.starts_on, agreement.ends_before)
    if not dates:
        return CostsByDate(
            names, (), "No date can be told: the agreement has no first day. Record it."
        )
    planned = [
        PlannedCost(
            line.what,
            line.low_pence * PENNY,
            line.mode_pence * PENNY,
            line.high_pence * PENNY,
            shares_of(line),
            line.written_off_from,
            line.months,
        )
        for line in lines
    ]
    costs = exit_costs(deal, planned, stakes_of(agreement), parties=list(names), dates=dates)
    return CostsByDate(names, tuple(costs), why_not_draw(deal))


def stakes_of(agreement: Agreement) -> list[Stake]:
    return [
        Stake(
            key_of(one.member),
            one.what,
            one.pence * PENNY,
            one.evidence,
            one.written_off_from,
            one.months,
        )
        for one in agreement.exit_stakes.select_related("member__organisation", "member__agreement")
    ]


def ending_of(agreement: Agreement) -> Ending | None:
    return Ending.objects.filter(agreement=agreement).first()


def due_on(item: ExitItem, ending: Ending | None) -> date | None:
    """When an item is to be carried out, once the last day is known."""
    return None if ending is None else ending.ends_on - timedelta(days=item.days_before)


def steps_of(agreement: Agreement) -> list[Step]:
    """The plan's items as they are carried out. Step-in is no part of an ending."""
    ending = ending_of(agreement)
    return [
        Step(item.what, due_on(item, ending), item.done_on, item.set_aside_because)
        for item in agreement.exit_items.exclude(part="step_in")
    ]


@frozen
class StepIn:
    """What a plan says of stepping in.

    agreed : trigger -> how, where the plan says so, or nothing; without the triggers it leaves out
    terms  : everything else it says: what, and how
    """

    agreed: Mapping[str, str]
    terms: tuple[tuple[str, str], ...]

    @property
    def is_said(self) -> bool:
        return bool(self.agreed or self.terms)


def step_in_of(agreement: Agreement) -> StepIn:
    """When and how the authority may step in, as the exit plan has it."""
    triggers = {what: key for key, what in exit_plan.step_in_triggers().items()}
    said = [item for item in agreement.exit_items.filter(part="step_in") if is_said(item)]
    return StepIn(
        {triggers[item.what]: item.detail for item in said if item.what in triggers},
        tuple((item.what, item.detail) for item in said if item.what not in triggers),
    )


def cost_of(agreement: Agreement, line_id: int) -> ExitCostLine | None:
    return agreement.exit_cost_lines.filter(pk=line_id).first()


def stake_of(agreement: Agreement, stake_id: int) -> ExitStake | None:
    return agreement.exit_stakes.filter(pk=stake_id).first()


def item_of(agreement: Agreement, item_id: int) -> ExitItem | None:
    return agreement.exit_items.filter(pk=item_id).first()
