"""Load what bodies publish: every row kept or set aside, all of a run or none of it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

from attrs import evolve, frozen
from django.db import transaction

from moothall.core import audit, lake
from moothall.core.errors import CannotDo
from moothall.core.models import LakeFile, Publication, PublicationShare
from moothall.core.permissions import Viewer
from moothall.directory.models import Organisation, Person
from moothall.directory.permissions import why_not_load_spend
from moothall.spend.engine.corrections import Comparison
from moothall.spend.engine.mapping import Mapping
from moothall.spend.engine.shared_lines import marks_beside, marks_in, shared_lines
from moothall.spend.feeds.read_files import FileRead, MappingFor, bytes_under, files_read, proposals
from moothall.spend.feeds.reading import ZERO, ControlTotal, Reading, Stamp
from moothall.spend.feeds.reading_pool import ReadHere, ReadingPool, readers_for
from moothall.spend.models import BodyMapping, Load, SourceFile
from moothall.spend.queries.publications import line_paths
from moothall.spend.queries.purges import why_purged
from moothall.values.money import PENNY
from moothall.values.periods import Period

# A file that shares this much of its lines with an earlier one for the same days is a correction
# of it; below that, it is another set (cards beside invoices), and both stand.
CORRECTION_SHARE = 0.5
# Sharing this much of its lines with a publication for other days is worth a sentence.
OVERLAP_SHARE = 0.05
SETTLED_REASONS = {"control_total", "repeated_header"}


class CannotLoad(CannotDo):
    """Nothing was loaded; books and lake are as they were."""


@frozen
class FileOutcome:
    """What became of one file of the run."""

    file: str
    sha256: str
    status: str  # loaded, unchanged, superseded (took an earlier file's place), refused
    reading: Reading
    refusal: str | None = None
    replaces: str | None = None
    changes: Comparison | None = None
    warnings: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        """One entry of `files` as `moothall spend ingest --format json` prints it."""
        reading = self.reading
        entry: dict[str, object] = {
            "file": self.file,
            "sha256": self.sha256,
            "status": self.status,
            "rows_read": reading.rows_read,
            "rows_kept": reading.rows_kept,
            "rows_set_aside": reading.rows_set_aside,
            "rows_blank": reading.rows_blank,
            "rows_without_amount": reading.rows_without_amount,
            "amount_kept": _pounds(reading.amount_kept),
            "amount_set_aside": _pounds(reading.amount_set_aside),
            "amount_control": _pounds(reading.amount_control),
            "first_date": reading.first_date.isoformat() if reading.first_date else None,
            "last_date": reading.last_date.isoformat() if reading.last_date else None,
            "control_totals": [
                {
                    "row": total.row,
                    "sheet": total.sheet,
                    "printed": _pounds(total.printed),
                    "computed": _pounds(total.computed),
                    "agrees": total.agrees,
                }
                for total in reading.control_totals
            ],
            "reasons": dict(reading.reasons),
            "warnings": list(self.warnings),
        }
        if self.refusal:
            entry["refusal"] = self.refusal
        if self.replaces:
            entry["replaces"] = self.replaces
        if self.changes:
            entry["changes"] = {
                "rows_same": self.changes.same,
                "rows_removed": self.changes.only_old,
                "rows_added": self.changes.only_new,
                "amount_removed": _pounds(self.changes.only_old_gbp),
                "amount_added": _pounds(self.changes.only_new_gbp),
            }
        return entry

    @property
    def needs_an_eye(self) -> bool:
        """Whether a person should look: a refusal, a doubt, or a row set aside."""
        return bool(
            self.refusal
            or self.warnings
            or set(self.reading.reasons) - SETTLED_REASONS
            or any(not total.agrees for total in self.reading.control_totals)
        )


@frozen
class LoadReport:
    """What a run did, file by file."""

    files: tuple[FileOutcome, ...]
    load_id: int | None = None

    def as_json(self) -> dict[str, object]:
        return {"files": [file.as_json() for file in self.files], "totals": self.totals}

    @property
    def totals(self) -> dict[str, int | str]:
        """Rows, and pounds as text, over every file of the run."""
        read = [file.reading for file in self.files]
        return {
            "rows_read": sum(reading.rows_read for reading in read),
            "rows_kept": sum(reading.rows_kept for reading in read),
            "rows_set_aside": sum(reading.rows_set_aside for reading in read),
            "amount_kept": _pounds(sum((r.amount_kept for r in read), ZERO)),
            "amount_set_aside": _pounds(sum((r.amount_set_aside for r in read), ZERO)),
            "amount_control": _pounds(sum((r.amount_control for r in read), ZERO)),
        }

    def count(self, status: str) -> int:
        return sum(file.status == status for file in self.files)

    @property
    def needs_an_eye(self) -> bool:
        return any(file.needs_an_eye for file in self.files)


@frozen
class _Standing:
    """A publication that stands when a file arrives: in the books, or from this same run."""

    publication_id: int
    file: str
    span: Period
    marks: Path


@frozen
class Overlap:
    """Lines of a file that also stand in an earlier publication: both are counted."""

    publication_id: int
    rows: int
    gbp: Decimal


@frozen
class _Arrival:
    """A file read in this run, with the publication it makes and what it replaces."""

    read: FileRead
    reading: Reading
    stamp: Stamp
    lines: lake.NewFile
    aside: lake.NewFile | None  # None where every row was kept
    marks: Path
    span: Period
    replaces: _Standing | None = None
    changes: Comparison | None = None
    warnings: tuple[str, ...] = ()
    overlaps: tuple[Overlap, ...] = ()


def load_files(
    paths: Iterable[Path],
    *,
    body: Organisation,
    by: Person | None,
    at: datetime,
    mapping_for: MappingFor | None = None,
    period: Period | None = None,
    sharing: str = Publication.Sharing.PRIVATE,
    progress: Callable[[FileOutcome], None] = lambda _outcome: None,
) -> LoadReport:
    """Read files and folders for a body and commit every one that could be read, all at once.

    A file whose bytes are loaded already changes nothing. A file that corrects an earlier one for
    the same days takes its place. A file that is not spend is refused; the others still load.

    :raises CannotLoad: when `by` holds no role that loads for this body.
    """
    if reason := why_not_load_spend(by or Viewer.operator(), body):
        raise CannotLoad(reason)
    paths = list(paths)
    readers = readers_for(bytes_under(paths))
    with lake.writer(), lake.incoming() as scratch, readers as pool:
        outcomes: list[FileOutcome] = []
        arrivals: list[_Arrival] = []
        stored = _known_files(body)
        books = _Books(body, scratch, pool)
        seen: dict[str, Reading] = {}

        def new_stamp() -> Stamp:
            return Stamp(
                body_id=body.pk, publication_id=lake.minted_id(), source_id=lake.minted_id()
            )

        for read in files_read(
            paths,
            new_stamp=new_stamp,
            scratch=scratch,
            mapping_for=mapping_for or confirmed_mapping_of(body, scratch),
            is_known=lambda sha256: sha256 in stored or sha256 in seen,
            period=period,
            pool=pool,
        ):
            if read.reading is None or read.sha256 in seen:
                outcome = _unchanged(read, stored, seen)
            elif refusal := (
                read.reading.refusal or _why_no_period(read.reading) or why_purged(read.sha256)
            ):
                outcome = _refused(read, refusal)
            else:
                arrived = _arrived(read, pool)
                arrival = _placed(arrived, _standing_beside(arrived, arrivals, books))
                arrivals.append(arrival)
                seen[read.sha256] = arrival.reading
                outcome = _outcome_of(arrival)
            outcomes.append(outcome)
            progress(outcome)
        load_id = _commit(
            body=body, by=by, at=at, arrivals=arrivals, outcomes=outcomes, sharing=sharing
        )
    return LoadReport(files=tuple(outcomes), load_id=load_id)


def confirmed_mapping_of(body: Organisation, scratch: Path) -> MappingFor | None:
    """Look up what a person confirmed for a header layout of this body, if anyone did."""
    confirmed = dict(BodyMapping.objects.filter(body=body).values_list("header", "mapping"))
    if not confirmed:
        return None

    def mapping_for(path: Path, name: str) -> Mapping | None:
        ((_name, proposal, _refusal),) = proposals(path, scratch=scratch / "proposals")
        document = proposal and confirmed.get(header_digest(proposal.mapping.headers))
        return Mapping.from_json(document) if document else None

    return mapping_for


def header_digest(headers: Iterable[str]) -> str:
    """Name a header layout: the same cells in the same order give the same digest."""
    cells = "\x1f".join(cell.strip().casefold() for cell in headers)
    return hashlib.sha256(cells.encode()).hexdigest()


def _known_files(body: Organisation) -> dict[str, SourceFile]:
    """The files of a body whose bytes need no loading again, by hash.

    Bytes that a later file replaced stay replaced: offering a folder again does not undo its
    corrections. Once the later publication is withdrawn, the earlier bytes may be loaded anew.
    """
    read = SourceFile.objects.filter(body=body).exclude(status=SourceFile.Status.REFUSED)
    latest = {
        source.sha256: source for source in read.select_related("publication").order_by("load_id")
    }
    later = dict(Publication.objects.filter(body_id=body.pk).values_list("id", "superseded_by_id"))
    withdrawn = set(
        Publication.objects.filter(body_id=body.pk, state=Publication.State.WITHDRAWN).values_list(
            "id", flat=True
        )
    )

    def stands(source: SourceFile) -> bool:
        if source.status == SourceFile.Status.LOADED:
            return True
        key = source.publication_id
        while key is not None and (successor := later.get(key)) is not None:
            key = successor
        return key not in withdrawn

    return {sha256: source for sha256, source in latest.items() if stands(source)}


def _unchanged(
    read: FileRead, stored: dict[str, SourceFile], seen: dict[str, Reading]
) -> FileOutcome:
    known = stored.get(read.sha256)
    reading = reading_of(known) if known else seen[read.sha256]
    return FileOutcome(
        file=read.name,
        sha256=read.sha256,
        status="unchanged",
        reading=evolve(reading, file=read.name),
        warnings=_why_unchanged(known),
    )


def _why_unchanged(known: SourceFile | None) -> tuple[str, ...]:
    if known is None:
        return ("The same bytes came earlier in this run: not counted again.",)
    if known.status == SourceFile.Status.SUPERSEDED:
        return ("A later file replaced these bytes, so they are not loaded again.",)
    if known.publication and known.publication.state == Publication.State.WITHDRAWN:
        return ("This publication is withdrawn. Restore it to count its lines again.",)
    return ()


def _refused(read: FileRead, refusal: str) -> FileOutcome:
    return FileOutcome(
        file=read.name,
        sha256=read.sha256,
        status="refused",
        reading=Reading(file=read.name, sha256=read.sha256),
        refusal=refusal,
    )


def _why_no_period(reading: Reading) -> str | None:
    if _span_of(reading) is not None:
        return None
    return (
        f"{reading.file} is refused: no row carries a date and its name gives no month or year. "
        "Put the period in the name, as in 2013-04.csv, and load it again."
    )


def _span_of(reading: Reading) -> Period | None:
    if reading.period is not None:
        return reading.period
    if reading.first_date is None or reading.last_date is None:
        return None
    return Period(reading.first_date, reading.last_date + timedelta(days=1))


def _arrived(read: FileRead, pool: ReadingPool | ReadHere) -> _Arrival:
    """Move what reading left into the lake, where no generation names it yet."""
    span = _span_of(read.reading) if read.reading else None
    if not (read.reading and read.raw and read.stamp and read.lines and read.aside and span):
        raise RuntimeError(f"{read.name} was neither read nor refused.")
    lake.keep_raw(read.raw, read.sha256)
    marks, aside_rows = marks_beside(read.lines), read.reading.rows_set_aside
    belongs = {"publication_id": read.stamp.publication_id, "source_id": read.stamp.source_id}
    if not marks.exists():
        pool.submit("mark", paths=[read.lines], to=marks).result()
    return _Arrival(
        read=read,
        reading=read.reading,
        stamp=read.stamp,
        lines=lake.adopted("lines", read.lines, read.reading.rows_kept, **belongs),
        aside=lake.adopted("aside", read.aside, aside_rows, **belongs) if aside_rows else None,
        marks=marks,
        span=span,
        warnings=read.reading.warnings,
    )


def _placed(arrival: _Arrival, beside: list[_Standing]) -> _Arrival:
    """Find the publication this file corrects, and name the others it shares lines with."""
    warnings, overlaps = list(arrival.warnings), []
    for standing in beside:
        sides = marks_in(standing.marks), marks_in(arrival.marks)
        comparison = shared_lines(*sides, at_least=OVERLAP_SHARE)
        if comparison is None:
            continue
        shared = max(comparison.share_of_old, comparison.share_of_new)
        same_days = standing.span == arrival.span
        if arrival.replaces is None and same_days and comparison.share_of_old >= CORRECTION_SHARE:
            arrival = evolve(arrival, replaces=standing, changes=comparison)
        elif shared >= OVERLAP_SHARE and comparison.same > 1:
            overlaps.append(Overlap(standing.publication_id, comparison.same, comparison.same_gbp))
            warnings.append(
                f"{comparison.same:,} of its lines (£{comparison.same_gbp:,.2f}) also stand in "
                f"{standing.file}. Both are loaded: withdraw one so that nothing counts twice."
            )
    return evolve(arrival, warnings=tuple(warnings), overlaps=tuple(overlaps))


class _Books:
    """The current publications of a body, newest first, and the marks of their lines."""

    def __init__(self, body: Organisation, scratch: Path, pool: ReadingPool | ReadHere) -> None:
        current = Publication.objects.filter(body_id=body.pk, state=Publication.State.CURRENT)
        self._publications = list(current.order_by("-starts_on"))
        self._scratch, self._pool = scratch, pool

    def beside(self, kind: str, span: Period) -> Iterator[_Standing]:
        """Yield those of a kind whose days meet these."""
        for publication in self._publications:
            days = Period(publication.starts_on, publication.ends_before)
            if publication.kind != kind or not days.overlap(span):
                continue
            marks = self._scratch / f"{publication.pk}.marks"
            if not marks.exists():
                paths = list(map(Path, line_paths(publication.pk)))
                self._pool.submit("mark", paths=paths, to=marks).result()
            name = publication.files.latest("pk").name
            yield _Standing(publication.pk, name, days, marks)


def _standing_beside(arrival: _Arrival, arrivals: list[_Arrival], books: _Books) -> list[_Standing]:
    """Publications of the same kind whose days meet this file's, newest first."""
    replaced = {other.replaces.publication_id for other in arrivals if other.replaces}
    beside = [
        _Standing(other.stamp.publication_id, other.read.name, other.span, other.marks)
        for other in reversed(arrivals)
        if other.reading.kind == arrival.reading.kind and other.span.overlap(arrival.span)
    ]
    beside += books.beside(arrival.reading.kind, arrival.span)
    return [standing for standing in beside if standing.publication_id not in replaced]


