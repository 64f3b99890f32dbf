"""What may go wrong, how bad is it, and what would it cost together?"""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from attrs import frozen

from moothall.agreements import permissions
from moothall.agreements.engine.risks import (
    RISK,
    Chance,
    Grade,
    Totals,
    grade_of,
    said_of_steps,
    totals_of,
    worth_of_mitigation,
)
from moothall.agreements.models import Agreement, Member, OptimismUplift, Risk
from moothall.core.permissions import Viewer
from moothall.core.rules import rule_on
from moothall.values.counted_once import Uncertainty
from moothall.values.state_table import Move
from moothall.values.wording import percentage, pounds_in_words

COLOURS = {"low": "green", "medium": "yellow", "high": "orange", "severe": "red"}
PARTS = ((Fraction(1, 2), "P50"), (Fraction(4, 5), "P80"), (Fraction(9, 10), "P90"))
PENNY = Decimal("0.01")


@frozen
class RiskRow:
    """One risk, as the register shows it."""

    id: int
    name: str
    cause: str
    event: str
    effect: str
    uncertainty: str
    owner: str
    allocation: str
    proximity: str
    trigger: str
    mitigation: str
    mitigation_gbp: Decimal | None
    inherent: int
    inherent_grade: str
    inherent_colour: str
    residual: int
    residual_grade: str
    residual_colour: str
    chance: str
    cost_gbp: Decimal | None
    expected_gbp: Decimal | None
    worth: str
    review_on: date | None
    is_private: bool
    state: str
    state_words: str
    moves: tuple[Move, ...]

    def as_json(self) -> dict[str, object]:
        return {
            "id": self.id,
            "name": self.name,
            "cause": self.cause,
            "event": self.event,
            "effect": self.effect,
            "uncertainty": self.uncertainty,
            "owner": self.owner,
            "borne_by": self.allocation,
            "proximity": self.proximity,
            "trigger": self.trigger,
            "mitigation": self.mitigation,
            "mitigation_gbp": _text(self.mitigation_gbp),
            "inherent": self.inherent,
            "residual": self.residual,
            "residual_grade": self.residual_grade,
            "expected_gbp": _text(self.expected_gbp),
            "review_on": self.review_on and self.review_on.isoformat(),
            "state": self.state_words,
        }


@frozen
class Quantified:
    """What the quantified open risks cost together, as this reader may see them."""

    count: int
    expected_gbp: Decimal
    deviation_gbp: Decimal
    parts: tuple[tuple[str, Decimal, Decimal], ...]  # P50: whole, and the keeper's share of it
    nothing: str
    most_gbp: Decimal
    columns: tuple[tuple[str, Decimal], ...]  # label, chance in hundredths
    check: Fraction  # the probabilities added up: exactly 1
    said: str

    def as_json(self) -> dict[str, object]:
        return {
            "count": self.count,
            "expected_gbp": _text(self.expected_gbp),
            "standard_deviation_gbp": _text(self.deviation_gbp),
            "most_gbp": _text(self.most_gbp),
            "parts": [
                {"part": part, "total_gbp": _text(whole), "keepers_gbp": _text(own)}
                for part, whole, own in self.parts
            ],
        }


@frozen
class Square:
    """One square of the matrix: which risks stand there."""

    likelihood: int
    impact: int
    colour: str
    grade: str
    names: tuple[str, ...]


@frozen
class RisksPage:
    """What the page of an agreement's risks shows."""

    rows: tuple[RiskRow, ...]
    matrix: tuple[tuple[str, tuple[Square, ...]], ...]  # the likeliest first
    impacts: tuple[str, ...]
    quantified: Quantified | None
    unquantified: int
    hidden: int  # private to the keeper's side, not counted for this reader
    uplifts: tuple[tuple[int, str, Decimal, str], ...]
    keeper: str
    severe: int
    why_not_keep: str | None

    def as_json(self) -> dict[str, object]:
        return {
            "rows": [row.as_json() for row in self.rows],
            "quantified": self.quantified and self.quantified.as_json(),
            "raised_for_optimism": [
                {"uncertainty": what, "share": str(share), "source": source}
                for _key, what, share, source in self.uplifts
            ],
        }


