"""What must be known of a number before a person may act on it?"""

from __future__ import annotations

from datetime import date

from attrs import field, frozen


@frozen
class Figure:
    """A number with its evidence.

    label      what it is a number of: 'Published payments'
    shown      the number in words: '£812.4m', or for an estimate a range: '£3m to £5m'
    unit       what it is counted in, when `shown` does not say: 'suppliers'
    basis      what it includes and leaves out: 'Net of VAT, cash, credits deducted'
    source     the dataset and rows, document or person it came from
    on         the day to which it holds
    grade      how far it can be relied on, in words
    exactly    the number unrounded, where `shown` rounds it
    is_estimate  True for a range or a model's answer, which is drawn unlike exact money
    """

    label: str
    shown: str
    basis: str = field()
    source: str = field()
    unit: str = ""
    on: date | None = None
    grade: str = ""
    exactly: str = ""
    url: str = ""
    source_url: str = ""
    is_estimate: bool = False

    @basis.validator
    @source.validator
    def _is_said(self, attribute: object, said: str) -> None:
        if not said.strip():
            name = getattr(attribute, "name", "that")
            raise ValueError(
                f"The figure '{self.label}' does not say its {name}. A figure that a person can "
                f"act on carries it: give {name}."
            )