def _outcome_of(arrival: _Arrival) -> FileOutcome:
    return FileOutcome(
        file=arrival.read.name,
        sha256=arrival.read.sha256,
        status="superseded" if arrival.replaces else "loaded",
        reading=arrival.reading,
        replaces=arrival.replaces.file if arrival.replaces else None,
        changes=arrival.changes,
        warnings=arrival.warnings,
    )


def _commit(
    *,
    body: Organisation,
    by: Person | None,
    at: datetime,
    arrivals: list[_Arrival],
    outcomes: list[FileOutcome],
    sharing: str,
) -> int | None:
    """Name everything that arrived in one new generation, in one transaction."""
    refused = _newly_refused(body, outcomes)
    if not arrivals and not refused:
        return None
    report = LoadReport(files=tuple(outcomes))
    new_files = [new for each in arrivals for new in (each.lines, each.aside) if new is not None]
    lake.settle(*(new.path for new in new_files))
    with transaction.atomic():
        load = Load.objects.create(body=body, by=by, at=at, report=report.as_json())
        Publication.objects.bulk_create(
            Publication(
                id=arrival.stamp.publication_id,
                body_id=body.pk,
                kind=arrival.reading.kind,
                starts_on=arrival.span.starts_on,
                ends_before=arrival.span.ends_before,
                sharing=sharing if arrival.reading.kind != "ap_extract" else "PRIVATE",
            )
            for arrival in arrivals
        )
        replaced = {
            arrival.replaces.publication_id: arrival.stamp.publication_id
            for arrival in arrivals
            if arrival.replaces
        }
        _supersede(replaced)
        SourceFile.objects.bulk_create(
            _source_file(load, arrival, arrival.stamp.publication_id in replaced)
            for arrival in arrivals
        )
        SourceFile.objects.bulk_create(
            SourceFile(
                id=lake.minted_id(),
                load=load,
                body=body,
                name=outcome.file,
                sha256=outcome.sha256,
                status=SourceFile.Status.REFUSED,
                refusal=outcome.refusal or "",
            )
            for outcome in refused
        )
        if arrivals:
            before = LakeFile.objects.filter(publication_id__in=replaced, removed_in=None)
            generation = lake.next_generation(
                add=new_files,
                remove=list(before.values_list("id", flat=True)),
                why="spend.loaded",
                at=at,
            )
            # A file replaced within its own run was never current: it enters and leaves at once.
            LakeFile.objects.filter(publication_id__in=replaced, removed_in=None).update(
                removed_in=generation
            )
        audit.record(
            by=by,
            at=at,
            did="spend.loaded",
            to=f"spend.load:{load.pk}",
            body_id=body.pk,
            files=dict(Counter(outcome.status for outcome in outcomes)),
            rows_kept=report.totals["rows_kept"],
            rows_set_aside=report.totals["rows_set_aside"],
            amount_kept=report.totals["amount_kept"],
            **audit.bulk(outcome.sha256 for outcome in outcomes),
        )
    return load.pk


