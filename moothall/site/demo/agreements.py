"""Which agreements are in force in the demonstration place, and what has happened under them?

Two years of quarters: each reported, checked by another, settled, approved by two and paid. One is
in dispute, one is ending, and a dozen were entered from a file as they were found.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from importlib.resources import files

from attrs import field, frozen

from moothall.agreements.actions import (
    boards,
    ending,
    existing,
    facts,
    meetings,
    paying,
    performing,
    promises,
    register,
    risks,
    signing,
)
from moothall.agreements.actions.drafting import begin_draft, set_draft
from moothall.agreements.actions.trying import start_simulation, try_deal
from moothall.agreements.engine.voting import Choice
from moothall.agreements.models import Agreement, Draft, Invoice, Settlement
from moothall.agreements.queries.drafts import version_of
from moothall.agreements.queries.issued import payable_lines
from moothall.agreements.queries.terms import terms_of
from moothall.core.errors import CannotDo
from moothall.directory.engine.roles import Role
from moothall.directory.models import Organisation, Person
from moothall.site.demo import place, running
from moothall.site.demo.companies import make_companies
from moothall.site.demo.deals import deal_file
from moothall.site.demo.lamps import rate_and_warn
from moothall.site.demo.partnership import tell_of_partnership
from moothall.values.periods import Period

SIGNED_ON = date(2024, 9, 12)
BEGAN_ON = date(2024, 10, 1)
Bodies = Mapping[str, Organisation]


@frozen
class Reported:
    """Who reports which facts: a value for each of eight quarters."""

    key: str
    values: Mapping[str, Sequence[str]]


@frozen
class Live:
    """One live agreement.

    members  : key of a body, its role, its party in the deal, what is in it for it
    reported : what its parties said of each quarter
    disputed : the quarter (from 0) whose line of the term is disputed, and why
    """

    name: str
    kind: str
    file: str
    purpose: str
    outcomes: str
    power: str
    regime: str
    value_gbp: int
    ends_before: date
    members: tuple[tuple[str, str, str, str], ...]
    reported: tuple[Reported, ...]
    disputed: tuple[int, str, str] | None = None
    signatories: Mapping[str, str] = field(factory=dict)


LIVE = (
    Live(
        name="Care at home, paid by results",
        kind="outcomes_contract",
        file="care_at_home",
        purpose="People who leave hospital stay at home, with as little help as they need.",
        outcomes="More people at home 91 days after hospital\nFewer people who need a carer",
        power="Care Act 2014, section 8",
        regime="PSR_2023",
        value_gbp=1_250_000,
        ends_before=date(2027, 10, 1),
        members=(
            ("county", "commissioner", "council", "Pays for results, and less for care homes"),
            ("lantern", "provider", "charity", "A steady fee, and a price for each result"),
        ),
        reported=(
            Reported(
                "lantern",
                {
                    "at_home": ("48", "55", "61", "58", "66", "63", "70", "68"),
                    "without_help": ("14", "18", "21", "20", "26", "22", "27", "31"),
                },
            ),
        ),
        disputed=(
            7,
            "results",
            "Nine of the people counted at home had moved to a care home by day 91.",
        ),
        signatories={"lantern": "Maud Ellerby"},
    ),
    Live(
        name="One legal service for county and district",
        kind="joint_committee",
        file="legal_service",
        purpose="Two councils share one legal service.",
        outcomes="Legal advice within two days\nLower cost for each council",
        power="Local Government Act 1972, section 102",
        regime="EXEMPT",
        value_gbp=6_200_000,
        ends_before=date(2029, 10, 1),
        members=(
            ("county", "lead", "county", "A fuller team, and part of its cost borne by another"),
            ("district", "partner", "district", "Specialists it could not hire alone"),
        ),
        reported=(
            Reported(
                "county",
                {
                    "cost": (
                        *("301200", "305450", "298700", "312900", "316040", "309810"),
                        *("321500", "318220"),
                    ),
                    "county_cases": ("622", "640", "655", "631", "668", "671", "659", "680"),
                },
            ),
            Reported(
                "district",
                {"district_cases": ("201", "214", "220", "208", "231", "226", "240", "233")},
            ),
        ),
    ),
    Live(
        name="Aldermoor Works: roads and buildings",
        kind="company",
        file="works_company",
        purpose="A company of the county keeps roads and buildings, and what it saves is shared.",
        outcomes="Safer roads\nBuildings that cost less to run",
        power="Localism Act 2011, sections 1 and 4",
        regime="EXEMPT",
        value_gbp=48_000_000,
        ends_before=date(2034, 10, 1),
        members=(
            ("county", "owner", "council", "A share of each saving, and a say in the company"),
            ("works", "provider", "company", "A ten-year order book"),
        ),
        reported=(
            Reported(
                "works",
                {
                    "actual": (
                        *("1210400", "1185300", "1169900", "1204750", "1158020", "1141660"),
                        *("1176300", "1162480"),
                    )
                },
            ),
            Reported(
                "county",
                {
                    "index": (
                        *("1.0000", "1.0060", "1.0120", "1.0180", "1.0250", "1.0310"),
                        *("1.0380", "1.0440"),
                    )
                },
            ),
        ),
        signatories={"works": "Otto Fairhurst"},
    ),
    Live(
        name="Street lighting",
        kind="contract",
        file="street_lighting",
        purpose="Lamps are lit, and mended within a week.",
        outcomes="Streets that people use after dark",
        power="Highways Act 1980, section 97",
        regime="PCR_2015",
        value_gbp=2_125_000,
        ends_before=date(2027, 4, 1),
        members=(
            ("county", "commissioner", "council", "Lit streets at a known price"),
            ("brightlamp", "provider", "contractor", "A fee each quarter"),
        ),
        reported=(
            Reported(
                "brightlamp",
                {
                    "lit": ("98.6", "98.4", "98.1", "98.0", "97.6", "97.2", "96.9", "96.4"),
                    "repair_days": ("3.9", "4.2", "4.4", "4.9", "5.3", "5.8", "6.1", "6.4"),
                },
            ),
        ),
        signatories={"brightlamp": "Rufus Tillmouth"},
    ),
)


def make_agreements(bodies: Bodies, at: datetime) -> None:
    """Register, sign and run the demonstration's agreements; a second time changes nothing."""
    if Agreement.objects.exists():
        return
    made = {live.file: _live(live, bodies) for live in LIVE}
    _board(made["works_company"], bodies)
    _promises(made["care_at_home"], bodies)
    _run(made, bodies, at)
    rate_and_warn(
        made["street_lighting"],
        manager=_who(Role.PARTNERSHIP_MANAGER),
        provider=_who(Role.PROVIDER, "brightlamp"),
        checker=_who(Role.FINANCE_OFFICER),
    )
    ending.begin_ending(
        agreement=made["street_lighting"],
        ends_on=date(2027, 3, 31),
        why="The targets were missed four quarters running; the council takes the lamps back.",
        by=_who(Role.PARTNERSHIP_MANAGER),
        at=at,
    )
    running.begin_leaving(made["street_lighting"], by=_who(Role.PARTNERSHIP_MANAGER), at=at)
    csv = (files("moothall.site.demo") / "deal_files" / "existing_agreements.csv").read_text(
        "utf-8"
    )
    existing.record_file(body=bodies["county"], text=csv, by=_who(Role.PROCUREMENT_OFFICER), at=at)
    make_companies(
        bodies,
        made["works_company"],
        keeper=_who(Role.PARTNERSHIP_MANAGER),
        decides=_who(Role.SECTION_151_OFFICER),
        at=at,
    )
    tell_of_partnership(by=_who(Role.PARTNERSHIP_MANAGER), at=at)
    running.elect_members(
        Agreement.objects.get(name="Community alarm monitoring"),
        elector=_who(Role.STAFF_OR_MUTUAL_MEMBER),
        by=_who(Role.PARTNERSHIP_MANAGER),
        at=at,
    )


