"""May a contract be changed without buying it anew? The test of the law it was bought under.

Each ground of that law is tested where numbers can test it, and otherwise asked of a person. A rule
that is not verified warns; it neither refuses nor permits. Nothing here is legal advice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from attrs import asdict, field, frozen

from moothall.values.rules import Rule, RuleVersion
from moothall.values.wording import number_of, percentage, plain_date, pounds_in_words

Rules = Mapping[str, Rule]
NOT_ADVICE = "This is not legal advice: ask a solicitor, and record what was said."
CODED = {
    "PA_2023": ("pa_2023", "the Procurement Act 2023"),
    "PCR_2015": ("pcr_2015", "the Public Contracts Regulations 2015"),
    "CCR_2016": ("ccr_2016", "the Concession Contracts Regulations 2016"),
    "PSR_2023": ("psr_2023", "the Provider Selection Regime 2023"),
}


class Answer(StrEnum):
    """What the test of one ground comes to."""

    HOLDS = "holds"
    FAILS = "fails"
    DEPENDS = "depends on how changes are added up"
    WARNS = "not settled here"
    ASKED = "to be answered"
    CLAIMED = "claimed"


class Outcome(StrEnum):
    """What the whole test comes to."""

    MAY = "a ground holds"
    MAY_NOT = "no ground holds"
    DEPENDS = "it depends on how changes are added up"
    OPEN = "questions are open"
    WARNS = "not settled here"
    NOT_ASSESSED = "not assessed"


class Reading(StrEnum):
    """How earlier changes are added up; the Act does not say."""

    NET = "net"  # rises less falls
    GROSS = "gross"  # rises and falls alike


@frozen
class Contract:
    """What was awarded, as the test needs it.

    regime        : the law it was bought under; '' where nobody recorded it
    began_on      : when its procurement commenced
    value_gbp     : its estimated value at award, with VAT
    term_months   : the longest term at award, with every extension it provides for
    what          : a key of the thresholds: 'goods_services_sub_central', 'works', ...
    is_light_touch: light-touch services may be changed freely under the Act
    reading       : which way of adding up legal advice takes; None: nobody has said
    """

    regime: str
    began_on: date | None = None
    value_gbp: Decimal | None = None
    term_months: Decimal | None = None
    what: str = "goods_services_sub_central"
    is_light_touch: bool = False
    reading: Reading | None = None

    @property
    def is_works(self) -> bool:
        return self.what == "works"


@frozen
class Change:
    """One change to a contract: GBP with VAT, months.

    ground          : the ground that is claimed or was relied on
    scope_is_material, favours_supplier : a person's judgement; None: not answered
    """

    on: date
    value_gbp: Decimal = Decimal(0)
    term_months: Decimal = Decimal(0)
    ground: str = ""
    scope_is_material: bool | None = None
    favours_supplier: bool | None = None


@frozen
class Ground:
    """One ground, and what its test comes to."""

    key: str
    words: str
    where: str
    answer: Answer
    because: tuple[str, ...]


@frozen
class LegalTest:
    """The test of one change.

    net_gbp, gross_gbp : below-threshold changes added up, this one too
    """

    regime: str
    outcome: Outcome
    sentence: str
    grounds: tuple[Ground, ...] = ()
    warnings: tuple[str, ...] = ()
    net_gbp: Decimal | None = None
    gross_gbp: Decimal | None = None
    threshold_gbp: Decimal | None = None
    sources: tuple[str, ...] = field(factory=tuple)

    def as_json(self) -> dict[str, Any]:
        return asdict(self, value_serializer=lambda _thing, _field, value: _plain(value))


def legal_test(
    contract: Contract,
    change: Change,
    earlier: Sequence[Change],
    *,
    rules: Rules,
    thresholds: Rules,
) -> LegalTest:
    """Test a change under the law the contract was bought under.

    earlier : the changes in force before it, each with the ground it relied on
    """
    watched = tuple(cumulative_warnings(contract, [*earlier, change], rules))
    if contract.regime in CODED:
        return _Test(contract, change, earlier, rules, thresholds, watched).result()
    return _without_grounds(contract, change, earlier, thresholds, watched)


def cumulative_warnings(
    contract: Contract, changes: Sequence[Change], rules: Rules
) -> Iterator[str]:
    """Yield a warning where all changes together move value or term past the watch."""
    most = rules["watch_share"].on(changes[-1].on).value
    moved = sum((one.value_gbp for one in changes), Decimal(0))
    months = sum((one.term_months for one in changes), Decimal(0))
    if contract.value_gbp and abs(moved) > most * contract.value_gbp:
        yield (
            f"All changes together move the value by {percentage(moved / contract.value_gbp)} of "
            f"what it was at award: more than {percentage(most)}. Look at them together."
        )
    if contract.term_months and abs(months) > most * contract.term_months:
        yield (
            f"All changes together move the term by {percentage(months / contract.term_months)} "
            f"of what it was at award: more than {percentage(most)}. Look at them together."
        )


@frozen
class _Test:
    contract: Contract
    change: Change
    earlier: Sequence[Change]
    rules: Rules
    thresholds: Rules
    watched: tuple[str, ...]

    def result(self) -> LegalTest:
        contract = self.contract
        law, name = CODED[contract.regime]
        if contract.regime == "PA_2023" and contract.is_light_touch:
            return LegalTest(
                contract.regime,
                Outcome.MAY,
                "It is a light-touch contract, which the Act lets be changed freely.",
                warnings=self.watched,
                sources=(self._rule(f"grounds_{law}").source,),
            )
        listed = self._rule(f"grounds_{law}")
        grounds = tuple(self._ground(law, one) for one in listed.value)
        outcome, sentence = _concluded(grounds, name)
        net, gross = self._added_up()
        return LegalTest(
            contract.regime,
            outcome,
            sentence,
            grounds,
            (*self.watched, *self._notices(law)),
            net,
            gross,
            self._threshold().value,
            sources=(listed.source, self._threshold().source),
        )

    def _rule(self, key: str) -> RuleVersion:
        return self.rules[key].on(self.change.on)

    def _threshold(self) -> RuleVersion:
        return self.thresholds[self.contract.what].on(self.change.on)

    def _added_up(self) -> tuple[Decimal, Decimal]:
        """Below-threshold changes, this one too: rises less falls, and both alike."""
        small = [one.value_gbp for one in self.earlier if one.ground == "below_threshold"]
        values = [*small, self.change.value_gbp]
        return sum(values, Decimal(0)), sum(map(abs, values), Decimal(0))

    def _ground(self, law: str, listed: Mapping[str, str]) -> Ground:
        tests = {
            "substantial": self._not_substantial,
            "judged": self._judged,
            "small": self._small,
            "cumulative": self._cumulative,
            "claimed": self._claimed,
        }
        answer, because = tests[listed["tested"]](law, listed)
        return Ground(listed["key"], listed["words"], listed["where"], answer, tuple(because))

    def _not_substantial(self, law: str, _listed: Mapping[str, str]) -> tuple[Answer, list[str]]:
        rule, term = self._rule(f"{law}_term_share"), self.contract.term_months
        months = abs(self.change.term_months)
        because, answers = [], []
        if months and term is None:
            because.append("Nobody has recorded the longest term at award.")
            answers.append(Answer.ASKED)
        elif term:
            share = months / term
            because.append(
                f"The term moves by {number_of(int(months), 'month')} of {int(term)}: "
                f"{percentage(share)}, against at most {percentage(rule.value)}."
            )
            answers.append(_weighed(share <= rule.value, rule))
        answers += self._judgements(because)
        return _all(answers), because

    def _judged(self, _law: str, _listed: Mapping[str, str]) -> tuple[Answer, list[str]]:
        because: list[str] = []
        answer = _all(list(self._judgements(because)))
        if answer is Answer.HOLDS:
            because.append(
                "These Regulations ask more, such as whether others would have bid: it is not "
                "settled here."
            )
            answer = Answer.WARNS
        return answer, because

    def _judgements(self, because: list[str]) -> Iterator[Answer]:
        for given, does, not_ in (
            (
                self.change.scope_is_material,
                "changes the scope materially",
                "does not change the scope materially",
            ),
            (
                self.change.favours_supplier,
                "shifts the balance in the supplier's favour",
                "does not shift the balance in the supplier's favour",
            ),
        ):
            if given is None:
                because.append(f"Nobody has said whether it {does}.")
                yield Answer.ASKED
            else:
                because.append(f"By a person's judgement it {does if given else not_}.")
                yield Answer.FAILS if given else Answer.HOLDS

    def _small(self, law: str, _listed: Mapping[str, str]) -> tuple[Answer, list[str]]:
        value = self.contract.value_gbp
        if not value:
            return Answer.ASKED, ["Nobody has recorded the contract's value at award."]
        rule = self._rule(f"{law}_small_{'works' if self.contract.is_works else 'services'}")
        share = abs(self.change.value_gbp) / value
        because = [
            f"It moves the value by {pounds_in_words(self.change.value_gbp)}, "
            f"{percentage(share)} of {pounds_in_words(value)} at award, against at most "
            f"{percentage(rule.value)}."
        ]
        answers = [_weighed(share <= rule.value, rule), self._within_threshold(because)]
        if self.change.scope_is_material is None:
            because.append("Nobody has said whether it changes the scope materially.")
            answers.append(Answer.ASKED)
        elif self.change.scope_is_material:
            because.append("It changes the scope materially.")
            answers.append(Answer.FAILS)
        if not rule.verified:
            because.append(f"The rule is not verified ({rule.source}).")
            return Answer.WARNS, because
        return _all(answers), because

    def _within_threshold(self, because: list[str]) -> Answer:
        rule = self._threshold()
        net, gross = self._added_up()
        of = {Reading.NET: abs(net) < rule.value, Reading.GROSS: gross < rule.value}
        because.append(
            f"Such changes add up to {pounds_in_words(net)} net (rises less falls) and "
            f"{pounds_in_words(gross)} gross, against below {pounds_in_words(rule.value)}."
        )
        if of[Reading.NET] == of[Reading.GROSS]:
            return _weighed(of[Reading.NET], rule)
        reading = self.contract.reading
        if reading is None:
            because.append(
                "The law does not say which counts. Record the reading that legal advice takes."
            )
            return Answer.DEPENDS
        because.append(f"Legal advice takes the {reading} reading.")
        return _weighed(of[reading], rule)

    def _cumulative(self, law: str, _listed: Mapping[str, str]) -> tuple[Answer, list[str]]:
        most, share = self._rule(f"{law}_value_gbp"), self._rule(f"{law}_share")
        value = self.contract.value_gbp
        moved = sum((one.value_gbp for one in self.earlier), self.change.value_gbp)
        because = [
            f"All changes move its lifetime value by {pounds_in_words(moved)}, against below "
            f"{pounds_in_words(most.value)}"
            + (
                f", or {percentage(abs(moved) / value)} against below {percentage(share.value)}."
                if value
                else "."
            )
        ]
        is_small = abs(moved) < most.value or bool(value and abs(moved) / value < share.value)
        if not is_small and not value:
            because.append("Nobody has recorded the contract's value at award.")
            return Answer.ASKED, because
        answers = [_weighed(is_small, most)]
        if self.change.scope_is_material is None:
            because.append("Nobody has said whether it makes it materially another contract.")
            answers.append(Answer.ASKED)
        elif self.change.scope_is_material:
            because.append("It makes it materially another contract.")
            answers.append(Answer.FAILS)
        return _all(answers), because

    def _claimed(self, _law: str, listed: Mapping[str, str]) -> tuple[Answer, list[str]]:
        if self.change.ground != listed["key"]:
            return Answer.FAILS, ["It is not claimed."]
        because = ["It is claimed: whether it holds is for a solicitor to say."]
        rise, value = self.change.value_gbp, self.contract.value_gbp
        if "cap" in listed and rise > 0 and not self.contract.what.endswith("utilities"):
            rule = self._rule(listed["cap"])
            if not value:
                because.append("Nobody has recorded the contract's value at award.")
                return Answer.ASKED, because
            because.append(
                f"It raises the value by {percentage(rise / value)}, against at most "
                f"{percentage(rule.value)} for one change."
            )
            if rise / value > rule.value:
                return _weighed(False, rule), because
            if not rule.verified:
                because.append(f"The cap is not verified ({rule.source}).")
        return Answer.CLAIMED, because

    def _notices(self, law: str) -> Iterator[str]:
        """What must be published, under the Act."""
        contract, change = self.contract, self.change
        if law != "pa_2023" or not contract.value_gbp:
            return
        small = self._rule(f"pa_2023_small_{'works' if contract.is_works else 'services'}").value
        term = self._rule("pa_2023_term_share").value
        is_long = bool(
            contract.term_months and abs(change.term_months) / contract.term_months > term
        )
        if abs(change.value_gbp) / contract.value_gbp > small or is_long:
            days = self._rule("pa_2023_standstill_days").value
            yield (
                "A contract change notice is published before it is made. A voluntary standstill "
                f"after it lasts at least {number_of(days, 'working day')}."
            )
        publish = self._rule("pa_2023_publish_above_gbp")
        after = contract.value_gbp + sum((one.value_gbp for one in self.earlier), change.value_gbp)
        if after > publish.value:
            doubt = "" if publish.verified else " This rule is not verified."
            yield (
                f"The contract is worth more than {pounds_in_words(publish.value)}: the change is "
                f"published too.{doubt}"
            )


def _without_grounds(
    contract: Contract,
    change: Change,
    earlier: Sequence[Change],
    thresholds: Rules,
    watched: tuple[str, ...],
) -> LegalTest:
    """Return the test where no law of grounds applies, or none that is coded."""
    if contract.regime == "BELOW_THRESHOLD":
        rule = thresholds[contract.what].on(change.on)
        if contract.value_gbp is None:
            return LegalTest(
                contract.regime,
                Outcome.OPEN,
                "Nobody has recorded the contract's value at award. Add it: a change may lift it "
                "over the threshold.",
                warnings=watched,
            )
        after = contract.value_gbp + sum((one.value_gbp for one in earlier), change.value_gbp)
        over = after >= rule.value
        said = f"After it the contract is worth {pounds_in_words(after)} with VAT, "
        said += f"{'not below' if over else 'below'} the threshold of {pounds_in_words(rule.value)}"
        return LegalTest(
            contract.regime,
            Outcome.WARNS if over else Outcome.MAY,
            f"{said}: by the change it becomes a public contract, and must be tested as one."
            if over
            else f"{said}, where it may be changed freely.",
            warnings=watched,
            threshold_gbp=rule.value,
            sources=(rule.source,),
        )
    sentences = {
        "EXEMPT": (
            Outcome.WARNS,
            "It was exempt from procurement law when it was made. Check that what exempted it "
            "still holds after the change.",
        ),
        "GRANT": (
            Outcome.NOT_ASSESSED,
            "Not assessed: changes to a grant are tested by its own conditions and by subsidy "
            "control, which are not coded here.",
        ),
        "": (
            Outcome.NOT_ASSESSED,
            "Not assessed: nobody has recorded the law it was bought under, and when its "
            "procurement commenced. Record both; they are never guessed from today's date.",
        ),
    }
    outcome, sentence = sentences.get(
        contract.regime,
        (Outcome.NOT_ASSESSED, f"Not assessed: {contract.regime} is not coded here."),
    )
    return LegalTest(contract.regime, outcome, sentence, warnings=watched)


def _concluded(grounds: Sequence[Ground], law: str) -> tuple[Outcome, str]:
    by_answer = {answer: [one for one in grounds if one.answer is answer] for answer in Answer}
    if by_answer[Answer.HOLDS]:
        one = by_answer[Answer.HOLDS][0]
        return Outcome.MAY, f"{one.words} ({law}, {one.where})."
    if claimed := by_answer[Answer.CLAIMED]:
        one = claimed[0]
        return (
            Outcome.WARNS,
            f"It rests on a claim: {one.words[0].lower()}{one.words[1:]} ({law}, {one.where}). "
            "Whether it holds is for a solicitor to say.",
        )
    if by_answer[Answer.DEPENDS]:
        one = by_answer[Answer.DEPENDS][0]
        return (
            Outcome.DEPENDS,
            f"{one.words} on one way of adding up earlier changes, and not on the other ({law}, "
            f"{one.where}). Record which one legal advice takes.",
        )
    if by_answer[Answer.ASKED]:
        return Outcome.OPEN, f"Answer the open questions first: {law} turns on them."
    if by_answer[Answer.WARNS]:
        return (
            Outcome.WARNS,
            f"No ground of {law} is settled here: the rules it turns on are not verified, or ask "
            "for judgement.",
        )
    return (
        Outcome.MAY_NOT,
        f"No ground of {law} lets this change be made without buying anew. Make it smaller, claim "
        "a ground that holds, or buy anew.",
    )


def _weighed(holds: bool, rule: RuleVersion) -> Answer:
    """An unverified rule warns: it neither permits nor refuses."""
    if not rule.verified:
        return Answer.WARNS
    return Answer.HOLDS if holds else Answer.FAILS


def _all(answers: Sequence[Answer]) -> Answer:
    """One that fails fails all; then what is open comes before what is settled."""
    for worst in (Answer.FAILS, Answer.ASKED, Answer.DEPENDS, Answer.WARNS):
        if worst in answers:
            return worst
    return Answer.HOLDS


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return plain_date(value)
    return value.value if isinstance(value, StrEnum) else value
