"""Is a motion carried, under the rule that the board works by?

Abstentions are counted for quorum and for nothing else: a share is of the votes cast for or
against. A class that casts none leaves its weight out of the sum; its quorum is what protects it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from attrs import field, frozen

from moothall.values.wording import number_of, percentage, whole_number

HALF = Fraction(1, 2)


class Choice(StrEnum):
    FOR = "FOR"
    AGAINST = "AGAINST"
    ABSTAIN = "ABSTAIN"

    @property
    def words(self) -> str:
        return {"FOR": "for", "AGAINST": "against", "ABSTAIN": "abstained"}[self.value]


class Method(StrEnum):
    """How votes are counted."""

    MEMBERS = "MEMBERS"
    COLLEGE = "COLLEGE"
    SHARES = "SHARES"

    @property
    def words(self) -> str:
        return {
            "MEMBERS": "by one member, one vote",
            "COLLEGE": "in an electoral college, where each class counts for its weight",
            "SHARES": "by shares, where each class counts for what it holds",
        }[self.value]


class Majority(StrEnum):
    """How much of what was cast it takes."""

    MORE_THAN_HALF = "MORE_THAN_HALF"
    TWO_THIRDS = "TWO_THIRDS"
    THREE_QUARTERS = "THREE_QUARTERS"
    EVERY_CLASS = "EVERY_CLASS"
    EVERYONE = "EVERYONE"

    @property
    def words(self) -> str:
        return {
            "MORE_THAN_HALF": "more than half",
            "TWO_THIRDS": "two thirds or more",
            "THREE_QUARTERS": "three quarters or more",
            "EVERY_CLASS": "every class in favour, each by more than half of its own votes",
            "EVERYONE": "everyone who may vote in favour",
        }[self.value]

    def is_met(self, share: Fraction) -> bool:
        """Whether a share in favour is enough; of the last two only a part of what they ask."""
        if self is Majority.MORE_THAN_HALF:
            return share > HALF
        return share >= _SHARES.get(self, Fraction(1))


_SHARES = {Majority.TWO_THIRDS: Fraction(2, 3), Majority.THREE_QUARTERS: Fraction(3, 4)}
# From the lightest to the heaviest; the last two ask more than a share.
BY_SHARE = (Majority.MORE_THAN_HALF, Majority.TWO_THIRDS, Majority.THREE_QUARTERS)


def _not_negative(_class: object, attribute: object, number: int) -> None:
    if number < 0:
        raise ValueError(f"A count of votes is nought or more, not {number}. Count again.")


def _count(default: int = 0) -> int:
    found: int = field(default=default, validator=_not_negative)
    return found


@frozen
class ClassVotes:
    """How one class of voters voted.

    weight   : what the class counts for in the college, or the shares it holds
    entitled : who may vote, those with a conflict left out
    quorum   : how many of the class must be there
    """

    key: str
    name: str
    entitled: int = _count()
    for_: int = _count()
    against: int = _count()
    abstained: int = _count()
    weight: int = _count(1)
    quorum: int = _count()
    present: int = _count()

    def __attrs_post_init__(self) -> None:
        if self.voted > self.entitled:
            raise ValueError(
                f"{self.voted} of {self.name} voted and {self.entitled} may. Count again."
            )

    @property
    def cast(self) -> int:
        return self.for_ + self.against

    @property
    def voted(self) -> int:
        return self.cast + self.abstained

    @property
    def there(self) -> int:
        """Who counts for quorum: whoever voted is there."""
        return max(self.present, self.voted)

    @property
    def share(self) -> Fraction:
        """In favour, of those of the class who voted for or against."""
        return Fraction(self.for_, self.cast) if self.cast else Fraction(0)


@frozen
class Rule:
    """What it takes to carry a motion of one kind."""

    method: Method = Method.MEMBERS
    majority: Majority = Majority.MORE_THAN_HALF
    quorum: int = _count()
    chair_casts: bool = False

    @property
    def words(self) -> str:
        """The rule in a sentence, as the page of each motion says it."""
        if self.majority is Majority.EVERYONE:
            said = "It takes everyone who may vote: whoever is away or abstains has not consented"
        elif self.majority is Majority.EVERY_CLASS:
            said = f"It takes {self.majority.words}"
        else:
            counted = self.method.words
            said = f"It takes {self.majority.words} of the votes cast, counted {counted}"
        if self.quorum:
            said += f", with at least {self.quorum} there"
        if self.majority is not Majority.MORE_THAN_HALF:
            return f"{said}."  # a tie falls short of it, whoever is in the chair
        tie = "the chair has a casting vote" if self.chair_casts else "it is lost"
        return f"{said}. On a tie {tie}."


@frozen
class Reading:
    """The same votes, counted one way. decides: the rule counts so, and nothing else decides."""

    method: Method
    share: Fraction
    is_enough: bool
    words: str
    decides: bool = False


class Result(StrEnum):
    CARRIED = "CARRIED"
    LOST = "LOST"
    TIED = "TIED"  # the chair has yet to give a casting vote
    INQUORATE = "INQUORATE"


@frozen
class Outcome:
    """What became of a motion, why, and how the same votes read either way."""

    result: Result
    because: str
    readings: tuple[Reading, ...]

    @property
    def is_carried(self) -> bool:
        return self.result is Result.CARRIED

    @property
    def words(self) -> str:
        opens = {
            Result.CARRIED: "Carried",
            Result.LOST: "Lost",
            Result.TIED: "A tie",
            Result.INQUORATE: "Not decided",
        }[self.result]
        return f"{opens}: {self.because}"

    @property
    def words_so_far(self) -> str:
        """The same while votes are still taken."""
        would = {
            Result.CARRIED: "be carried",
            Result.LOST: "be lost",
            Result.TIED: "be tied",
            Result.INQUORATE: "not be decided",
        }[self.result]
        return f"If the votes so far were all, it would {would}: {self.because}"

    @property
    def is_decided_by_the_rule(self) -> bool:
        """Whether the two ways of counting disagree, so that the rule is what decides."""
        differ = len({each.is_enough for each in self.readings}) > 1
        return differ and any(each.decides for each in self.readings)


def share_by(method: Method, classes: Iterable[ClassVotes]) -> Fraction:
    """Return the share in favour of what was cast, from 0 to 1, exactly."""
    voting = [each for each in classes if each.cast]
    if method is Method.MEMBERS:
        cast = sum(each.cast for each in voting)
        return Fraction(sum(each.for_ for each in voting), cast) if cast else Fraction(0)
    weight = sum(each.weight for each in voting)
    if not weight:
        return Fraction(0)
    return sum((each.weight * each.share for each in voting), Fraction(0)) / weight


def outcome(rule: Rule, classes: Sequence[ClassVotes], *, casting: Choice | None = None) -> Outcome:
    """Return what became of a motion. casting: the chair's vote on a tie, once given."""
    readings = tuple(_reading(method, rule, classes) for method in _methods(rule))
    if lack := why_not_quorate(rule, classes):
        return Outcome(Result.INQUORATE, lack, readings)
    if rule.majority is Majority.EVERYONE:
        return _unanimous(classes, readings)
    if rule.majority is Majority.EVERY_CLASS:
        return _class_by_class(classes, readings)
    decides = readings[0]
    is_tie = decides.share == HALF and any(each.cast for each in classes)
    if is_tie and rule.chair_casts and rule.majority is Majority.MORE_THAN_HALF:
        if casting not in (Choice.FOR, Choice.AGAINST):
            return Outcome(Result.TIED, "the chair has yet to give a casting vote.", readings)
        result = Result.CARRIED if casting is Choice.FOR else Result.LOST
        return Outcome(result, f"on a tie the chair voted {casting.words}.", readings)
    result = Result.CARRIED if decides.is_enough else Result.LOST
    return Outcome(result, f"{decides.words}, and it takes {rule.majority.words}.", readings)


