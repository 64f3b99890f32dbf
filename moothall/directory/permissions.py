"""May this person do this, at this body, now? If not, why not: in a sentence."""

from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from moothall.core.permissions import Viewer
from moothall.directory.engine.roles import (
    APART_FROM_ADMINISTRATION,
    Deed,
    Role,
    in_words,
    roles_that_may,
)
from moothall.directory.models import Organisation, Person, RoleHeld

# Whoever asks. None and the anonymous user are the public, who hold nothing.
Asker = Person | Viewer | AnonymousUser | None


def _person_id(asker: Asker) -> int | None:
    return asker.person_id if isinstance(asker, Person | Viewer) else None


def _why_not(person: Asker, deed: Deed, body: Organisation) -> str | None:
    doing = deed.words.format(body=body.name)
    if isinstance(person, Viewer) and person.reads_all:  # the operator at the command line
        return None
    if not isinstance(person, Person | Viewer) or person.person_id is None:
        return f"You cannot {doing}: you have not signed in. Sign in first."
    if person.holds(deed, on=body.pk):
        return None
    roles = roles_that_may(deed)
    return (
        f"You cannot {doing}: only its {in_words(roles)} may, and you hold no such role there. "
        f"Ask one of them to do it, or ask its {Role.SYSTEM_ADMINISTRATOR.words} for the role."
    )


def why_not_read_lines(person: Asker, body: Organisation) -> str | None:
    """Return why `person` may not read the payments that `body` keeps private, or None."""
    return _why_not(person, Deed.READ_LINES, body)


def why_not_see_private(person: Asker, body: Organisation) -> str | None:
    """Return why `person` may not see duplicate candidates, match queue or redaction proposals."""
    return _why_not(person, Deed.SEE_PRIVATE, body)


def why_not_load_spend(person: Asker, body: Organisation) -> str | None:
    """Return why `person` may not load spend for `body` now, or None when they may."""
    return _why_not(person, Deed.LOAD_SPEND, body)


def why_not_correct_rows(person: Asker, body: Organisation) -> str | None:
    """Return why `person` may not correct set-aside rows of `body`, or None when they may."""
    return _why_not(person, Deed.CORRECT_ROWS, body)


def why_not_decide_match(person: Asker, body: Organisation) -> str | None:
    """Return why `person` may not accept or refuse a supplier match resting on `body`'s rows."""
    return _why_not(person, Deed.DECIDE_MATCH, body)


def why_not_categorise(person: Asker, body: Organisation) -> str | None:
    """Return why `person` may not change the category of `body`'s lines, or None."""
    return _why_not(person, Deed.CATEGORISE, body)


def why_not_publish(person: Asker, body: Organisation) -> str | None:
    """Return why `person` may not publish for `body`, or make a publication public, or None."""
    return _why_not(person, Deed.PUBLISH, body)


def why_not_share(person: Asker, body: Organisation) -> str | None:
    """Return why `person` may not share a publication of `body` with other bodies, or None."""
    return _why_not(person, Deed.SHARE, body)


def why_not_request_purge(person: Asker, body: Organisation) -> str | None:
    """Return why `person` may not ask for values of `body` to be purged, or None."""
    return _why_not(person, Deed.REQUEST_PURGE, body)


def why_not_confirm_purge(
    person: Asker, body: Organisation, *, requested_by_id: int | None
) -> str | None:
    """Return why `person` may not confirm the purge that `requested_by_id` asked for, or None."""
    if reason := _why_not(person, Deed.CONFIRM_PURGE, body):
        return reason
    if requested_by_id is not None and _person_id(person) == requested_by_id:
        return (
            f"You cannot confirm a purge at {body.name} that you asked for yourself: it takes two "
            f"people. Ask another {in_words(roles_that_may(Deed.CONFIRM_PURGE))} to confirm it."
        )
    return None


def why_not_manage_people(person: Asker, body: Organisation) -> str | None:
    """Return why `person` may not give or end roles at `body`, or None when they may."""
    return _why_not(person, Deed.MANAGE_PEOPLE, body)


