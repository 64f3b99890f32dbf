"""May a contract be changed without buying it anew? The test of the law it was bought under.

Each ground of that law is tested where numbers can test it, and otherwise asked of a person. A rule
that is not verified warns; it neither refuses nor permits. Nothing here is legal advice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from moothall.agreements.engine.grounds import GroundsTest
from moothall.agreements.engine.regimes import (
    CODED,
    Answer,
    Change,
    Contract,
    Ground,
    LegalTest,
    Outcome,
    Rules,
    threshold_of,
    why_no_threshold,
)
from moothall.values.wording import percentage, pounds_in_words


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
        return _by_its_grounds(GroundsTest(contract, change, earlier, rules, thresholds), watched)
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


def _by_its_grounds(test: GroundsTest, watched: tuple[str, ...]) -> LegalTest:
    contract = test.contract
    law, name = CODED[contract.regime]
    listed, threshold = test.rule(f"grounds_{law}"), test.threshold()
    if contract.regime == "PA_2023" and contract.is_light_touch:
        return LegalTest(
            contract.regime,
            Outcome.MAY,
            "It is a light-touch contract, which the Act lets be changed freely.",
            warnings=watched,
            sources=(listed.source,),
        )
    grounds = test.grounds()
    outcome, sentence = _concluded(grounds, name)
    net, gross = test.added_up()
    return LegalTest(
        contract.regime,
        outcome,
        sentence,
        grounds,
        (*watched, *test.notices(law)),
        net,
        gross,
        threshold.value if threshold else None,
        sources=(listed.source, *([threshold.source] if threshold else [])),
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
        rule = threshold_of(contract, thresholds)
        if rule is None:
            said = why_no_threshold(contract)
            return LegalTest(
                contract.regime,
                Outcome.NOT_ASSESSED,
                f"Not assessed: {said[:1].lower()}{said[1:]}",
                warnings=watched,
            )
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
