"""Why is something kept from the public: which paragraph of Schedule 12A?"""

from __future__ import annotations

from enum import IntEnum


class ExemptUnder(IntEnum):
    """A paragraph of Part 1 of Schedule 12A, Local Government Act 1972 (England, from 2006).

    Exempt only so long as, in all the circumstances, the public interest in keeping it so
    outweighs the public interest in disclosing it (paragraph 10). Not legal advice.

    Source: S.I. 2006/88, regulation 3 and the Schedule.
    """

    AN_INDIVIDUAL = 1
    LIKELY_TO_REVEAL_AN_INDIVIDUAL = 2
    FINANCIAL_OR_BUSINESS_AFFAIRS = 3
    LABOUR_RELATIONS = 4
    LEGAL_PROFESSIONAL_PRIVILEGE = 5
    NOTICE_OR_ORDER_TO_COME = 6
    CRIME = 7

    @property
    def words(self) -> str:
        return f"paragraph {self.value}: {_ABOUT[self]}"


_ABOUT = {
    ExemptUnder.AN_INDIVIDUAL: "information relating to an individual",
    ExemptUnder.LIKELY_TO_REVEAL_AN_INDIVIDUAL: "information likely to reveal who an individual is",
    ExemptUnder.FINANCIAL_OR_BUSINESS_AFFAIRS: (
        "financial or business affairs of a particular person, the authority included"
    ),
    ExemptUnder.LABOUR_RELATIONS: "consultations or negotiations in a labour relations matter",
    ExemptUnder.LEGAL_PROFESSIONAL_PRIVILEGE: (
        "legal professional privilege that could be claimed in proceedings"
    ),
    ExemptUnder.NOTICE_OR_ORDER_TO_COME: (
        "a notice, order or direction that the authority proposes to give or make"
    ),
    ExemptUnder.CRIME: "action to prevent, investigate or prosecute crime",
}
