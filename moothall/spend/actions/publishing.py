"""Publish a quarter's payments under the Transparency Code, with the proof that nothing is lost."""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
from attrs import frozen
from django.db import transaction

from moothall.core import audit, lake
from moothall.core.chain import instant
from moothall.core.errors import CannotDo
from moothall.core.permissions import Viewer
from moothall.directory.models import Organisation, Person
from moothall.directory.permissions import why_not_publish
from moothall.spend.engine.names import folded
from moothall.spend.engine.publishing import (
    ERRATA_HEADER,
    HEADER,
    PUBLISHED,
    REDACTED,
    Proof,
    as_csv,
    dictionary_rows,
    ends_of,
    errata,
    proof_of,
    published_rows,
    quarter_label,
    safe_cell,
)
from moothall.spend.engine.redaction import (
    Alert,
    Proposal,
    Scope,
    Verdict,
    carries_redaction,
    proposed_names,
    same_ref,
    verdicts,
)
from moothall.spend.exports import csv_rows, settle_folder, sign_release, write_json
from moothall.spend.models import Release
from moothall.spend.queries.redactions import (
    kinds_on,
    personal_words_on,
    standing_decisions,
    undecided,
    unveiled_refs_of,
)
from moothall.spend.queries.releases import (
    QuarterLines,
    code_rules_on,
    due_date,
    loaded_days,
    quarter_lines,
    releases_folder,
    rules_told,
    standing_release,
)
from moothall.spend.queries.rulebook import scheme
from moothall.values.money import PENNY
from moothall.values.periods import Period
from moothall.values.wording import listed

MOST_SPELLS = 3  # of days that are named one by one
DICTIONARY_HEADER = ("Column", "Kind", "Filled", "Meaning")


class CannotPublish(CannotDo):
    """Nothing was published; the release that stood still stands."""


class CannotPublishYet(CannotPublish):
    """A redaction would be undone: a person must decide first."""

    def __init__(self, sentence: str, alerts: tuple[Alert, ...]) -> None:
        super().__init__(sentence)
        self.alerts = alerts


@frozen(eq=False)
class Draft:
    """A quarter ready to publish. withheld_until_decided: proposals nobody has spoken on."""

    body: Organisation
    period: Period
    basis: str
    rows: tuple[tuple[str, ...], ...]
    proof: Proof
    files: tuple[dict[str, object], ...]
    withheld_names: frozenset[str]
    alerts: tuple[Alert, ...]
    withheld_until_decided: tuple[Proposal, ...]

    def proof_json(self) -> dict[str, Any]:
        return {**self.proof.as_json(), "files": list(self.files)}


@frozen(eq=False)
class Published:
    """What became of a wish to publish: status is published, replaced or unchanged."""

    release: Release
    status: str
    draft: Draft
    errata_count: int

    def as_json(self) -> dict[str, Any]:
        release = self.release
        return {
            "status": self.status,
            "body": self.draft.body.name,
            "quarter": quarter_label(self.draft.period),
            "edition": release.edition,
            "basis": release.basis,
            "folder": str(releases_folder() / release.folder),
            "manifest_sha256": release.manifest_sha256,
            "due": due_date(self.draft.period).isoformat(),
            "rows_published": release.row_count,
            "amount_published": f"{PENNY * release.published_pence:.2f}",
            "errata": self.errata_count,
            "withheld_until_decided": len(self.draft.withheld_until_decided),
            "proof": release.proof,
        }