def _text(gbp: Decimal | None) -> str | None:
    return None if gbp is None else f"{gbp:.2f}"


def risks_read_by(agreement: Agreement, viewer: Viewer) -> tuple[Risk, ...]:
    """The risks of an agreement that this reader may see: private ones are the keeper's side's."""
    held = agreement.risks.select_related("owner__organisation", "agreement__body")
    if permissions.why_not_read_own_side(viewer, agreement) is not None:
        held = held.filter(is_private=False)
    return tuple(held)


def risk_of(agreement: Agreement, risk_id: int, viewer: Viewer) -> Risk | None:
    return next((risk for risk in risks_read_by(agreement, viewer) if risk.pk == risk_id), None)


def uplift_of(agreement: Agreement, uplift_id: int) -> OptimismUplift | None:
    return agreement.uplifts.filter(pk=uplift_id).first()


def risks_page(agreement: Agreement, *, viewer: Viewer, on: date) -> RisksPage:
    risks = risks_read_by(agreement, viewer)
    grades = grades_on(on)
    keeper = agreement.body.name
    open_risks = [risk for risk in risks if risk.state != "CLOSED"]
    rows = tuple(_row(risk, grades, keeper) for risk in risks)
    rows = tuple(sorted(rows, key=lambda row: (row.state == "CLOSED", -row.residual, row.name)))
    return RisksPage(
        rows=rows,
        matrix=_matrix(open_risks, grades, on),
        impacts=tuple(rule_on(on, "agreements", "risks", "impact").value),
        quantified=quantified(open_risks),
        unquantified=sum(1 for risk in open_risks if risk.residual_chance is None),
        hidden=agreement.risks.exclude(state="CLOSED").count() - len(open_risks),
        uplifts=tuple(
            (each.pk, Uncertainty[each.uncertainty].value, each.percent / 100, each.source)
            for each in agreement.uplifts.all()
        ),
        keeper=keeper,
        severe=sum(
            1 for row in rows if row.state != "CLOSED" and row.residual >= attention_above(on)
        ),
        why_not_keep=permissions.why_not_keep_agreement(viewer, agreement),
    )


def quantified(risks: list[Risk]) -> Quantified | None:
    """The exact distribution of what these cost together; None where none is quantified."""
    held = [(risk, chance) for risk in risks if (chance := chance_of(risk)) is not None]
    if not held:
        return None
    whole = totals_of([chance for _, chance in held])
    kept = totals_of([chance.shared(risk.authority_percent) for risk, chance in held])
    return Quantified(
        count=len(held),
        expected_gbp=_gbp(whole.expected_pence),
        deviation_gbp=(Decimal(repr(whole.deviation_pence)) / 100).quantize(PENNY),
        parts=tuple((name, _gbp(whole.at(part)), _gbp(kept.at(part))) for part, name in PARTS),
        nothing=percentage(_decimal(whole.chance_of[0])) if 0 in whole.chance_of else "0.0%",
        most_gbp=_gbp(whole.most_pence),
        columns=_columns(whole),
        check=sum(whole.chance_of.values(), Fraction(0)),
        said=said_of_steps(whole, len(held)),
    )


def chance_of(risk: Risk, when: str = "residual") -> Chance | None:
    """A risk in figures, after mitigation or before; None where it is not quantified."""
    chance, pence = getattr(risk, f"{when}_chance"), getattr(risk, f"{when}_pence")
    return None if chance is None or pence is None else Chance(Fraction(chance), pence)


def grades_on(on: date) -> tuple[Grade, ...]:
    return tuple(Grade(**row) for row in rule_on(on, "agreements", "risks", "grades").value)


def attention_above(on: date) -> int:
    least: int = rule_on(on, "agreements", "risks", "attention_above").value
    return least


def scales_on(on: date) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    """The two scales as a form offers them: (1, '1 Rare')."""
    found = []
    for name in ("likelihood", "impact"):
        words = rule_on(on, "agreements", "risks", name).value
        found.append([(n, f"{n}: {said}") for n, said in enumerate(words, start=1)])
    return found[0], found[1]


