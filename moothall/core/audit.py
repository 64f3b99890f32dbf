"""Who did what, when, to what, on whose authority: written with the deed, and provable after."""

import contextlib
import fcntl
import hashlib
import hmac
import json
import os
import re
import secrets
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from attrs import frozen
from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import QuerySet, Subquery

from moothall.core import chain
from moothall.core.models import AuditEntry, AuditHead

CHAIN_LOCK = 0x4D6F6F7468616C6C & 0x7FFFFFFFFFFFFFFF  # PostgreSQL's name for the chain's lock
WHO = re.compile(r"[a-z]+(:\d+)?")
SUBJECT = re.compile(r"[a-z][a-z0-9_.]*(:[A-Za-z0-9._-]+)?")
LONGEST_TEXT = 200


class NotRecorded(Exception):
    """The deed cannot be written to the audit log as it was given; it is undone with it."""


def record(
    *,
    by: models.Model | str | None,
    at: datetime,
    did: str,
    to: models.Model | str,
    body_id: int | None = None,
    authority: str = "",
    **detail: object,
) -> AuditEntry:
    """Add one entry to the chain: the last statement of the deed's own transaction.

    by        : the person, 'person:12', or None for the system itself
    did, to   : 'spend.loaded', and 'spend.load:17' or the saved row
    authority : the role held and for which body: 'finance_officer:3'
    detail    : identifiers, counts, exact amounts and digests; never a name or free text

    :raises NotRecorded: outside a transaction, or when something given could name a person.
    """
    if not connection.in_atomic_block:
        raise NotRecorded(
            f"{did} is not recorded: no transaction is open, so the entry could outlive a deed "
            "that failed. Call audit.record as the last statement inside transaction.atomic."
        )
    who, subject = _who(by), _subject(to)
    for key, value in detail.items():
        _refuse_free_text(did, key, chain.plain(value))
    text = chain.canonical(detail)
    _take_the_lock()
    head = AuditHead.objects.filter(pk=1).first()
    seq, previous = (head.seq + 1, head.hash) if head else (1, chain.GENESIS)
    entry = AuditEntry(
        seq=seq,
        at=at,
        by=who,
        authority=authority,
        did=did,
        subject=subject,
        body_id=body_id,
        detail=text,
        previous_hash=previous,
    )
    entry.hash = chain.entry_hash(previous, seq, content_of(entry))
    entry.save(force_insert=True)
    if head:
        AuditHead.objects.filter(pk=1).update(seq=seq, hash=entry.hash)
    else:
        AuditHead.objects.create(pk=1, seq=seq, hash=entry.hash)
    transaction.on_commit(lambda: write_head_file(seq, entry.hash))
    return entry


def content_of(entry: AuditEntry) -> str:
    """The canonical text of everything in an entry that its hash covers."""
    return chain.canonical(
        {
            "at": entry.at,
            "authority": entry.authority,
            "body_id": entry.body_id,
            "by": entry.by,
            "detail": entry.detail,
            "did": entry.did,
            "subject": entry.subject,
        }
    )


def digest(text: str) -> str:
    """A keyed digest that stands for a name or free text: the same text, the same digest.

    The key lies outside the books, so that a digest proves what was written to whoever holds
    both, and says nothing to whoever holds only the log.
    """
    return "hmac:" + hmac.new(_digest_key(), text.encode("utf-8"), hashlib.sha256).hexdigest()[:32]


def changes(
    before: Mapping[str, object], after: Mapping[str, object], *, personal: Collection[str] = ()
) -> dict[str, list[object]]:
    """Each changed field with its value before and after; personal fields as digests."""

    def shown(field: str, value: object) -> object:
        if value is None or value == "":
            return value
        held = chain.plain(value)
        if field in personal or _could_name_a_person(held):
            return digest(held if isinstance(held, str) else chain.canonical(held))
        return held

    fields = [field for field in {**before, **after} if before.get(field) != after.get(field)]
    return {f: [shown(f, before.get(f)), shown(f, after.get(f))] for f in sorted(fields)}


