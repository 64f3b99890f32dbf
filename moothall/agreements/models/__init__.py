"""The tables of agreements, a module a subject."""

from moothall.agreements.models.drafts import (
    LONGEST_NAME,
    LONGEST_NOTE,
    Draft,
    DraftShare,
    DraftVersion,
    Trial,
    TrialRelease,
)
from moothall.agreements.models.register import (
    Agreement,
    AgreementVersion,
    Execution,
    Member,
)

__all__ = [
    "LONGEST_NAME",
    "LONGEST_NOTE",
    "Agreement",
    "AgreementVersion",
    "Draft",
    "DraftShare",
    "DraftVersion",
    "Execution",
    "Member",
    "Trial",
    "TrialRelease",
]
