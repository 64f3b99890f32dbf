"""Which rows of a file are totals of other rows, by place and arithmetic, never by a word?"""

from collections.abc import Sequence
from decimal import Decimal

from attrs import frozen


@frozen
class Candidate:
    """A row that may be a total: it has an amount but no day of its own.

    position   : place among the rows read
    amount     : GBP
    is_sparse  : neither a supplier nor a day, and most other cells are blank
    """

    position: int
    row: int
    amount: Decimal
    is_sparse: bool


@frozen
class Total:
    """A candidate found to be a total, with what its rows add up to."""

    position: int
    row: int
    printed: Decimal
    computed: Decimal
    agrees: bool
    is_row_count: bool = False


LEAST_ROWS = 3  # below this, equal amounts are as likely a payment repeated
NEAR_SHARE = Decimal("0.02")  # how close an unequal last amount must be to be a total that is off
NEAR_ROWS = 20


def totals_among(
    candidates: Sequence[Candidate],
    sums_before: Sequence[Decimal],
    sums_read_before: Sequence[Decimal],
    rows_before: Sequence[int],
    last_payment: int,
    last_amount: int,
) -> tuple[Total, ...]:
    """Return the candidates that are totals.

    candidates       : in order of position
    sums_before      : per candidate, GBP of the payments above it (no candidates in it)
    sums_read_before : per candidate, the same with rows set aside for other reasons
    rows_before      : per candidate, payments above it
    last_payment     : position of the last row that is certainly a payment
    last_amount      : position of the last row with an amount

    A total is a row that equals the sum of everything above it, or of everything since the
    total before it. A sparse row that is the last amount of the file is a total too, even when
    it does not agree; so is a last amount without a day that misses the sum by a
    fiftieth or less. A sparse last number that equals the count of the rows is a row count.
    """
    totals: list[Total] = []
    kept_amount, kept_rows = Decimal("0.00"), 0  # candidates that turned out to be payments
    since_amount, since_rows = Decimal("0.00"), 0
    printed_before: set[Decimal] = set()
    for place, candidate in enumerate(candidates):
        above = sums_before[place] + kept_amount
        read_above = sums_read_before[place] + kept_amount
        rows = rows_before[place] + kept_rows
        block, block_rows = above - since_amount, rows - since_rows
        least = 2 if candidate.is_sparse else LEAST_ROWS
        is_below_all = candidate.position > last_payment
        is_last = candidate.position == last_amount
        computed, agrees = _agreement(
            candidate.amount, ((above, rows), (read_above, rows), (block, block_rows)), least
        )
        if agrees and (candidate.is_sparse or is_below_all) and candidate.amount:
            totals.append(
                Total(candidate.position, candidate.row, candidate.amount, computed, True)
            )
            printed_before.add(candidate.amount)
            since_amount, since_rows = above, rows
        elif is_below_all and candidate.is_sparse and candidate.amount in printed_before:
            totals.append(Total(candidate.position, candidate.row, candidate.amount, above, True))
        elif is_below_all and candidate.is_sparse and candidate.amount == rows and rows:
            totals.append(
                Total(
                    candidate.position, candidate.row, candidate.amount, Decimal(rows), True, True
                )
            )
        elif (
            is_last
            and is_below_all
            and (candidate.is_sparse or _is_near(candidate, above, rows))
            and rows >= least
        ):
            totals.append(Total(candidate.position, candidate.row, candidate.amount, above, False))
        else:
            kept_amount += candidate.amount
            kept_rows += 1
    return tuple(totals)


def _agreement(
    printed: Decimal, sums: Sequence[tuple[Decimal, int]], least: int
) -> tuple[Decimal, bool]:
    for computed, rows in sums:
        if rows >= least and abs(printed - computed) < Decimal("0.005"):
            return computed, True
    return sums[0][0], False


def _is_near(candidate: Candidate, above: Decimal, rows: int) -> bool:
    return rows >= NEAR_ROWS and above > 0 and abs(candidate.amount - above) <= above * NEAR_SHARE
