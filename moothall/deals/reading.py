"""What does a deal file say, and what must be mended before it can be used?

Every finding is reported at once, each with its place and how to mend it. Numbers are read as the
decimal text in the file: no float ever enters.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import attrs
from attrs import evolve, field, frozen

from moothall.deals.correlation import why_not_together
from moothall.deals.deal import (
    Basis,
    Budget,
    Deal,
    Fact,
    Finding,
    Party,
    PartyKind,
    Weight,
    periods_every,
    year_shares,
)
from moothall.deals.evaluation import has_money_limits
from moothall.deals.kinds import term_kinds
from moothall.deals.terms import fields
from moothall.deals.terms.fields import FieldsNotRead, Names
from moothall.deals.terms.term import RING_FENCES, Term
from moothall.values.periods import year_words

NOT_CONTRACTING = "not contracting"  # the reference of whoever need not take part
MONTHS = {"month": 1, "quarter": 3, "half-year": 6, "year": 12, "whole deal": None}


class CannotReadDeal(ValueError):
    """The file is no deal yet. `findings` says everything that is wrong with it."""

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = findings
        super().__init__(" ".join(f"{f.place}: {f.sentence} {f.mend}" for f in findings))


@frozen
class _Head:
    """The table [deal]."""

    name: str = fields.text("Name of the deal")
    starts_on: date = fields.day("First day")
    ends_before: date = fields.day("Day after the last")
    every: str = fields.choice("Periods", tuple(MONTHS), "quarter")
    rate: Decimal = fields.rate("Discount rate, per year", Decimal("0.035"))
    price_base: str = fields.text("Price base", "")
    summary: str = fields.text("In a sentence or two", "")
    payment_days: int = fields.whole("Days from a period's end until it is paid", 30)


@frozen
class _PartyFields:
    name: str = fields.text("Name")
    kind: str = fields.choice("Kind", tuple(PartyKind))
    reference: str | None = fields.text("What it would do without the deal", None)
    resources_gbp: Decimal | None = fields.gbp("What it can lose before it fails", None)
    guarantee_gbp: Decimal = fields.gbp("Guarantee or bond", Decimal(0))
    residual_bearer: str | None = fields.party("Who takes over its duties", None)
    relet_cost_gbp: Decimal = fields.gbp("Cost of finding another", Decimal(0))
    vat_recovered: Decimal = fields.share("Share of VAT that it recovers", Decimal(1))
    keeps_private: tuple[str, ...] = fields.in_order(
        "Which of its numbers only it sees", ("resources_gbp", "guarantee_gbp"), ()
    )
    hides_costs: bool = fields.yes_or_no("It bears costs that only it sees", False)


def _approved(value: Any, _names: Names) -> Mapping[int, Decimal]:
    if not isinstance(value, Mapping) or not value:
        raise ValueError('It is a table with a financial year each: { "2026/27" = 450000 }.')
    found = {}
    for words, given in value.items():
        year = int(words[:4]) if words[:4].isdecimal() else 0
        if words != year_words(year):
            raise ValueError(f"{words!r} is no financial year such as 2026/27.")
        found[year] = fields.decimal_of(given)
    return found


def _value(value: Any, _names: Names) -> Decimal | tuple[Decimal, ...]:
    if isinstance(value, list):
        return tuple(fields.decimal_of(item) for item in value)
    return fields.decimal_of(value)


@frozen
class _BudgetFields:
    party: str = fields.party("Whose budget")
    ring_fence: str = fields.choice("Ring-fence", RING_FENCES, "General Fund")
    kind: str = fields.choice("Revenue or capital", ("revenue", "capital"), "revenue")
    approved_gbp: Mapping[int, Decimal] = field(
        metadata={"reads": _approved, "kind": "amounts_by_year", "label": "Approved, by year"},
        kw_only=True,
    )


@frozen
class _FactFields:
    title: str = fields.text("What it measures")
    unit: str = fields.text("Unit", "GBP")
    once: bool = fields.yes_or_no("One value for the whole deal", False)
    reported_by: str | None = fields.party("Who reports it", None)
    borne_by: str | None = fields.party("Who bears it, outside the flows", None)
    enjoyed_by: str | None = fields.party("Who enjoys it, outside the flows", None)
    price_gbp: Decimal | None = fields.gbp("What a unit is worth", None)
    without_deal: bool = fields.yes_or_no("It belongs to the reference: no deal", False)
    private_to: str | None = fields.party("The only party that may see it", None)
    basis: str = fields.choice("How well it is known", tuple(Basis), Basis.SUPPLIED.value)
    places: int | None = fields.whole("Decimals it is rounded to before it is read", None)
    grade: str | None = fields.choice("Evidence grade", tuple("ABCDE"), None)
    supplied_by: str | None = fields.text("Who supplied its distribution", None)
    stands_for: str | None = fields.text("The private fact of another that it estimates", None)
    value: Decimal | tuple[Decimal, ...] | None = field(
        default=None,
        kw_only=True,
        metadata={"reads": _value, "kind": "value", "label": "Known beforehand"},
    )
    distribution: Mapping[str, Any] | None = fields.distribution("How it may turn out", None)
    at_zero_effect: Mapping[str, Any] | None = fields.distribution(
        "How it would turn out by chance, if the service did nothing", None
    )


FIELDS_OF: Mapping[str, type] = {"deal": _Head, "parties": _PartyFields, "facts": _FactFields}
"""Section of a deal file -> the fields that its tables have; those of a term are its kind's."""