def _run(made: Mapping[str, Agreement], bodies: Bodies, at: datetime) -> None:
    """What was changed, risked and rehearsed while the agreements ran."""
    manager, care = _who(Role.PARTNERSHIP_MANAGER), made["care_at_home"]
    for file in ("care_at_home", "legal_service", "works_company"):
        running.rehearse(made[file], on=date(2026, 5, 20), by=manager)
    running.change_care(
        care,
        bodies,
        running.People(manager, _who(Role.SECTION_151_OFFICER), _who(Role.PROVIDER, "lantern")),
    )
    owner = care.members.get(organisation=bodies["lantern"])
    running.risk_care(care, owner=owner, by=manager, at=_on(date(2024, 10, 2)))


def _who(role: Role, key: str = "county") -> Person:
    """Whoever holds a role at a body of the demonstration."""
    post = next(
        post for post in place.POSTS if post.role == role and key in (post.body, *post.also_at)
    )
    return Person.objects.get(email=post.email)


def _on(day: date, hour: int = 10) -> datetime:
    return datetime.combine(day, time(hour), UTC)


def _live(live: Live, bodies: Bodies) -> Agreement:
    manager, at = _who(Role.PARTNERSHIP_MANAGER), _on(SIGNED_ON - timedelta(days=20))
    agreement = _registered(live, bodies, by=manager, at=at)
    draft = _tried(live, bodies["county"], by=manager, at=at)
    signing.agree_in_principle(agreement=agreement, draft=draft, by=manager, at=at)
    for key, role, party, gets in live.members:
        held = agreement.members.filter(organisation=bodies[key]).first()
        if held is None:
            held = register.add_member(
                agreement=agreement, organisation=bodies[key], role=role, by=manager, at=at
            )
        register.set_member(member=held, party=party, gets=gets, by=manager, at=at)
    _make_ready(agreement, live, bodies, by=manager, at=at)
    _signed(agreement, live, bodies)
    for number, period in enumerate(terms_of(agreement).periods[:8]):
        _quarter(agreement, live, number, period, bodies)
    return agreement