def _newly_refused(body: Organisation, outcomes: list[FileOutcome]) -> list[FileOutcome]:
    """The refusals not on record yet: offering a refused file again changes nothing."""
    known = SourceFile.objects.filter(body=body, status=SourceFile.Status.REFUSED)
    on_record = set(known.values_list("name", "sha256"))
    return [
        outcome
        for outcome in outcomes
        if outcome.status == "refused" and (outcome.file, outcome.sha256) not in on_record
    ]


def _supersede(replaced: dict[int, int]) -> None:
    """Let publications take the place of others. replaced : old -> new, as they arrived"""
    publications = Publication.objects.in_bulk([*replaced, *replaced.values()])
    shared_with: dict[int, list[int]] = {}
    shares = PublicationShare.objects.filter(publication_id__in=replaced)
    for publication, body in shares.values_list("publication_id", "body_id"):
        shared_with.setdefault(publication, []).append(body)
    for old, new in replaced.items():
        publications[old].state = Publication.State.SUPERSEDED
        publications[old].superseded_by_id = new
        # The correction is shared as far as what it corrects.
        publications[new].sharing = publications[old].sharing
        shared_with[new] = shared_with.get(old, [])
    Publication.objects.bulk_update(publications.values(), ["state", "superseded_by_id", "sharing"])
    SourceFile.objects.filter(publication_id__in=replaced).update(
        status=SourceFile.Status.SUPERSEDED
    )
    PublicationShare.objects.bulk_create(
        PublicationShare(publication_id=new, body_id=body)
        for new in replaced.values()
        for body in shared_with[new]
    )


