"""Outcomes contracts: what published prices and results come to, against what was paid."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from math import gcd

from moothall.deals.cases.outcome_cards import (
    CONTRACTS,
    FAIR_CHANCE,
    INNOVATION,
    LIFE_CHANCES,
    RECORD,
    Contract,
)
from moothall.deals.cases.working import CHECKED, figure, paid
from moothall.deals.claims import Claim, judged
from moothall.deals.deal import Deal
from moothall.deals.reading import deal_from_toml
from moothall.values.cases import Case, CaseFigure
from moothall.values.wording import pounds_in_words

DEAL = """
[deal]
name = "{title}"
summary = "A tariff for each outcome{summary}."
starts_on = {starts_on}
ends_before = {ends_before}
every = "whole deal"

[parties.payer]
name = "{payer}"
kind = "public body"
reference = "no programme"

[parties.project]
name = "{title}"
kind = "supplier"

{facts}
[terms.outcomes]
kind = "rate_card"
payer = "payer"
payee = "project"
{person}total_cap_gbp = {most}
tariffs = [
{tariffs}
]
"""
STORIES = {
    FAIR_CHANCE: (
        "From 2015 to 2017 the Fair Chance Fund paid seven projects for homes, learning and work "
        "that young homeless people found and kept. {title} was one of them, with a tariff for "
        "each of 21 outcomes. {end}"
    ),
    INNOVATION: (
        "From 2012 the Innovation Fund paid ten projects for what young people out of work and "
        "school, or at risk of it, achieved. {title} was one of them, with a tariff for each of "
        "{count} outcomes and at most {cap} for one person. {end}"
    ),
    LIFE_CHANCES: (
        "From 2020 {title} worked with families of young people with a learning disability or "
        "autism who were at risk of going into residential care. The county, the NHS and central "
        "government paid for each quarter that one of them stayed out of it. {end}"
    ),
}
REBOOT_WEST_STORY = (
    "From 2018 Reboot West worked with 241 care leavers around Bristol on learning, work and a "
    "settled life. The authorities paid a tariff for each of 23 outcomes. {end}"
)


def deal_of(contract: Contract) -> str:
    """Return the deal file of a contract; a cap a person has a fact for each outcome."""
    has_cap = contract.a_person is not None
    facts, tariffs = [], []
    for place, one in enumerate(contract.card, start=1):
        key = f"outcome_{place}"
        facts.append(f'[facts.{key}]\ntitle = "{one.title}"\nplaces = 0\nreported_by = "project"\n')
        over = ""
        if has_cap:
            over = f', over_person_cap = "over_{place}"'
            facts.append(
                f'[facts.over_{place}]\ntitle = "Above the cap a person: {one.title}"\n'
                'unit = "GBP"\nreported_by = "payer"\n'
            )
        tariffs.append(f'    {{ outcome = "{key}", price_gbp = {one.price}{over} }},')
    return DEAL.format(
        title=contract.title,
        summary=", capped for one person and in all" if has_cap else ", capped in all",
        starts_on=contract.starts_on,
        ends_before=contract.ends_before,
        payer=contract.payer,
        most=contract.most,
        person=f"person_cap_gbp = {contract.a_person}\n" if has_cap else "",
        facts="\n".join(facts),
        tariffs="\n".join(tariffs),
    )


def outcome_contract(contract: Contract) -> Case:
    """Settle a contract on its published results, and hold it to what was paid."""
    text = deal_of(contract)
    deal = deal_from_toml(text)
    if contract.programme == INNOVATION:
        figures, end = tuple(_a_person(contract, deal)), "The record has no results by project."
    else:
        figures, end = tuple(_results(contract, deal)), _how_it_ended(contract)
    return Case(
        f"outcomes-{contract.name}",
        f"{contract.title}: an outcomes contract, {contract.starts_on[:4]}",
        f"{RECORD.format(contract.record)}; {contract.programme}",
        figures,
        text,
        STORIES.get(contract.programme, REBOOT_WEST_STORY).format(
            title=contract.title,
            count=len(contract.card),
            cap=pounds_in_words(contract.a_person),
            end=end,
        ),
        CHECKED,
    )


def outcome_contracts() -> Case:
    """Set every contract beside the others: where price times results is what was paid."""
    figures = []
    for contract in CONTRACTS:
        if contract.programme == INNOVATION:
            continue  # no results by project
        text = deal_of(contract)
        (one,) = [
            found for found in _results(contract, deal_from_toml(text)) if found.name == SETTLED
        ]
        told = f"{contract.title}: payments"
        source = RECORD.format(contract.record)
        figures.append(figure(told, one.published, one.computed, "£", 0, one.note, source))
    without = sum(contract.programme == INNOVATION for contract in CONTRACTS)
    lines = [one for one in _of("reboot-west").card if one.paid is not None]
    same = [one for one in lines if one.price * (one.results or 0) == one.paid]
    figures.append(
        figure("Reboot West: outcomes paid as price times results", None, len(same), "of 23")
    )
    figures.append(figure("Contracts with prices and no results", None, without, "contracts"))
    return Case(
        "outcome-contracts",
        "Twelve outcomes contracts: prices, results and payments",
        f"{RECORD.format('INDIGO-POJ-0121 to 0199')}; {FAIR_CHANCE}; {LIFE_CHANCES}; {INNOVATION}",
        tuple(figures),
        deal_of(_of("depaul")),
        "Contracts that pay for outcomes have a price for each, and some publish their results and "
        "payments too. Twelve of them are settled here on what was published. Where price times "
        "results is not what was paid, a cap or a count explains it, or the record does "
        "not say why.",
        CHECKED,
    )


SETTLED = "Price times results, within the most that could be paid"


def _of(name: str) -> Contract:
    return next(contract for contract in CONTRACTS if contract.name == name)


def _facts(contract: Contract) -> dict[str, int]:
    return {
        f"outcome_{place}": one.results or 0 for place, one in enumerate(contract.card, start=1)
    }


def _worth(contract: Contract) -> int:
    return sum(one.price * (one.results or 0) for one in contract.card)


def _results(contract: Contract, deal: Deal) -> Iterator[CaseFigure]:
    """Yield what its results come to, against what was paid."""
    settled = paid(deal, _facts(contract))["outcomes", "payer", "project"]
    most, record = contract.most or 0, RECORD.format(contract.record)
    worth = _worth(contract)
    unknown = [one.title.lower() for one in contract.card if one.results is None]
    left_out = f" Not published, and taken as none: {', '.join(unknown)}." if unknown else ""
    over = ""
    if worth > most:
        over = f"The cap of £{most:,} takes off {pounds_in_words(worth - most)}."
    if contract.payments:
        yield from _price_of(contract, record)
    yield figure("Price times results", None, worth, "£", note=left_out.strip())
    yield figure(
        SETTLED, contract.paid, settled, "£", note=_why(contract, settled, over), source=record
    )
    for one in contract.card:
        if one.paid is None or one.results is None or one.paid == one.price * one.results:
            continue
        times, results = Decimal(one.paid) / one.price, one.results
        yield figure(
            one.title,
            one.paid,
            one.price * one.results,
            "£",
            note=f"£{one.paid:,} is {times} times £{one.price:,}; {results} results are recorded.",
            source=record,
        )
    if any(one.paid for one in contract.card):
        counts = {
            f"outcome_{place}": Decimal(one.paid or 0) / one.price
            for place, one in enumerate(contract.card, start=1)
        }
        again = paid(deal, counts)["outcomes", "payer", "project"]
        note = (
            "Every payment is a whole number of tariffs, so a person may have been paid for again."
        )
        yield figure("With as many outcomes as payments", contract.paid, again, "£", note=note)


def _price_of(contract: Contract, record: str) -> Iterator[CaseFigure]:
    """Yield the price that no record prints and every payment is a whole number of."""
    fewest, most = min(contract.payments), max(contract.payments)
    note = (
        f"No price is printed. Each of {len(contract.payments)} quarterly payments, from "
        f"£{fewest:,} to £{most:,}, is a whole number of this."
    )
    yield figure("Price of a quarter", None, gcd(*contract.payments), "£", note=note, source=record)
    quarters = Decimal(sum(contract.payments)) / gcd(*contract.payments)
    results = sum(one.results or 0 for one in contract.card)
    yield figure("Quarters paid for, against results", results, quarters, "quarters", source=record)
    each = ", ".join(f"£{gbp:,}" for gbp in contract.committed)
    together = sum(contract.committed)
    note = f"{each}: rounding each to the pound explains the pound between."
    yield figure("What the payers committed at most", contract.most, together, "£", note=note)


def _why(contract: Contract, settled: Decimal, over: str) -> str:
    apart = settled - (contract.paid or 0)
    if not apart:
        return over
    if contract.name == "reboot-west":
        return (
            f"{pounds_in_words(-apart)} more was paid: ten outcomes were paid for more often than "
            "results are printed, each a whole number of times. The record does not say why."
        )
    share = Decimal(100) * (contract.paid or 0) / (contract.most or 1)
    return (
        f"{over} What was paid is {share:.1f}% of that cap; the record does not say why it is "
        f"{pounds_in_words(apart)} less."
    )


def _how_it_ended(contract: Contract) -> str:
    return (
        f"It was paid {pounds_in_words(contract.paid)} of at most {pounds_in_words(contract.most)}."
    )


def _a_person(contract: Contract, deal: Deal) -> Iterator[CaseFigure]:
    """Yield what one person may bring: the whole card, and what the cap a person leaves."""
    record = RECORD.format(contract.record)
    first = deal.period.starts_on
    keys = [f"outcome_{place:d}" for place in range(1, len(contract.card) + 1)]
    claims = [Claim(f"{key:>12}", "one person", key, first, first) for key in keys]
    facts = {key: value[first] for key, value in judged(deal, claims).facts.items()}
    settled = paid(deal, facts)["outcomes", "payer", "project"]
    whole = sum(one.price for one in contract.card)
    yield figure("One person who reaches every outcome: by the tariffs", None, whole, "£")
    note = ""
    if contract.recorded_a_person:
        note = (
            "The record gives £11,700 for every target achieved; its notes give £8,200 a person "
            "for projects of the first round, and this one started in April 2012."
        )
    elif contract.name == "nottingham-futures":
        note = "Its tariffs are recorded like those of the second round; it started in April 2012."
    yield figure(
        "One person who reaches every outcome: paid",
        contract.recorded_a_person,
        settled,
        "£",
        note=note,
        source=record,
    )
    yield figure(
        "People for whom the most a person could be paid",
        None,
        Decimal(contract.most or 0) / (contract.a_person or 1),
        "people",
        1,
        f"At most £{contract.most or 0:,} could be paid in all.",
        record,
    )
    if contract.paid is not None:
        part = Decimal(100) * contract.paid / (contract.most or 1)
        note = f"{pounds_in_words(contract.paid)} was paid; the record has no results by project."
        yield figure("Paid, of the most that could be paid", None, part, "%", 1, note, record)


OUTCOME_CASES: dict[str, Callable[[], Case]] = {
    "outcome-contracts": outcome_contracts,
    **{f"outcomes-{one.name}": partial(outcome_contract, one) for one in CONTRACTS},
}