def _registered(live: Live, bodies: Bodies, *, by: Person, at: datetime) -> Agreement:
    return register.add_agreement(
        body=bodies["county"],
        name=live.name,
        kind=live.kind,
        role=live.members[0][1],
        purpose=live.purpose,
        outcomes=live.outcomes,
        area=place.NAME,
        power=live.power,
        answers_to="Cabinet",
        starts_on=BEGAN_ON,
        ends_before=live.ends_before,
        review_on=date(2026, 10, 1),
        notice_months=6,
        leaving_terms="Six months’ notice; the exit plan is carried out.",
        value_pence=live.value_gbp * 100,
        regime=live.regime,
        regime_began_on=date(2024, 3, 1),
        prevails="document",
        is_public=True,
        by=by,
        at=at,
    )


def _tried(live: Live, body: Organisation, *, by: Person, at: datetime) -> Draft:
    draft = begin_draft(body=body, name=live.name, text=deal_file(live.file), by=by, at=at)
    set_draft(
        draft=draft, name=live.name, party=live.members[0][2], is_competition=False, by=by, at=at
    )
    version = version_of(draft)
    assert version is not None  # noqa: S101  # a draft begins with one
    trial = start_simulation(version=version, draws=2_000, seed=1, by=by, at=at)
    try_deal.func(trial.pk)
    return draft


def _make_ready(
    agreement: Agreement, live: Live, bodies: Bodies, *, by: Person, at: datetime
) -> None:
    """The exit plan, due diligence, decisions and comments that signing asks for."""
    running.plan_leaving(agreement, since=BEGAN_ON, by=by, at=at)
    for key, *_ in live.members:
        body = bodies[key]
        if not body.is_of_the_place:
            _looked_into(body, bodies["county"], by=by, at=at)
            continue
        signing.decide_to_sign(
            agreement=agreement,
            body=body,
            why="It costs less than the service as it was, and the risk is shared.",
            authority="Cabinet, 3 September 2024",
            by=_who(Role.SECTION_151_OFFICER, key),
            at=at,
        )
    for role in (Role.SECTION_151_OFFICER, Role.MONITORING_OFFICER):
        signing.comment(agreement=agreement, text="No objection.", by=_who(role), at=at)


