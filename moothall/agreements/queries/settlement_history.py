"""Who took which step in the settlement of a period, and when: from the audit log."""

from __future__ import annotations

from django.db.models import Q

from moothall.agreements.models import Settlement
from moothall.core.models import AuditEntry
from moothall.directory.models import Person
from moothall.values.wording import plain_date

SAID = {
    "agreements.facts_requested": "asked for its facts",
    "agreements.facts_reported": "reported facts",
    "agreements.facts_confirmed": "confirmed facts that were entered on a body's behalf",
    "agreements.facts_sent_back": "sent facts back",
    "agreements.facts_checked": "checked its facts",
    "agreements.settled": "made its statement",
    "agreements.payment_approved": "approved its statement",
    "agreements.line_disputed": "disputed a line",
    "agreements.dispute_resolved": "ended a dispute",
    "agreements.invoice_recorded": "recorded an invoice",
    "agreements.paid": "recorded a payment",
    "agreements.link_made": "made a one-time link",
}


def history(settlement: Settlement) -> tuple[str, ...]:
    """Return each step as a sentence, oldest first."""
    subjects = {f"agreements.settlement:{settlement.pk}"}
    named = (
        ("factsreport", settlement.reports),
        ("factslink", settlement.links),
        ("payment", settlement.payments),
    )
    for name, held in named:
        subjects |= {f"agreements.{name}:{key}" for key in held.values_list("pk", flat=True)}
    statement = getattr(settlement, "statement", None)
    if statement is not None:
        subjects.add(f"agreements.statement:{statement.pk}")
        for key in statement.invoices.values_list("pk", flat=True):
            subjects.add(f"agreements.invoice:{key}")
        for line, dispute in statement.lines.values_list("pk", "disputes__pk"):
            subjects |= {f"agreements.statementline:{line}", f"agreements.linedispute:{dispute}"}
    entries = list(AuditEntry.objects.filter(Q(subject__in=subjects), did__in=SAID).order_by("seq"))
    people = {
        f"person:{person.pk}": person.name
        for person in Person.objects.filter(
            pk__in={entry.by.partition(":")[2] for entry in entries if entry.by[:7] == "person:"}
        )
    }
    return tuple(
        f"{plain_date(entry.at.date())}: "
        f"{people.get(entry.by, 'whoever held a one-time link')} {SAID[entry.did]}."
        for entry in entries
    )
