"""Which payees are the place's own bodies, who said so, and which may be and are not told?"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

import ibis
from attrs import frozen
from ibis import _

from moothall.core import lake
from moothall.core.permissions import Viewer
from moothall.directory.models import Deed, Organisation
from moothall.spend.analysis.payments import payments
from moothall.spend.engine.names import NameKind, parsed_name
from moothall.spend.models import PublicBodyDecision
from moothall.spend.queries.asking import NOT_PUBLISHED_KINDS, tables_of
from moothall.spend.queries.rulebook import name_words_on

MOST_UNMATCHED = 100


@frozen
class OwnPayee:
    """One payee of one body, as published, and the body of the place that it is taken for."""

    name: str
    paid_by: str
    paid_by_slug: str
    is_body: str | None  # None: none of the place's
    is_body_slug: str | None
    spend_gbp: Decimal
    payment_count: int
    how: str  # 'directory' or 'person'
    decision_id: int | None = None
    why_not_decide: str | None = None

    COLUMNS: ClassVar[tuple[str, ...]] = (
        "name",
        "paid_by",
        "is",
        "how",
        "decision",
        "spend_gbp",
        "payment_count",
    )

    def as_json(self) -> dict[str, object]:
        return {
            "name": self.name,
            "paid_by": self.paid_by,
            "is": self.is_body,
            "how": self.how,
            "decision": self.decision_id,
            "spend_gbp": f"{self.spend_gbp:.2f}",
            "payment_count": self.payment_count,
        }


@frozen
class OwnBodies:
    """What is matched, and the largest payees that look like public bodies and are not.

    decided_none : payees of which a person said that they are none of the place's bodies
    """

    matched: tuple[OwnPayee, ...]
    decided_none: tuple[OwnPayee, ...]
    unmatched: tuple[OwnPayee, ...]
    bodies: tuple[tuple[str, str], ...]  # slug and name of each body of the place
    total_gbp: Decimal

    def as_json(self) -> dict[str, Any]:
        return {
            "rows": [payee.as_json() for payee in (*self.matched, *self.decided_none)],
            "unmatched": [payee.as_json() for payee in self.unmatched],
            "total_gbp": f"{self.total_gbp:.2f}",
        }


def is_payee_of(body_id: int, skeleton: str, *, day: date) -> bool:
    """Whether some payment that a body loaded is to a payee of this name, however spelt."""
    names: Any = lake.payments_for(Viewer.operator()).names
    words = name_words_on(day)
    published = names.filter(_.body_id == body_id, _.supplier_name.notnull())
    spelt = published.select("supplier_name").distinct().to_pyarrow()["supplier_name"]
    return any(parsed_name(name, words).skeleton == skeleton for name in spelt.to_pylist())


def own_bodies(viewer: Viewer, *, day: date) -> OwnBodies:
    """Every payee that is one of the place's own bodies, as far as `viewer` reads both.

    Largest first; `day` is the day on whose rules names are read.
    """
    held = lake.payments_for(viewer, without_kinds=NOT_PUBLISHED_KINDS)
    names: Any = held.names
    words = name_words_on(day)
    bodies = {body.pk: body for body in Organisation.objects.all()}
    decisions = {
        (decision.body_id, decision.name_skeleton): decision
        for decision in PublicBodyDecision.objects.filter(undone_at=None).order_by("pk")
    }
    spelt = "supplier_name" if "supplier_name" in names.columns else "supplier"
    by_name: Any = payments(tables_of(held), frozenset({"name_key"})).group_by("name_key")
    totals = by_name.agg(spend=_.spend.sum(), payment_count=_.payment_count.sum())
    decided_bodies = sorted({body for body, _skeleton in decisions}) or [-1]
    told = names.filter(
        _.public_body_id.notnull()
        | (_.kind == NameKind.PUBLIC_BODY.value)
        | _.body_id.isin(decided_bodies)
    ).select("name_key", "body_id", "public_body_id", "kind", name=ibis._[spelt])
    rows = told.inner_join(totals, "name_key").to_pyarrow().to_pylist()
    groups: dict[tuple[int, str, int | None], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        if row["name"]:
            skeleton = parsed_name(row["name"], words).skeleton
            # A person's word is shown at once, though the names may still wait for a worker.
            decision = decisions.get((row["body_id"], skeleton))
            taken_for = decision.organisation_id if decision else row["public_body_id"]
            groups[row["body_id"], skeleton, taken_for].append(row)
    payees: dict[str, list[OwnPayee]] = {"matched": [], "none": [], "unmatched": []}
    for (body_id, skeleton, public_body), found in groups.items():
        decision = decisions.get((body_id, skeleton))
        looks_public = any(row["kind"] == NameKind.PUBLIC_BODY.value for row in found)
        if public_body is None and decision is None and not looks_public:
            continue
        payee = _payee(
            found,
            bodies[body_id],
            bodies.get(public_body) if public_body else None,
            decision,
            viewer,
        )
        where = "matched" if public_body is not None else "none" if decision else "unmatched"
        payees[where].append(payee)
    for each in payees.values():
        each.sort(key=lambda payee: (-payee.spend_gbp, payee.name))
    return OwnBodies(
        matched=tuple(payees["matched"]),
        decided_none=tuple(payees["none"]),
        unmatched=tuple(payees["unmatched"][:MOST_UNMATCHED]),
        bodies=tuple(
            sorted(
                ((body.slug, body.name) for body in bodies.values() if body.is_of_the_place),
                key=lambda pair: pair[1],
            )
        ),
        total_gbp=sum((payee.spend_gbp for payee in payees["matched"]), Decimal("0.00")),
    )


def _payee(
    found: list[dict[str, Any]],
    paid_by: Organisation,
    is_body: Organisation | None,
    decision: PublicBodyDecision | None,
    viewer: Viewer,
) -> OwnPayee:
    largest = max(found, key=lambda row: (abs(row["spend"]), row["name"]))
    may = viewer.reads_all or viewer.holds(Deed.DECIDE_MATCH, paid_by.pk)
    return OwnPayee(
        name=largest["name"],
        paid_by=paid_by.name,
        paid_by_slug=paid_by.slug,
        is_body=is_body.name if is_body else None,
        is_body_slug=is_body.slug if is_body else None,
        spend_gbp=sum((row["spend"] for row in found), Decimal("0.00")),
        payment_count=int(sum(row["payment_count"] for row in found)),
        how="person" if decision else "directory",
        decision_id=decision.pk if decision else None,
        why_not_decide=None
        if may
        else f"Only {paid_by.name} decides who its payees are. Ask one of its officers.",
    )