def _looked_into(partner: Organisation, body: Organisation, *, by: Person, at: datetime) -> None:
    for kind in ("identity", "owners", "exclusion", "finances", "insurance"):
        performing.record_check(
            body=body, partner=partner, kind=kind, checked_on=date(2024, 8, 20), outcome="clear",
            by=by, at=at,
        )  # fmt: skip


def _signed(agreement: Agreement, live: Live, bodies: Bodies) -> None:
    manager, at = _who(Role.PARTNERSHIP_MANAGER), _on(SIGNED_ON)
    for member in signing.queries.parties_to_sign(agreement):
        key = next(each for each, *_ in live.members if bodies[each] == member.organisation)
        by_name = live.signatories.get(key, "")
        signing.record_execution(
            agreement=agreement,
            member=member,
            method="hand" if by_name else "seal",
            signed_on=SIGNED_ON,
            signatory=None if by_name else _who(Role.SECTION_151_OFFICER, key),
            signatory_name=by_name,
            authority="Director" if by_name else "",
            document_name=f"{live.file}.pdf",
            document_digest=hashlib.sha256(live.file.encode()).hexdigest(),
            by=manager,
            at=at,
        )
    signing.commence(agreement=agreement, in_force_from=BEGAN_ON, by=manager, at=at)


def _quarter(agreement: Agreement, live: Live, number: int, period: Period, bodies: Bodies) -> None:
    """One quarter: its facts, the check, the statement, and what was paid of it."""
    after = period.ends_before
    manager, checker = _who(Role.PARTNERSHIP_MANAGER), _who(Role.FINANCE_OFFICER)
    settlement = facts.request_facts(
        agreement=agreement, starts_on=period.starts_on, due_on=after + timedelta(days=14),
        by=manager, at=_on(after - timedelta(days=7)),
    )  # fmt: skip
    for each in live.reported:
        role = Role.PROVIDER if not bodies[each.key].is_of_the_place else Role.PARTNERSHIP_MANAGER
        facts.report_facts(
            agreement=agreement,
            starts_on=period.starts_on,
            values={name: values[number] for name, values in each.values.items()},
            organisation=bodies[each.key],
            key=f"{each.key}-{period.starts_on}",
            evidence="As in the service’s own records.",
            by=_who(role, each.key),
            at=_on(after + timedelta(days=6)),
        )
    is_last = number == 7
    if is_last and live.disputed is None:
        return  # waits to be checked
    facts.check_facts(settlement=settlement, by=checker, at=_on(after + timedelta(days=9)))
    statement = paying.settle_period(
        settlement=settlement, by=checker, at=_on(after + timedelta(days=10))
    )
    if is_last and live.disputed is not None:
        _number, term, why = live.disputed
        line = next(each for each in statement.lines.all() if each.term == term)
        paying.dispute_line(
            line=line, why=why, by=_who(Role.COMMISSIONER), at=_on(after + timedelta(days=11))
        )
    for role in (Role.SECTION_151_OFFICER, Role.COMMISSIONER):
        paying.approve_payment(
            settlement=settlement, by=_who(role), at=_on(after + timedelta(days=12))
        )
    _paid(Settlement.objects.get(pk=settlement.pk), after)


def _paid(settlement: Settlement, after: date) -> None:
    """Each party's invoice, and its payment some days later."""
    officer = _who(Role.FINANCE_OFFICER)
    lines = settlement.statement.lines.all()
    for payer, payee in dict.fromkeys((line.payer, line.payee) for line in lines):
        if not payable_lines(settlement, payer, payee):
            continue
        paying.record_invoice(
            statement=settlement.statement,
            payer=payer,
            payee=payee,
            kind=Invoice.Kind.INVOICE,
            reference=f"{settlement.agreement_id}-{settlement.starts_on:%y%m}-{payer[:4]}",
            arrived_on=after + timedelta(days=13),
            by=officer,
            at=_on(after + timedelta(days=13)),
        )
        paying.record_payment(
            settlement=settlement,
            payer=payer,
            payee=payee,
            paid_on=after + timedelta(days=24),
            by=officer,
            at=_on(after + timedelta(days=24)),
        )
        settlement.refresh_from_db()


