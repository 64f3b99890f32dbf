"""Whose names would come out, what did people decide, and what still waits for a decision?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
from attrs import frozen
from ibis import _

from moothall.core import lake
from moothall.core.permissions import Viewer
from moothall.core.rules import rule_on
from moothall.directory.models import Organisation
from moothall.directory.permissions import why_not_publish, why_not_see_private
from moothall.spend.engine.names import NameKind, name_kind
from moothall.spend.engine.redaction import (
    Alert,
    Decision,
    Proposal,
    Scope,
    proposed_names,
    unveiled_refs,
    verdicts,
)
from moothall.spend.models import RedactionDecision
from moothall.spend.queries.rulebook import name_words_on

SIGN_COLUMNS = (
    "supplier_ref",
    "supplier_name",
    "category_key",
    "department",
    "service",
    "purpose",
    "category_text",
)


def standing_decisions(body_id: int) -> list[Decision]:
    """What people decided of a body's payees and did not take back, oldest first."""
    held = RedactionDecision.objects.filter(body_id=body_id, undone_at=None).order_by("at", "pk")
    return [Decision(*row) for row in held.values_list("scope", "matches", "verdict")]


def verdict_of_each(names: pl.DataFrame) -> pl.Series:
    """What people decided for each name, as text; null where nobody has.

    names : body_id, supplier_ref, supplier_name
    """
    decided = RedactionDecision.objects.filter(undone_at=None)
    said: list[str | None] = [None] * len(names)
    for body_id in decided.values_list("body_id", flat=True).distinct():
        places = (names["body_id"] == body_id).arg_true()
        theirs = verdicts(names[places], standing_decisions(body_id))
        for place, verdict in zip(places, theirs, strict=True):
            said[place] = verdict.value if verdict else None
    return pl.Series("verdict", said, dtype=pl.String)


def kinds_on(day: date) -> Callable[[str], NameKind]:
    """How to tell the kind of payee by its name, each name read once."""
    words = name_words_on(day)
    known: dict[str, NameKind] = {}

    def kind_of(name: str) -> NameKind:
        if name not in known:
            known[name] = name_kind(name, words)
        return known[name]

    return kind_of


def unveiled_refs_of(body_id: int, day: date) -> tuple[Alert, ...]:
    """Every supplier id of the body that carries a hidden and a clear name in any loaded file."""
    lines: Any = lake.payments_for(Viewer.operator()).lines
    pairs = lines.filter(_.body_id == body_id).select("supplier_ref", "supplier_name").distinct()
    return unveiled_refs(pl.DataFrame(pairs.to_pyarrow()), kinds_on(day))


def undecided(alerts: tuple[Alert, ...], decisions: list[Decision]) -> tuple[Alert, ...]:
    """The alerts on which nobody has given a word yet."""
    known = {one.matches for one in decisions if one.scope is Scope.SUPPLIER_REF}
    return tuple(alert for alert in alerts if alert.ref not in known)


def proposals_of(body_id: int, day: date) -> tuple[Proposal, ...]:
    """Names that look like a private person's in payments of a personal kind, still undecided."""
    payments: Any = lake.payments_for(Viewer.operator())
    lines = payments.lines.filter(_.body_id == body_id, _.supplier_name.notnull())
    categories = payments.categories.select("category_key", "category")
    rows = lines.select(*SIGN_COLUMNS).distinct().left_join(categories, "category_key")
    frame = pl.DataFrame(rows.to_pyarrow())
    spoken = verdicts(frame, standing_decisions(body_id))
    frame = frame.filter(pl.Series([verdict is None for verdict in spoken], dtype=pl.Boolean))
    return proposed_names(frame, kinds_on(day), personal_words_on(day))


def personal_words_on(day: date) -> dict[str, list[str]]:
    """The words and categories that make a payment personal, in force on `day`."""
    return dict(rule_on(day, "spend", "transparency_code", "personal_data_words").value)


@frozen
class DecisionRow:
    """A decision as a page shows it."""

    id: int
    about: str
    matches: str
    verdict: str
    by: str
    at: date
    is_undone: bool


@frozen
class RedactionPage:
    """All that waits for, or came of, a person's word on one body's payees."""

    body: str
    slug: str
    alerts: tuple[Alert, ...]
    proposals: tuple[Proposal, ...]
    decisions: tuple[DecisionRow, ...]
    why_not_see: str | None
    why_not_decide: str | None

    def as_json(self) -> dict[str, Any]:
        return {
            "body": self.body,
            "alerts": [alert.as_json() for alert in self.alerts],
            "proposals": [
                {"name": proposal.name, "sign": proposal.sign} for proposal in self.proposals
            ],
            "decisions": [
                {
                    "id": row.id,
                    "about": row.about,
                    "matches": row.matches,
                    "verdict": row.verdict,
                    "by": row.by,
                    "at": row.at.isoformat(),
                    "is_undone": row.is_undone,
                }
                for row in self.decisions
            ],
        }


def redaction_page(body: Organisation, *, viewer: Viewer, day: date) -> RedactionPage:
    """What waits first; nothing of it for whoever may not see it."""
    if reason := why_not_see_private(viewer, body):
        return RedactionPage(body.name, body.slug, (), (), (), reason, reason)
    decisions = standing_decisions(body.pk)
    return RedactionPage(
        body=body.name,
        slug=body.slug,
        alerts=undecided(unveiled_refs_of(body.pk, day), decisions),
        proposals=proposals_of(body.pk, day),
        decisions=_decision_rows(body.pk),
        why_not_see=None,
        why_not_decide=why_not_publish(viewer, body),
    )


def _decision_rows(body_id: int) -> tuple[DecisionRow, ...]:
    held = RedactionDecision.objects.filter(body_id=body_id).select_related("by")
    return tuple(
        DecisionRow(
            id=one.pk,
            about=one.get_scope_display(),
            matches=one.matches,
            verdict=one.get_verdict_display(),
            by=one.by.name if one.by else "the operator",
            at=one.at.date(),
            is_undone=one.undone_at is not None,
        )
        for one in held.order_by("-at", "-pk")
    )
