"""What did reading one published file give: its counts, its totals, and what was doubtful?"""

from collections.abc import Mapping as Dictionary
from datetime import date
from decimal import Decimal
from pathlib import Path

from attrs import Factory, frozen

from moothall.spend.engine.mapping import Mapping
from moothall.values.periods import Period

ZERO = Decimal("0.00")


class CannotRead(Exception):
    """The file stays unread. The message is a sentence a person can act on."""


@frozen
class Stamp:
    """Whose file this is: written on every row that comes from it."""

    body_id: int
    publication_id: int
    source_id: int


@frozen
class Asked:
    """A file that is to be read, how it is called, and where what it says is to go.

    sha256     : of its bytes, where someone has hashed them already
    confirmed  : the mapping that a person confirmed for it
    period     : the days it covers, where a person has said so
    marks_path : where the marks of its lines are kept, if anywhere
    """

    path: Path
    name: str
    stamp: Stamp
    lines_path: Path
    aside_path: Path
    sha256: str = ""
    confirmed: Mapping | None = None
    period: Period | None = None
    marks_path: Path | None = None
    sheet: str | None = None
    encoding: str = ""
    delimiter: str = ""


@frozen
class ControlTotal:
    """A total printed by the publisher inside the file, beside the sum of the rows it covers."""

    row: int
    sheet: str | None
    printed: Decimal
    computed: Decimal
    agrees: bool


@frozen
class Reading:
    """One file read. Rows and pounds add up:

    rows_read   = rows_kept + rows_set_aside
    amount_read = amount_kept + amount_set_aside + amount_control
    Amounts are GBP, exact, as kept (two decimals); `rounding_difference` is what publishing
    more than two decimals adds: the sum as published minus the sum as kept.
    """

    file: str
    sha256: str
    refusal: str | None = None
    rows_read: int = 0
    rows_kept: int = 0
    rows_set_aside: int = 0
    rows_blank: int = 0
    rows_without_amount: int = 0
    amount_kept: Decimal = ZERO
    amount_set_aside: Decimal = ZERO
    amount_control: Decimal = ZERO
    rounding_difference: Decimal = ZERO
    first_date: date | None = None
    last_date: date | None = None
    control_totals: tuple[ControlTotal, ...] = ()
    reasons: Dictionary[str, int] = Factory(dict)
    mapping: Mapping | None = None
    encoding: str = ""
    delimiter: str = ""
    date_order: str = ""
    kind: str = "spend"
    period: Period | None = None
    warnings: tuple[str, ...] = ()

    @property
    def amount_read(self) -> Decimal:
        """Every pound that could be read, wherever its row went."""
        return self.amount_kept + self.amount_set_aside + self.amount_control


@frozen
class Proposal:
    """What we believe a file says, for a person to confirm or correct before it is loaded."""

    mapping: Mapping
    sample_rows: tuple[tuple[str, ...], ...]
    encoding: str = ""
    delimiter: str = ""
    period: Period | None = None
    kind: str = "spend"
    sheet: str | None = None

    @property
    def doubts(self) -> tuple[str, ...]:
        return self.mapping.doubts
