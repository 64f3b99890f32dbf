"""What does the demonstration's oldest partnership say of its health, and who is leaving it?"""

from __future__ import annotations

from datetime import date, datetime

from moothall.agreements.actions import health, leaving, register
from moothall.agreements.models import Agreement
from moothall.directory.models import Person

HEALTH = (
    ("wanted", "partly", "Each was asked apart in May: three of four named the same first aim."),
    ("risk", "no", "Nobody has written down who pays when a shared post falls vacant."),
    ("honesty", "yes", "The overspend on the refuge was told to all in the month it was seen."),
    ("purpose", "no", "Of the last three agendas, two were on the data-sharing protocol."),
    ("vision", "yes", "Each body took the plan to its own meeting in March 2026."),
    ("leading", "partly", "The council chairs; four of eleven actions were done in time."),
)
GAINS = {
    "Aldermoor County Council": "Fewer children taken into care after violence at home",
    "Aldermoor Police and Crime Commissioner": "Fewer calls to the same addresses",
    "Ashmere District Council": "A safer town centre at night",
}
LEAVES = "Aldermoor Fire and Rescue Authority"


def tell_of_partnership(*, by: Person, at: datetime) -> None:
    """Answer its health check but for two questions; one member has given notice."""
    agreement = Agreement.objects.get(reference="AX-103")
    for question, answer, evidence in HEALTH:
        health.answer_health(
            agreement=agreement, question=question, answer=answer, evidence=evidence, by=by, at=at
        )
    for member in agreement.members.select_related("organisation"):
        if gets := GAINS.get(member.organisation.name):
            register.set_member(member=member, gets=gets, by=by, at=at)
    leaving.give_notice(
        member=agreement.members.get(organisation__name=LEAVES),
        notice_on=date(2026, 10, 15),
        leaves_on=date(2027, 3, 31),
        why="Its work on fires at home goes on without the board.",
        by=by,
        at=at,
    )
