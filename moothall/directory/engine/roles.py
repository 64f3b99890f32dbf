"""What may each role do, at the body where it is held?"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from moothall.values.wording import listed


class Role(StrEnum):
    """A part that a person plays for one body, from one day to another.

    The public has no role: it is whoever has not signed in.
    """

    SYSTEM_ADMINISTRATOR = "SYSTEM_ADMINISTRATOR"
    SECTION_151_OFFICER = "SECTION_151_OFFICER"
    MONITORING_OFFICER = "MONITORING_OFFICER"
    FINANCE_OFFICER = "FINANCE_OFFICER"
    INTERNAL_AUDITOR = "INTERNAL_AUDITOR"
    EXTERNAL_AUDITOR = "EXTERNAL_AUDITOR"
    COMMISSIONER = "COMMISSIONER"
    PROCUREMENT_OFFICER = "PROCUREMENT_OFFICER"
    PARTNERSHIP_MANAGER = "PARTNERSHIP_MANAGER"
    DATA_PROTECTION_OFFICER = "DATA_PROTECTION_OFFICER"
    CLAIMS_VALIDATOR = "CLAIMS_VALIDATOR"
    EXECUTIVE_MEMBER = "EXECUTIVE_MEMBER"
    SCRUTINY_MEMBER = "SCRUTINY_MEMBER"
    OTHER_MEMBER = "OTHER_MEMBER"
    PROVIDER = "PROVIDER"
    INVESTOR = "INVESTOR"
    STAFF_OR_MUTUAL_MEMBER = "STAFF_OR_MUTUAL_MEMBER"
    COMMUNITY_GROUP = "COMMUNITY_GROUP"

    @property
    def words(self) -> str:
        """As sentences say it: 'section 151 officer'."""
        return self.value.replace("_", " ").lower()


class Deed(StrEnum):
    """Something a role allows at one body. The comment says what it opens."""

    READ_LINES = "READ_LINES"  # the body's own payment lines, before they are public
    SEE_PRIVATE = "SEE_PRIVATE"  # duplicate candidates, match queue, redaction proposals
    LOAD_SPEND = "LOAD_SPEND"
    CORRECT_ROWS = "CORRECT_ROWS"
    DECIDE_MATCH = "DECIDE_MATCH"
    CATEGORISE = "CATEGORISE"
    PUBLISH = "PUBLISH"
    SHARE = "SHARE"
    REQUEST_PURGE = "REQUEST_PURGE"
    CONFIRM_PURGE = "CONFIRM_PURGE"
    MANAGE_PEOPLE = "MANAGE_PEOPLE"
    READ_INTERESTS = "READ_INTERESTS"  # officers' and sensitive interests, beyond the public ones
    READ_AUDIT = "READ_AUDIT"
    READ_EXEMPT = "READ_EXEMPT"  # material kept private under Schedule 12A
    MARK_EXEMPT = "MARK_EXEMPT"  # and saying that it is, or no longer is
    EXPORT_BODY = "EXPORT_BODY"
    REMOVE_BODY = "REMOVE_BODY"
    RECORD_DECISION = "RECORD_DECISION"
    APPROVE_PAYMENT = "APPROVE_PAYMENT"
    PAY = "PAY"
    SEE_CASE_DATA = "SEE_CASE_DATA"  # records about single people
    READ_DEAL = "READ_DEAL"  # drafts of deals, the body's own and those shared with it
    DRAFT_DEAL = "DRAFT_DEAL"  # and sharing them
    TRY_DEAL = "TRY_DEAL"  # simulating them; what comes of it is the body's
    READ_APPRAISAL = "READ_APPRAISAL"
    WORK_ON_APPRAISAL = "WORK_ON_APPRAISAL"  # beginning one, and changing what it says
    READ_AGREEMENT = "READ_AGREEMENT"  # of the body's agreements, what is not public
    KEEP_AGREEMENT = "KEEP_AGREEMENT"  # entering them in the register, and changing the record
    EXECUTE_AGREEMENT = "EXECUTE_AGREEMENT"  # signing for the body; recording that it signed
    COMMENT_AGREEMENT = "COMMENT_AGREEMENT"  # the statutory officers' comments before signing
    REPORT_FACTS = "REPORT_FACTS"  # saying what happened in a period
    CHECK_FACTS = "CHECK_FACTS"
    ASK_VARIATION = "ASK_VARIATION"
    APPROVE_VARIATION = "APPROVE_VARIATION"

    @property
    def words(self) -> str:
        """What a person would be doing; '{body}' stands for the body's name."""
        return _WORDS[self]