def drafted(body: Organisation, period: Period) -> Draft:
    """Sort every payment of the quarter to its end, without publishing.

    :raises CannotPublish: when nothing is loaded for the quarter, or the proof does not hold.
    """
    source = quarter_lines(body.pk, period)
    if source is None:
        raise CannotPublish(
            f"Nothing of {body.name} is loaded with a payment in {period}. "
            f"{_what_is_loaded(body)} Load its extract of the ledger, or its published files, for "
            "those days first."
        )
    day = period.last_day
    rules = code_rules_on(day)
    decisions = standing_decisions(body.pk)
    lines, proposals = _with_names_judged(source, body, period)
    ended = ends_of(lines, rules)
    proof = proof_of(source.source, ended, rules)
    if not proof.agrees:
        raise CannotPublish(
            f"Nothing was published: {proof.source.rows:,} lines of "
            f"£{proof.source.amount_gbp:,.2f} went in, and the parts do not add up to them. Keep "
            "the files as they are and report this as a fault of Moothall."
        )
    paid = {ref for ref in map(same_ref, lines["supplier_ref"].unique().to_list()) if ref}
    alerts = tuple(
        alert for alert in undecided(unveiled_refs_of(body.pk, day), decisions) if alert.ref in paid
    )
    out = ended.filter(pl.col("end") == REDACTED)["supplier_name"].drop_nulls().unique()
    return Draft(
        body=body,
        period=period,
        basis=source.basis,
        rows=tuple(published_rows(ended, body.name, _category_labels(ended))),
        proof=proof,
        files=source.files,
        withheld_names=frozenset(safe_cell(name) for name in out if not carries_redaction(name)),
        alerts=alerts,
        withheld_until_decided=proposals,
    )


def _what_is_loaded(body: Organisation) -> str:
    days = loaded_days(body.pk)
    if not days:
        return "Nothing of it stands here yet."
    *earlier, last = map(str, days)
    if len(earlier) > MOST_SPELLS:
        return f"What stands here has gaps; the last of it is of {last}."
    return f"What stands here is of {listed([*earlier, last])}."


def publish_quarter(
    *, body: Organisation, period: Period, by: Person | None, at: datetime
) -> Published:
    """Release a quarter: CSV, dictionary, errata, proof, signed manifest.

    Publishing the same again changes nothing. A name proposed for redaction on which nobody has
    decided is withheld meanwhile.

    :raises CannotPublishYet: when a supplier id carries a hidden and a clear name, undecided.
    :raises CannotPublish: when the role is missing, nothing is loaded, or the proof fails.
    """
    if reason := why_not_publish(by or Viewer.operator(), body):
        raise CannotPublish(reason)
    with lake.writer():
        draft = drafted(body, period)
        if draft.alerts:
            raise CannotPublishYet(alert_sentence(draft), draft.alerts)
        standing = standing_release(body.pk, period)
        payments = as_csv(HEADER, draft.rows)
        if standing and _is_same(standing, payments, draft):
            return Published(standing, "unchanged", draft, 0)
        edition = standing.edition + 1 if standing else 1
        with _new_folder() as folder:
            (folder / "payments.csv").write_bytes(payments)
            (folder / "dictionary.csv").write_bytes(as_csv(DICTIONARY_HEADER, dictionary_rows()))
            write_json(folder / "proof.json", draft.proof_json())
            changes = _errata(standing, draft) if standing else []
            if standing:
                (folder / "errata.csv").write_bytes(as_csv(ERRATA_HEADER, changes))
            manifest = sign_release(folder, _about(draft, standing, edition, at))
            settle_folder(folder)
            release = _commit(draft, standing, edition, folder, manifest, by, at)
    return Published(release, "replaced" if standing else "published", draft, len(changes))


@transaction.atomic
def _commit(
    draft: Draft,
    standing: Release | None,
    edition: int,
    folder: Path,
    manifest: str,
    by: Person | None,
    at: datetime,
) -> Release:
    out = [draft.proof.part(PUBLISHED), draft.proof.part(REDACTED)]
    release = Release.objects.create(
        body=draft.body,
        starts_on=draft.period.starts_on,
        ends_before=draft.period.ends_before,
        edition=edition,
        replaces=standing,
        basis=draft.basis,
        folder=folder.name,
        manifest_sha256=manifest,
        row_count=len(draft.rows),
        published_pence=int(sum(part.amount_gbp for part in out) / PENNY),
        proof=draft.proof_json(),
        by=by,
        at=at,
    )
    audit.record(
        by=by,
        at=at,
        did="spend.quarter_published",
        to=release,
        body_id=draft.body.pk,
        quarter=quarter_label(draft.period),
        edition=edition,
        rows=release.row_count,
        pence=release.published_pence,
        manifest=manifest,
    )
    return release


