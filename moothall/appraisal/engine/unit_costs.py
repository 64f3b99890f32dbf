"""What does one of something cost whom? Read from the user's own workbook of unit costs.

No unit cost is shipped. A workbook in the shape of the Greater Manchester unit cost database is
read sheet by sheet: each row has a code, a unit, an agency, and up to three values (fiscal,
economic, social), each with the year of its prices. Its own updated values are worked out again by
its own deflators, and whatever differs is said; then values are uplifted by the dated deflator.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation

from attrs import frozen

from moothall.appraisal.engine.deflators import Deflator, price_words
from moothall.deals.deal import Finding, Weight
from moothall.values.periods import year_words
from moothall.values.wording import pounds

Cell = object
Sheet = Sequence[Sequence[Cell]]
KINDS = ("fiscal", "economic", "social")
END = "do not delete"
PENNY = Decimal("0.01")


@frozen
class UnitCost:
    """One value of one row. GBP, in the prices of a financial year by its first.

    kind        : fiscal, economic or social
    updated_gbp : as the workbook brings it to its current year; None where it does not
    grade       : the workbook's own: R, A or G; empty where none is given
    place       : sheet and row in the workbook
    """

    code: str
    title: str
    category: str
    group: str
    unit: str
    agency: str
    agency_detail: str
    kind: str
    amount_gbp: Decimal
    year: int
    updated_gbp: Decimal | None
    source: str
    grade: str
    comment: str
    place: str

    def in_prices_of(self, deflator: Deflator, year: int) -> Decimal:
        """Return the value in the prices of a financial year, by the dated deflator."""
        return self.amount_gbp * deflator.between(self.year, year)

    def in_words(self, deflator: Deflator, year: int) -> str:
        uplifted = self.in_prices_of(deflator, year).quantize(PENNY)
        return (
            f"{self.title}: {pounds(self.amount_gbp.quantize(PENNY))} {self.unit.lower()} in "
            f"{price_words(self.year)} is {pounds(uplifted)} in {price_words(year)}."
        )


@frozen
class UnitCosts:
    """A workbook, read.

    current_year : to which its updated values are brought, by its first year
    deflators    : its own, by financial year; only their ratios mean anything
    findings     : what could not be read, or differs
    """

    costs: tuple[UnitCost, ...]
    current_year: int | None
    deflators: Mapping[int, Decimal]
    findings: tuple[Finding, ...]

    def updated(self, cost: UnitCost) -> Decimal | None:
        """Return a value as the workbook's own deflators bring it to its current year."""
        if self.current_year is None or cost.year not in self.deflators:
            return None
        return cost.amount_gbp * self.deflators[self.current_year] / self.deflators[cost.year]

    def of_code(self, code: str) -> tuple[UnitCost, ...]:
        return tuple(cost for cost in self.costs if cost.code == code)


class NoUnitCosts(ValueError):
    """The workbook holds no sheet of unit costs. The message says what was looked for."""


def unit_costs(sheets: Mapping[str, Sheet]) -> UnitCosts:
    """Read a workbook of unit costs, given as the rows of its sheets by name.

    :raises NoUnitCosts: when no sheet has a row of headings with a cost code.
    """
    current_year, deflators = _deflators(sheets)
    costs: list[UnitCost] = []
    findings: list[Finding] = []
    has_table = False
    for name, rows in sheets.items():
        heading = next((n for n, row in enumerate(rows) if "cost code" in map(_key, row)), None)
        if heading is None:
            continue
        has_table = True
        found = list(_costs(name, rows, heading, findings))
        costs += found
    if not has_table:
        raise NoUnitCosts(
            "No sheet of this workbook has a heading 'Cost code', so it holds no unit costs that "
            "can be read. Choose a workbook in the shape of the unit cost database."
        )
    if current_year is None or not deflators:
        said = "The workbook's own deflators were not found."
        mend = "Its updated values are not checked; values are uplifted by the dated deflator."
        findings.append(Finding("workbook", said, mend, Weight.LOOK))
    read = UnitCosts(tuple(costs), current_year, deflators, ())
    findings += _differences(read)
    return UnitCosts(read.costs, current_year, deflators, tuple(findings))