def _board(agreement: Agreement, bodies: Bodies) -> None:
    """A board that was told once what it may not decide, and carried its business plan."""
    manager, at = _who(Role.PARTNERSHIP_MANAGER), _on(date(2024, 11, 4))
    board = boards.set_up_board(
        agreement=agreement, name="Board of Aldermoor Works", quorum=2, by=manager, at=at
    )
    council = boards.add_class(
        board=board, name="County", seats=2, is_public=True, by=manager, at=at
    )
    company = boards.add_class(board=board, name="Company", seats=1, by=manager, at=at)
    seats = [
        boards.fill_seat(
            seat_class=of,
            starts_on=date(2024, 11, 4),
            person=person,
            organisation=body,
            is_chair=is_chair,
            by=manager,
            at=at,
        )
        for of, person, body, is_chair in (
            (council, _who(Role.EXECUTIVE_MEMBER), bodies["county"], True),
            (council, _who(Role.COMMISSIONER), bodies["county"], False),
            (company, _who(Role.PROVIDER, "works"), bodies["works"], False),
        )
    ]
    met = _on(date(2025, 3, 12), 14)
    meeting = meetings.call_meeting(
        board=board, held_at=met, place="County Hall", by=manager, at=at
    )
    plan = meetings.add_item(
        meeting=meeting,
        title="Business plan for 2025/26",
        matter="business_plan",
        by=manager,
        at=at,
    )
    policy = meetings.add_item(
        meeting=meeting, title="Where the county’s road money goes", matter="own_policy",
        by=manager, at=at,
    )  # fmt: skip
    meeting = meetings.move_meeting(meeting=meeting, move="OPEN", by=manager, at=met)
    meetings.record_attendance(meeting=meeting, seats=seats, by=manager, at=met)
    chair, works = _who(Role.EXECUTIVE_MEMBER), _who(Role.PROVIDER, "works")
    motion = meetings.move_motion(
        item=plan, text="That the business plan be approved", mover=seats[0], by=chair, at=met
    )
    for seat, who in zip(seats, (chair, _who(Role.COMMISSIONER), works), strict=True):
        meetings.vote(motion=motion, seat=seat, choice=Choice.FOR, by=who, at=met)
    meetings.declare_result(motion=motion, by=manager, at=met)
    with contextlib.suppress(CannotDo):  # the guarantee stands against it; that it was tried stays
        meetings.move_motion(
            item=policy,
            text="That the county spend more on major roads",
            mover=seats[2],
            owner=bodies["county"],
            by=works,
            at=met,
        )
    meetings.write_minutes(
        meeting=meeting, text="The plan was approved. Road policy is the county’s own.", by=manager,
        at=met,
    )  # fmt: skip
    meetings.move_meeting(meeting=meeting, move="CLOSE", by=manager, at=met)
    meetings.move_meeting(meeting=meeting, move="APPROVE", by=chair, at=_on(date(2025, 3, 26)))


def _promises(agreement: Agreement, bodies: Bodies) -> None:
    manager, at = _who(Role.PARTNERSHIP_MANAGER), _on(date(2024, 10, 2))
    owner = agreement.members.get(organisation=bodies["lantern"])
    for kind, what, measure in (
        ("apprenticeships", "Two apprentices a year", "Apprentices started and still in post"),
        ("living_wage", "Everybody is paid the real living wage", "Lowest hourly rate paid"),
    ):
        promises.make_promise(
            agreement=agreement, kind=kind, what=what, measure=measure, owner=owner,
            first_due_on=date(2025, 10, 1), every="year", by=manager, at=at,
        )  # fmt: skip
    risks.record_risk(
        agreement=agreement,
        name="Too few carers",
        cause="Carers are hard to hire",
        event="The charity cannot staff the team",
        effect="People wait in hospital",
        uncertainty="STAFF_COST",
        owner=owner,
        authority_percent=Decimal(30),
        proximity="now",
        inherent_likelihood=4,
        inherent_impact=4,
        residual_likelihood=3,
        residual_impact=3,
        by=manager,
        at=at,
    )
