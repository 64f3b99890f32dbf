"""What may be asked of published payments, and in which words? The same at every door.

A filter added to `FILTERS` is an option of every question at the command line, a parameter of every
question of the API, and an argument of `queries.figures.filters_named`, which says what it means.
The pages ask the same by `forms.explorer.PaymentFilter`, which shows what there is to choose from.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal, get_args

from attrs import frozen

By = Literal["category", "kind", "supplier", "department", "body", "month", "year"]
TogetherBy = Literal["supplier", "category", "kind"]
MarketBy = Literal["category", "kind"]
TrendBy = Literal["category", "kind", "supplier", "department", "body", "body-as-now"]
Span = Literal["month", "year"]
DuplicateKey = Literal["a", "b", "c", "d", "e"]
DuplicateStatus = Literal["open", "resolved", "review"]
LineOrder = Literal["-paid", "paid", "-amount", "amount"]

BY: tuple[str, ...] = get_args(By)
TOGETHER_BY: tuple[str, ...] = get_args(TogetherBy)
MARKET_BY: tuple[str, ...] = get_args(MarketBy)
TREND_BY: tuple[str, ...] = get_args(TrendBy)
SPANS: tuple[str, ...] = get_args(Span)


@frozen
class Filter:
    """One way to say which payments: everything that is said must hold.

    name    as the argument of `filters_named`
    said    as the option at the command line, and in the address
    takes   str, date or Decimal
    is_many may be said again: any of them will do
    """

    name: str
    said: str
    takes: type[str] | type[date] | type[Decimal]
    help: str
    is_many: bool = False


FILTERS = (
    Filter("bodies", "body", str, "Only these bodies, by name, slug or GSS code.", is_many=True),
    Filter("starts", "from", date, "First day of payment, as 2025-04-01."),
    Filter("ends", "to", date, "Last day of payment, as 2026-03-31."),
    Filter("category", "category", str, "Code of a category or of a kind."),
    Filter("supplier", "supplier", str, "A supplier's name, or part of it."),
    Filter("department", "department", str, "A department, as published."),
    Filter("text", "text", str, "In the supplier's name, the purpose or the department."),
    Filter("least_gbp", "least", Decimal, "Only lines of at least so many pounds."),
    Filter("most_gbp", "most", Decimal, "Only lines of at most so many pounds."),
)