def _differences(read: UnitCosts) -> Iterator[Finding]:
    """Yield where the workbook's updated value is not what its own deflators come to."""
    seen: dict[tuple[str, str], str] = {}
    for cost in read.costs:
        before = seen.setdefault((cost.code, cost.kind), cost.place)
        if before != cost.place:
            said = f"The code {cost.code} stands twice: {before} and {cost.place}."
            yield Finding(cost.place, said, "See which is meant before you use it.", Weight.LOOK)
        worked = read.updated(cost)
        if cost.updated_gbp is None or worked is None:
            continue
        if abs(worked - cost.updated_gbp) > PENNY / 2:
            said = (
                f"{cost.code} is updated to {pounds(cost.updated_gbp.quantize(PENNY))}, and the "
                f"workbook's own deflators come to {pounds(worked.quantize(PENNY))}."
            )
            yield Finding(cost.place, said, "The value as first stated is used.", Weight.LOOK)


def _deflators(sheets: Mapping[str, Sheet]) -> tuple[int | None, dict[int, Decimal]]:
    """Return the workbook's current year, and its deflators by financial year."""
    current: int | None = None
    levels: dict[int, Decimal] = {}
    for rows in sheets.values():
        for n, row in enumerate(rows):
            keys = [_key(cell) for cell in row]
            cumulative = [at for at, key in enumerate(keys) if key.startswith("gdp cumulative")]
            if not cumulative or "year" not in keys:
                continue
            year_at, level_at = keys.index("year"), cumulative[0]
            for below in rows[n + 1 :]:
                year, level = _year(_at(below, year_at)), _number(_at(below, level_at))
                if year is not None and level is not None:
                    levels[year] = level
            if "current year" in keys:
                at = keys.index("current year")
                said = (_year(_at(below, at)) for below in rows[n + 1 :])
                current = next((year for year in said if year is not None), None)
    return (current if current in levels else None), levels


def _costs(name: str, rows: Sheet, heading: int, findings: list[Finding]) -> Iterator[UnitCost]:
    keys = [_key(cell) for cell in rows[heading]]
    # Above each group of three columns only its first is named.
    groups = {
        kind: at for at, key in enumerate(keys) for kind in KINDS if key.startswith(f"{kind} ")
    }

    def column(*begins: str) -> int | None:
        for begin in begins:
            for at, key in enumerate(keys):
                if key.startswith(begin):
                    return at
        return None

    agency = column("agency")
    at = {
        "title": column("cost / saving detail", "cost/saving detail"),
        "category": column("outcome category"),
        "group": column("outcome detail"),
        "unit": column("unit"),
        "agency": agency,
        "agency_detail": None if agency is None else agency + 1,
        "source": column("original source"),
        "grade": column("rag"),
        "comment": column("comment"),
    }
    code_at = keys.index("cost code")
    for n, row in enumerate(rows[heading + 2 :], start=heading + 3):
        if any(_key(cell).startswith(END) for cell in row):
            return
        place = f"{name}, row {n}"
        code = _text(_at(row, code_at))
        words = {key: _text(_at(row, where)) for key, where in at.items()}
        for kind, first in groups.items():
            stated = _at(row, first)
            amount, year = _number(stated), _year(_at(row, first + 1))
            if amount is None:
                if _text(stated):
                    said = f"'{_text(stated)}' is no amount."
                    findings.append(Finding(place, said, "Mend it in the workbook.", Weight.LOOK))
                continue
            if year is None:
                said = f"{code or words['title']} has a {kind} value and no year of its prices."
                mend = "It is left out: without its year it cannot be uplifted."
                findings.append(Finding(place, said, mend, Weight.LOOK))
                continue
            if not code:
                said = f"{words['title']} has a {kind} value and no code."
                findings.append(Finding(place, said, f"It is kept as '{place}'.", Weight.LOOK))
            yield UnitCost(
                code=code or place,
                kind=kind,
                amount_gbp=amount,
                year=year,
                updated_gbp=_number(_at(row, first + 2)),
                place=place,
                **words,
            )


def _at(row: Sequence[Cell], where: int | None) -> Cell:
    return None if where is None or where >= len(row) else row[where]


def _text(cell: Cell) -> str:
    return "" if cell is None else " ".join(str(cell).split())


def _key(cell: Cell) -> str:
    return _text(cell).lower()


def _number(cell: Cell) -> Decimal | None:
    if isinstance(cell, bool) or cell is None:
        return None
    try:
        number = Decimal(_text(cell).replace(",", "").removeprefix("£"))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _year(cell: Cell) -> int | None:
    """Return a financial year such as 2002/03 by its first year."""
    text = _text(cell)
    first = int(text[:4]) if text[:4].isdecimal() else 0
    return first if first and text == year_words(first) else None
