"""What part of a company does each holder have, by shares, votes and seats; what does it bring?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction

from attrs import frozen

from moothall.values.proportions import in_percent
from moothall.values.rules import Rule, RuleVersion

COUNTS = {"shares": "shares", "votes": "votes", "seats": "seats on the board"}


@frozen
class Held:
    """What one holder has of one class. votes: those that each share or place of it carries."""

    holder: str
    count: int
    votes: int = 1
    is_share: bool = True  # else a place as a member, which counts as votes alone


@frozen
class Seat:
    """A director. appointed_by: the holder that named them, or '' for nobody."""

    appointed_by: str = ""
    votes: int = 1


@frozen
class Stake:
    """A holder's part, each from 0 to 1; None where the company has nothing of the kind."""

    holder: str
    shares: Fraction | None
    votes: Fraction | None
    seats: Fraction | None

    def of(self, count: str) -> Fraction | None:
        """The part of 'shares', 'votes' or 'seats'."""
        part: Fraction | None = getattr(self, count)
        return part


@frozen
class Brings:
    """One thing that a stake brings, by one count. state: yes, no or not assessed."""

    rule: str
    what: str
    count: str
    state: str
    because: str
    version: RuleVersion


@frozen
class Dealings:
    """What passes between an authority and a company, for the business-relationship test.

    Pounds in whole pence; None where it is not known. `cheap_land`: the company occupies land of
    the authority for less than the best price.
    """

    paid_pence: int | None = None
    turnover_pence: int | None = None
    grants_and_shares_pence: int | None = None
    net_assets_pence: int | None = None
    cheap_land: bool | None = None


def stakes(held: Iterable[Held], seats: Iterable[Seat]) -> tuple[Stake, ...]:
    """Each holder's part by each count, the greatest holding first."""
    held, seats = tuple(held), tuple(seats)
    shares = _sums((one.holder, one.count if one.is_share else 0) for one in held)
    votes = _sums((one.holder, one.count * one.votes) for one in held)
    board = _sums((seat.appointed_by, seat.votes) for seat in seats)
    holders = dict.fromkeys([*shares, *votes, *(each for each in board if each)])
    found = [
        Stake(each, _part(each, shares), _part(each, votes), _part(each, board)) for each in holders
    ]
    return tuple(sorted(found, key=lambda x: (-(x.shares or x.votes or 0), x.holder)))


