"""Does one set of payment lines correct another, or share lines with it?"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from attrs import frozen

if TYPE_CHECKING:
    import polars as pl

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


def comparison_of(old: pl.DataFrame, new: pl.DataFrame) -> Comparison:
    """Count what two sets of lines share, in rows and pounds: columns as in SAME_LINE."""
    import polars as pl  # here, so that whoever only holds a Comparison need not load it

    keys = same_line(*(bool(side[REFERENCE].count()) for side in (old, new)))
    sides = [
        side.select(
            *keys, pl.lit(was, dtype=pl.Int64).alias("old"), pl.lit(1 - was).alias("new")
        ).cast({"new": pl.Int64})
        for side, was in ((old, 1), (new, 0))
    ]
    counted = pl.concat(sides).group_by(keys).agg(pl.col("old").sum(), pl.col("new").sum())
    both = pl.min_horizontal("old", "new")
    pence = (pl.col("amount").cast(pl.Decimal(38, 2)) * 100).cast(pl.Int64)
    counts = {"same": both, "only_old": pl.col("old") - both, "only_new": pl.col("new") - both}
    sums = counted.select(
        *(count.sum().alias(name) for name, count in counts.items()),
        *((count * pence).sum().alias(f"{name}_gbp") for name, count in counts.items()),
    ).row(0, named=True)
    return Comparison(
        same=sums["same"],
        only_old=sums["only_old"],
        only_new=sums["only_new"],
        same_gbp=_pounds(sums["same_gbp"]),
        only_old_gbp=_pounds(sums["only_old_gbp"]),
        only_new_gbp=_pounds(sums["only_new_gbp"]),
    )


def _pounds(pence: int) -> Decimal:
    return Decimal(pence).scaleb(-2).quantize(Decimal("0.01"))
