"""How the pages of a spreadsheet are written: text, inputs that a reader may change, and formulas.

Every formula is written with what it comes to, so that a program that does not recalculate shows
the same figures.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import xlsxwriter
from attrs import define, field
from xlsxwriter.utility import xl_rowcol_to_cell

Number = float | int | Decimal

MONEY, SHARE, FACTOR, PLAIN, YEAR = (
    "#,##0.00;[Red]-#,##0.00",
    "0.0%",
    "0.000000",
    "#,##0.##",
    "0",
)
INPUT = {"bg_color": "#FFF7BF", "font_color": "#1D4ED8", "border": 1, "border_color": "#B1B4B6"}
FONT = {"font_name": "Liberation Sans", "font_size": 10}


def cell(sheet: str, row: int, column: int) -> str:
    """Return the address of a cell on another page, which does not move when it is copied."""
    return f"'{sheet}'!{xl_rowcol_to_cell(row, column, row_abs=True, col_abs=True)}"


def cells(sheet: str, first: tuple[int, int], last: tuple[int, int]) -> str:
    """Return the address of a block, corner to corner."""
    ends = (xl_rowcol_to_cell(*one, row_abs=True, col_abs=True) for one in (first, last))
    return f"'{sheet}'!{':'.join(ends)}"


@define
class Page:
    """One sheet of a book, written a cell at a time. Rows and columns count from nought."""

    name: str
    sheet: Any
    book: Book

    def text(self, row: int, column: int, words: object, style: str = "text") -> None:
        self.sheet.write_string(row, column, str(words), self.book.style(style))

    def head(self, row: int, column: int, words: Iterable[object]) -> None:
        for place, one in enumerate(words):
            self.text(row, column + place, one, "head")

    def given(self, row: int, column: int, number: Number, shape: str = PLAIN) -> None:
        """Write a figure that a reader may change."""
        self.sheet.write_number(row, column, float(number), self.book.style("input", shape))

    def stated(self, row: int, column: int, number: Number, shape: str = PLAIN) -> None:
        """Write a figure that only the file's words decide, such as a sign."""
        self.sheet.write_number(row, column, float(number), self.book.style("text", shape))

    def worked(
        self, row: int, column: int, formula: str, comes_to: Number | str, shape: str = MONEY
    ) -> None:
        """Write a formula with what it comes to."""
        known = comes_to if isinstance(comes_to, str) else float(comes_to)
        self.sheet.write_formula(row, column, f"={formula}", self.book.style("text", shape), known)

    def cell(self, row: int, column: int) -> str:
        return cell(self.name, row, column)

    def across(self, row: int, first: int, count: int) -> str:
        """Return the address of `count` cells of a row."""
        return cells(self.name, (row, first), (row, first + count - 1))

    def down(self, column: int, first: int, count: int) -> str:
        """Return the address of `count` cells of a column."""
        return cells(self.name, (first, column), (first + max(count, 1) - 1, column))


@define
class Book:
    """A spreadsheet that is being written."""

    written: BytesIO = field(factory=BytesIO)
    made: Any = None
    styles: dict[tuple[str, str], Any] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        self.made = xlsxwriter.Workbook(self.written, {"in_memory": True})

    def style(self, name: str, shape: str = "") -> Any:
        if (name, shape) not in self.styles:
            looks: dict[str, Any] = {**FONT, "valign": "top"}
            if name == "input":
                looks |= INPUT
            elif name == "title":
                looks |= {"bold": True, "font_size": 14}
            elif name == "head":
                looks |= {"bold": True, "text_wrap": True, "bottom": 1}
            elif name == "words":
                looks |= {"text_wrap": True}
            if shape:
                looks["num_format"] = shape
            self.styles[name, shape] = self.made.add_format(looks)
        return self.styles[name, shape]

    def page(
        self, name: str, title: str, explained: str, widths: Sequence[float], keep: tuple[int, int]
    ) -> Page:
        """Add a sheet with its title and a line on what it is.

        widths : of its first columns; keep : rows and columns that stay in sight
        """
        sheet = self.made.add_worksheet(name)
        sheet.hide_gridlines(2)
        sheet.freeze_panes(*keep)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        page = Page(name, sheet, self)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        page.text(0, 0, title, "title")
        page.text(1, 0, explained)
        return page

    def bytes(self, title: str, on: datetime) -> bytes:
        """Close the book and return it: the same for the same contents."""
        self.made.set_properties({"title": title, "created": on})
        self.made.close()
        return self.written.getvalue()
