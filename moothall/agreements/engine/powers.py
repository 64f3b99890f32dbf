"""What can one class of a board do alone, and is a mutual safe from being taken by one?

A class acts alone when all of it votes one way and everybody else the other way.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from fractions import Fraction

from attrs import frozen

from moothall.agreements.engine.voting import (
    BY_SHARE,
    ClassVotes,
    Majority,
    Method,
    Rule,
    outcome,
    share_by,
)
from moothall.values.wording import listed

QUARTER = Fraction(1, 4)


@frozen
class SeatClass:
    """A class and its seats. weight: in the college, or shares held. is_public: public bodies."""

    key: str
    name: str
    seats: int
    weight: int = 1
    quorum: int = 0
    is_public: bool = False


@frozen
class Powers:
    """What one class can pass, and what it can stop, against all the others."""

    key: str
    name: str
    share: Fraction
    passes: tuple[Majority, ...]
    blocks: tuple[Majority, ...]

    @property
    def words(self) -> str:
        """Who passes a heavy majority passes a light one; who stops a light one, a heavy one."""
        if self.passes:
            return f"can pass what takes {self.passes[-1].words}"
        if self.blocks:
            return f"can stop what takes {self.blocks[0].words}"
        return "nothing alone"


def powers(classes: Sequence[SeatClass], method: Method) -> tuple[Powers, ...]:
    """Return what each class can do alone, in the order given."""
    return tuple(_powers(each, classes, method) for each in classes)


def passes_alone(key: str, classes: Sequence[SeatClass], rule: Rule) -> bool:
    """Whether a class carries a motion with every other vote against it."""
    return outcome(rule, _votes(classes, for_={key})).is_carried


def _powers(each: SeatClass, classes: Sequence[SeatClass], method: Method) -> Powers:
    alone, without = _votes(classes, for_={each.key}), _votes(classes, against={each.key})
    rules = {majority: Rule(method, majority) for majority in BY_SHARE}
    return Powers(
        each.key,
        each.name,
        share_by(method, alone),
        tuple(x for x in BY_SHARE if outcome(rules[x], alone).is_carried),
        tuple(x for x in BY_SHARE if not outcome(rules[x], without).is_carried),
    )


def _votes(
    classes: Sequence[SeatClass], *, for_: Iterable[str] = (), against: Iterable[str] = ()
) -> tuple[ClassVotes, ...]:
    """Everyone votes: those named one way, all the others the other way."""
    named, are_for = (set(for_), True) if for_ else (set(against), False)
    return tuple(
        ClassVotes(
            each.key,
            each.name,
            entitled=each.seats,
            for_=each.seats if (each.key in named) is are_for else 0,
            against=0 if (each.key in named) is are_for else each.seats,
            weight=each.weight,
        )
        for each in classes
    )


class State(StrEnum):
    PASSED = "PASSED"
    FAILED = "FAILED"
    NOT_APPLICABLE = "NOT_APPLICABLE"

    @property
    def words(self) -> str:
        return {"PASSED": "Holds", "FAILED": "Does not hold"}.get(self.value, "Not applicable")


@frozen
class Check:
    """One question put to a board's rules, and its answer with the fact that gives it."""

    code: str
    question: str
    state: State
    because: str


@frozen
class Rules:
    """A board's rules, as the checks ask of them."""

    classes: tuple[SeatClass, ...]
    ordinary: Rule
    reserved: Rule
    change: Rule
    conversion: Rule
    has_asset_lock: bool | None = None  # None: it is no mutual, and has nothing to lock
    reserved_count: int = 0


def checks(rules: Rules) -> tuple[Check, ...]:
    """Return every check of a board's rules; none stops at the first that fails."""
    return tuple(
        check(rules)
        for check in (
            _no_class_passes_alone,
            _no_class_changes_rules,
            _no_class_changes_its_weight,
            _no_class_converts,
            _no_class_meets_alone,
            _conversion_is_entrenched,
            _assets_are_locked,
            _public_owner_is_protected,
        )
    )


def _alone(code: str, question: str, rules: Rules, rule: Rule, what: str) -> Check:
    if len(rules.classes) < 2:
        return Check(code, question, State.NOT_APPLICABLE, "There is one class, or none.")
    able = [x.name for x in rules.classes if passes_alone(x.key, rules.classes, rule)]
    if able:
        because = f"{_each(able)} alone can {what}: it takes {rule.majority.words}."
        return Check(code, question, State.FAILED, because)
    because = f"It takes {rule.majority.words}, and no class has that alone."
    return Check(code, question, State.PASSED, because)


