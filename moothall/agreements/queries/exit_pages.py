"""What do the pages about leaving show: the plan part by part, its costs by date, its ending?"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from attrs import frozen
from django.utils import timezone

from moothall.agreements.engine import exit_plan
from moothall.agreements.engine.exit_cost import ExitCost
from moothall.agreements.engine.performance import PERFORMANCE
from moothall.agreements.models import Agreement, Ending, ExitItem
from moothall.agreements.queries import exits, performance
from moothall.agreements.queries.register import moves_something, reads
from moothall.core.permissions import Viewer
from moothall.values.wording import listed, number_of, plain_date, pounds_in_words


@frozen
class ItemRow:
    id: int
    what: str
    detail: str
    owner: str
    due_on: date | None
    days_before: int
    state: str
    shown_by: str


@frozen
class PartRow:
    """One part of a plan, with its items."""

    key: str
    label: str
    asks: str
    state: str
    colour: str
    none_because: str
    checked_on: date | None
    items: tuple[ItemRow, ...]


@frozen
class CostRow:
    """A cost in the plan, from least to most, and who bears it."""

    id: int
    what: str
    low_gbp: Decimal
    mode_gbp: Decimal
    high_gbp: Decimal
    borne_by: str


@frozen
class StakeRow:
    """What a member has at stake."""

    id: int
    member: str
    what: str
    gbp: Decimal
    evidence: str


@frozen
class ExitPage:
    """How an agreement would be left, as whoever reads it reads it."""

    said: str
    parts: tuple[PartRow, ...]
    empty: tuple[str, ...]
    stale: tuple[str, ...]
    costs: exits.CostsByDate
    findings: tuple[str, ...]
    lines: tuple[CostRow, ...]
    stakes: tuple[StakeRow, ...]
    rehearsals: tuple[tuple[date, int, int, tuple[tuple[str, str], ...]], ...]
    ending: Ending | None
    open_steps: int
    steps: int
    performance: str
    to_consider: tuple[str, ...]

    def charts(self) -> list[tuple[str, list[tuple[str, list[tuple[date, Decimal]]]]]]:
        """A chart for each party: what leaving costs it by date, at P50 and P90."""
        found = []
        for key, name in self.costs.names.items():
            held = self.costs.of(key)
            lines = [
                (words, [(cost.on, Decimal(round(getattr(cost, at)))) for cost in held])
                for at, words in (("p50", "As likely as not"), ("p90", "Nine in ten"))
            ]
            if held:
                found.append((f"What leaving costs {name}, by date", lines))
        return found

    def as_json(self) -> dict[str, Any]:
        return {
            "empty_parts": list(self.empty),
            "stale": list(self.stale),
            "costs": [
                {**cost.as_json(), "name": self.costs.names[cost.party]}
                for cost in self.costs.costs
            ],
            "findings": list(self.findings),
            "ends_on": self.ending.ends_on.isoformat() if self.ending else None,
            "items_open": self.open_steps,
        }


def exit_page(agreement: Agreement) -> ExitPage:
    today = timezone.localdate()
    costs = exits.costs_by_date(agreement)
    steps = exits.steps_of(agreement)
    ending = exits.ending_of(agreement)
    empty, stale = exits.empty_parts(agreement), exits.stale_parts(agreement, today)
    open_steps = sum(step.is_open for step in steps)
    names = costs.names
    return ExitPage(
        said=_said(agreement, costs, empty, ending, open_steps, today),
        parts=tuple(_parts(agreement, ending)),
        empty=empty,
        stale=stale,
        costs=costs,
        findings=tuple(costs.findings()),
        lines=tuple(
            CostRow(
                line.pk,
                line.what,
                Decimal(line.low_pence) / 100,
                Decimal(line.mode_pence) / 100,
                Decimal(line.high_pence) / 100,
                "; ".join(
                    f"{names.get(key, key)} {share:.0%}"
                    for key, share in exits.shares_of(line).items()
                ),
            )
            for line in agreement.exit_cost_lines.all()
        ),
        stakes=tuple(
            StakeRow(
                one.pk,
                one.member.organisation.name,
                one.what,
                Decimal(one.pence) / 100,
                one.evidence or "None: it does not count",
            )
            for one in agreement.exit_stakes.select_related("member__organisation")
        ),
        rehearsals=tuple(_rehearsals(agreement)),
        ending=ending,
        open_steps=open_steps,
        steps=len(steps),
        performance=PERFORMANCE.state(performance.state_of(agreement)).words,
        to_consider=performance.to_consider(agreement, on=today),
    )


def _said(
    agreement: Agreement,
    costs: exits.CostsByDate,
    empty: tuple[str, ...],
    ending: Ending | None,
    open_steps: int,
    today: date,
) -> str:
    if agreement.state == "ENDED":
        return "It has ended, and its exit plan is carried out."
    if ending is not None:
        return (
            f"It ends on {plain_date(ending.ends_on)}: {number_of(open_steps, 'item')} of its exit "
            f"plan {'is' if open_steps == 1 else 'are'} open."
        )
    now = _next_date(costs, today)
    if now:
        name = costs.names[now.party]
        return (
            f"Leaving on {plain_date(now.on)} would cost {name} "
            f"{pounds_in_words(Decimal(round(now.p50)))} as likely as not, and at most "
            f"{pounds_in_words(Decimal(round(now.p90)))} in nine of ten futures."
        )
    if empty:
        return f"Its exit plan says nothing of {listed([one.lower() for one in empty])}."
    return "Leaving it costs nothing that anybody has said."


def _next_date(costs: exits.CostsByDate, today: date) -> ExitCost | None:
    """The dearest leaving at the next date that is told."""
    days = sorted({cost.on for cost in costs.costs if cost.on >= today})
    at_next = [cost for cost in costs.costs if days and cost.on == days[0]]
    dear = max(at_next, key=lambda cost: cost.p50, default=None)
    return dear if dear and dear.p50 else None


def _parts(agreement: Agreement, ending: Ending | None) -> list[PartRow]:
    plan = exits.plan_of(agreement)
    items = list(agreement.exit_items.select_related("owner__organisation"))
    colours = {"filled": "green", "none": "grey", "empty": "red"}
    found = []
    for key, part in exit_plan.parts().items():
        state = plan[key].held.value
        is_optional = state == "empty" and not part.is_needed
        found.append(
            PartRow(
                key,
                part.label,
                part.asks,
                "Not asked for" if is_optional else state.capitalize(),
                "grey" if is_optional else colours[state],
                plan[key].none_because,
                plan[key].checked_on,
                tuple(_item(item, ending) for item in items if item.part == key),
            )
        )
    return found


def _item(item: ExitItem, ending: Ending | None) -> ItemRow:
    if item.done_on:
        state, shown = f"Done on {plain_date(item.done_on)}", item.evidence
    elif item.set_aside_because:
        state, shown = "Set aside", item.set_aside_because
    else:
        state, shown = ("Open" if exits.is_said(item) else "To be answered"), ""
    return ItemRow(
        item.pk,
        item.what,
        item.detail,
        item.owner.organisation.name if item.owner else "Nobody yet",
        exits.due_on(item, ending),
        item.days_before,
        state,
        shown,
    )


def _rehearsals(
    agreement: Agreement,
) -> list[tuple[date, int, int, tuple[tuple[str, str], ...]]]:
    asks = {check.key: check.asks for check in exit_plan.rehearsal_checks()}
    return [
        (
            one.held_on,
            sum(answer["passed"] for answer in one.answers.values()),
            len(one.answers),
            tuple(
                (asks.get(key, key), answer["note"])
                for key, answer in one.answers.items()
                if not answer["passed"]
            ),
        )
        for one in agreement.exit_rehearsals.all()
    ]


def said_on_record(agreement: Agreement, viewer: Viewer) -> str | None:
    """The sentence about leaving on an agreement's own page; None for who may not read it."""
    if not reads(agreement, viewer, agreement.members.all()):
        return None
    ending = exits.ending_of(agreement)
    if ending is not None:
        return f"It ends on {plain_date(ending.ends_on)}."
    if not moves_something(agreement):
        return None
    empty = exits.empty_parts(agreement)
    if empty:
        return f"Its exit plan says nothing of {listed([one.lower() for one in empty])}."
    if old := exits.old_parts(agreement, timezone.localdate()):
        return f"Its exit plan is complete; {number_of(len(old), 'part')} of it should be checked."
    return "Its exit plan is complete, and was checked within the year."