def bulk(items: Iterable[object]) -> dict[str, Any]:
    """What a bulk deed touched, for `record(**bulk(ids))`: how many, and the hash of which."""
    held = list(items)
    return {"count": len(held), "manifest": chain.manifest_hash(held)}


def history_of(to: models.Model | str) -> QuerySet[AuditEntry]:
    """Every entry about one record, oldest first."""
    return AuditEntry.objects.filter(subject=_subject(to)).order_by("seq")


@frozen
class Head:
    """The last entry: its number and its hash."""

    seq: int
    hash: str

    def __str__(self) -> str:
        return f"{self.seq}:{self.hash}"

    @classmethod
    def from_text(cls, text: str) -> "Head":
        """Read 'number:hash', as `moothall audit head` prints it."""
        seq, colon, hash_ = text.strip().partition(":")
        if not (colon and seq.isdigit() and re.fullmatch(r"[0-9a-f]{64}", hash_)):
            raise ValueError(
                f"{text!r} is not a head of the audit log. Give it as it was printed: the number, "
                "a colon, and 64 hexadecimal digits."
            )
        return cls(int(seq), hash_)


@frozen
class Verdict:
    """What walking the chain found. `broken_at` names the first entry that does not hold."""

    entries: int
    head: Head
    broken_at: int | None
    sentence: str
    doubts: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        return self.broken_at is None


def current_head() -> Head:
    """The last entry's number and hash as the books have it; number 0 when nothing was done."""
    head = AuditHead.objects.filter(pk=1).first()
    return Head(head.seq, head.hash) if head else Head(0, chain.GENESIS)


def verify(*published: Head) -> Verdict:
    """Walk the whole chain, then hold it to the head row, the head file and published heads.

    One statement reads it all, so that writers at work while it walks do not disturb it.
    """
    in_file = read_head_file()  # read first: it can only be behind the walk, never ahead
    outside = {head.seq: (head.hash, "the head published outside") for head in published}
    if in_file:
        outside.setdefault(in_file.seq, (in_file.hash, f"the head kept in {head_file().name}"))
    head_row = AuditHead.objects.filter(pk=1)
    walk = AuditEntry.objects.order_by("seq").annotate(
        head_seq=Subquery(head_row.values("seq")[:1]),
        head_hash=Subquery(head_row.values("hash")[:1]),
    )
    previous, count, noted = chain.GENESIS, 0, None
    for entry in walk.iterator(chunk_size=2000):
        expected = count + 1
        noted = Head(entry.head_seq, entry.head_hash) if entry.head_seq is not None else None
        broken = None
        if entry.seq < expected:
            broken = f"Entry {entry.seq} stands outside the numbering, which begins at 1"
        elif entry.seq > expected:
            return _broken(
                count,
                previous,
                expected,
                f"Entry {expected} is missing: {entry.seq} follows {count}",
            )
        elif entry.previous_hash != previous:
            broken = f"Entry {entry.seq} does not carry the hash of entry {count}"
        elif entry.hash != chain.entry_hash(previous, entry.seq, content_of(entry)):
            broken = f"Entry {entry.seq} was altered: its content does not give its hash"
        elif (kept := outside.get(entry.seq)) and kept[0] != entry.hash:
            broken = f"Entry {entry.seq} is not the one that {kept[1]} names"
        elif noted is None or entry.seq > noted.seq:
            broken = f"Entry {entry.seq} was added behind the log's back: the head is at {count}"
        elif entry.seq == noted.seq and entry.hash != noted.hash:
            broken = f"Entry {entry.seq} is not the one that the head row names"
        if broken:
            return _broken(count, previous, entry.seq, broken)
        previous, count = entry.hash, entry.seq
    if count == 0:
        noted = current_head() if head_row.exists() else None
    if noted and noted.seq > count:
        return _broken(
            count, previous, count + 1, f"Entry {count + 1} is missing: the head is at {noted.seq}"
        )
    for seq, (_, whose) in sorted(outside.items()):
        if seq > count:
            return _broken(
                count, previous, count + 1, f"Entry {count + 1} is missing: {whose} is at {seq}"
            )
    return Verdict(
        entries=count,
        head=Head(count, previous),
        broken_at=None,
        sentence=f"The audit log holds: {count:,} entries, unbroken, head {count}:{previous}.",
        doubts=_doubts(count, published),
    )