def _each(names: Sequence[str]) -> str:
    return f"Each of {listed(names)}" if len(names) > 1 else names[0]


def _no_class_passes_alone(rules: Rules) -> Check:
    question = "No class can pass a thing alone"
    return _alone("ONE_CLASS_PASSES", question, rules, rules.ordinary, "carry an ordinary vote")


def _no_class_changes_rules(rules: Rules) -> Check:
    question = "No class can change the rules alone"
    return _alone("ONE_CLASS_CHANGES_RULES", question, rules, rules.change, "change the rules")


def _no_class_changes_its_weight(rules: Rules) -> Check:
    """A weight is a rule: whoever changes the rules alone gives itself more of it."""
    question = "No class can change its own weight alone"
    return _alone("OWN_WEIGHT", question, rules, rules.change, "change its own weight")


def _no_class_converts(rules: Rules) -> Check:
    question = "No class can convert it, or lift the asset lock, alone"
    return _alone("ONE_CLASS_CONVERTS", question, rules, rules.conversion, "convert it")


def _no_class_meets_alone(rules: Rules) -> Check:
    question = "No class can meet and decide while the others are away"
    if len(rules.classes) < 2:
        because = "There is one class, or none."
        return Check("ONE_CLASS_MEETS", question, State.NOT_APPLICABLE, because)
    able = []
    for each in rules.classes:
        votes = [
            ClassVotes(
                x.key, x.name, entitled=x.seats, weight=x.weight, quorum=x.quorum,
                for_=x.seats if x.key == each.key else 0,
            )
            for x in rules.classes
        ]  # fmt: skip
        if outcome(rules.ordinary, votes).is_carried:
            able.append(each.name)
    if able:
        because = f"{_each(able)} alone has a quorum. Give each class a quorum of its own."
        return Check("ONE_CLASS_MEETS", question, State.FAILED, because)
    return Check("ONE_CLASS_MEETS", question, State.PASSED, "No class has a quorum alone.")


def _conversion_is_entrenched(rules: Rules) -> Check:
    question = "Conversion takes three quarters or more"
    heavy = (Majority.THREE_QUARTERS, Majority.EVERY_CLASS, Majority.EVERYONE)
    is_held = rules.conversion.majority in heavy
    because = f"It takes {rules.conversion.majority.words}."
    return Check(
        "CONVERSION_ENTRENCHED", question, State.PASSED if is_held else State.FAILED, because
    )


def _assets_are_locked(rules: Rules) -> Check:
    question = "Its assets are locked"
    if rules.has_asset_lock is None:
        because = "It is recorded as having nothing to lock."
        return Check("ASSET_LOCK", question, State.NOT_APPLICABLE, because)
    if rules.has_asset_lock:
        return Check("ASSET_LOCK", question, State.PASSED, "Its rules have an asset lock.")
    because = "Whoever leads a conversion could share its assets out. Add an asset lock."
    return Check("ASSET_LOCK", question, State.FAILED, because)


def _public_owner_is_protected(rules: Rules) -> Check:
    """A holder of a quarter or less stops no special resolution: reserved matters must."""
    question = "A public body with a quarter or less is protected by reserved matters"
    code = "RESERVED_MATTERS"
    method = rules.ordinary.method
    small = [
        each.name
        for each, held in zip(rules.classes, powers(rules.classes, method), strict=True)
        if each.is_public and held.share <= QUARTER
    ]
    if not small:
        return Check(code, question, State.NOT_APPLICABLE, "No public body holds so little.")
    if not rules.reserved_count:
        because = f"{_each(small)} holds a quarter or less, and no matter is reserved."
        return Check(code, question, State.FAILED, because)
    open_to = [
        each.name for each in rules.classes if passes_alone(each.key, rules.classes, rules.reserved)
    ]
    if open_to:
        because = f"{_each(open_to)} alone can pass a reserved matter."
        return Check(code, question, State.FAILED, because)
    because = f"{rules.reserved_count} kinds are reserved: {rules.reserved.majority.words}."
    return Check(code, question, State.PASSED, because)