def _source_file(load: Load, arrival: _Arrival, is_replaced: bool) -> SourceFile:
    reading = arrival.reading
    return SourceFile(
        id=arrival.stamp.source_id,
        load=load,
        body_id=arrival.stamp.body_id,
        publication_id=arrival.stamp.publication_id,
        name=arrival.read.name,
        sha256=arrival.read.sha256,
        status=SourceFile.Status.SUPERSEDED if is_replaced else SourceFile.Status.LOADED,
        rows_read=reading.rows_read,
        rows_kept=reading.rows_kept,
        rows_set_aside=reading.rows_set_aside,
        rows_blank=reading.rows_blank,
        rows_without_amount=reading.rows_without_amount,
        kept_pence=_pence(reading.amount_kept),
        set_aside_pence=_pence(reading.amount_set_aside),
        control_pence=_pence(reading.amount_control),
        first_date=reading.first_date,
        last_date=reading.last_date,
        reading={
            "kind": reading.kind,
            "encoding": reading.encoding,
            "delimiter": reading.delimiter,
            "date_order": reading.date_order,
            "rounding_difference": str(reading.rounding_difference),
            "reasons": dict(reading.reasons),
            "warnings": list(arrival.warnings),
            **_overlaps(arrival),
            "control_totals": [
                [total.row, total.sheet, str(total.printed), str(total.computed), total.agrees]
                for total in reading.control_totals
            ],
            "mapping": reading.mapping.as_json() if reading.mapping else None,
        },
        changes=_outcome_of(arrival).as_json().get("changes", {}),
    )


