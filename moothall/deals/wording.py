"""How do the numbers of a term read inside its sentences?"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from string import Formatter
from typing import Any

import numpy as np
from attrs import frozen

from moothall.deals.numbers import Mask
from moothall.values.wording import MINUS, percentage, pounds
from moothall.values.wording import listed as listed

Number = Decimal | float | int


@frozen
class Because:
    """A sentence whose numbers are arrays; it is written out only for whoever asks.

    template : text with places such as {paid:pounds}, {share:percent}, {people:number}
    numbers  : name -> array, or one number for all
    only     : where the sentence holds; everywhere when None
    """

    template: str
    numbers: Mapping[str, Any] = {}
    only: Mask | None = None

    def at(self, place: int) -> str:
        """Return the sentence for one contract or draw, '' where it does not hold."""
        if self.only is not None and not self.only[place]:
            return ""
        return written(self.template, {k: _at(v, place) for k, v in self.numbers.items()})


def _at(values: Any, place: int) -> Any:
    return values[place] if isinstance(values, np.ndarray) else values


def written(template: str, numbers: Mapping[str, Any]) -> str:
    """Fill a template, each number in its own notation."""
    return _Wording().vformat(template, (), numbers)


def quantity(value: Any) -> str:
    """Return a count or measure without idle noughts: 1,250 or 0.125."""
    text = f"{Decimal(str(value)):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def price(value: Any) -> str:
    """Return a price with all its decimals: £1.105, £3,000."""
    size = quantity(abs(value))
    whole, _, pence = size.partition(".")
    return f"{MINUS if value < 0 else ''}£{whole}" + (f".{pence:0<2}" if pence else "")


def years(count: Decimal) -> str:
    """Return a span: '1 year', '2.5 years'."""
    return f"{quantity(count)} year" + ("" if count == 1 else "s")


def in_sentence(title: str) -> str:
    """Return a title as it reads inside a sentence: 'days in care', but 'A&E visits'."""
    first = title.split(maxsplit=1)[0]
    is_word = first.isalpha() and first[1:] == first[1:].lower()
    return title[0].lower() + title[1:] if is_word else title


class _Wording(Formatter):
    def format_field(self, value: Any, format_spec: str) -> str:
        match format_spec:
            case "pounds":
                return pounds(Decimal(str(value)) if isinstance(value, float) else value)
            case "price":
                return price(value)
            case "percent":
                return percentage(value)
            case "number":
                return quantity(value)
            case "about":  # a quotient: three decimals tell enough
                return quantity(round(Decimal(str(value)), 3))
        return str(value)