def deal_from_toml(text: str) -> Deal:
    """Read a deal file.

    :raises CannotReadDeal: with every finding that must be mended.
    """
    return _sound(*deal_and_findings(text))


def deal_from_document(document: Mapping[str, Any]) -> Deal:
    """Read a deal from its document, as a statement keeps it.

    :raises CannotReadDeal: with every finding that must be mended.
    """
    return _sound(*deal_and_findings_of(document))


def _sound(deal: Deal | None, findings: list[Finding]) -> Deal:
    must = [finding for finding in findings if finding.weight is Weight.MUST]
    if deal is None or must:
        raise CannotReadDeal(must)
    return deal


def document_from_toml(text: str) -> dict[str, Any]:
    """Parse a deal file, its numbers as decimals.

    :raises CannotReadDeal: when it is no TOML.
    """
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as refusal:
        said = f"This is not TOML: {refusal}."
        raise CannotReadDeal([Finding("file", said, "Mend it at that place.")]) from None


def deal_and_findings(text: str) -> tuple[Deal | None, list[Finding]]:
    """Return the deal, None where it cannot be used, and everything found while reading it."""
    try:
        document = document_from_toml(text)
    except CannotReadDeal as refusal:
        return None, refusal.findings
    return deal_and_findings_of(document)


def deal_and_findings_of(document: Mapping[str, Any]) -> tuple[Deal | None, list[Finding]]:
    """The same of a document already parsed: tables, lists, text, Decimals, dates."""
    findings: list[Finding] = []
    head = read_row(_Head, document.get("deal", {}), Names((), ()), "deal", findings)
    party_keys = dict.fromkeys(tables_of(document, "parties", findings))
    names = Names(party_keys, ())
    parties = _parties(document, names, findings)
    facts = _facts(document, names, findings)
    names = Names(party_keys, dict.fromkeys(tables_of(document, "facts", [])))
    terms = _terms(document, names, findings)
    budgets = tuple(_budgets(document, names, findings))
    known = {"deal", "parties", "facts", "terms", "correlations", "budgets", "case"}
    for key in document:
        if key not in known:
            said = f"There is no table {key!r} in a deal."
            findings.append(Finding(key, said, f"Use {', '.join(sorted(known))}."))
    if head is None or any(finding.weight is Weight.MUST for finding in findings):
        return None, findings
    if head.ends_before <= head.starts_on:
        said = f"The deal ends before {head.ends_before}, and starts on {head.starts_on}."
        return None, [*findings, Finding("deal.ends_before", said, "Give a later day.")]
    deal = Deal(
        name=head.name,
        parties=parties,
        periods=periods_every(MONTHS[head.every], head.starts_on, head.ends_before),
        facts=facts,
        terms=tuple(terms),
        rate=head.rate,
        price_base=head.price_base,
        summary=head.summary,
        correlations=_correlations(document, facts, findings),
        budgets=budgets,
        payment_days=head.payment_days,
        document=document,
    )
    for check in CHECKS:
        findings += check(deal)
    return deal, findings


