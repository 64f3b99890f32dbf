"""Which companies and mutuals are there, who holds them, and what does that bring?"""

from datetime import date
from typing import Any

from attrs import frozen
from django.db.models import Q, QuerySet

from moothall.agreements import permissions
from moothall.agreements.engine import company_year
from moothall.agreements.engine.activity import ActivityTest, WorkYear, activity_test
from moothall.agreements.engine.holdings import (
    Brings,
    Dealings,
    Held,
    Seat,
    Stake,
    brought_by,
    stakes,
)
from moothall.agreements.models import (
    Agreement,
    BusinessPlan,
    Company,
    CompanyYear,
    DirectorConflict,
    Directorship,
    Dividend,
    Holding,
    Withholding,
)
from moothall.agreements.queries.history import HistoryRow, history_of
from moothall.core.permissions import Viewer
from moothall.core.rules import rules_of
from moothall.directory.engine.routes import Condition, Facts, mutual_conditions
from moothall.directory.models import Deed, Organisation
from moothall.values.proportions import in_percent
from moothall.values.rules import RuleVersion

Kind = Organisation.Kind
AUTHORITIES = frozenset({Kind.COUNCIL, Kind.COMBINED_AUTHORITY, Kind.POLICE, Kind.FIRE})


@frozen
class Form:
    """A form of company, as its rule says it."""

    key: str
    label: str
    said: str
    pays: str
    votes: str
    registers_with: str
    is_mutual: bool
    has_asset_lock: bool
    version: RuleVersion


@frozen
class HoldingRow:
    of_class: str
    holder: str
    slug: str
    count: int
    starts_on: date
    ends_before: date | None


@frozen
class SeatRow:
    id: int
    name: str
    appointed_by: str
    starts_on: date
    ends_before: date | None


@frozen
class ConflictRow:
    director: str
    item: str
    met_on: date
    interest: str
    done: str
    allowed_by: str


@frozen
class YearRow:
    id: int
    ends_on: date
    own_pence: int
    other_pence: int
    is_projection: bool
    distributable_pence: int | None
    declared_pence: int


@frozen
class DividendRow:
    declared_on: date
    year_ends_on: date
    pence: int
    parts: tuple[tuple[str, int, int], ...]  # holder, shares, pence


@frozen
class PlanRow:
    id: int
    name: str
    starts_on: date
    state: str
    quarters: int
    result: company_year.Variance


