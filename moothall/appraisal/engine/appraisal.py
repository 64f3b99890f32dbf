"""What is an appraisal? A service, the three questions, options, evidence, as data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from attrs import field, frozen

from moothall.appraisal.engine.cost_lines import CostLine, Driver
from moothall.appraisal.engine.criteria import Criterion
from moothall.appraisal.engine.payments import Payment
from moothall.appraisal.engine.social_value import Bid, Marking
from moothall.appraisal.engine.trials import Trial
from moothall.appraisal.engine.weights import Weighting
from moothall.directory.engine.routes import Facts


class Level(StrEnum):
    """Who decides about a service, the nearest to the person first."""

    CITIZEN = "citizen"
    PROFESSIONAL = "professional"
    GROUP = "group"
    COMMUNITY = "community"
    LOCAL_INSTITUTION = "local institution"
    NATIONAL = "national"


class Stage(StrEnum):
    STRATEGIC_OUTLINE = "strategic outline case"
    OUTLINE = "outline business case"
    FULL = "full business case"


class Role(StrEnum):
    """Why an option stands in the appraisal."""

    USUAL = "business as usual"
    MINIMUM = "do minimum"
    OPTION = "option"
    LESS = "less ambitious"
    MORE = "more ambitious"

    @property
    def always_stays(self) -> bool:
        return self in (Role.USUAL, Role.MINIMUM)


class Answer(StrEnum):
    """Unknown is none of the others, and is never taken for one of them."""

    PASSES = "pass"
    FAILS = "fail"
    NOT_APPLICABLE = "not applicable"
    UNKNOWN = "unknown"


@frozen
class Judgement:
    """An answer with its reason."""

    answer: Answer = Answer.UNKNOWN
    because: str = ""
    evidence: tuple[str, ...] = ()


@frozen
class Service:
    """What is appraised.

    volume, cost_gbp, staff_fte : of a year, as it runs now; None where nobody has said
    spend_filter : the saved question of the spend room that its cost comes from
    level        : who decides about it; held_by and power say by which right
    """

    name: str
    function: str = ""
    users: str = ""
    volume: Decimal | None = None
    volume_unit: str = ""
    cost_gbp: Decimal | None = None
    cost_year: str = ""
    spend_filter: str = ""
    staff_fte: Decimal | None = None
    assets: str = ""
    performance: str = ""
    level: Level | None = None
    held_by: str = ""
    power: str = ""
    case_for_change: str = ""
    evidence: tuple[str, ...] = ()


@frozen
class Duty:
    """What a law asks for, held apart from how it is done.

    duty      : what must come about
    method    : what the law says of how; empty: it leaves that to the council
    evidence  : keys of what shows it
    """

    key: str
    law: str
    duty: str
    method: str = ""
    evidence: tuple[str, ...] = ()

    @property
    def fixes_method(self) -> bool:
        return bool(self.method)


@frozen
class GateAnswer:
    """What was answered at one of the three gates. answer: yes, no, or None: not yet."""

    answer: str | None = None
    because: str = ""
    evidence: tuple[str, ...] = ()


@frozen
class Stopping:
    """What must be there before a service is stopped, and what it saves. None: not done, or said.

    cost_gbp, overhead_gbp, moved_to_others_gbp : of a year; the others once
    """

    equality_analysis_on: date | None = None
    consultation_ended_on: date | None = None
    consultation_taken_into_account: str = ""
    best_value: str = ""
    who_else_is_affected: str = ""
    monitored_months: int | None = None
    cost_gbp: Decimal | None = None
    overhead_gbp: Decimal = Decimal(0)
    moved_to_others_gbp: Decimal = Decimal(0)
    redundancy_gbp: Decimal = Decimal(0)
    dilapidations_gbp: Decimal = Decimal(0)


@frozen
class Precondition:
    """One thing that must be so before the service can change hands."""

    key: str
    title: str
    judgement: Judgement


@frozen
class Evidence:
    """Where a figure comes from.

    basis  : what it includes and leaves out: price year, gross or net, denominator
    grade  : A (law, audited, or tried) to E (an opinion); None: not graded
    by     : who says so; interested where they gain by it
    value  : as text, whichever figure it is; empty where it backs words
    """

    key: str
    title: str
    source: str | None
    basis: str = ""
    on: date | None = None
    grade: str | None = None
    value: str = ""
    by: str = ""
    is_interested: bool = False
    is_unknown: bool = False


@frozen
class Partner:
    """Whoever bears a cost or has a benefit. is_public: its money is the public sector's."""

    key: str
    name: str
    kind: str = "public body"

    @property
    def is_public(self) -> bool:
        return self.kind == "public body"


