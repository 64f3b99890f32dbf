"""Which tables does an appraisal's file have, and which fields stand in each?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from attrs import frozen

from moothall.appraisal.engine.appraisal import Answer, Judgement, Level, Role, Stage
from moothall.appraisal.engine.cost_lines import CostLine, Driver
from moothall.appraisal.engine.criteria import Direction, Group, Scale
from moothall.appraisal.engine.file_fields import (
    ScoreFields,
    by_key,
    financial_year,
    judgement_of,
    key_of,
    keys_of,
    text_read,
)
from moothall.appraisal.engine.model_costs import rows
from moothall.appraisal.engine.outcomes import OutcomeFields
from moothall.appraisal.engine.reading_tender import (
    BidFields,
    TenderFields,
    TrialFields,
    UnitValueFields,
)
from moothall.appraisal.engine.weights import Tie
from moothall.deals.terms import fields
from moothall.deals.terms.fields import Names

GATES = ("should", "model", "who")
DIMENSIONS = ("scope", "solution", "delivery", "implementation", "funding")
SUCCESS = (
    "strategic_fit", "value_for_money", "supplier_capacity", "affordability", "achievability",
)  # fmt: skip
SECTIONS = (
    "appraisal", "service", "duties", "gates", "stopping", "preconditions", "partners", "evidence",
    "choices", "options", "criteria", "scores", "weightings", "drivers", "indices", "lines",
    "outcomes", "correlations", "deals", "tender", "unit_values", "bids", "trials", "case",
)  # fmt: skip


@frozen
class HeadFields:
    """The table [appraisal]."""

    name: str = fields.text("Name of the appraisal")
    body: str = fields.text("Whose decision it is")
    on: date = fields.day("Day whose rules govern it")
    first_year: int = financial_year("Year 0: the financial year of the decision")
    years: int = fields.whole("Years appraised, year 0 among them", 10)
    price_year: int = financial_year("Year in whose prices real amounts stand")
    stage: str = fields.choice("Stage", tuple(Stage), Stage.OUTLINE.value)
    discounting: str = fields.text("Discounting schedule", "standard")
    summary: str = fields.text("In a sentence or two", "")
    objectives: tuple[str, ...] = fields.texts("What it is to achieve", ())


@frozen
class ServiceFields:
    """The table [service]."""

    name: str = fields.text("The service")
    function: str = fields.text("What it is for", "")
    users: str = fields.text("Who uses it", "")
    volume: Decimal | None = fields.count("How much of it in a year", None)
    volume_unit: str = fields.text("Counted in", "")
    cost_gbp: Decimal | None = fields.gbp("What it costs in a year", None)
    cost_year: str = fields.text("In which year", "")
    spend_filter: str = fields.text("Saved question of the spend room its cost comes from", "")
    staff_fte: Decimal | None = fields.count("Staff, as full-time equivalents", None)
    assets: str = fields.text("Buildings and other assets", "")
    performance: str = fields.text("How well it does", "")
    level: str | None = fields.choice("Who decides about it", tuple(Level), None)
    held_by: str = fields.text("By whom in fact", "")
    power: str = fields.text("By which right or power", "")
    case_for_change: str = fields.text("Why change", "")
    evidence: tuple[str, ...] = keys_of("evidence", "Evidence")


@frozen
class DutyFields:
    law: str = fields.text("Act and section")
    duty: str = fields.text("What must come about")
    method: str = fields.text("What the law says of how; leave out where it says nothing", "")
    evidence: tuple[str, ...] = keys_of("evidence", "Evidence")


@frozen
class GateFields:
    answer: str | None = fields.choice("Answer", ("yes", "no"), None)
    because: str = fields.text("Because", "")
    evidence: tuple[str, ...] = keys_of("evidence", "Evidence")


@frozen
class StoppingFields:
    """The table [stopping]: what must be there before a service is stopped."""

    equality_analysis_on: date | None = fields.day("Equality analysis, done on", None)
    consultation_ended_on: date | None = fields.day("Consultation, ended on", None)
    consultation_taken_into_account: str = fields.text("How it was taken into account", "")
    best_value: str = fields.text("Best Value: why stopping is consistent with it", "")
    who_else_is_affected: str = fields.text("Whose services take up the need", "")
    monitored_months: int | None = fields.whole("Months for which that is watched", None)
    cost_gbp: Decimal | None = fields.gbp("What the service costs in a year", None)
    overhead_gbp: Decimal = fields.gbp("Of that, overhead that stays", Decimal(0))
    moved_to_others_gbp: Decimal = fields.gbp("Need that other bodies take up, a year", Decimal(0))
    redundancy_gbp: Decimal = fields.gbp("Redundancy, once", Decimal(0))
    dilapidations_gbp: Decimal = fields.gbp("Giving up buildings, once", Decimal(0))


@frozen
class PreconditionFields:
    title: str = fields.text("What must be so")
    answer: str = fields.choice("Answer", tuple(Answer), Answer.UNKNOWN.value)
    because: str = fields.text("Because", "")
    evidence: tuple[str, ...] = keys_of("evidence", "Evidence")


@frozen
class PartnerFields:
    name: str = fields.text("Name")
    kind: str = fields.choice(
        "Kind", ("public body", "provider", "residents", "economy"), "public body"
    )


@frozen
class EvidenceFields:
    title: str = fields.text("What it shows")
    source: str | None = fields.text("Where it comes from", None)
    basis: str = fields.text("What it includes and leaves out", "")
    on: date | None = fields.day("As at", None)
    grade: str | None = fields.choice("Grade: A audited or tried, to E an opinion", "ABCDE", None)
    value: str = fields.text("Value, as its source has it", "")
    by: str = fields.text("Who says so", "")
    is_interested: bool = fields.yes_or_no("They gain by it", False)
    is_unknown: bool = fields.yes_or_no("Nobody knows it yet", False)


@frozen
class ChoiceFields:
    dimension: str = fields.choice("Dimension", DIMENSIONS)
    title: str = fields.text("Title")
    role: str = fields.choice("Its place", tuple(Role), Role.OPTION.value)
    success: Mapping[str, Judgement] = by_key(judgement_of, SUCCESS, "Critical success factors")


@frozen
class LegalFields:
    """What is known of an option, for the legal-route helper; what is left out is not known."""

    own_staff: bool | None = fields.yes_or_no("The authority's own staff deliver it", None)
    only_authorities: bool | None = fields.yes_or_no("Only contracting authorities", None)
    shared_function: bool | None = fields.yes_or_no("They share the public function", None)
    public_interest_only: bool | None = fields.yes_or_no("In the public interest alone", None)
    market_share: Decimal | None = fields.share("Part of activities on the open market", None)
    is_controlled: bool | None = fields.yes_or_no("The authority controls the body", None)
    outside_influence: bool | None = fields.yes_or_no("Others have decisive influence", None)
    is_joint: bool | None = fields.yes_or_no("Several control it", None)
    each_on_board: bool | None = fields.yes_or_no("Each sits on its board", None)
    share_for_owners: Decimal | None = fields.share("Part of its work for its owners", None)
    is_reservable: bool | None = fields.yes_or_no("The services may be reserved", None)
    is_mutual: bool | None = fields.yes_or_no("It is there to deliver public services", None)
    shares_profit_outside: bool | None = fields.yes_or_no("It shares profit outside", None)
    employees_control: bool | None = fields.yes_or_no("Its employees control it", None)
    term_months: int | None = fields.whole("Months of the contract", None)
    had_comparable: bool | None = fields.yes_or_no("A comparable contract before", None)
    kind: str = fields.text("Kind of contract", "goods_services_sub_central")
    value_gbp: Decimal | None = fields.gbp("Estimated value with VAT", None)
    binds_delivery: bool | None = fields.yes_or_no("Somebody is bound to deliver", None)
    grant_gbp: Decimal | None = fields.gbp("Grant", None)
    earlier_help_gbp: Decimal | None = fields.gbp("Help in this and two years before", None)
    began_on: date | None = fields.day("Day on which procurement begins", None)


@frozen
class FollowsFields:
    """A fact of a deal that follows a driver."""

    driver: str = key_of("drivers", "Driver")
    times: Decimal = fields.number("So much of it in a period", Decimal(1))


@frozen
class PaymentFields:
    """The deal by which an option is paid for."""

    deal: str = key_of("deals", "Deal")
    bodies: Mapping[str, str] = by_key(text_read, None, "Party of the deal = body here")
    follows: Mapping[str, FollowsFields] = by_key(
        lambda value, names: fields.read_fields(FollowsFields, value, names),
        None,
        "Fact of the deal = { driver, times }",
    )
    is_nominal: bool = fields.yes_or_no("It pays in the money of each year", True)
    price_year: int | None = financial_year("Else: year of its prices", None)


@frozen
class BudgetFields:
    """Personal budgets of so many people like one another, as a cost of each year."""

    people: Decimal = fields.count("People who have one")
    points: Decimal = fields.count("Points of need of each")
    gbp_a_point: Decimal = fields.gbp("Worth of a point, a year")
    area_factor: Decimal = fields.count("Area factor", Decimal(1))
    weekly_contribution_gbp: Decimal = fields.gbp("What each pays a week", Decimal(0))
    floor_gbp: Decimal = fields.gbp("Least budget of a year", Decimal(0))
    ceiling_gbp: Decimal | None = fields.gbp("Most budget of a year", None)
    evidence: str = fields.text("Evidence", "")


@frozen
class OptionFields:
    name: str = fields.text("Name")
    form: str = key_of("models", "Form: a delivery model")
    overlays: tuple[str, ...] = keys_of("overlays", "Overlays on it")
    role: str = fields.choice("Its place", tuple(Role), Role.OPTION.value)
    summary: str = fields.text("In a sentence", "")
    choices: Mapping[str, str] = by_key(
        lambda value, names: fields.read_fields(_ChoiceKey, {"choice": value}, names).choice,
        DIMENSIONS,
        "Choices, by dimension",
    )
    success: Mapping[str, Judgement] = by_key(judgement_of, SUCCESS, "Critical success factors")
    barred: str = fields.text("The law that rules it out", "")
    legal: LegalFields | None = fields.table("Facts for the legal route", LegalFields, None)
    zero: Mapping[str, str] = by_key(text_read, tuple(rows()), "Rows that cost nothing, and why")
    payment: PaymentFields | None = fields.table("The deal that pays for it", PaymentFields, None)
    personal_budgets: BudgetFields | None = fields.table(
        "Personal budgets laid over it", BudgetFields, None
    )
    is_preferred: bool = fields.yes_or_no("Preferred way forward", False)


@frozen
class _ChoiceKey:
    choice: str = key_of("choices", "Choice")


@frozen
class WorthFields:
    figure: Decimal = fields.number("Figure, in the criterion's unit")
    worth: Decimal = fields.count("What it is worth, 0 to 100")


@frozen
class CriterionFields:
    title: str = fields.text("Title")
    group: str = fields.choice("Question", tuple(Group))
    scale: str = fields.choice("Scale", tuple(Scale), Scale.GLOBAL.value)
    worst: Decimal | None = fields.number("What is worth 0", None)
    best: Decimal | None = fields.number("What is worth 100", None)
    unit: str = fields.text("Unit", "points")
    direction: str | None = fields.choice("Direction", tuple(Direction), None)
    value: tuple[WorthFields, ...] = fields.rows("Value function, from worst", WorthFields, ())
    not_costed: str = fields.text("Why it is in no cost", "")
    counts: str = fields.text("What a score counts", "")


@frozen
class SwingFields:
    points: Decimal = fields.count("Points; 100 for what matters most")
    worst: Decimal | None = fields.number("Worst, as it was asked", None)
    best: Decimal | None = fields.number("Best, as it was asked", None)
    unit: str | None = fields.text("Unit, as it was asked", None)


@frozen
class InterestFields:
    option: str = key_of("options", "Option")
    tie: str = fields.choice("How", tuple(Tie))


def _swing(value: Any, names: Names) -> SwingFields:
    given = value if isinstance(value, Mapping) else {"points": value}
    read: SwingFields = fields.read_fields(SwingFields, given, names)
    return read


@frozen
class WeightingFields:
    title: str = fields.text("Who weighs")
    swings: Mapping[str, SwingFields] = by_key(_swing, "criteria", "Points for each criterion")
    has_no_interest: bool = fields.yes_or_no("They were asked, and declare no interest", False)
    interests: tuple[InterestFields, ...] = fields.rows("Interests declared", InterestFields, ())
    on: date | None = fields.day("When", None)


FIELDS_OF: Mapping[str, type] = {
    "appraisal": HeadFields,
    "service": ServiceFields,
    "duties": DutyFields,
    "gates": GateFields,
    "stopping": StoppingFields,
    "preconditions": PreconditionFields,
    "partners": PartnerFields,
    "evidence": EvidenceFields,
    "choices": ChoiceFields,
    "options": OptionFields,
    "criteria": CriterionFields,
    "weightings": WeightingFields,
    "scores": ScoreFields,
    "drivers": Driver,
    "lines": CostLine,
    "outcomes": OutcomeFields,
    "tender": TenderFields,
    "unit_values": UnitValueFields,
    "bids": BidFields,
    "trials": TrialFields,
}
"""Section of an appraisal's file -> the fields that its tables have."""