@frozen
class CompanyPage:
    """A company's record. What is not public is empty for whoever may not read it."""

    id: int
    name: str
    slug: str
    body: str
    body_slug: str
    form: Form
    registered_number: str
    purpose: str
    began_on: date | None
    agreement: tuple[int, str] | None
    reserved_matters: int | None
    is_public: bool
    reads: bool
    withheld: tuple[str, date] | None  # why who holds it is not shown, and until when
    stakes: tuple[Stake, ...]
    brings: tuple[tuple[str, tuple[Brings, ...]], ...]
    holdings: tuple[HoldingRow, ...]
    earlier: tuple[HoldingRow, ...]
    board: tuple[SeatRow, ...]
    conflicts: tuple[ConflictRow, ...]
    years: tuple[YearRow, ...]
    activity: ActivityTest | None
    mutual: tuple[Condition, ...]
    plans: tuple[PlanRow, ...]
    dividends: tuple[DividendRow, ...]
    at_risk: tuple[tuple[str, str, int], ...]  # holder, standing, pence
    history: tuple[HistoryRow, ...]
    why_not_keep: str | None

    @property
    def said(self) -> str:
        """Who has the most of its votes, and what part: the page's first sentence."""
        if self.withheld:
            return "Who holds it is withheld."
        held = [one for one in self.stakes if one.votes]
        if not held:
            return "Nobody is recorded as holding it."
        first = max(held, key=lambda one: one.votes or 0)
        whose = "the whole" if len(held) == 1 else in_percent(first.votes)
        rest = f", and {len(held) - 1} more hold the rest" if len(held) > 2 else ""
        if len(held) == 2:
            other = next(one for one in held if one is not first)
            rest = f", and {other.holder} {in_percent(other.votes)}"
        return f"{first.holder} has {whose} of its votes{rest}."

    @property
    def to_fill(self) -> int:
        return sum(not seat.name for seat in self.board)

    def as_json(self) -> dict[str, object]:
        """What a program reads: parts are fractions of 1, amounts pounds as text."""

        def part(value: Any) -> float | None:
            return None if value is None else float(value)

        test = self.activity
        return {
            "id": self.id,
            "name": self.name,
            "form": self.form.label,
            "body": self.body,
            "registered_number": self.registered_number,
            "began_on": None if self.began_on is None else self.began_on.isoformat(),
            "reserved_matters": self.reserved_matters,
            "stakes": [
                {
                    "holder": one.holder,
                    "shares": part(one.shares),
                    "votes": part(one.votes),
                    "seats": part(one.seats),
                }
                for one in self.stakes
            ],
            "brings": [
                {
                    "holder": holder,
                    "what": one.what,
                    "count": one.count,
                    "state": one.state,
                    "because": one.because,
                    "source": one.version.source,
                    "is_verified": one.version.verified,
                }
                for holder, found in self.brings
                for one in found
            ],
            "activity_test": None
            if test is None
            else {
                "verdict": test.verdict,
                "because": test.because,
                "warning": test.warning,
                "share_for_owners": part(test.share),
                "latest_share": part(test.latest_share),
            },
        }


def forms_of_company() -> tuple[Form, ...]:
    """Every form that a company may have, in the rules' order."""
    return tuple(form_called(key) for key in rules_of("agreements", "company_forms"))


def form_called(key: str) -> Form:
    rule = rules_of("agreements", "company_forms")[key]
    version = rule.versions[-1]
    return Form(key=key, label=rule.label, version=version, **version.value)


def agreements_kept(body: Organisation) -> dict[str, Agreement]:
    """Number as text -> each agreement that a body keeps, by name."""
    return {str(one.pk): one for one in Agreement.objects.filter(body=body).order_by("name")}


def bodies_with(viewer: Viewer, deed: Deed) -> QuerySet[Organisation]:
    """The bodies where this reader may do that; every body for the operator."""
    held = Organisation.objects.order_by("name")
    if viewer.reads_all:
        return held
    return held.filter(pk__in=[body for each, body in viewer.deeds if each == deed])


def readable(viewer: Viewer) -> QuerySet[Company]:
    """The companies of which this reader reads anything: public ones, and those of their bodies."""
    held = Company.objects.select_related("body", "organisation", "agreement")
    if viewer.reads_all:
        return held
    read = bodies_with(viewer, Deed.READ_AGREEMENT)
    return held.filter(
        Q(is_public=True)
        | Q(body__in=read)
        | Q(organisation__in=read)
        | Q(classes__holdings__holder__in=read, classes__holdings__ends_before=None)
    ).distinct()


def company_numbered(viewer: Viewer, number: int) -> Company | None:
    """A company that this reader reads, or None."""
    return readable(viewer).filter(pk=number).first()


def ownership_withheld(company: Company) -> Withholding | None:
    """What keeps from the public who holds a company: its agreement may say so."""
    if company.agreement is None:
        return None
    return company.agreement.withholdings.filter(part="ownership", lifted_at=None).first()


def holdings_on(company: Company, day: date) -> QuerySet[Holding]:
    held = Holding.objects.on(day).filter(of_class__company=company)
    return held.select_related("of_class", "holder").order_by("of_class_id", "-count", "pk")


