"""Which options go on to be appraised in full, and why did the others not?

The options framework-filter: choices along five dimensions, each held to the critical success
factors; then options, made of those choices. A fail drops an option and says why; what is not known
drops nothing. Business as usual and do-minimum always stay, whatever they fail, to compare with.

Source: HM Treasury, The Green Book, and its guide to developing the project business case.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum

from attrs import frozen

from moothall.appraisal.engine.appraisal import Answer, Appraisal, Choice, Judgement, Option, Role
from moothall.appraisal.engine.file_tables import DIMENSIONS, SUCCESS
from moothall.deals.wording import in_sentence
from moothall.values.wording import listed

FACTORS: Mapping[str, str] = dict(
    zip(
        SUCCESS,
        (
            "Strategic fit",
            "Potential value for money",
            "Supplier capacity and capability",
            "Potential affordability",
            "Potential achievability",
        ),
        strict=True,
    )
)
DIMENSION_NAMES: Mapping[str, str] = dict(
    zip(
        DIMENSIONS,
        ("Scope", "Service solution", "Service delivery", "Implementation", "Funding"),
        strict=True,
    )
)


class Outcome(StrEnum):
    CARRIED = "carried forward"
    PREFERRED = "preferred way forward"
    DISCOUNTED = "discounted"


@frozen
class Sifted:
    """What became of a choice or an option, and why.

    fails   : each fail, as a sentence; one that stays in spite of them still shows them
    unknown : success factors that nobody has judged it by
    """

    key: str
    title: str
    outcome: Outcome
    because: str
    fails: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def goes_on(self) -> bool:
        return self.outcome is not Outcome.DISCOUNTED

    def as_json(self) -> dict[str, object]:
        return {
            "key": self.key,
            "title": self.title,
            "outcome": self.outcome.value,
            "because": self.because,
            "fails": list(self.fails),
            "unknown": list(self.unknown),
        }


@frozen
class Sieve:
    """Choices by dimension, options, and what is lacking of a good shortlist."""

    choices: tuple[Sifted, ...]
    options: tuple[Sifted, ...]
    lacks: tuple[str, ...]

    @property
    def shortlist(self) -> tuple[str, ...]:
        return tuple(one.key for one in self.options if one.goes_on)


def sifted(appraisal: Appraisal) -> Sieve:
    """Return what becomes of every choice and every option."""
    choices = {key: _choice(one) for key, one in appraisal.choices.items()}
    options = tuple(_option(one, appraisal, choices) for one in appraisal.options.values())
    shortlist = [appraisal.options[one.key] for one in options if one.goes_on]
    return Sieve(tuple(choices.values()), options, tuple(_lacks(shortlist)))


def _choice(choice: Choice) -> Sifted:
    fails = tuple(_fails(choice.success))
    return _with(
        choice.key, choice.title, fails, _unknown(choice.success), choice.role.always_stays, False
    )


def _option(option: Option, appraisal: Appraisal, choices: Mapping[str, Sifted]) -> Sifted:
    barred = (f"The law rules it out: {option.barred}.",) if option.barred else ()
    dropped = tuple(
        f"It rests on {in_sentence(choices[key].title)}, which was discounted: "
        f"{choices[key].because}"
        for key in option.choices.values()
        if not choices[key].goes_on
    )
    fails = (*barred, *_fails(option.success), *dropped)
    return _with(
        option.key,
        option.name,
        fails,
        _unknown(option.success),
        option.role.always_stays,
        option.is_preferred,
    )


def _with(
    key: str,
    title: str,
    fails: tuple[str, ...],
    unknown: tuple[str, ...],
    always_stays: bool,
    is_preferred: bool,
) -> Sifted:
    if fails and not always_stays:
        return Sifted(key, title, Outcome.DISCOUNTED, fails[0], fails, unknown)
    if fails:
        said = f"It stays to compare with, though it fails: {fails[0]}"
    elif unknown:
        said = f"Nothing rules it out; not judged yet: {listed(map(in_sentence, unknown))}."
    else:
        said = "It fails no critical success factor."
    outcome = Outcome.PREFERRED if is_preferred else Outcome.CARRIED
    return Sifted(key, title, outcome, said, fails, unknown)


def _fails(success: Mapping[str, Judgement]) -> Iterator[str]:
    for key, title in FACTORS.items():
        judged = success.get(key)
        if judged is not None and judged.answer is Answer.FAILS:
            yield f"{title}: {judged.because.rstrip('.')}."


def _unknown(success: Mapping[str, Judgement]) -> tuple[str, ...]:
    return tuple(
        title
        for key, title in FACTORS.items()
        if success.get(key, Judgement()).answer is Answer.UNKNOWN
    )


def _lacks(shortlist: list[Option]) -> Iterator[str]:
    roles = {one.role for one in shortlist}
    if Role.USUAL not in roles:
        yield "Business as usual, with which every other option is compared."
    if Role.MINIMUM not in roles:
        yield "A do-minimum: the least that meets what is asked."
    if not any(one.is_preferred for one in shortlist):
        yield "The preferred way forward."
    if not roles & {Role.LESS, Role.MORE}:
        yield "An option that is less, or more, ambitious than the preferred one."