def why_not_read_interests(person: Asker, body: Organisation) -> str | None:
    """Return why `person` may not read officers' and sensitive interests at `body`, or None."""
    return _why_not(person, Deed.READ_INTERESTS, body)


def why_not_read_audit(person: Asker, body: Organisation) -> str | None:
    """Return why `person` may not read the audit log of `body`, or None when they may."""
    return _why_not(person, Deed.READ_AUDIT, body)


def why_not_read_exempt(person: Asker, body: Organisation) -> str | None:
    """Return why `person` may not read material of `body` exempt under Schedule 12A, or None."""
    return _why_not(person, Deed.READ_EXEMPT, body)


def why_not_mark_exempt(person: Asker, body: Organisation) -> str | None:
    """Return why `person` may not say that material of `body` is exempt, or no longer, or None."""
    return _why_not(person, Deed.MARK_EXEMPT, body)


def why_not_export_body(person: Asker, body: Organisation) -> str | None:
    """Return why `person` may not export everything that `body` owns, or None."""
    return _why_not(person, Deed.EXPORT_BODY, body)


def why_not_remove_body(person: Asker, body: Organisation) -> str | None:
    """Return why `person` may not remove `body` and all that it owns, or None."""
    return _why_not(person, Deed.REMOVE_BODY, body)


def why_not_record_decision(person: Asker, body: Organisation) -> str | None:
    """Return why `person` may not record a decision of `body`, or None when they may."""
    return _why_not(person, Deed.RECORD_DECISION, body)


def why_not_read_deal(person: Asker, body: Organisation) -> str | None:
    """Return why `person` may not read the draft deals of `body`, or None when they may."""
    return _why_not(person, Deed.READ_DEAL, body)


def why_not_draft_deal(person: Asker, body: Organisation) -> str | None:
    """Return why `person` may not draft or share a deal for `body`, or None when they may."""
    return _why_not(person, Deed.DRAFT_DEAL, body)


def why_not_try_deal(person: Asker, body: Organisation) -> str | None:
    """Return why `person` may not simulate a deal for `body`, or None when they may."""
    return _why_not(person, Deed.TRY_DEAL, body)


def why_not_read_appraisal(person: Asker, body: Organisation) -> str | None:
    """Return why `person` may not read the appraisals of `body`, or None when they may."""
    return _why_not(person, Deed.READ_APPRAISAL, body)


def why_not_work_on_appraisal(person: Asker, body: Organisation) -> str | None:
    """Return why `person` may not begin or change an appraisal of `body`, or None."""
    return _why_not(person, Deed.WORK_ON_APPRAISAL, body)


def why_not_read_agreement(person: Asker, body: Organisation) -> str | None:
    """Return why `person` may not read what is not public of the agreements of `body`, or None."""
    return _why_not(person, Deed.READ_AGREEMENT, body)


def why_not_keep_agreement(person: Asker, body: Organisation) -> str | None:
    """Return why `person` may not register agreements of `body` or change their record, or None."""
    return _why_not(person, Deed.KEEP_AGREEMENT, body)


def why_not_execute_agreement(person: Asker, body: Organisation) -> str | None:
    """Return why `person` may not sign an agreement for `body`, or None."""
    return _why_not(person, Deed.EXECUTE_AGREEMENT, body)


def why_not_comment_agreement(person: Asker, body: Organisation) -> str | None:
    """Return why `person` may not comment for `body` before an agreement is signed, or None."""
    return _why_not(person, Deed.COMMENT_AGREEMENT, body)


def why_not_report_facts(person: Asker, body: Organisation) -> str | None:
    """Return why `person` may not say for `body` what happened under an agreement, or None."""
    return _why_not(person, Deed.REPORT_FACTS, body)


def why_not_check_facts(person: Asker, body: Organisation) -> str | None:
    """Return why `person` may not check reported facts for `body`, or None."""
    return _why_not(person, Deed.CHECK_FACTS, body)