def owners_of(agreement: Agreement) -> list[tuple[int, str]]:
    """The members of today, as a form offers them."""
    held = agreement.members.filter(left_on=None).select_related("organisation")
    return [(each.pk, each.organisation.name) for each in held]


def risk_row(risk: Risk, *, on: date) -> RiskRow:
    return _row(risk, grades_on(on), risk.agreement.body.name)


def owner_of(agreement: Agreement, member_id: int | None) -> Member | None:
    return agreement.members.filter(pk=member_id).first() if member_id else None


def _row(risk: Risk, grades: tuple[Grade, ...], keeper: str) -> RiskRow:
    inherent = risk.inherent_likelihood * risk.inherent_impact
    residual = risk.residual_likelihood * risk.residual_impact
    before, after = grade_of(inherent, grades), grade_of(residual, grades)
    quantity = chance_of(risk)
    owner = risk.owner.organisation.name if risk.owner else ""
    return RiskRow(
        id=risk.pk,
        name=risk.name,
        cause=risk.cause,
        event=risk.event,
        effect=risk.effect,
        uncertainty=Uncertainty[risk.uncertainty].value,
        owner=", ".join(part for part in (risk.owner_post, owner) if part) or "Nobody",
        allocation=_allocation(risk.authority_percent, keeper),
        proximity=risk.get_proximity_display(),
        trigger=risk.trigger,
        mitigation=risk.mitigation,
        mitigation_gbp=None if risk.mitigation_pence is None else _gbp(risk.mitigation_pence),
        inherent=inherent,
        inherent_grade=before.label,
        inherent_colour=COLOURS.get(before.key, "grey"),
        residual=residual,
        residual_grade=after.label,
        residual_colour=COLOURS.get(after.key, "grey"),
        chance=percentage(risk.residual_chance) if quantity else "",
        cost_gbp=_gbp(quantity.pence) if quantity else None,
        expected_gbp=_gbp(quantity.probability * quantity.pence) if quantity else None,
        worth=worth_of_mitigation(
            inherent=chance_of(risk, "inherent"),
            residual=quantity,
            cost_pence=risk.mitigation_pence,
        ),
        review_on=risk.review_on,
        is_private=risk.is_private,
        state=risk.state,
        state_words=risk.get_state_display(),
        moves=RISK.open_from(risk.state),
    )


def _allocation(percent: Decimal, keeper: str) -> str:
    if percent == 100:
        return keeper
    if percent == 0:
        return "The other side"
    return f"Shared: {percentage(percent / 100)} {keeper}"


def _matrix(
    risks: list[Risk], grades: tuple[Grade, ...], on: date
) -> tuple[tuple[str, tuple[Square, ...]], ...]:
    words = rule_on(on, "agreements", "risks", "likelihood").value
    found = []
    for likelihood in range(5, 0, -1):
        squares = []
        for impact in range(1, 6):
            grade = grade_of(likelihood * impact, grades)
            there = tuple(
                risk.name
                for risk in risks
                if (risk.residual_likelihood, risk.residual_impact) == (likelihood, impact)
            )
            squares.append(Square(likelihood, impact, COLOURS[grade.key], grade.label, there))
        found.append((words[likelihood - 1], tuple(squares)))
    return tuple(found)


def _columns(totals: Totals) -> tuple[tuple[str, Decimal], ...]:
    """Label and chance of nothing at all, and of each equal part of the range."""
    nothing = totals.chance_of.get(0, Fraction(0))
    found = [("Nothing", _decimal(nothing))]
    for low, high, chance in totals.columns():
        found.append((f"{pounds_in_words(_gbp(low))} to {_gbp_words(high)}", _decimal(chance)))
    return tuple(found)


def _gbp_words(pence: int) -> str:
    return pounds_in_words(_gbp(pence))


def _gbp(pence: int | Fraction) -> Decimal:
    exact = Fraction(pence) / 100
    return (Decimal(exact.numerator) / exact.denominator).quantize(PENNY, ROUND_HALF_UP)


def _decimal(part: Fraction) -> Decimal:
    return Decimal(part.numerator) / Decimal(part.denominator)