def stakes_of(company: Company, day: date) -> tuple[Stake, ...]:
    """Each holder's part on a day, by shares, votes and seats that somebody sits in."""
    held = [
        Held(str(one), one.count, one.of_class.votes, one.of_class.is_share)
        for one in holdings_on(company, day)
    ]
    seats = Directorship.objects.on(day).filter(company=company).exclude(name="")
    return stakes(
        held,
        [
            Seat("" if one.appointed_by is None else one.appointed_by.name, one.votes)
            for one in seats.select_related("appointed_by")
        ],
    )


def activity_of(company: Company, day: date) -> ActivityTest | None:
    """The activity test on a day; None before there is one."""
    years = [
        WorkYear(one.ends_on, one.own_pence, one.other_pence, one.is_projection)
        for one in company.years.all()
    ]
    try:
        return activity_test(years, rules_of("directory", "without_competition"), on=day)
    except LookupError:
        return None


def _dealings(company: Company, day: date) -> Dealings:
    year = company.years.filter(is_projection=False, ends_on__lte=day).first()
    if year is None:
        return Dealings()
    return Dealings(
        paid_pence=year.paid_pence,
        turnover_pence=year.own_pence + year.other_pence,
        grants_and_shares_pence=year.grants_and_shares_pence,
        net_assets_pence=year.net_assets_pence,
        cheap_land=year.has_cheap_land,
    )


def brings_of(
    company: Company, held: tuple[Stake, ...], day: date, *, reads: bool = True
) -> tuple[tuple[str, tuple[Brings, ...]], ...]:
    """For each body of the directory that holds something: what its stake brings.

    reads : whether the reader reads its accounts, which the business-relationship test tells of
    """
    kinds = dict(
        Organisation.objects.filter(name__in=[one.holder for one in held]).values_list(
            "name", "kind"
        )
    )
    rules = rules_of("agreements", "holdings")
    return tuple(
        (
            one.holder,
            brought_by(
                one,
                rules,
                on=day,
                dealings=_dealings(company, day)
                if reads and one.holder == company.body.name
                else None,
                reserved_matters=company.reserved_matters,
                is_authority=kinds[one.holder] in AUTHORITIES,
            ),
        )
        for one in held
        if one.holder in kinds
    )


def mutual_facts(company: Company, day: date) -> Facts:
    """What a company's record knows of whether it is a public service mutual."""
    return Facts(
        began_on=day,
        is_mutual=company.delivers_services,
        shares_profit_outside=company.shares_profit_outside,
        employees_control=company.employees_control,
    )


def company_page(company: Company, *, viewer: Viewer, day: date) -> CompanyPage:
    """A company's record, as far as this reader reads it."""
    reads = permissions.why_not_read_company(viewer, company) is None
    withheld = None if reads else ownership_withheld(company)
    held = () if withheld else stakes_of(company, day)
    rule = rules_of("directory", "without_competition")["reserved_mutual"]
    now = holdings_on(company, day)
    past = Holding.objects.filter(of_class__company=company, ends_before__lte=day)
    return CompanyPage(
        id=company.pk,
        name=company.organisation.name,
        slug=company.organisation.slug,
        body=company.body.name,
        body_slug=company.body.slug,
        form=form_called(company.form),
        registered_number=company.registered_number,
        purpose=company.purpose,
        began_on=company.began_on,
        agreement=None
        if company.agreement is None or not reads
        else (company.agreement.pk, company.agreement.name),
        reserved_matters=company.reserved_matters,
        is_public=company.is_public,
        reads=reads,
        withheld=(withheld.why, withheld.review_on) if withheld else None,
        stakes=held,
        brings=brings_of(company, held, day, reads=reads),
        holdings=() if withheld else tuple(map(_holding_row, now)),
        earlier=()
        if withheld
        else tuple(
            map(_holding_row, past.select_related("of_class", "holder").order_by("-ends_before"))
        ),
        board=() if withheld else tuple(map(_seat_row, _seats(company, day))),
        conflicts=tuple(_conflicts(company)) if reads else (),
        years=tuple(_years(company)) if reads else (),
        activity=activity_of(company, day) if reads else None,
        mutual=mutual_conditions(mutual_facts(company, day), (rule.label, rule.versions[-1])),
        plans=tuple(_plan_row(plan) for plan in company.plans.prefetch_related("lines"))
        if reads
        else (),
        dividends=tuple(_dividends(company)) if reads else (),
        at_risk=tuple(
            (one.holder.name, one.get_standing_display(), one.pence)
            for one in company.exposures.on(day).select_related("holder").order_by("-pence")
        )
        if reads
        else (),
        history=history_of(company) if reads else (),
        why_not_keep=permissions.why_not_keep_company(viewer, company),
    )