def why_not_quorate(rule: Rule, classes: Iterable[ClassVotes]) -> str:
    """Return what is missing for a quorum, in all or of a class; nothing where there is one."""
    classes = tuple(classes)
    there = sum(each.there for each in classes)
    if there < rule.quorum:
        return f"{there} were there who may vote, and the quorum is {rule.quorum}."
    for each in classes:
        if each.there < each.quorum:
            return f"{each.there} of {each.name} were there, and its quorum is {each.quorum}."
    return ""


def _methods(rule: Rule) -> tuple[Method, Method]:
    """The rule's own way first, then the other, so that both are published."""
    if rule.method is Method.MEMBERS:
        return Method.MEMBERS, Method.COLLEGE
    return rule.method, Method.MEMBERS


def _reading(method: Method, rule: Rule, classes: Sequence[ClassVotes]) -> Reading:
    share = share_by(method, classes)
    said = percentage(Decimal(share.numerator) / share.denominator)
    if method is Method.MEMBERS:
        votes, cast = (sum(getattr(x, what) for x in classes) for what in ("for_", "cast"))
        words = f"{whole_number(votes)} of {number_of(cast, 'vote')}, {said}, in favour"
    else:
        of = "shares" if method is Method.SHARES else "college's weight"
        words = f"{said} of the {of} in favour"
    by_share = rule.majority in BY_SHARE
    enough = rule.majority if by_share else Majority.MORE_THAN_HALF
    decides = by_share and method is rule.method
    return Reading(method, share, enough.is_met(share), words, decides)


def _unanimous(classes: Iterable[ClassVotes], readings: tuple[Reading, ...]) -> Outcome:
    classes = tuple(classes)
    may, are = sum(each.entitled for each in classes), sum(each.for_ for each in classes)
    result = Result.CARRIED if may and are == may else Result.LOST
    return Outcome(result, f"{are} of the {may} who may vote are in favour.", readings)


def _class_by_class(classes: Iterable[ClassVotes], readings: tuple[Reading, ...]) -> Outcome:
    asked = [each for each in classes if each.entitled]
    without = [each.name for each in asked if each.share <= HALF]
    if asked and not without:
        return Outcome(Result.CARRIED, "every class is in favour.", readings)
    return Outcome(Result.LOST, f"{' and '.join(without) or 'nobody'} is not in favour.", readings)
