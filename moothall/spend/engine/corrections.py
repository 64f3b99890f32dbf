"""Does one set of payment lines correct another, or share lines with it?"""

from __future__ import annotations

from decimal import Decimal

from attrs import frozen

# Two lines are the same line when all of these agree. Wording (purpose, department) may be mended.
SAME_LINE = ("paid_on", "supplier_name", "transaction_ref", "amount")
REFERENCE = "transaction_ref"


@frozen
class Comparison:
    """How the lines of one file stand to those of another, as multisets. Amounts in GBP."""

    same: int
    only_old: int
    only_new: int
    same_gbp: Decimal
    only_old_gbp: Decimal
    only_new_gbp: Decimal

    @property
    def share_of_old(self) -> float:
        return self.same / (self.same + self.only_old) if self.same + self.only_old else 0.0

    @property
    def share_of_new(self) -> float:
        return self.same / (self.same + self.only_new) if self.same + self.only_new else 0.0


def same_line(old_has_references: bool, new_has_references: bool) -> list[str]:
    """Return the columns that tell two lines apart.

    Where one side publishes no references at all, they cannot tell its lines from the other's.
    """
    told_apart = old_has_references and new_has_references
    return [column for column in SAME_LINE if told_apart or column != REFERENCE]


def pounds_of(pence: int) -> Decimal:
    """Return pence as exact pounds."""
    return Decimal(pence).scaleb(-2).quantize(Decimal("0.01"))
