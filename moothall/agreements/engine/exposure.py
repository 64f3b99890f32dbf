"""What would a holder lose if companies it stands behind failed, against its reserves?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from attrs import frozen


class Standing(StrEnum):
    """How a holder stands behind a company."""

    EQUITY = "EQUITY"
    LOAN = "LOAN"
    GUARANTEE = "GUARANTEE"
    UNPAID = "UNPAID"

    @property
    def words(self) -> str:
        return {"EQUITY": "equity", "LOAN": "loan", "GUARANTEE": "guarantee",
                "UNPAID": "unpaid balance"}[self.value]  # fmt: skip


@frozen
class Exposure:
    """An amount at risk in one company, in whole pence."""

    company: str
    standing: Standing
    pence: int


@frozen
class Stress:
    """One scenario: who fails, what is lost, what is left of the reserves (whole pence)."""

    said: str
    companies: tuple[str, ...]
    lost_pence: int
    left_pence: int | None

    @property
    def is_more_than_reserves(self) -> bool:
        return self.left_pence is not None and self.left_pence < 0


TOTAL_LOSS = dict.fromkeys(Standing, Decimal(100))


def lost_if_failed(
    exposures: Iterable[Exposure], percents: Mapping[Standing, Decimal] | None = None
) -> dict[str, int]:
    """What is lost if each company failed, in whole pence.

    percents: of each kind of standing, the part that is lost (0 to 100); all of it unless given
    """
    percents = TOTAL_LOSS | dict(percents or {})
    if strange := [kind.words for kind, part in percents.items() if not 0 <= part <= 100]:
        raise ValueError(f"The part lost of {strange[0]} lies between 0 and 100 percent.")
    lost: dict[str, Decimal] = {}
    for each in exposures:
        part = each.pence * percents[each.standing] / 100
        lost[each.company] = lost.get(each.company, Decimal(0)) + part
    return {company: int(pence.to_integral_value(ROUND_HALF_UP)) for company, pence in lost.items()}


def stressed(
    exposures: Iterable[Exposure],
    reserves_pence: int | None,
    percents: Mapping[Standing, Decimal] | None = None,
) -> tuple[Stress, ...]:
    """Each company failing alone, the worst first; then the two worst; then all at once."""
    lost = lost_if_failed(exposures, percents)
    worst = sorted(lost, key=lambda company: (-lost[company], company))
    groups: list[tuple[str, tuple[str, ...]]] = [(f"{each} fails", (each,)) for each in worst]
    if len(worst) > 2:
        groups.append((f"{worst[0]} and {worst[1]} fail", tuple(worst[:2])))
    if len(worst) > 1:
        groups.append(("All fail at once", tuple(worst)))
    return tuple(
        Stress(
            said,
            companies,
            total := sum(lost[company] for company in companies),
            None if reserves_pence is None else reserves_pence - total,
        )
        for said, companies in groups
    )