def read_row(
    of: type, given: Any, names: Names, place: str, findings: list[Finding], **ignore: Any
) -> Any:
    """Build a row of a file from its table; None, with findings, where it cannot be."""
    try:
        return fields.read_fields(of, {**given, **ignore}, names, ignore=tuple(ignore))
    except FieldsNotRead as unread:
        for inner, sentence in unread.found:
            mend = "Add it." if sentence.endswith("missing.") else "Mend it."
            findings.append(Finding(f"{place}.{inner}".strip("."), sentence, mend))
    return None


def tables_of(document: Mapping[str, Any], key: str, findings: list[Finding]) -> Mapping[str, Any]:
    """Return the tables [key.name] of a file, by their names."""
    found = document.get(key, {})
    if isinstance(found, Mapping) and all(isinstance(one, Mapping) for one in found.values()):
        return found
    findings.append(Finding(key, f"{key} is a table of tables.", f"Write [{key}.name]."))
    return {}


def _parties(
    document: Mapping[str, Any], names: Names, findings: list[Finding]
) -> dict[str, Party]:
    parties: dict[str, Party] = {}
    for key, given in tables_of(document, "parties", findings).items():
        read = read_row(_PartyFields, given, names, f"parties.{key}", findings)
        if read is not None:
            kind = PartyKind(read.kind)
            said = attrs.asdict(read) | {"kind": kind}
            if kind is not PartyKind.PUBLIC and read.reference is None:
                said["reference"] = NOT_CONTRACTING
            parties[key] = Party(key=key, **said)
    if not names.parties:
        findings.append(
            Finding("parties", "The deal has no parties.", "Add [parties.council] and others.")
        )
    return parties


def _facts(document: Mapping[str, Any], names: Names, findings: list[Finding]) -> dict[str, Fact]:
    facts: dict[str, Fact] = {}
    for key, given in tables_of(document, "facts", findings).items():
        read = read_row(_FactFields, given, names, f"facts.{key}", findings)
        if read is not None:
            said = {a.name: getattr(read, a.name) for a in attrs.fields(_FactFields)}
            facts[key] = Fact(key=key, **{**said, "basis": Basis(read.basis)})
    return facts


def _terms(document: Mapping[str, Any], names: Names, findings: list[Finding]) -> list[Term]:
    terms: list[Term] = []
    given_terms = document.get("terms", {})
    if not isinstance(given_terms, Mapping) or not given_terms:
        findings.append(Finding("terms", "The deal has no terms.", "Add [terms.fee] and others."))
        return terms
    above: list[str] = []
    for key, given in given_terms.items():
        place = f"terms.{key}"
        if not isinstance(given, Mapping):
            findings.append(Finding(place, "A term is a table.", f"Write [{place}]."))
            continue
        given = dict(given)
        kind = term_kinds().get(given.pop("kind", ""))
        if kind is None:
            known = ", ".join(term_kinds())
            findings.append(
                Finding(f"{place}.kind", "This is no kind of term.", f"Use one of: {known}.")
            )
        else:
            seen = evolve(names, terms=tuple(above), all_terms=tuple(given_terms))
            read = read_row(kind, given, seen, place, findings, key=key)
            if read is not None:
                terms.append(read)
        above.append(key)
    return terms


