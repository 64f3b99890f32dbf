"""Does a ground of the law hold for a change? Each is tested by numbers, or asked of a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from attrs import frozen

from moothall.agreements.engine.regimes import (
    CODED,
    Answer,
    Change,
    Contract,
    Ground,
    Reading,
    Rules,
    all_of,
    threshold_of,
    weighed,
    why_no_threshold,
)
from moothall.values.rules import RuleVersion
from moothall.values.wording import number_of, percentage, pounds_in_words


@frozen
class GroundsTest:
    contract: Contract
    change: Change
    earlier: Sequence[Change]
    rules: Rules
    thresholds: Rules

    def grounds(self) -> tuple[Ground, ...]:
        law, _name = CODED[self.contract.regime]
        return tuple(self._ground(law, one) for one in self.rule(f"grounds_{law}").value)

    def rule(self, key: str) -> RuleVersion:
        return self.rules[key].on(self.change.on)

    def threshold(self) -> RuleVersion | None:
        return threshold_of(self.contract, self.thresholds)

    def added_up(self) -> tuple[Decimal, Decimal]:
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
        rule, term = self.rule(f"{law}_term_share"), self.contract.term_months
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
            answers.append(weighed(share <= rule.value, rule))
        answers += self._judgements(because)
        return all_of(answers), because

    def _judged(self, _law: str, _listed: Mapping[str, str]) -> tuple[Answer, list[str]]:
        because: list[str] = []
        answer = all_of(list(self._judgements(because)))
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
        rule = self.rule(f"{law}_small_{'works' if self.contract.is_works else 'services'}")
        share = abs(self.change.value_gbp) / value
        because = [
            f"It moves the value by {pounds_in_words(self.change.value_gbp)}, "
            f"{percentage(share)} of {pounds_in_words(value)} at award, against at most "
            f"{percentage(rule.value)}."
        ]
        answers = [weighed(share <= rule.value, rule), self._within_threshold(because)]
        if self.change.scope_is_material is None:
            because.append("Nobody has said whether it changes the scope materially.")
            answers.append(Answer.ASKED)
        elif self.change.scope_is_material:
            because.append("It changes the scope materially.")
            answers.append(Answer.FAILS)
        if not rule.verified:
            because.append(f"The rule is not verified ({rule.source}).")
            return Answer.WARNS, because
        return all_of(answers), because

    def _within_threshold(self, because: list[str]) -> Answer:
        rule = self.threshold()
        net, gross = self.added_up()
        if rule is None:
            because.append(why_no_threshold(self.contract))
            return Answer.WARNS if self.contract.began_on else Answer.ASKED
        of = {Reading.NET: abs(net) < rule.value, Reading.GROSS: gross < rule.value}
        because.append(
            f"Such changes add up to {pounds_in_words(net)} net (rises less falls) and "
            f"{pounds_in_words(gross)} gross, against below {pounds_in_words(rule.value)}."
        )
        if of[Reading.NET] == of[Reading.GROSS]:
            return weighed(of[Reading.NET], rule)
        reading = self.contract.reading
        if reading is None:
            because.append(
                "The law does not say which counts. Record the reading that legal advice takes."
            )
            return Answer.DEPENDS
        because.append(f"Legal advice takes the {reading} reading.")
        return weighed(of[reading], rule)

    def _cumulative(self, law: str, _listed: Mapping[str, str]) -> tuple[Answer, list[str]]:
        most, share = self.rule(f"{law}_value_gbp"), self.rule(f"{law}_share")
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
        answers = [weighed(is_small, most)]
        if self.change.scope_is_material is None:
            because.append("Nobody has said whether it makes it materially another contract.")
            answers.append(Answer.ASKED)
        elif self.change.scope_is_material:
            because.append("It makes it materially another contract.")
            answers.append(Answer.FAILS)
        return all_of(answers), because

    def _claimed(self, _law: str, listed: Mapping[str, str]) -> tuple[Answer, list[str]]:
        if self.change.ground != listed["key"]:
            return Answer.NOT_CLAIMED, ["A person claims it, with the facts that it rests on."]
        because = ["It is claimed: whether it holds is for a solicitor to say."]
        rise, value = self.change.value_gbp, self.contract.value_gbp
        if "cap" in listed and rise > 0 and not self.contract.what.endswith("utilities"):
            rule = self.rule(listed["cap"])
            if not value:
                because.append("Nobody has recorded the contract's value at award.")
                return Answer.ASKED, because
            because.append(
                f"It raises the value by {percentage(rise / value)}, against at most "
                f"{percentage(rule.value)} for one change."
            )
            if rise / value > rule.value:
                return weighed(False, rule), because
            if not rule.verified:
                because.append(f"The cap is not verified ({rule.source}).")
        return Answer.CLAIMED, because

    def notices(self, law: str) -> Iterator[str]:
        """What must be published, under the Act."""
        contract, change = self.contract, self.change
        if law != "pa_2023" or not contract.value_gbp:
            return
        small = self.rule(f"pa_2023_small_{'works' if contract.is_works else 'services'}").value
        term = self.rule("pa_2023_term_share").value
        is_long = bool(
            contract.term_months and abs(change.term_months) / contract.term_months > term
        )
        if abs(change.value_gbp) / contract.value_gbp > small or is_long:
            days = self.rule("pa_2023_standstill_days").value
            yield (
                "A contract change notice is published before it is made. A voluntary standstill "
                f"after it lasts at least {number_of(days, 'working day')}."
            )
        publish = self.rule("pa_2023_publish_above_gbp")
        after = contract.value_gbp + sum((one.value_gbp for one in self.earlier), change.value_gbp)
        if after > publish.value:
            doubt = "" if publish.verified else " This rule is not verified."
            yield (
                f"The contract is worth more than {pounds_in_words(publish.value)}: the change is "
                f"published too.{doubt}"
            )
