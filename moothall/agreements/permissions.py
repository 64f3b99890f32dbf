"""May this person read, write or try this draft; read, keep or sign this agreement?"""

from collections.abc import Callable

from moothall.agreements.models import (
    Agreement,
    Board,
    BusinessPlan,
    Company,
    Draft,
    Election,
    ExitItem,
    FactsReport,
    LineDispute,
    Meeting,
    Obligation,
    Seat,
    Settlement,
    Trial,
    Variation,
)
from moothall.directory import permissions as directory
from moothall.directory.models import MAY, Deed, Organisation, Role
from moothall.directory.permissions import (
    Asker,
    why_not_draft_deal,
    why_not_read_deal,
    why_not_try_deal,
)

WhyNot = Callable[[Asker, Organisation], str | None]

__all__ = [
    "WhyNot",
    "bodies_behind",
    "bodies_disputing",
    "bodies_of",
    "holds_a_seat",
    "is_shared_with",
    "may_read_result",
    "reports_for",
    "roles_that_approve",
    "why_not_act_for_seat",
    "why_not_approve_payment",
    "why_not_at_a_member",
    "why_not_carry_out",
    "why_not_check_promise",
    "why_not_check_report",
    "why_not_check_result",
    "why_not_decide_plan",
    "why_not_dispute",
    "why_not_draft_deal",
    "why_not_keep_agreement",
    "why_not_keep_company",
    "why_not_keep_facts_keys",
    "why_not_pass_on",
    "why_not_pay",
    "why_not_read_agreement",
    "why_not_read_board",
    "why_not_read_company",
    "why_not_read_deal",
    "why_not_read_election",
    "why_not_read_meeting",
    "why_not_read_own_side",
    "why_not_refuse_variation",
    "why_not_release",
    "why_not_report_facts",
    "why_not_report_promise",
    "why_not_report_result",
    "why_not_resolve",
    "why_not_set_levels",
    "why_not_settle",
    "why_not_try_deal",
    "why_not_work_on_variation",
]


def is_shared_with(draft: Draft, body: Organisation) -> bool:
    return draft.shares.filter(body=body).exists()


def may_read_result(trial: Trial, body: Organisation) -> bool:
    """Whether those who read the deals of `body` read it: its own, or released to it."""
    owner = trial.version.draft.body_id
    return owner == body.pk or trial.releases.filter(body=body).exists()


def why_not_release(person: Asker, trial: Trial, to: Organisation) -> str | None:
    """Return why `person` may not show what a trial found to another body, or None."""
    draft = trial.version.draft
    if reason := why_not_draft_deal(person, draft.body):
        return reason
    if trial.state != Trial.State.DONE:
        return "This result is not released: it is not there yet. Wait until it is done."
    if to.pk == draft.body_id:
        return f"{to.name} ran this itself and reads it already. Choose another body."
    if draft.is_competition:
        return (
            "This result is not released: the deal is in a live competition, where every bidder "
            "has the same. Release it when the competition is over."
        )
    return None


def bodies_of(agreement: Agreement) -> tuple[Organisation, ...]:
    """The body that keeps it, then its members of today, each once."""
    found = {agreement.body_id: agreement.body}
    found |= {each.organisation_id: each.organisation for each in agreement.members_today()}
    return tuple(found.values())


def why_not_at_a_member(person: Asker, agreement: Agreement, why_not: WhyNot) -> str | None:
    """Return None where `why_not` has none at one of the agreement's bodies; else the keeper's."""
    reasons = [why_not(person, body) for body in bodies_of(agreement)]
    return None if None in reasons else reasons[0]


def why_not_read_agreement(person: Asker, agreement: Agreement) -> str | None:
    """Return why `person` may not read what is not public of an agreement, or None.

    Each of its members' readers may, and the keeper's.
    """
    return why_not_at_a_member(person, agreement, directory.why_not_read_agreement)


def why_not_keep_agreement(person: Asker, agreement: Agreement) -> str | None:
    """Return why `person` may not change the record of an agreement, or None: its keeper's may."""
    return directory.why_not_keep_agreement(person, agreement.body)


def bodies_behind(company: Company) -> tuple[Organisation, ...]:
    """The body that keeps a company's record, then those that hold it today, each once."""
    holders = Organisation.objects.filter(
        holdings__of_class__company=company, holdings__ends_before=None
    ).distinct()
    return tuple({body.pk: body for body in (company.body, *holders.order_by("name"))}.values())


def why_not_read_company(person: Asker, company: Company) -> str | None:
    """Return why `person` may not read what is not public of a company, or None.

    The readers of each body that stands behind it may, and those of the company itself.
    """
    bodies = (*bodies_behind(company), company.organisation)
    reasons = [directory.why_not_read_agreement(person, body) for body in bodies]
    return None if None in reasons else reasons[0]


def why_not_keep_company(person: Asker, company: Company) -> str | None:
    """Return why `person` may not change the record of a company, or None: its keeper's may."""
    return directory.why_not_keep_agreement(person, company.body)