def _budgets(
    document: Mapping[str, Any], names: Names, findings: list[Finding]
) -> Iterator[Budget]:
    for key, given in tables_of(document, "budgets", findings).items():
        read = read_row(_BudgetFields, given, names, f"budgets.{key}", findings)
        if read is not None:
            yield Budget(key, read.party, read.ring_fence, read.kind, read.approved_gbp)


def _correlations(
    document: Mapping[str, Any], facts: Mapping[str, Fact], findings: list[Finding]
) -> tuple[tuple[str, str, Decimal], ...]:
    found = []
    for place, row in enumerate(document.get("correlations", []), start=1):
        try:
            one, other = row["facts"]
            rank = fields.decimal_of(row["rank"])
        except (KeyError, TypeError, ValueError):
            said = "A correlation names two facts and a rank."
            mend = 'Write { facts = ["a", "b"], rank = "0.5" }.'
            findings.append(Finding(f"correlations.{place}", said, mend))
            continue
        unknown = [fact for fact in (one, other) if fact not in facts or one == other]
        if unknown or not -1 <= rank <= 1:
            said = f"{one} and {other} at {rank} is no correlation of two facts."
            mend = "Name two facts of the deal and a rank from -1 to 1."
            findings.append(Finding(f"correlations.{place}", said, mend))
            continue
        found.append((one, other, rank))
    return tuple(found)


# What no single field can see: each check is a small function over a deal that could be read.


def _each_term_checks_itself(deal: Deal) -> Iterator[Finding]:
    for term in deal.terms:
        for name, sentence, mend in term.findings(deal):
            yield Finding(f"terms.{term.key}.{name}", sentence, mend)


def _a_term_pays_another_party(deal: Deal) -> Iterator[Finding]:
    for term in deal.terms:
        payer, payee = getattr(term, "payer", None), getattr(term, "payee", None)
        if payer is not None and payer == payee:
            said = f"{deal.party_name(payer)} would pay itself."
            yield Finding(f"terms.{term.key}.payee", said, "Name another party.")


def _a_term_is_booked_by_public_bodies_that_take_part(deal: Deal) -> Iterator[Finding]:
    for term in deal.terms:
        for key in term.budgets:
            place = f"terms.{term.key}.budgets.{key}"
            if not deal.parties[key].is_public:
                said = f"{deal.party_name(key)} is no public body, and has no ring-fenced budgets."
                yield Finding(place, said, "Leave its budget line out.")
            elif hasattr(term, "payee") and key not in term.parties():
                said = f"{deal.party_name(key)} books {term.name.lower()}, and takes no part in it."
                yield Finding(place, said, "Leave its budget line out.")


def _limits_in_money_are_for_one_flow(deal: Deal) -> Iterator[Finding]:
    for term in deal.terms:
        if has_money_limits(term) and not hasattr(term, "payee"):
            said = f"{term.name} pays several parties, so a cap or floor of its own is not clear."
            mend = "Leave the cap out, and add a total cap over this term below it."
            yield Finding(f"terms.{term.key}", said, mend)


def _every_fact_has_a_value_a_period(deal: Deal) -> Iterator[Finding]:
    for key, fact in deal.facts.items():
        if isinstance(fact.value, tuple) and len(fact.value) != len(deal.periods):
            said = f"{fact.title} has {len(fact.value)} values for {len(deal.periods)} periods."
            yield Finding(f"facts.{key}.value", said, "Give one value, or one for each period.")


def _facts_that_meet_a_threshold_say_how_they_are_rounded(deal: Deal) -> Iterator[Finding]:
    for key in sorted(set().union(*(term.facts_at_thresholds() for term in deal.terms))):
        if deal.facts[key].places is None:
            said = f"{deal.facts[key].title} does not say to how many decimals it counts."
            mend = f"Add places to facts.{key}: it meets a threshold, and is rounded before it."
            yield Finding(f"facts.{key}.places", said, mend)