_WORDS = {
    Deed.READ_LINES: "read the unpublished payments of {body}",
    Deed.SEE_PRIVATE: "see the duplicate candidates, match queue and redactions of {body}",
    Deed.LOAD_SPEND: "load spend for {body}",
    Deed.CORRECT_ROWS: "correct rows of {body}",
    Deed.DECIDE_MATCH: "decide a supplier match for {body}",
    Deed.CATEGORISE: "change a category for {body}",
    Deed.PUBLISH: "publish for {body}",
    Deed.SHARE: "share a publication of {body}",
    Deed.REQUEST_PURGE: "ask for a purge at {body}",
    Deed.CONFIRM_PURGE: "confirm a purge at {body}",
    Deed.MANAGE_PEOPLE: "manage the people of {body}",
    Deed.READ_INTERESTS: "read the whole register of interests of {body}",
    Deed.READ_AUDIT: "read the audit log of {body}",
    Deed.READ_EXEMPT: "read exempt material of {body}",
    Deed.MARK_EXEMPT: "say what is exempt at {body}",
    Deed.EXPORT_BODY: "export everything that {body} owns",
    Deed.REMOVE_BODY: "remove {body}",
    Deed.RECORD_DECISION: "record a decision of {body}",
    Deed.APPROVE_PAYMENT: "approve a payment of {body}",
    Deed.PAY: "pay on behalf of {body}",
    Deed.SEE_CASE_DATA: "see case data of {body}",
    Deed.READ_DEAL: "read the draft deals of {body}",
    Deed.DRAFT_DEAL: "draft a deal for {body}",
    Deed.TRY_DEAL: "try a deal for {body}",
    Deed.READ_APPRAISAL: "read the appraisals of {body}",
    Deed.WORK_ON_APPRAISAL: "work on an appraisal for {body}",
    Deed.READ_AGREEMENT: "read the agreements of {body}",
    Deed.KEEP_AGREEMENT: "keep the agreements of {body}",
    Deed.EXECUTE_AGREEMENT: "sign an agreement for {body}",
    Deed.COMMENT_AGREEMENT: "comment on an agreement for {body} before it is signed",
    Deed.REPORT_FACTS: "report what happened under an agreement for {body}",
    Deed.CHECK_FACTS: "check reported facts for {body}",
    Deed.ASK_VARIATION: "ask for a variation on behalf of {body}",
    Deed.APPROVE_VARIATION: "approve a variation for {body}",
}

# Deeds that only look. An auditor holds none but these, so an auditor changes nothing.
LOOKING = frozenset(
    {
        Deed.READ_LINES,
        Deed.SEE_PRIVATE,
        Deed.READ_INTERESTS,
        Deed.READ_AUDIT,
        Deed.READ_EXEMPT,
        Deed.EXPORT_BODY,
        Deed.SEE_CASE_DATA,
        Deed.READ_DEAL,
        Deed.READ_APPRAISAL,
        Deed.READ_AGREEMENT,
    }
)

_WORKS_ON_SPEND = frozenset(
    {
        Deed.READ_LINES,
        Deed.SEE_PRIVATE,
        Deed.LOAD_SPEND,
        Deed.CORRECT_ROWS,
        Deed.DECIDE_MATCH,
        Deed.CATEGORISE,
        Deed.REQUEST_PURGE,
    }
)
_APPRAISES = frozenset({Deed.READ_APPRAISAL, Deed.WORK_ON_APPRAISAL})
_MEMBER = frozenset(
    {
        Deed.READ_LINES,
        Deed.READ_EXEMPT,
        Deed.READ_DEAL,
        Deed.READ_APPRAISAL,
        Deed.READ_AGREEMENT,
    }
)
_TRIES_DEALS = frozenset({Deed.READ_DEAL, Deed.TRY_DEAL})
_DRAFTS_DEALS = _TRIES_DEALS | {Deed.DRAFT_DEAL}
_RUNS_AGREEMENTS = frozenset(
    {Deed.READ_AGREEMENT, Deed.KEEP_AGREEMENT, Deed.REPORT_FACTS, Deed.ASK_VARIATION}
)
_DELIVERS = frozenset(
    {Deed.READ_AGREEMENT, Deed.EXECUTE_AGREEMENT, Deed.REPORT_FACTS, Deed.ASK_VARIATION}
)