def why_not_decide_plan(person: Asker, plan: BusinessPlan) -> str | None:
    """Return why `person` may not approve or refuse a company's plan for its owners, or None."""
    reasons = [
        directory.why_not_record_decision(person, body) for body in bodies_behind(plan.company)
    ]
    if None not in reasons:
        return reasons[0]
    if plan.put_by_id is not None and plan.put_by_id == getattr(person, "person_id", None):
        return (
            "You put this plan to the owners yourself, and it takes two people. Ask another who "
            "may decide for an owner."
        )
    return None


def why_not_pass_on(person: Asker, body: Organisation) -> str | None:
    """Return why `person` may not pass on what an abolished body had, or None.

    Those who keep its agreements may, and those who keep the agreements of a successor.
    """
    heirs = Organisation.objects.filter(accessions__predecessor=body).distinct()
    reasons = [directory.why_not_keep_agreement(person, each) for each in (body, *heirs)]
    return None if None in reasons else reasons[0]


# ── boards ───────────────────────────────────────────────────────────────────────────────────


def holds_a_seat(person: Asker, board: Board) -> bool:
    """Whether `person` sits on a board, on some day."""
    person_id = getattr(person, "person_id", None)
    return (
        person_id is not None
        and Seat.objects.filter(seat_class__board=board, person_id=person_id).exists()
    )


def why_not_read_board(person: Asker, board: Board) -> str | None:
    """Return why `person` may not read a board's papers and minutes as they are, or None.

    Whoever sits on it may, whatever their role; and whoever reads the agreement.
    """
    if holds_a_seat(person, board):
        return None
    return why_not_read_agreement(person, board.agreement)


def why_not_read_election(person: Asker, election: Election) -> str | None:
    """Return why `person` may not read of an election, or None: whoever votes in it may."""
    on_roll = election.roll.filter(person_id=getattr(person, "person_id", None) or 0)
    if election.board.agreement.is_public or on_roll.exists():
        return None
    return why_not_read_board(person, election.board)


def why_not_read_meeting(person: Asker, meeting: Meeting) -> str | None:
    """Return why `person` may not read of a meeting, or None: of a public one everybody may."""
    return None if meeting.is_public else why_not_read_board(person, meeting.board)


def why_not_act_for_seat(person: Asker, seat: Seat, doing: str) -> str | None:
    """Return why `person` may not vote, move or declare for a seat, or None.

    Whoever holds the seat does; only for a holder who does not sign in here does the board's
    secretary, who keeps the agreement, record it.
    """
    if seat.person_id is None:
        return why_not_keep_agreement(person, seat.seat_class.board.agreement)
    if getattr(person, "person_id", None) == seat.person_id:
        return None
    return f"You cannot {doing} for {seat.name}, who signs in here. Ask them to do it themselves."


def why_not_read_own_side(person: Asker, agreement: Agreement) -> str | None:
    """Return why `person` may not read what only the keeper's side sees of an agreement, or None:
    its private risks, and what it found out about partners."""
    return directory.why_not_read_agreement(person, agreement.body)


def why_not_report_result(person: Asker, agreement: Agreement) -> str | None:
    """Return why `person` may not say how an agreement was performed, or None: a member's may."""
    return why_not_at_a_member(person, agreement, directory.why_not_report_facts)


def why_not_check_result(person: Asker, agreement: Agreement) -> str | None:
    """Return why `person` may not check what was reported, or None: only the keeper's side may."""
    return directory.why_not_check_facts(person, agreement.body)


def why_not_report_promise(person: Asker, obligation: Obligation) -> str | None:
    """Return why `person` may not say how a promise was kept, or None.

    Whoever reports for the member that made it may, or for the keeper on its behalf.
    """
    reason = directory.why_not_report_facts(person, obligation.agreement.body)
    if reason is None or obligation.owner is None:
        return reason
    return directory.why_not_report_facts(person, obligation.owner.organisation)


def why_not_check_promise(person: Asker, obligation: Obligation) -> str | None:
    """Return why `person` may not check how a promise was kept, or None."""
    return directory.why_not_check_facts(person, obligation.agreement.body)


def why_not_report_facts(
    person: Asker, agreement: Agreement, organisation: Organisation
) -> str | None:
    """Return why `person` may not say what happened, as the word of `organisation`, or None.

    Whoever reports for another body of the agreement may enter it on its behalf; it then confirms.
    """
    if organisation not in bodies_of(agreement):
        return (
            f"{organisation.name} reports nothing of {agreement.name}: it is no member of it "
            "today. Choose one of its members."
        )
    return why_not_at_a_member(person, agreement, directory.why_not_report_facts)


