"""What the test of a change to a contract asks, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from attrs import asdict, field, frozen

from moothall.values.rules import Rule, RuleVersion
from moothall.values.wording import plain_date

Rules = Mapping[str, Rule]
NOT_ADVICE = "This is not legal advice: ask a solicitor, and record what was said."
CODED = {
    "PA_2023": ("pa_2023", "the Procurement Act 2023"),
    "PCR_2015": ("pcr_2015", "the Public Contracts Regulations 2015"),
    "CCR_2016": ("ccr_2016", "the Concession Contracts Regulations 2016"),
    "PSR_2023": ("psr_2023", "the Provider Selection Regime 2023"),
}


class Answer(StrEnum):
    """What the test of one ground comes to."""

    HOLDS = "holds"
    FAILS = "fails"
    DEPENDS = "depends on how changes are added up"
    WARNS = "not settled here"
    ASKED = "to be answered"
    CLAIMED = "claimed"
    NOT_CLAIMED = "not claimed"


class Outcome(StrEnum):
    """What the whole test comes to."""

    MAY = "a ground holds"
    MAY_NOT = "no ground holds"
    DEPENDS = "it depends on how changes are added up"
    OPEN = "questions are open"
    WARNS = "not settled here"
    NOT_ASSESSED = "not assessed"


class Reading(StrEnum):
    """How earlier changes are added up; the Act does not say."""

    NET = "net"  # rises less falls
    GROSS = "gross"  # rises and falls alike


@frozen
class Contract:
    """What was awarded, as the test needs it.

    regime        : the law it was bought under; '' where nobody recorded it
    began_on      : when its procurement commenced
    value_gbp     : its estimated value at award, with VAT
    term_months   : the longest term at award, with every extension it provides for
    what          : a key of the thresholds: 'goods_services_sub_central', 'works', ...
    is_light_touch: light-touch services may be changed freely under the Act
    reading       : which way of adding up legal advice takes; None: nobody has said
    """

    regime: str
    began_on: date | None = None
    value_gbp: Decimal | None = None
    term_months: Decimal | None = None
    what: str = "goods_services_sub_central"
    is_light_touch: bool = False
    reading: Reading | None = None

    @property
    def is_works(self) -> bool:
        return self.what == "works"


@frozen
class Change:
    """One change to a contract: GBP with VAT, months.

    ground          : the ground that is claimed or was relied on
    scope_is_material, favours_supplier : a person's judgement; None: not answered
    """

    on: date
    value_gbp: Decimal = Decimal(0)
    term_months: Decimal = Decimal(0)
    ground: str = ""
    scope_is_material: bool | None = None
    favours_supplier: bool | None = None


@frozen
class Ground:
    """One ground, and what its test comes to."""

    key: str
    words: str
    where: str
    answer: Answer
    because: tuple[str, ...]


@frozen
class LegalTest:
    """The test of one change.

    net_gbp, gross_gbp : below-threshold changes added up, this one too
    """

    regime: str
    outcome: Outcome
    sentence: str
    grounds: tuple[Ground, ...] = ()
    warnings: tuple[str, ...] = ()
    net_gbp: Decimal | None = None
    gross_gbp: Decimal | None = None
    threshold_gbp: Decimal | None = None
    sources: tuple[str, ...] = field(factory=tuple)

    def as_json(self) -> dict[str, Any]:
        return asdict(self, value_serializer=lambda _thing, _field, value: _plain(value))


def threshold_of(contract: Contract, thresholds: Rules) -> RuleVersion | None:
    """That of the day its procurement commenced; None where that is not recorded, or not coded.

    It is never guessed from the day of a change.
    """
    if contract.began_on is None:
        return None
    try:
        return thresholds[contract.what].on(contract.began_on)
    except LookupError:
        return None


def why_no_threshold(contract: Contract) -> str:
    if contract.began_on is None:
        return (
            "Nobody has recorded when its procurement commenced, and the threshold is that of then."
        )
    return "No threshold is coded for a procurement of that day."


def weighed(holds: bool, rule: RuleVersion) -> Answer:
    """An unverified rule warns: it neither permits nor refuses."""
    if not rule.verified:
        return Answer.WARNS
    return Answer.HOLDS if holds else Answer.FAILS


def all_of(answers: Sequence[Answer]) -> Answer:
    """One that fails fails all; then what is open comes before what is settled."""
    for worst in (Answer.FAILS, Answer.ASKED, Answer.DEPENDS, Answer.WARNS):
        if worst in answers:
            return worst
    return Answer.HOLDS


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return plain_date(value)
    return value.value if isinstance(value, StrEnum) else value
