"""What do the files named on the command line say, and how is an answer put out?

Whatever cannot be used ends the command with a sentence.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import typer

if TYPE_CHECKING:
    from moothall.deals.claims import Judgement
    from moothall.deals.deal import Deal, Finding
    from moothall.deals.fairness import Policy
    from moothall.deals.settlement import Statement
    from moothall.deals.versions import Version
    from moothall.values.periods import Period

LOOK, REFUSED = 3, 4


def text_of(path: Path) -> str:
    """Return what a text file says, or end with a sentence."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        refuse(f"{path} cannot be read: there is no such text file. Check its name.")


def document_of(path: Path) -> dict[str, Any]:
    """Return a deal file as tables, or end with what must be mended."""
    from moothall.deals.reading import CannotReadDeal, document_from_toml

    try:
        return document_from_toml(text_of(path))
    except CannotReadDeal as refusal:
        show_findings(refusal.findings)
        refuse(f"{path} is no sound deal yet: {len(refusal.findings)} findings must be mended.")


def asking_of(path: Path, party: str | None) -> str | None:
    """Return who asks: the party named, or the only one to whom anything in the file is private."""
    from moothall.deals.privacy import owners

    document = document_of(path)
    if party is not None:
        if party not in document.get("parties", {}):
            known = ", ".join(document.get("parties", {}))
            refuse(f"There is no party {party!r}. The deal has: {known}.")
        return party
    owning = owners(document)
    if len(owning) > 1:
        refuse(
            f"{path} holds what is private to {' and to '.join(owning)}. Say who asks, as --party "
            f"{owning[0]}; only what that party may see is then read."
        )
    return owning[0] if owning else None


def deal_of(path: Path, party: str | None) -> Deal:
    """Return a deal as a party sees it; as all its parties do, where it is None."""
    from moothall.deals.privacy import as_tried
    from moothall.deals.reading import CannotReadDeal, deal_from_document

    try:
        return deal_from_document(as_tried(document_of(path), party))
    except CannotReadDeal as refusal:
        show_findings(refusal.findings)
        refuse(f"{path} is no sound deal yet: {len(refusal.findings)} findings must be mended.")


def policy_of(path: Path | None) -> Policy | None:
    """Return a place's own thresholds for flags, or end with a sentence; None: it has none."""
    from moothall.deals.policy_file import CannotReadPolicy, policy_from

    if path is None:
        return None
    try:
        return policy_from(text_of(path))
    except CannotReadPolicy as refusal:
        refuse(str(refusal))


def findings_of(path: Path, party: str | None) -> list[Finding]:
    """Return what must be mended in a deal file, as a party sees it."""
    from moothall.deals.privacy import as_tried
    from moothall.deals.reading import CannotReadDeal, deal_and_findings_of, document_from_toml

    try:
        document = document_from_toml(text_of(path))
    except CannotReadDeal as refusal:
        return refusal.findings
    return deal_and_findings_of(as_tried(document, asking_of(path, party)))[1]


def say_whose(deal: Deal, party: str | None) -> None:
    """Say whose results these are, where a party asked."""
    if party is not None:
        typer.echo(
            f"These results are {deal.party_name(party)}'s own: no other party sees them without "
            "a release that is recorded."
        )


def variation_of(number: int, told: str) -> Version:
    """Return the varied deal of FILE@DAY."""
    from moothall.deals.versions import Version

    file, _, day = told.rpartition("@")
    try:
        return Version(number, deal_of(Path(file), None), date.fromisoformat(day))
    except ValueError:
        refuse(f"{told} names no variation. Write FILE@DAY, as varied.toml@2026-10-01.")


def period_of(versions: list[Version], first_day: str) -> Any:
    """Return the period that begins on a day."""
    for version in versions:
        for period in version.deal.periods:
            if period.starts_on.isoformat() == first_day:
                return period
    days = ", ".join(str(period.starts_on) for period in versions[0].deal.periods[:4])
    refuse(f"No period begins on {first_day}. The first periods begin on {days}.")


def number_of(text: str) -> Decimal:
    """Return a number as typed."""
    from moothall.deals.terms.fields import decimal_of

    try:
        return decimal_of(text)
    except ValueError as refusal:
        raise typer.BadParameter(str(refusal)) from None


def judged_claims(
    path: Path, deal: Deal, reported: dict[str, dict[date, Decimal]], up_to: Period
) -> tuple[Judgement, dict[str, dict[date, Decimal]], list[Finding]]:
    """Return the claims of a file judged, the facts with what was counted, and findings."""
    from moothall.deals.claims import judged, with_reported
    from moothall.deals.claims_file import claims_of

    made, findings = claims_of(text_of(path))
    judgement = judged(deal, made, up_to=up_to)
    return judgement, with_reported(judgement, reported), findings


def show_statement(first: Deal, statement: Statement) -> None:
    """Print a statement for people."""
    for line in statement.lines:
        about = f" (adjusts {line.adjusts})" if line.adjusts else ""
        vat = f" + VAT £{line.owed.vat:,}" if line.owed.vat else ""
        typer.echo(
            f"{first.party_name(line.payer)} -> {first.party_name(line.payee)}: "
            f"£{line.owed.amount:,}{vat}, {line.term}{about}"
        )
        typer.echo(f"  {line.because}")
    for party, net in statement.net.items():
        typer.echo(f"{first.party_name(party)}: net £{net:,}")


def show_findings(findings: list[Finding]) -> None:
    """Print findings for people, apart from the answer."""
    for finding in findings:
        typer.echo(f"{finding.place}: {finding.sentence} {finding.mend}", err=True)


def print_json(answer: Mapping[str, Any] | list[Any]) -> None:
    """Print an answer as JSON."""
    typer.echo(json.dumps(answer, indent=1, ensure_ascii=False))


def refuse(sentence: str) -> NoReturn:
    """End with a sentence."""
    typer.echo(sentence, err=True)
    raise typer.Exit(REFUSED)