def _doubts(count: int, published: Collection[Head]) -> tuple[str, ...]:
    """What the walk could not settle: a chain that holds may still end in the wrong place."""
    if not count or any(head.seq == count for head in published):
        return ()
    in_file, name = read_head_file(), head_file().name
    if in_file is None:
        return (
            f"There is no {name} beside the books, so a tail that was cut or written again "
            "together with the head row would not show. Give a head that was published outside.",
        )
    if in_file.seq < count:
        return (
            f"{name} is at entry {in_file.seq}, behind the last: a process was killed between "
            "its deed and that file, or the entries after it were written by other means.",
        )
    return ()


def _broken(count: int, previous: str, at: int, what: str) -> Verdict:
    return Verdict(
        entries=count,
        head=Head(count, previous),
        broken_at=at,
        sentence=(
            f"The audit log is broken at entry {at}. {what}. Everything before it holds. Stop "
            "work, keep the books as they are, and compare them with the last backup."
        ),
    )


def head_file() -> Path:
    return Path(settings.HOME) / "audit-head.json"


def read_head_file() -> Head | None:
    """The head kept outside the books, or None when there is none that can be read."""
    try:
        held = json.loads(head_file().read_text(encoding="ascii"))
        return Head(int(held["seq"]), str(held["hash"]))
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def write_head_file(seq: int, hash_: str, *, whatever_it_says: bool = False) -> None:
    """Move the head kept outside the books forward; a late writer never moves it back."""
    target = head_file()
    target.parent.mkdir(parents=True, exist_ok=True)
    with (target.parent / "audit-head.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        held = read_head_file()
        if held and held.seq >= seq and not whatever_it_says:
            return
        fresh = target.with_suffix(".new")
        fresh.write_text(chain.canonical({"hash": hash_, "seq": seq}) + "\n", encoding="ascii")
        fresh.replace(target)


def _take_the_lock() -> None:
    """Let one deed at a time add to the chain, until its transaction ends.

    SQLite needs nothing: the books are opened with BEGIN IMMEDIATE, so whoever is in a
    transaction is the only writer. `select_for_update` would do nothing there.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN_LOCK])


def _who(by: models.Model | str | None) -> str:
    if by is None:
        return "system"
    who = by if isinstance(by, str) else f"person:{by.pk}"
    if not WHO.fullmatch(who):
        raise NotRecorded(
            f"{who!r} does not say who acted as the audit log keeps it. Pass the person, "
            "'person:12', or None for the system."
        )
    return who


def _subject(to: models.Model | str) -> str:
    subject = to if isinstance(to, str) else f"{to._meta.label_lower}:{to.pk}"
    if not SUBJECT.fullmatch(subject):
        raise NotRecorded(
            f"{subject!r} is not an identifier. Say what was acted on by kind and number, as in "
            "'spend.load:17', never by its name."
        )
    return subject


def _could_name_a_person(value: object) -> bool:
    return isinstance(value, str) and (
        len(value) > LONGEST_TEXT or "@" in value or bool(re.search(r"\s", value))
    )


def _refuse_free_text(did: str, key: str, value: object) -> None:
    if _could_name_a_person(value):
        raise NotRecorded(
            f"{did} is not recorded: {key} holds free text, which could name a person and can "
            "never be erased from the chain. Pass an identifier, or audit.digest(text)."
        )
    if isinstance(value, dict):
        for inner, held in value.items():
            _refuse_free_text(did, key, inner)
            _refuse_free_text(did, f"{key}.{inner}", held)
    elif isinstance(value, list):
        for held in value:
            _refuse_free_text(did, key, held)


def _digest_key() -> bytes:
    folder = Path(settings.HOME) / "secrets"
    path = folder / "audit-digest.key"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = folder / f".{secrets.token_hex(8)}"
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(secrets.token_bytes(32))
        # A hard link fails when another process was first, so that there is only ever one key.
        with contextlib.suppress(FileExistsError):
            os.link(fresh, path)
        fresh.unlink()
    return path.read_bytes()
