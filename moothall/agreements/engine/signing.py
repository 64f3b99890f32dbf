"""What stands in the way of recording that an agreement was executed? A sentence each.

Where money, staff or assets move, every check is asked; what moves nothing is asked only for what
its record needs.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from attrs import frozen

from moothall.agreements.engine.kinds import Kind
from moothall.values.wording import listed, number_of, plain_date, pounds_in_words

OFFICES = {"S151": "section 151 officer", "MONITORING": "monitoring officer"}


@frozen
class Ready:
    """What is known of an agreement when it is about to be executed.

    lacking       : what its record lacks, in words
    finding       : the first finding of its deal that must be mended, '' for none
    is_simulated  : whether this very text was simulated, to its end
    exit_empty    : parts of the exit plan that say nothing
    small_public  : public bodies that hold a quarter or less
    reserved      : how many kinds of decision are reserved
    waived_why    : why reserved matters were waived, '' where they were not
    old_checks    : sentences about due diligence that is missing or too old
    undecided     : public members without a decision that names power and delegation
    runs          : ('a call-in' or 'a standstill', its last day), as recorded
    comments      : offices that commented on this version
    own_limit_gbp : above which value the keeper’s officers comment by its own constitution;
                    None: nobody has said, and the common limit holds
    """

    name: str
    kind: Kind
    members: int
    lacking: tuple[str, ...]
    has_terms: bool
    finding: str
    is_simulated: bool
    exit_empty: tuple[str, ...]
    small_public: tuple[str, ...]
    reserved: int
    waived_why: str
    old_checks: tuple[str, ...]
    power: str
    undecided: tuple[str, ...]
    runs: tuple[tuple[str, date], ...]
    value_gbp: Decimal | None
    comments: tuple[str, ...]
    prevails: str
    own_limit_gbp: Decimal | None = None

    @property
    def moves_something(self) -> bool:
        """Whether money, staff or assets move: by its kind, its terms, or what it is worth.

        A compact that pays is no mere compact.
        """
        return self.kind.has_every_check or self.has_terms or bool(self.value_gbp)


@frozen
class Check:
    """One thing to be right before execution. refusal: '' where it is."""

    key: str
    label: str
    refusal: str = ""

    @property
    def is_met(self) -> bool:
        return not self.refusal


def checks(ready: Ready, *, on: date, comments_above_gbp: Decimal) -> tuple[Check, ...]:
    """Every check that is asked for, in the order in which they are mended.

    comments_above_gbp : the common limit, where the keeper has set none of its own
    """
    limit = comments_above_gbp if ready.own_limit_gbp is None else ready.own_limit_gbp
    asked = [_record(ready)]
    if ready.moves_something:
        asked += [
            _terms(ready),
            _simulated(ready),
            _prevails(ready),
            _exit(ready),
            _reserved(ready),
            _due_diligence(ready),
            _decided(ready),
            _clocks(ready, on),
            _comments(ready, limit),
        ]
    return tuple(asked)


def _refused(ready: Ready, because: str, mend: str) -> str:
    return f"{ready.name} cannot be recorded as executed: {because}. {mend}"


def _record(ready: Ready) -> Check:
    label = "The record is complete"
    if not ready.lacking:
        return Check("record", label)
    because = f"its record lacks {listed(ready.lacking)}"
    return Check("record", label, _refused(ready, because, "Enter it in the register."))


def _terms(ready: Ready) -> Check:
    label = "Its deal has no findings"
    if not ready.has_terms:
        because, mend = "it has no terms", "Take them from a draft, and agree it in principle."
    elif ready.finding:
        because = f"its deal has a finding, {ready.finding}"
        mend = "Go back to the draft and mend it."
    else:
        return Check("terms", label)
    return Check("terms", label, _refused(ready, because, mend))


def _simulated(ready: Ready) -> Check:
    label = "This exact version was simulated"
    if ready.is_simulated or not ready.has_terms:
        return Check("simulated", label)
    because = "this exact version of its terms was not simulated"
    return Check("simulated", label, _refused(ready, because, "Simulate the draft as it stands."))


def _prevails(ready: Ready) -> Check:
    label = "It says whether the document or the deal file prevails"
    if ready.prevails:
        return Check("prevails", label)
    because = "it does not say whether the document or the deal file prevails"
    return Check("prevails", label, _refused(ready, because, "Say so in its record."))


def _exit(ready: Ready) -> Check:
    label = "The exit plan has no empty part"
    if not ready.exit_empty:
        return Check("exit", label)
    parts = listed(f"“{each}”" for each in ready.exit_empty)
    count = len(ready.exit_empty)
    because = f"{number_of(count, 'part')} of its exit plan {'is' if count == 1 else 'are'} empty"
    return Check("exit", label, _refused(ready, because, f"Fill in {parts}."))


def _reserved(ready: Ready) -> Check:
    label = "Matters are reserved where a public body holds a quarter or less"
    if not ready.small_public or ready.reserved or ready.waived_why:
        return Check("reserved", label)
    holds = "holds" if len(ready.small_public) == 1 else "hold"
    because = f"{listed(ready.small_public)} {holds} a quarter or less, and no matter is reserved"
    mend = "Set the board’s reserved matters, or waive them with a reason."
    return Check("reserved", label, _refused(ready, because, mend))


def _due_diligence(ready: Ready) -> Check:
    label = "Due diligence is within its age limit"
    if not ready.old_checks:
        return Check("due_diligence", label)
    count = number_of(len(ready.old_checks), "check")
    because = f"{count} of a partner {'is' if len(ready.old_checks) == 1 else 'are'} due"
    return Check(
        "due_diligence", label, _refused(ready, because, " ".join(ready.old_checks).strip())
    )


def _decided(ready: Ready) -> Check:
    label = "Each public body decided, naming the power and the delegation"
    if not ready.undecided:
        return Check("decided", label)
    power = f" ({ready.power})" if ready.power else ""
    because = (
        f"no decision of {listed(ready.undecided)} names the power{power} and the delegation it "
        "rests on"
    )
    return Check("decided", label, _refused(ready, because, "Record the decision below."))


def _clocks(ready: Ready, on: date) -> Check:
    label = "No call-in and no standstill runs"
    for what, last in sorted(ready.runs, key=lambda each: each[1], reverse=True):
        if on <= last:
            because = f"{what} runs until {plain_date(last)}"
            return Check("clocks", label, _refused(ready, because, "Wait for the day after."))
    return Check("clocks", label)


def _comments(ready: Ready, above_gbp: Decimal) -> Check:
    label = f"Above {pounds_in_words(above_gbp)}, the statutory officers commented"
    if ready.value_gbp is None:
        because = "its value is not known, so the statutory officers’ limit cannot be told"
        return Check("comments", label, _refused(ready, because, "Enter its value at award."))
    missing = [words for office, words in OFFICES.items() if office not in ready.comments]
    if ready.value_gbp <= above_gbp or not missing:
        return Check("comments", label)
    said = listed(f"the {each}’s comment" for each in missing)
    because = (
        f"it is worth {pounds_in_words(ready.value_gbp)}, above the limit of "
        f"{pounds_in_words(above_gbp)}, and {said} {'is' if len(missing) == 1 else 'are'} missing"
    )
    return Check("comments", label, _refused(ready, because, "Ask for what is missing."))


def why_not_both(signatory: str, member: str, others: Iterable[tuple[str, str]]) -> str | None:
    """Return why one person cannot sign for `member` as well, or None.

    others : (signatory, member) of each execution that is recorded
    """
    signatory = " ".join(signatory.split())
    for name, other in others:
        if " ".join(name.split()).casefold() == signatory.casefold() and other != member:
            return (
                f"{signatory} cannot sign for {member}: the same person signed for {other}, and "
                "nobody acts for two parties. Have another person sign."
            )
    return None