def _with_names_judged(
    source: QuarterLines, body: Organisation, period: Period
) -> tuple[pl.DataFrame, tuple[Proposal, ...]]:
    """Add `kind` and `withheld` to each line; the proposals on which nobody has decided."""
    day = period.last_day
    kind_of = kinds_on(day)
    decisions = standing_decisions(body.pk)
    lines = source.lines
    names = lines["supplier_name"].to_list()
    kinds = [kind_of(name).value if name and name.strip() else "" for name in names]
    said = verdicts(lines, decisions)
    lines = lines.with_columns(
        kind=pl.Series(kinds, dtype=pl.String),
        verdict=pl.Series([each.value if each else None for each in said], dtype=pl.String),
    )
    spoken = {one.matches for one in decisions if one.scope is Scope.NAME}
    open_lines = lines.filter(pl.col("verdict").is_null())
    proposals = tuple(
        proposal
        for proposal in proposed_names(open_lines, kind_of, personal_words_on(day))
        if proposal.matches not in spoken
    )
    matches = {proposal.matches for proposal in proposals}
    named = open_lines["supplier_name"].drop_nulls().unique().to_list()
    names_open: list[str] = named if matches else []
    waiting = sorted(name for name in names_open if folded(name) in matches)
    return (
        lines.with_columns(
            withheld=pl.col("is_redacted").fill_null(False)
            | (pl.col("kind") == "redacted")
            | (pl.col("verdict") == Verdict.REDACT.value).fill_null(False)
            | (pl.col("verdict").is_null() & pl.col("supplier_name").is_in(waiting)),
        ),
        proposals,
    )


def _category_labels(ended: pl.DataFrame) -> dict[str, str]:
    known = scheme()
    return {code: known.label(code) for code in ended["category"].drop_nulls().unique()}


def alert_sentence(draft: Draft) -> str:
    """Why the quarter waits for a person's decision; '' when it does not."""
    if not draft.alerts:
        return ""
    count = len(draft.alerts)
    people = sum(alert.looks_like_person for alert in draft.alerts)
    ids = "one supplier id carries" if count == 1 else f"{count:,} supplier ids carry"
    persons = (
        ""
        if not people
        else " (a person's, it seems)"
        if count == 1
        else (f" ({people:,} a person's, it seems)")
    )
    return (
        f"{quarter_label(draft.period)} of {draft.body.name} cannot be published yet: {ids} both "
        f"a redacted and a clear name{persons} in its files, and whoever reads both reads the "
        "hidden name. Decide for each whether the name is withheld or shown, then publish again."
    )


def _is_same(standing: Release, payments: bytes, draft: Draft) -> bool:
    held = releases_folder() / standing.folder / "payments.csv"
    same_bytes = held.is_file() and held.read_bytes() == payments
    parts = json.loads(json.dumps(draft.proof_json()))
    return same_bytes and standing.proof == parts


def _errata(standing: Release, draft: Draft) -> list[tuple[str, ...]]:
    old = csv_rows(releases_folder() / standing.folder / "payments.csv")
    return errata(old, list(draft.rows), draft.withheld_names)


def _about(draft: Draft, standing: Release | None, edition: int, at: datetime) -> dict[str, Any]:
    return {
        "body": draft.body.name,
        "quarter": quarter_label(draft.period),
        "from": draft.period.starts_on.isoformat(),
        "to": draft.period.last_day.isoformat(),
        "edition": edition,
        "made_at": instant(at),
        "basis": draft.basis,
        "replaces": standing.manifest_sha256 if standing else None,
        "rules": rules_told(draft.period.last_day),
    }


@contextmanager
def _new_folder() -> Iterator[Path]:
    """A folder for a release; gone again when the release does not come to be."""
    folder = releases_folder() / secrets.token_hex(12)
    folder.mkdir(parents=True)
    try:
        yield folder
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