def _sums(rows: Iterable[tuple[str, int]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for holder, count in rows:
        found[holder] = found.get(holder, 0) + count
    return found


def _part(holder: str, of: Mapping[str, int]) -> Fraction | None:
    whole = sum(of.values())
    return Fraction(of.get(holder, 0), whole) if whole else None


def is_met(part: Fraction, asked: Mapping[str, object]) -> bool:
    """Whether a part reaches a threshold in percent: `at_least`, or strictly `above`."""
    if "above" in asked:
        return part * 100 > Fraction(str(asked["above"]))
    return part * 100 >= Fraction(str(asked["at_least"]))


def threshold_in_words(asked: Mapping[str, object]) -> str:
    return f"more than {asked['above']}%" if "above" in asked else f"{asked['at_least']}% or more"


def brought_by(
    stake: Stake,
    rules: Mapping[str, Rule],
    *,
    on: date,
    dealings: Dealings | None = None,
    reserved_matters: int | None = None,
    is_authority: bool = True,
) -> tuple[Brings, ...]:
    """What a stake brings on a day, by each count that a rule looks at, in the rules' order.

    A 20% holder influences the company only with a business relationship beside it, and only where
    it is a local authority. An unverified rule that a stake reaches answers 'not assessed', as a
    warning; one that it does not reach is left out.
    """
    found = []
    for key in ("influence", "blocks_special", "passes_ordinary", "commands_board",
                "passes_special", "owns_whole"):  # fmt: skip
        if key == "influence" and not is_authority:
            continue
        version = rules[key].on(on)
        for count in version.value["of"]:
            part = stake.of(count)
            if part is not None and not version.verified and not is_met(part, version.value):
                continue
            state, because = _answer(part, count, version)
            if key == "influence" and state == "yes":
                state, because = _influence(because, stake, rules, on, dealings or Dealings())
            found.append(Brings(key, rules[key].label, count, state, because, version))
    if is_authority:
        found += _reserved(stake, rules["reserved_matters_at"], on, reserved_matters)
    return tuple(found)


def _answer(part: Fraction | None, count: str, version: RuleVersion) -> tuple[str, str]:
    asked = version.value
    if part is None:
        return "not assessed", f"No {COUNTS[count]} are recorded. Record them first."
    met = is_met(part, asked)
    because = f"{in_percent(part)} of the {COUNTS[count]}; it takes {threshold_in_words(asked)}."
    if version.verified:
        return ("yes" if met else "no"), because
    return "not assessed", f"{because} That would be enough; the rule is not verified here."


def _influence(
    because: str, stake: Stake, rules: Mapping[str, Rule], on: date, dealings: Dealings
) -> tuple[str, str]:
    """The second half of the test: is there a business relationship as well?"""
    most = max(stake.votes or 0, stake.seats or 0)
    if is_met(Fraction(most), rules["passes_ordinary"].on(on).value):
        return "no", f"{because} But it controls the company, which is more than influence."
    version = rules["business_relationship"].on(on)
    holds, fact = business_relationship(dealings, version.value)
    if version.verified and holds is not None:
        return ("yes" if holds else "no"), f"{because} {fact}"
    doubt = "" if holds is None else " The rule for that has not been verified here."
    return "not assessed", f"{because} {fact}{doubt}"


def business_relationship(
    dealings: Dealings, asked: Mapping[str, object]
) -> tuple[bool | None, str]:
    """Whether there is a business relationship, and the fact that decides it."""
    tests = (
        (
            _above(dealings.paid_pence, dealings.turnover_pence, asked["turnover_above"]),
            "of its turnover is paid by the authority",
        ),
        (
            _above(
                dealings.grants_and_shares_pence,
                dealings.net_assets_pence,
                asked["net_assets_above"],
            ),
            "of its net assets are the authority's grants and shares",
        ),
    )
    if dealings.cheap_land:
        return True, "It occupies the authority's land for less than the best price."
    for (met, part), what in tests:
        if met:
            return True, f"{in_percent(part)} {what}: a business relationship."
    unknown = [what for (met, _), what in tests if met is None]
    if unknown or dealings.cheap_land is None:
        missing = [f"what part {what}" for what in unknown]
        if dealings.cheap_land is None:
            missing.append("whether it has the authority's land cheaply")
        return None, f"Not known: {'; '.join(missing)}. Record the company's latest year."
    parts = "; ".join(f"{in_percent(part)} {what}" for (_, part), what in tests)
    return False, f"No business relationship: {parts}."


def _above(
    part: int | None, whole: int | None, percent: object
) -> tuple[bool | None, Fraction | None]:
    if part is None or whole is None:
        return None, None
    if whole <= 0:
        return part > 0, None
    return Fraction(part, whole) * 100 > Fraction(str(percent)), Fraction(part, whole)


def _reserved(stake: Stake, rule: Rule, on: date, count: int | None) -> list[Brings]:
    """A public owner that cannot stop a special resolution lives by its reserved matters."""
    version = rule.on(on)
    votes = stake.votes
    if votes is None or votes == 0 or votes * 100 > version.value["up_to"]:
        return []
    held = f"{in_percent(votes)} of the votes cannot stop a special resolution"
    if count is None:
        said = f"{held}. Whether matters are reserved to it is not recorded: record them."
        return [
            Brings(rule.key, "Relies on reserved matters", "votes", "not assessed", said, version)
        ]
    if count == 0:
        said = f"{held}, and no matter is reserved to it: it can be outvoted on everything."
        return [Brings(rule.key, "Relies on reserved matters", "votes", "no", said, version)]
    said = f"{held}; {count} reserved matters need its consent."
    return [Brings(rule.key, "Relies on reserved matters", "votes", "yes", said, version)]
