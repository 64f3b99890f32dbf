"""What does an elected member read about an agreement before a meeting, on one page?"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from attrs import frozen

from moothall.agreements.engine.health import Answer
from moothall.agreements.engine.performance import PERFORMANCE
from moothall.agreements.engine.to_ask import KnownOfAgreement, to_ask
from moothall.agreements.models import Agreement, Trial
from moothall.agreements.queries.health import health_page
from moothall.agreements.queries.performance import state_of
from moothall.agreements.queries.promises import promises_page
from moothall.agreements.queries.record import AgreementPage, agreement_page
from moothall.agreements.queries.results import PartyResult, result_page
from moothall.agreements.queries.settlement import home_page
from moothall.agreements.queries.variations import latest_version, ledger_of
from moothall.core.permissions import Viewer
from moothall.directory.models import Deed


@frozen
class OnePage:
    """parties: each party's part of the fairness statement; empty where there is none to read.

    why_no_risk : in that case, why
    settled     : how far its periods are paid, in a sentence; '' where nothing is settled
    changes     : (day or None, what, GBP it adds, who asked)
    """

    record: AgreementPage
    gains: tuple[tuple[str, str], ...]
    original_gbp: Decimal | None
    current_gbp: Decimal | None
    forecast_gbp: Decimal | None
    settled: str
    parties: tuple[PartyResult, ...]
    why_no_risk: str
    changes: tuple[tuple[date | None, str, Decimal, str], ...]
    to_ask: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        return {
            **self.record.as_json(),
            "gains": [{"member": name, "gets": gets or None} for name, gets in self.gains],
            "current_gbp": None if self.current_gbp is None else str(self.current_gbp),
            "forecast_gbp": None if self.forecast_gbp is None else str(self.forecast_gbp),
            "settled": self.settled,
            "risk": [
                {"party": one.name, "reward_share": one.reward_share, "risk_share": one.risk_share}
                for one in self.parties
            ],
            "to_ask": list(self.to_ask),
        }


def one_page(agreement: Agreement, *, viewer: Viewer, on: date) -> OnePage:
    """An agreement for those who read what is not public of it."""
    record = agreement_page(agreement, viewer=viewer)
    health = health_page(agreement, viewer=viewer)
    ledger = ledger_of(agreement)
    parties, why_no_risk = _risk(agreement, viewer)
    settled = home_page(agreement, on=on)
    state = PERFORMANCE.state(state_of(agreement))
    known = KnownOfAgreement(
        on=on,
        ends_before=agreement.ends_before,
        review_on=agreement.review_on,
        original_gbp=ledger.original_gbp,
        forecast_gbp=ledger.forecast_gbp,
        was_tried=_was_tried(agreement),
        shares=tuple(
            (one.name, one.reward_share, one.risk_share)
            for one in parties
            if one.reward_share is not None and one.risk_share is not None
        ),
        silent=tuple(name for name, gets in health.gains if not gets),
        unhealthy=tuple(row.question.asks for row in health.rows if row.answer is Answer.NO),
        lacking=record.row.lacking,
        withheld=tuple(
            each.get_part_display() for each in agreement.withholdings.filter(lifted_at=None)
        )
        if agreement.is_public
        else (),
        disputed_gbp=settled.disputed_gbp,
        performance="" if state == PERFORMANCE.begins else state.words,
        overdue=promises_page(agreement, viewer=viewer, on=on).overdue,
    )
    return OnePage(
        record=record,
        gains=health.gains,
        original_gbp=ledger.original_gbp,
        current_gbp=ledger.current_gbp,
        forecast_gbp=ledger.forecast_gbp,
        settled=settled.answer,
        parties=parties,
        why_no_risk=why_no_risk,
        changes=tuple(
            (row.entry.on if row.entry.is_in_force else None, row.entry.title,
             row.entry.value_gbp, row.entry.asked_by.value)
            for row in ledger.rows
        ),
        to_ask=to_ask(known),
    )  # fmt: skip


def _trials(agreement: Agreement) -> list[Trial]:
    """The simulations of the very terms of an agreement, the latest first."""
    version = latest_version(agreement)
    if version is None:
        return []
    held = Trial.objects.filter(
        version__digest=version.digest, kind=Trial.Kind.SIMULATE, state=Trial.State.DONE
    )
    return list(held.select_related("version__draft__body"))


def _was_tried(agreement: Agreement) -> bool | None:
    return bool(_trials(agreement)) if latest_version(agreement) else None


def _risk(agreement: Agreement, viewer: Viewer) -> tuple[tuple[PartyResult, ...], str]:
    if latest_version(agreement) is None:
        return (), "It has no terms as a deal, so that nobody can try what they do."
    trials = _trials(agreement)
    if not trials:
        return (), "These terms were not simulated: who carries the risk is not worked out."
    for trial in trials:
        body = trial.version.draft.body
        if viewer.reads_all or viewer.holds(Deed.READ_DEAL, on=body.pk):
            return result_page(trial, body, viewer=viewer).parties, ""
    return (), "The body that simulated these terms keeps what it found. Ask it to show you."