MAY: dict[Role, frozenset[Deed]] = {
    Role.SYSTEM_ADMINISTRATOR: frozenset({Deed.MANAGE_PEOPLE, Deed.READ_AUDIT}),
    Role.SECTION_151_OFFICER: _WORKS_ON_SPEND
    | _TRIES_DEALS
    | _APPRAISES
    | {
        Deed.PUBLISH,
        Deed.SHARE,
        Deed.CONFIRM_PURGE,
        Deed.READ_AUDIT,
        Deed.READ_EXEMPT,
        Deed.EXPORT_BODY,
        Deed.REMOVE_BODY,
        Deed.RECORD_DECISION,
        Deed.APPROVE_PAYMENT,
        Deed.READ_AGREEMENT,
        Deed.EXECUTE_AGREEMENT,
        Deed.COMMENT_AGREEMENT,
        Deed.APPROVE_VARIATION,
    },
    Role.MONITORING_OFFICER: frozenset(
        {
            Deed.READ_LINES,
            Deed.SEE_PRIVATE,
            Deed.REQUEST_PURGE,
            Deed.CONFIRM_PURGE,
            Deed.READ_INTERESTS,
            Deed.READ_AUDIT,
            Deed.READ_EXEMPT,
            Deed.MARK_EXEMPT,
            Deed.EXPORT_BODY,
            Deed.REMOVE_BODY,
            Deed.RECORD_DECISION,
            Deed.READ_DEAL,
            Deed.READ_APPRAISAL,
            Deed.READ_AGREEMENT,
            Deed.EXECUTE_AGREEMENT,
            Deed.COMMENT_AGREEMENT,
        }
    ),
    Role.FINANCE_OFFICER: _WORKS_ON_SPEND
    | _TRIES_DEALS
    | _APPRAISES
    | {Deed.PUBLISH, Deed.PAY, Deed.READ_AGREEMENT, Deed.CHECK_FACTS},
    Role.INTERNAL_AUDITOR: LOOKING,
    Role.EXTERNAL_AUDITOR: LOOKING,
    Role.COMMISSIONER: _DRAFTS_DEALS
    | _RUNS_AGREEMENTS
    | _APPRAISES
    | {
        Deed.READ_LINES,
        Deed.CATEGORISE,
        Deed.READ_EXEMPT,
        Deed.RECORD_DECISION,
        Deed.APPROVE_PAYMENT,
        Deed.CHECK_FACTS,
        Deed.APPROVE_VARIATION,
    },
    Role.PROCUREMENT_OFFICER: _TRIES_DEALS
    | {
        Deed.READ_APPRAISAL,
        Deed.READ_AGREEMENT,
        Deed.KEEP_AGREEMENT,
        Deed.ASK_VARIATION,
        Deed.READ_LINES,
        Deed.SEE_PRIVATE,
        Deed.DECIDE_MATCH,
        Deed.CATEGORISE,
        Deed.READ_EXEMPT,
    },
    Role.PARTNERSHIP_MANAGER: _DRAFTS_DEALS
    | _RUNS_AGREEMENTS
    | _APPRAISES
    | {Deed.READ_LINES, Deed.DECIDE_MATCH, Deed.CATEGORISE, Deed.SEE_PRIVATE, Deed.SHARE},
    Role.DATA_PROTECTION_OFFICER: frozenset(
        {
            Deed.READ_LINES,
            Deed.SEE_PRIVATE,
            Deed.REQUEST_PURGE,
            Deed.CONFIRM_PURGE,
            Deed.READ_AUDIT,
            Deed.READ_EXEMPT,  # an export holds it
            Deed.EXPORT_BODY,
            Deed.SEE_CASE_DATA,
        }
    ),
    Role.CLAIMS_VALIDATOR: frozenset({Deed.SEE_CASE_DATA}),
    Role.EXECUTIVE_MEMBER: _MEMBER
    | {Deed.RECORD_DECISION, Deed.EXECUTE_AGREEMENT, Deed.APPROVE_VARIATION},
    Role.SCRUTINY_MEMBER: _MEMBER,
    Role.OTHER_MEMBER: frozenset(),
    Role.PROVIDER: _DRAFTS_DEALS | _DELIVERS,
    Role.INVESTOR: _DRAFTS_DEALS | {Deed.READ_AGREEMENT, Deed.EXECUTE_AGREEMENT},
    Role.STAFF_OR_MUTUAL_MEMBER: frozenset(),
    Role.COMMUNITY_GROUP: _DELIVERS,
}

# Whose interests the public register shows: elected and co-opted members.
MEMBERS = (Role.EXECUTIVE_MEMBER, Role.SCRUTINY_MEMBER, Role.OTHER_MEMBER)

# Whoever hands out roles may not hold one that does what roles are for, at the same body.
APART_FROM_ADMINISTRATION = frozenset(
    role
    for role, deeds in MAY.items()
    if role != Role.SYSTEM_ADMINISTRATOR and deeds - {Deed.READ_AUDIT}
)


def roles_that_may(deed: Deed) -> tuple[Role, ...]:
    """The roles that allow `deed`, in the order in which the roles are listed."""
    return tuple(role for role in Role if deed in MAY[role])


def in_words(roles: Iterable[Role]) -> str:
    """'finance officer or section 151 officer'; 'nobody' when there are none."""
    names = [role.words for role in roles]
    return listed(names, last="or") if names else "nobody"