def _overlaps(arrival: _Arrival) -> dict[str, object]:
    if not arrival.overlaps:
        return {}
    return {
        "overlaps": [[each.publication_id, each.rows, str(each.gbp)] for each in arrival.overlaps]
    }


def reading_of(source: SourceFile) -> Reading:
    """The counts of a file loaded before, as it was read then."""
    kept = source.reading
    return Reading(
        file=source.name,
        sha256=source.sha256,
        rows_read=source.rows_read,
        rows_kept=source.rows_kept,
        rows_set_aside=source.rows_set_aside,
        rows_blank=source.rows_blank,
        rows_without_amount=source.rows_without_amount,
        amount_kept=PENNY * source.kept_pence,
        amount_set_aside=PENNY * source.set_aside_pence,
        amount_control=PENNY * source.control_pence,
        rounding_difference=Decimal(kept.get("rounding_difference", "0")),
        first_date=source.first_date,
        last_date=source.last_date,
        control_totals=tuple(
            ControlTotal(row, sheet, Decimal(printed), Decimal(computed), agrees)
            for row, sheet, printed, computed, agrees in kept.get("control_totals", [])
        ),
        reasons=kept.get("reasons", {}),
        kind=kept.get("kind", "spend"),
    )


def _pence(amount: Decimal) -> int:
    return int(amount / PENNY)


def _pounds(amount: Decimal) -> str:
    return f"{amount:.2f}"