def why_not_approve_payment(person: Asker, body: Organisation) -> str | None:
    """Return why `person` may not approve a payment of `body`, or None."""
    return _why_not(person, Deed.APPROVE_PAYMENT, body)


def why_not_pay(person: Asker, body: Organisation) -> str | None:
    """Return why `person` may not pay on behalf of `body`, or None."""
    return _why_not(person, Deed.PAY, body)


def why_not_ask_variation(person: Asker, body: Organisation) -> str | None:
    """Return why `person` may not ask for a variation on behalf of `body`, or None."""
    return _why_not(person, Deed.ASK_VARIATION, body)


def why_not_approve_variation(person: Asker, body: Organisation) -> str | None:
    """Return why `person` may not approve a variation for `body`, or None."""
    return _why_not(person, Deed.APPROVE_VARIATION, body)


def why_not_declare_interest(person: Asker, body: Organisation) -> str | None:
    """Return why `person` may not declare an interest to `body`: it takes any role there."""
    person_id = _person_id(person)
    if person_id is None:
        return (
            f"You cannot declare an interest to {body.name}: you have not signed in. Sign in first."
        )
    if not RoleHeld.objects.filter(person_id=person_id, organisation=body).exists():
        return (
            f"You cannot declare an interest to {body.name}: you hold no role there. Declare it "
            f"to a body where you do, or ask its {Role.SYSTEM_ADMINISTRATOR.words} for a role."
        )
    return None


def why_not_grant_role(
    person: Asker,
    body: Organisation,
    *,
    role: Role,
    to: Person,
    starts_on: date,
    ends_before: date | None,
) -> str | None:
    """Return why `person` may not give `role` at `body` to `to` for these days, or None."""
    if reason := why_not_manage_people(person, body):
        return reason
    if _person_id(person) == to.pk:
        return (
            f"You cannot give yourself the role of {role.words} at {body.name}: whoever hands out "
            f"roles hands none to themselves. Ask another {Role.SYSTEM_ADMINISTRATOR.words}."
        )
    if body.ended_on and body.ended_on < starts_on:
        return (
            f"Nobody can become {role.words} of {body.name} on {starts_on:%-d %B %Y}: it "
            f"ended on {body.ended_on:%-d %B %Y}. Give the role at the body that succeeded it."
        )
    return _why_not_hold_both(to, body, role, starts_on, ends_before)


def _why_not_hold_both(
    person: Person, body: Organisation, role: Role, starts_on: date, ends_before: date | None
) -> str | None:
    """A system administrator cannot approve, pay or see case data: not by a second role either."""
    beside = person.roles.filter(organisation=body).filter(
        Q(ends_before__isnull=True) | Q(ends_before__gt=starts_on)
    )
    if ends_before:
        beside = beside.filter(starts_on__lt=ends_before)
    held = {Role(each) for each in beside.values_list("role", flat=True)}
    administers = Role.SYSTEM_ADMINISTRATOR
    clash = (
        next((other for other in Role if other in held & APART_FROM_ADMINISTRATION), None)
        if role is administers
        else administers
        if administers in held and role in APART_FROM_ADMINISTRATION
        else None
    )
    if clash is None:
        return None
    return (
        f"{person.name} cannot be {role.words} of {body.name} while {clash.words} there: whoever "
        "hands out roles holds none that approves, pays or reads private rows. End the other "
        "role first."
    )


def why_not_end_role(person: Asker, held: RoleHeld, *, others: int) -> str | None:
    """Return why `person` may not end `held`, or None. `others`: administrators who remain."""
    body = held.organisation
    if reason := why_not_manage_people(person, body):
        return reason
    if held.role == Role.SYSTEM_ADMINISTRATOR and others == 0:
        return (
            f"{held.person.name} cannot stop being {Role.SYSTEM_ADMINISTRATOR.words} of "
            f"{body.name}: nobody else there could then give or end roles. Give the role to "
            "someone else first."
        )
    return None
