"""What does a deal say, in plain English? And which kinds of term are there?"""

from __future__ import annotations

from typing import Any

import attrs

from moothall.deals.at_risk import shares_at_risk
from moothall.deals.deal import Basis, Budget, Deal, Fact
from moothall.deals.kinds import term_kinds
from moothall.deals.terms.term import Term
from moothall.deals.wording import listed
from moothall.values.periods import year_words
from moothall.values.wording import number_of, percentage, plain_date, pounds_in_words


def explained(deal: Deal, viewer: str | None = None) -> dict[str, list[str]]:
    """Return the whole deal as headings with sentences.

    viewer : the party that reads; facts private to others are left out. None: all are read
    """
    period = deal.period
    about = [
        f"{deal.name} runs from {plain_date(period.starts_on)} to {plain_date(period.last_day)}, "
        f"settled {len(deal.periods)} times.",
        f"Results are discounted at {percentage(deal.rate)} a year"
        + (f", in {deal.price_base} prices." if deal.price_base else "."),
    ]
    seen = [
        key
        for key, fact in deal.facts.items()
        if viewer is None or fact.private_to in (None, viewer)
    ]
    told = {
        "The deal": [deal.summary, *about] if deal.summary else about,
        "Parties": [_party(deal, key) for key in deal.parties],
        "Facts": [_fact(deal, deal.facts[key]) for key in seen],
        "Terms": [f"{term.name}. {term.sentence(deal)}" for term in deal.terms],
    }
    at_risk = [
        one.sentence for one in shares_at_risk(deal) if deal.term(one.term).facts() <= set(seen)
    ]
    if at_risk:
        told["At risk"] = at_risk
    if deal.budgets:
        told["Budgets"] = [_budget(deal, budget) for budget in deal.budgets]
    return told


def kinds_explained() -> list[dict[str, Any]]:
    """Return every kind of term: its name, title, source and fields."""
    return [
        {
            "kind": name,
            "title": kind.title,
            "source": kind.source,
            "fields": fields_explained(kind),
        }
        for name, kind in term_kinds().items()
    ]


def fields_explained(of: type) -> list[dict[str, Any]]:
    """Return the fields that a term or one of its rows asks for, its own before the common ones."""
    common = {field.name for field in attrs.fields(Term)} if of is not Term else set()
    asked = [field for field in attrs.fields(of) if "reads" in field.metadata]
    return [_field(field) for field in sorted(asked, key=lambda field: field.name in common)]


def _field(field: Any) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": field.name,
        "label": field.metadata["label"],
        "kind": field.metadata["kind"],
        "required": field.default is attrs.NOTHING,
    }
    if "options" in field.metadata:
        told["options"] = list(field.metadata["options"])
    if "of" in field.metadata:
        told["fields"] = fields_explained(field.metadata["of"])
    return told


def _party(deal: Deal, key: str) -> str:
    party = deal.parties[key]
    said = f"{party.name}, a {party.kind.value}"
    if party.reference:
        said += f"; without the deal: {party.reference}"
    said += "."
    if party.resources_gbp is not None:
        bearer = deal.party_name(party.residual_bearer) if party.residual_bearer else "nobody"
        said += (
            f" It can lose {pounds_in_words(party.resources_gbp + party.guarantee_gbp)} before it "
            f"fails; then its duties fall on {bearer}."
        )
    return said


def _budget(deal: Deal, budget: Budget) -> str:
    years = listed(
        f"{pounds_in_words(gbp)} for {year_words(year)}"
        for year, gbp in sorted(budget.approved_gbp.items())
    )
    return (
        f"{deal.party_name(budget.party)} has approved {years} in its {budget.ring_fence}, "
        f"{budget.kind}."
    )


def _fact(deal: Deal, fact: Fact) -> str:
    said = [f"{fact.title} ({fact.unit})"]
    said.append(
        f"reported by {deal.party_name(fact.reported_by)}" if fact.reported_by else "reported"
    )
    for verb, party in (("borne", fact.borne_by), ("enjoyed", fact.enjoyed_by)):
        if party is not None:
            worth = f" at {pounds_in_words(fact.price_gbp)} each" if fact.price_gbp else ""
            said.append(f"{verb} by {deal.party_name(party)}{worth}")
    if fact.places is not None:
        said.append(f"rounded to {number_of(fact.places, 'decimal')} before any term reads it")
    if fact.without_deal:
        said.append("had there been no deal")
    if fact.basis is Basis.ESTIMATED:
        said.append("our estimate" + (f", grade {fact.grade}" if fact.grade else ""))
    if fact.private_to is not None:
        said.append(f"private to {deal.party_name(fact.private_to)}")
    return ", ".join(said) + "."