@frozen
class Choice:
    """One choice along one dimension of the options framework."""

    key: str
    dimension: str
    title: str
    success: Mapping[str, Judgement] = field(factory=dict)
    role: Role = Role.OPTION


@frozen
class Option:
    """One way to deliver the service.

    form     : a key of the catalogue of delivery models
    overlays : keys of those laid over it: payment by results, a personal budget, ...
    choices  : dimension -> key of the choice that it makes there
    success  : critical success factor -> judgement
    barred   : the law that rules it out; empty where none does
    legal    : what is known of it, for the legal-route helper
    zero     : row of the table of model costs -> why it comes to nothing here
    payment  : the deal by which it is paid for; None where lines say it all
    """

    key: str
    name: str
    form: str
    overlays: tuple[str, ...] = ()
    role: Role = Role.OPTION
    summary: str = ""
    choices: Mapping[str, str] = field(factory=dict)
    success: Mapping[str, Judgement] = field(factory=dict)
    barred: str = ""
    legal: Facts | None = None
    zero: Mapping[str, str] = field(factory=dict)
    payment: Payment | None = None
    is_preferred: bool = False


@frozen
class Score:
    """How an option does on a criterion: a measure in its unit; None where it is not known."""

    option: str
    criterion: str
    value: Decimal | None
    evidence: tuple[str, ...] = ()
    because: str = ""


@frozen
class Tender:
    """Bids and how they are marked. unknown: bid -> measures that it promises without a value."""

    marking: Marking
    bids: tuple[Bid, ...]
    unknown: Mapping[str, tuple[str, ...]]


@frozen
class UnknownLine:
    """A cost or benefit whose amount nobody knows yet: what its option comes to is not known."""

    key: str
    option: str
    title: str
    evidence: str = ""


@frozen
class Appraisal:
    """An appraisal, read and found sound.

    first_year   : the financial year that is year 0, by the year in which it begins
    price_year   : the same, of the prices in which real amounts stand
    vintage      : which discounting schedule
    on           : the day whose rules govern it
    indices      : name -> growth per year of prices that do not follow those in general
    document     : what it was read from
    """

    name: str
    body: str
    stage: Stage
    first_year: int
    years: int
    price_year: int
    on: date
    vintage: str
    summary: str
    objectives: tuple[str, ...]
    service: Service
    duties: tuple[Duty, ...]
    gates: Mapping[str, GateAnswer]
    stopping: Stopping
    preconditions: tuple[Precondition, ...]
    partners: Mapping[str, Partner]
    evidence: Mapping[str, Evidence]
    choices: Mapping[str, Choice]
    options: Mapping[str, Option]
    criteria: tuple[Criterion, ...]
    scores: tuple[Score, ...]
    weightings: tuple[Weighting, ...]
    lines: tuple[CostLine, ...]
    unknown_lines: tuple[UnknownLine, ...] = ()
    drivers: Mapping[str, Driver] = field(factory=dict)
    indices: Mapping[str, Decimal] = field(factory=dict)
    correlations: tuple[tuple[str, str, Decimal], ...] = ()
    trials: tuple[Trial, ...] = ()
    tender: Tender | None = None
    document: Mapping[str, Any] = field(factory=dict, repr=False, eq=False)

    @property
    def usual(self) -> Option | None:
        """Business as usual, with which every other option is compared."""
        return next((one for one in self.options.values() if one.role is Role.USUAL), None)

    def score(self, option: str, criterion: str) -> Score | None:
        for one in self.scores:
            if (one.option, one.criterion) == (option, criterion):
                return one
        return None