def _seats(company: Company, day: date) -> QuerySet[Directorship]:
    seats = Directorship.objects.on(day).filter(company=company)
    return seats.select_related("appointed_by").order_by("starts_on", "pk")


def _holding_row(one: Holding) -> HoldingRow:
    return HoldingRow(
        of_class=one.of_class.name,
        holder=str(one),
        slug="" if one.holder is None else one.holder.slug,
        count=one.count,
        starts_on=one.starts_on,
        ends_before=one.ends_before,
    )


def _seat_row(one: Directorship) -> SeatRow:
    return SeatRow(
        id=one.pk,
        name=one.name,
        appointed_by="" if one.appointed_by is None else one.appointed_by.name,
        starts_on=one.starts_on,
        ends_before=one.ends_before,
    )


def _conflicts(company: Company) -> list[ConflictRow]:
    held = DirectorConflict.objects.filter(directorship__company=company)
    return [
        ConflictRow(
            director=str(one.directorship),
            item=one.item,
            met_on=one.met_on,
            interest=one.interest,
            done=one.get_done_display(),
            allowed_by=one.allowed_by,
        )
        for one in held.select_related("directorship")
    ]


def _years(company: Company) -> list[YearRow]:
    return [
        YearRow(
            id=one.pk,
            ends_on=one.ends_on,
            own_pence=one.own_pence,
            other_pence=one.other_pence,
            is_projection=one.is_projection,
            distributable_pence=one.distributable_pence,
            declared_pence=sum(each.pence for each in one.dividends.all()),
        )
        for one in company.years.prefetch_related("dividends")
    ]


def _dividends(company: Company) -> list[DividendRow]:
    held = Dividend.objects.filter(year__company=company).select_related("year")
    return [
        DividendRow(
            declared_on=one.declared_on,
            year_ends_on=one.year.ends_on,
            pence=one.pence,
            parts=tuple((x.holder, x.shares, x.pence) for x in one.parts.all()),
        )
        for one in held.prefetch_related("parts")
    ]


def lines_of(plan: BusinessPlan) -> tuple[company_year.PlanLine, ...]:
    """A plan's lines as the engine takes them."""
    return tuple(
        company_year.PlanLine(
            one.title,
            one.is_income,
            (one.planned_1, one.planned_2, one.planned_3, one.planned_4),
            (one.actual_1, one.actual_2, one.actual_3, one.actual_4),
        )
        for one in plan.lines.all()
    )


def next_quarter(plan: BusinessPlan) -> int:
    """The quarter to report next; the last again once all are."""
    return min(company_year.quarters_reported(lines_of(plan)) + 1, company_year.QUARTERS)


def _plan_row(plan: BusinessPlan) -> PlanRow:
    lines = lines_of(plan)
    return PlanRow(
        id=plan.pk,
        name=plan.name,
        starts_on=plan.starts_on,
        state=plan.get_state_display(),
        quarters=company_year.quarters_reported(lines),
        result=company_year.variances(lines)[-1],
    )


def plan_numbered(company: Company, number: int) -> BusinessPlan | None:
    held = company.plans.select_related("company__body", "decided_by", "put_by")
    return held.filter(pk=number).first()


def year_numbered(company: Company, number: int) -> CompanyYear | None:
    return company.years.filter(pk=number).first()
