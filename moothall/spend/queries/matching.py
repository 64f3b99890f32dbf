"""Which names may be one supplier, on what evidence, and what did people decide about them?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

import ibis
from attrs import frozen
from ibis import _

from moothall.core import lake
from moothall.core.permissions import Viewer
from moothall.directory.models import Organisation
from moothall.directory.permissions import why_not_decide_match
from moothall.spend.analysis.payments import payments
from moothall.spend.models import MatchDecision
from moothall.spend.queries.asking import tables_of

# A weaker likeness is seldom right: a search by name still finds it.
LEAST_SURENESS = 0.4
LIKENESS = "likeness"
PAGE_PAIRS = 20
EVIDENCE_WORDS = {
    "person": "a person's word",
    "company_number": "company number",
    "charity_number": "charity number",
    "vat_number": "VAT number",
    "supplier_ref": "supplier number",
    "same_name": "the same name",
    "trading_as": "trading as",
    "factored": "paid through another",
    "truncated": "a name cut short",
    "likeness": "alike in writing",
}


@frozen
class Side:
    """One of two names: whose it is, and what was paid under it. Amount in GBP, every year."""

    name_key: int
    name: str
    body: str
    ref: str
    supplier_id: int
    supplier: str
    spend_gbp: Decimal
    payment_count: int


@frozen
class Pair:
    """Two names that may be one supplier. sureness: 0 to 1."""

    left: Side
    right: Side
    evidence: str
    fact: str
    body_ids: tuple[int, ...]
    bodies: tuple[str, ...]
    sureness: float
    why_not: str | None

    @property
    def sides(self) -> tuple[Side, Side]:
        return self.left, self.right


@frozen
class Decided:
    """What a person decided about two names."""

    id: int
    names: tuple[str, str]
    verdict: str
    why: str
    by: str
    at: datetime
    why_not: str | None


@frozen
class Queue:
    """A page of the pairs that wait, surest first."""

    pairs: tuple[Pair, ...]
    pair_count: int
    decided: tuple[Decided, ...]


def match_queue(viewer: Viewer, person: Any, *, page: int = 1, text: str = "") -> Queue:
    """The pairs that wait for a person, of the bodies whose private rows `viewer` may see.

    text : somewhere in either name; capitals do not matter
    """
    held = lake.payments_for(viewer)
    waiting = _waiting(viewer, held, text)
    first = (page - 1) * PAGE_PAIRS
    found = (
        waiting.order_by(_.sureness.desc(), _["rank"], "left_key", "right_key")
        .limit(PAGE_PAIRS, offset=first)
        .to_pyarrow()
        .to_pylist()
    )
    decided = _decided(viewer, person)
    keys = {key for row in found for key in (row["left_key"], row["right_key"])}
    sides = _sides(held, keys)
    bodies = dict(Organisation.objects.values_list("pk", "name"))
    refusals = _refusals(person, {body for row in found for body in row["body_ids"]})
    return Queue(
        pairs=tuple(
            Pair(
                left=sides[row["left_key"]],
                right=sides[row["right_key"]],
                evidence=EVIDENCE_WORDS.get(row["evidence"], row["evidence"]),
                fact=row["fact"],
                body_ids=tuple(row["body_ids"]),
                bodies=tuple(bodies.get(body, "a body that left") for body in row["body_ids"]),
                sureness=row["sureness"],
                why_not=next((refusals[b] for b in row["body_ids"] if refusals[b]), None),
            )
            for row in found
            if row["left_key"] in sides and row["right_key"] in sides
        ),
        pair_count=int(waiting.count().to_pyarrow().as_py()),
        decided=decided,
    )


def waiting_count(viewer: Viewer) -> int:
    """How many pairs wait for a person at the bodies whose private rows `viewer` may see."""
    waiting = _waiting(viewer, lake.payments_for(viewer), "")
    return int(waiting.count().to_pyarrow().as_py())


def bodies_of_pair(viewer: Viewer, name_key: int, other_key: int) -> tuple[int, ...] | None:
    """The bodies that the evidence for a waiting pair rests on; None when `viewer` sees no such."""
    left, right = sorted((name_key, other_key))
    rows = lake.private_table(viewer, "candidates")
    found = rows.filter(
        ((_.left_key == left) & (_.right_key == right))
        | ((_.left_key == right) & (_.right_key == left))
    )
    held = found.to_pyarrow().to_pylist()
    return tuple(held[0]["body_ids"]) if held else None


def may_see_decision(viewer: Viewer, decision_id: int) -> bool:
    """Whether a decision is there and rests only on bodies whose private rows `viewer` sees."""
    decision = MatchDecision.objects.filter(pk=decision_id).first()
    return decision is not None and all(viewer.reads(body) for body in decision.rests_on)


def _waiting(viewer: Viewer, held: lake.Payments, text: str) -> Any:
    """One row per candidate that nobody decided and no evidence has joined since."""
    rows = _each_pair_once(lake.private_table(viewer, "candidates"))
    decided = MatchDecision.objects.filter(undone_at=None)
    pairs = list(decided.values_list("name_key", "other_key"))
    if pairs:
        table = ibis.memtable(
            [{"low": low, "high": high} for low, high in pairs],
            schema={"low": "int64", "high": "int64"},
        )
        rows = rows.anti_join(
            table,
            [
                ibis.least(rows.left_key, rows.right_key) == table.low,
                ibis.greatest(rows.left_key, rows.right_key) == table.high,
            ],
        )
    names = held.names.select("name_key", "supplier_id", "supplier_name", "supplier")
    left = names.rename(left_key="name_key", left_id="supplier_id", left_name="supplier_name")
    right = names.rename(right_key="name_key", right_id="supplier_id", right_name="supplier_name")
    joined = rows.inner_join(left.drop("supplier"), "left_key").inner_join(
        right.drop("supplier"), "right_key"
    )
    apart = joined.filter(joined.left_id != joined.right_id)
    if wanted := text.strip().lower():
        said = apart.left_name.fill_null("") + " " + apart.right_name.fill_null("")
        return apart.filter(said.lower().contains(wanted))
    return apart.filter((apart.evidence != LIKENESS) | (apart.sureness >= LEAST_SURENESS))


def _each_pair_once(rows: Any) -> Any:
    """A pair stands in the queue of both its names: keep it once, as the surer saw it."""
    pair = rows.mutate(
        low=ibis.least(rows.left_key, rows.right_key),
        high=ibis.greatest(rows.left_key, rows.right_key),
    )
    once = ibis.window(group_by=["low", "high"], order_by=[_.sureness.desc(), _.left_key])
    return (
        pair.mutate(place=ibis.row_number().over(once))
        .filter(_.place == 0)
        .drop("low", "high", "place")
    )


def _sides(held: lake.Payments, keys: Iterable[int]) -> dict[int, Side]:
    wanted = sorted(keys) or [0]
    names = held.names.filter(_.name_key.isin(wanted)).to_pyarrow().to_pylist()
    by_name = payments(tables_of(held), frozenset({"name_key"}))
    by_name = by_name.filter(_.name_key.isin(wanted)).group_by("name_key")
    paid = {
        row["name_key"]: row
        for row in by_name.agg(
            spend=_.spend.sum().cast("decimal(38, 2)"), count=_.payment_count.sum()
        )
        .to_pyarrow()
        .to_pylist()
    }
    bodies = dict(Organisation.objects.values_list("pk", "name"))
    return {
        row["name_key"]: Side(
            name_key=row["name_key"],
            name=row["supplier_name"] or row["supplier"] or "Not published",
            body=bodies.get(row["body_id"], ""),
            ref=row["supplier_ref"] or "",
            supplier_id=row["supplier_id"],
            supplier=row["supplier"] or "",
            spend_gbp=paid.get(row["name_key"], {}).get("spend") or Decimal("0.00"),
            payment_count=int(paid.get(row["name_key"], {}).get("count") or 0),
        )
        for row in names
    }


def _refusals(person: Any, bodies: Iterable[int]) -> dict[int, str | None]:
    """For each body, why `person` may not decide there, or None."""
    held = Organisation.objects.filter(pk__in=list(bodies))
    return {body.pk: why_not_decide_match(person, body) for body in held}


def _decided(viewer: Viewer, person: Any, count: int = 20) -> tuple[Decided, ...]:
    """The latest standing decisions that rest only on bodies the viewer sees."""
    held = MatchDecision.objects.filter(undone_at=None).select_related("by").order_by("-at", "-pk")
    shown = [each for each in held if all(viewer.reads(body) for body in each.rests_on)][:count]
    keys = {key for each in shown for key in (each.name_key, each.other_key)}
    names = lake.payments_for(viewer).names.filter(_.name_key.isin(sorted(keys) or [0]))
    called = {
        row["name_key"]: row["supplier_name"] or row["supplier"] or "Not published"
        for row in names.to_pyarrow().to_pylist()
    }
    refusals = _refusals(person, {body for each in shown for body in each.rests_on})
    return tuple(
        Decided(
            id=each.pk,
            names=(
                called.get(each.name_key, "a name no longer published"),
                called.get(each.other_key, "a name no longer published"),
            ),
            verdict=each.get_verdict_display(),
            why=each.why,
            by=str(each.by) if each.by else "the operator",
            at=each.at,
            why_not=next((refusals[b] for b in each.rests_on if refusals.get(b)), None),
        )
        for each in shown
    )
