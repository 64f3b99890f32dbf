"""What was done to a record, by whom and when, from the audit log?"""

from __future__ import annotations

from datetime import date

from attrs import frozen
from django.db.models import Model
from django.utils import timezone

from moothall.core import audit
from moothall.directory.models import Person


@frozen
class HistoryRow:
    on: date
    what: str
    by: str


DONE = {
    "entered": "Entered in the register",
    "agreed_in_principle": "Agreed in principle",
    "reconsidered": "Taken back to the draft",
    "dropped": "Given up",
    "clocks_set": "Call-in and standstill recorded",
    "reserved_matters_waived": "Reserved matters waived",
    "officer_commented": "A statutory officer commented",
    "executed": "Execution by a party recorded",
    "commenced": "Brought into force",
    "recorded_existing": "Recorded as it was found, in force",
    "changed": "Record changed",
    "member_added": "Member added",
    "member_changed": "Member’s part changed",
    "member_left": "Member left",
    "notice_given": "Notice given by a member",
    "notice_taken_back": "Notice taken back",
    "health_answered": "Health check answered",
    "withheld": "Part withheld from the public",
    "shown_again": "Part shown to the public again",
    "exit_part_none": "Exit plan: a part said to have nothing in it",
    "exit_part_checked": "Exit plan: a part checked again",
    "exit_item_set": "Exit item changed",
    "ending_begun": "Its ending begun",
    "passed_on": "Passed to the successors of a body",
    "partner_checked": "A partner looked into",
    "line_disputed": "A line disputed",
    "matter_set": "A kind of decision kept apart or reserved",
    "company_set": "Company’s record changed",
    "change_basis_set": "What changes are measured against recorded",
    "variation_advised": "A variation advised on",
    "varied": "A variation brought into force",
    "link_made": "A link for facts made",
    "paid": "A payment recorded",
    "settled": "A period settled",
}


def history_of(record: Model) -> tuple[HistoryRow, ...]:
    """What was done to the record, the latest first, from the audit log."""
    entries = list(audit.history_of(record).order_by("-seq")[:50])
    keys = {each.by.removeprefix("person:") for each in entries if each.by.startswith("person:")}
    names = {
        f"person:{key}": name
        for key, name in Person.objects.filter(pk__in=keys).values_list("pk", "name")
    }
    return tuple(
        HistoryRow(timezone.localdate(each.at), _done(each.did), names.get(each.by, "Moothall"))
        for each in entries
    )


def _done(did: str) -> str:
    name = did.rpartition(".")[2]
    return DONE.get(name, name.replace("_", " ").capitalize())
