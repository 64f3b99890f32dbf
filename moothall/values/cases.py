"""Does a published case work out from its own figures?"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from attrs import field, frozen


@frozen
class CaseFigure:
    """One figure of a case, as published and as computed.

    published : the figure as printed; None when the source leaves it to the reader
    computed  : the same figure worked out from the case's other figures
    agrees    : whether the two agree at the precision printed; None when nothing was printed
    note      : what is off, in words; empty when there is nothing to say
    source    : where it was printed, when that is not where the rest of the case was
    """

    name: str
    published: Decimal | None
    computed: Decimal
    unit: str
    agrees: bool | None = field()
    note: str = ""
    source: str = ""

    @agrees.validator
    def _needs_something_published(self, _attribute: Any, agrees: bool | None) -> None:
        if (self.published is None) != (agrees is None):
            raise ValueError(
                f"The figure {self.name!r} agrees or disagrees only with a published figure. "
                "Give both, or neither."
            )

    def as_json(self) -> dict[str, Any]:
        """The figure for a JSON document; exact numbers as text."""
        return {
            "name": self.name,
            "published": None if self.published is None else str(self.published),
            "computed": str(self.computed),
            "unit": self.unit,
            "agrees": self.agrees,
            "note": self.note,
        }


@frozen
class Case:
    """A published worked example, reproduced.

    deal       : the deal file it rests on, for whoever wants to copy it; empty where it is no deal
    appraisal  : the same of an appraisal's file
    story      : what happened, in three sentences
    checked_on : when its figures were last held to their sources
    """

    case: str
    title: str
    source: str
    figures: tuple[CaseFigure, ...]
    deal: str = ""
    story: str = ""
    checked_on: date | None = None
    appraisal: str = ""

    @property
    def is_printed(self) -> bool:
        """Whether anything of it was printed, to be held to."""
        return any(figure.published is not None for figure in self.figures)

    def disagreements(self) -> tuple[CaseFigure, ...]:
        """The figures that do not work out as printed."""
        return tuple(figure for figure in self.figures if figure.agrees is False)

    def as_json(self) -> dict[str, Any]:
        """The case for a JSON document."""
        return {
            "case": self.case,
            "title": self.title,
            "source": self.source,
            "figures": [figure.as_json() for figure in self.figures],
        }