def why_not_check_report(person: Asker, report: FactsReport) -> str | None:
    """Return why `person` may not check or send back a report, or None: it takes four eyes."""
    agreement = report.settlement.agreement
    if reason := why_not_at_a_member(person, agreement, directory.why_not_check_facts):
        return reason
    said = {report.by_id, report.confirmed_by_id}
    if getattr(person, "person_id", None) in said - {None}:
        return (
            "You cannot check these facts: you reported or confirmed them yourself, and it takes "
            "two people. Ask another who may check facts."
        )
    if getattr(person, "person_id", None) in {link.by_id for link in report.links.all()}:
        return (
            "You cannot check these facts: they came by a link that you made, and it takes two "
            "people. Ask another who may check facts."
        )
    others = [body for body in bodies_of(agreement) if body.pk != report.organisation_id]
    if report.organisation_id != agreement.body_id and all(
        directory.why_not_check_facts(person, body) for body in others
    ):
        return (
            f"You cannot check these facts: {report.organisation.name} reported them, and a body "
            "does not check its own. Ask whoever checks facts for another."
        )
    return None


def why_not_settle(person: Asker, agreement: Agreement) -> str | None:
    """Return why `person` may not have a statement made for a period, or None."""
    return why_not_at_a_member(person, agreement, directory.why_not_check_facts)


def why_not_approve_payment(person: Asker, settlement: Settlement) -> str | None:
    """Return why `person` may not approve a statement for payment, or None: two others do."""
    if reason := why_not_at_a_member(
        person, settlement.agreement, directory.why_not_approve_payment
    ):
        return reason
    person_id = getattr(person, "person_id", None)
    if person_id is not None and person_id == settlement.checked_by_id:
        return (
            "You cannot approve this statement: you checked its facts yourself. Ask two others who "
            "may approve a payment."
        )
    if person_id in {approval.by_id for approval in settlement.approvals.all()}:
        return (
            "You cannot approve this statement again: it takes two people, and you are one of "
            "them already. Ask another who may approve a payment."
        )
    return None


def why_not_pay(person: Asker, agreement: Agreement) -> str | None:
    """Return why `person` may not record an invoice or a payment of an agreement, or None."""
    return why_not_at_a_member(person, agreement, directory.why_not_pay)


def bodies_disputing(person: Asker, agreement: Agreement) -> list[Organisation]:
    """The bodies of an agreement for which `person` may dispute a line, the keeper first."""
    return [
        body
        for body in bodies_of(agreement)
        if directory.why_not_check_facts(person, body) is None
        or directory.why_not_report_facts(person, body) is None
    ]


def why_not_dispute(person: Asker, agreement: Agreement) -> str | None:
    """Return why `person` may not dispute a line, or None: who reports or checks facts may."""
    if bodies_disputing(person, agreement):
        return None
    return why_not_at_a_member(person, agreement, directory.why_not_check_facts)


def why_not_resolve(person: Asker, dispute: LineDispute) -> str | None:
    """Return why `person` may not end a dispute, or None: the body that raised it does."""
    agreement = dispute.line.statement.agreement
    if dispute.organisation in bodies_disputing(person, agreement):
        return None
    return (
        f"You cannot end this dispute: {dispute.organisation.name} raised it, and ends it when it "
        "is satisfied. Ask whoever reports or checks facts there."
    )


def why_not_keep_facts_keys(person: Asker, organisation: Organisation) -> str | None:
    """Return why `person` may not make or end a key that reports facts for a body, or None."""
    return directory.why_not_report_facts(person, organisation)


def reports_for(person: Asker, organisation: Organisation) -> bool:
    """Whether what `person` reports is the body's own word."""
    return directory.why_not_report_facts(person, organisation) is None


def why_not_work_on_variation(person: Asker, variation: Variation) -> str | None:
    """Return why `person` may not change, price, test or withdraw a variation, or None.

    The people of the body that asked for it may, and the keeper's.
    """
    agreement = variation.agreement
    keeps = directory.why_not_ask_variation(person, agreement.body)
    if keeps is None or variation.organisation is None:
        return keeps
    return directory.why_not_ask_variation(person, variation.organisation)


def why_not_refuse_variation(person: Asker, agreement: Agreement) -> str | None:
    """Return why `person` may not say no to a variation, or None: any party's approvers may."""
    approves = why_not_at_a_member(person, agreement, directory.why_not_approve_variation)
    if approves is None:
        return None
    signs = why_not_at_a_member(person, agreement, directory.why_not_execute_agreement)
    return None if signs is None else approves


def why_not_set_levels(person: Asker, body: Organisation) -> str | None:
    """Return why `person` may not enter a body's levels of approval, or None."""
    if directory.why_not_comment_agreement(person, body) is None:
        return None
    return (
        f"You cannot say who approves variations of {body.name}: only its section 151 officer or "
        "monitoring officer may. Ask one of them."
    )


def roles_that_approve() -> tuple[str, ...]:
    return tuple(role.value for role in Role if Deed.APPROVE_VARIATION in MAY[role])


def why_not_carry_out(person: Asker, item: ExitItem) -> str | None:
    """Return why `person` may not say that an item of an exit plan is done, or None.

    The keeper's people may, and those who report for the member that carries it out.
    """
    keeps = why_not_keep_agreement(person, item.agreement)
    if keeps is None or item.owner is None:
        return keeps
    reports = directory.why_not_report_facts(person, item.owner.organisation)
    return None if reports is None else keeps