def _priced_facts_have_a_price(deal: Deal) -> Iterator[Finding]:
    for key, fact in deal.facts.items():
        counts = fact.borne_by and fact.unit != "GBP" and fact.price_gbp is None
        if counts:
            said = f"{fact.title} is borne by a party, but no unit of it has a price."
            mend = "Add price_gbp, or leave out who bears it."
            yield Finding(f"facts.{key}.price_gbp", said, mend)


def _no_fact_is_left_unused(deal: Deal) -> Iterator[Finding]:
    used = set().union(*(term.facts() for term in deal.terms))
    for key, fact in deal.facts.items():
        if key not in used and not fact.borne_by and not fact.enjoyed_by:
            said = f"No term reads {fact.in_sentence}, and nobody bears or enjoys it."
            mend = "Use it, or take it out."
            yield Finding(f"facts.{key}", said, mend, Weight.LOOK)


def _public_bodies_have_a_reference(deal: Deal) -> Iterator[Finding]:
    for key, party in deal.parties.items():
        if party.reference is None:
            said = f"{party.name} has no reference: what it would do without the deal."
            mend = "Without one its share of reward and risk cannot be said. Add reference."
            yield Finding(f"parties.{key}.reference", said, mend, Weight.LOOK)


def _whoever_may_fail_has_a_residual_bearer(deal: Deal) -> Iterator[Finding]:
    for key, party in deal.parties.items():
        if party.resources_gbp is not None and party.residual_bearer in (None, key):
            said = f"{party.name} may fail, and nobody is named to take over its duties."
            yield Finding(f"parties.{key}.residual_bearer", said, "Name the party that does.")


def _a_budget_is_of_a_public_body_and_alone(deal: Deal) -> Iterator[Finding]:
    seen: dict[tuple[str, str, str], str] = {}
    for budget in deal.budgets:
        line = (budget.party, budget.ring_fence, budget.kind)
        if not deal.parties[budget.party].is_public:
            said = f"{deal.party_name(budget.party)} is no public body, so it approves no budget."
            yield Finding(f"budgets.{budget.key}.party", said, "Name a public body.")
        if line in seen:
            said = f"This line of {deal.party_name(budget.party)}'s budget is given twice."
            yield Finding(f"budgets.{budget.key}", said, f"Put it into budgets.{seen[line]}.")
        seen[line] = budget.key
        within = {year for period in deal.periods for year in year_shares(period)}
        for year in sorted(budget.approved_gbp.keys() - within):
            said = f"The deal does not run in {year_words(year)}."
            mend = "Take that year out, or mend the days of the deal."
            yield Finding(f"budgets.{budget.key}.approved_gbp", said, mend, Weight.LOOK)


def _an_estimate_is_of_what_only_another_sees(deal: Deal) -> Iterator[Finding]:
    for key, fact in deal.facts.items():
        of = deal.facts.get(fact.stands_for or "")
        if fact.stands_for is not None and (
            fact.private_to is None or fact.basis is not Basis.ESTIMATED
        ):
            said = f"{fact.title} stands for {fact.stands_for}, and is not marked as an estimate."
            mend = 'Write basis = "estimated", and private_to = the party whose estimate it is.'
            yield Finding(f"facts.{key}.stands_for", said, mend)
        elif of is not None and of.private_to in (None, fact.private_to):
            said = f"{fact.title} stands for {of.in_sentence}, which its own party can see."
            yield Finding(f"facts.{key}.stands_for", said, "Use that fact itself.")


CHECKS: tuple[Any, ...] = (
    _each_term_checks_itself,
    _a_term_pays_another_party,
    _a_term_is_booked_by_public_bodies_that_take_part,
    _limits_in_money_are_for_one_flow,
    _every_fact_has_a_value_a_period,
    _facts_that_meet_a_threshold_say_how_they_are_rounded,
    _priced_facts_have_a_price,
    _no_fact_is_left_unused,
    _public_bodies_have_a_reference,
    _whoever_may_fail_has_a_residual_bearer,
    why_not_together,
    _a_budget_is_of_a_public_body_and_alone,
    _an_estimate_is_of_what_only_another_sees,
)
