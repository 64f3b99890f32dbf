"""Load registers of organisations, and take them out again: whole or not at all."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from django.db import transaction

from moothall.core import audit
from moothall.core.errors import CannotDo
from moothall.core.permissions import Viewer
from moothall.directory.models import Person
from moothall.spend.actions.refreshing import rename_soon
from moothall.spend.engine.names import parsed_name
from moothall.spend.engine.register_rows import WHOLES
from moothall.spend.feeds.reading import CannotRead
from moothall.spend.feeds.registers import RegisterReading, read_register
from moothall.spend.models import Register, RegisterAside, RegisterEntry
from moothall.spend.permissions import why_not_load_register
from moothall.spend.queries.purges import why_purged
from moothall.spend.queries.registers import register_words_on
from moothall.spend.queries.rulebook import name_words_on

LONGEST_NAME = 80


class CannotLoadRegister(CannotDo):
    """The registers are as they were."""


def load_register(
    path: Path,
    *,
    name: str,
    by: Person | None,
    at: datetime,
    every: Collection[str] = (),
    file_name: str | None = None,
) -> Register:
    """Read a register and let it take the place of the one of the same name.

    every     : what holds for each organisation of it: third-sector, mutual, public-body
    file_name : what the file was called where it came from

    :raises CannotLoadRegister: when a role is missing, or the file is no register.
    """
    if reason := why_not_load_register(by or Viewer.operator()):
        raise CannotLoadRegister(reason)
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise CannotLoadRegister(
            f"Nothing was loaded: a register goes by a name of at most {LONGEST_NAME} letters. "
            "Give it one, such as “Charities of the county”."
        )
    if unknown := sorted(set(every) - set(WHOLES)):
        raise CannotLoadRegister(
            f"Nothing was loaded: {unknown[0]} is not something said of a register. Choose "
            f"{', '.join(WHOLES)}."
        )
    try:
        reading = read_register(
            path,
            words=register_words_on(at.date()),
            whole=[WHOLES[each] for each in every],
            name=file_name,
        )
    except CannotRead as refusal:
        raise CannotLoadRegister(str(refusal)) from None
    if reason := why_purged(reading.sha256):
        raise CannotLoadRegister(reason)
    entries = _entries(reading, name, at)
    with transaction.atomic():
        held = Register.objects.select_for_update().filter(name__iexact=name).first()
        replaced = _emptied(held) if held else 0
        register = _written(held or Register(name=name), reading, by=by, at=at)
        for entry in entries:
            entry.register = register.name
        RegisterEntry.objects.bulk_create(entries, batch_size=2000)
        RegisterAside.objects.bulk_create(
            (
                RegisterAside(
                    register=register,
                    sheet=(row.sheet or "")[:120],
                    row=row.row,
                    reason=row.reason,
                    sentence=row.sentence,
                    cells=row.cells,
                )
                for row in reading.aside
            ),
            batch_size=2000,
        )
        audit.record(
            by=by,
            at=at,
            did="spend.register_loaded",
            to=f"spend.register:{register.pk}",
            register=audit.digest(register.name),
            sha256=reading.sha256,
            rows_read=reading.rows_read,
            rows_kept=reading.rows_kept,
            rows_set_aside=reading.rows_set_aside,
            entries=len(entries),
            entries_replaced=replaced,
        )
        rename_soon(
            key=f"{register.pk}:{reading.sha256[:16]}:{at.isoformat()}", why="spend.register_loaded"
        )
    return register


def remove_register(*, name: str, by: Person | None, at: datetime) -> int:
    """Take a register out, with every entry and set-aside row; return how many entries went.

    :raises CannotLoadRegister: when a role is missing, or no register has that name.
    """
    if reason := why_not_load_register(by or Viewer.operator()):
        raise CannotLoadRegister(reason.replace("load a register", "remove a register"))
    with transaction.atomic():
        held = Register.objects.select_for_update().filter(name__iexact=name.strip()).first()
        if held is None:
            known = ", ".join(Register.objects.values_list("name", flat=True)[:5])
            raise CannotLoadRegister(
                f"No register is called {name.strip()}. "
                + (f"Those loaded are: {known}." if known else "None is loaded.")
            )
        key, digest = held.pk, audit.digest(held.name)
        gone = _emptied(held)
        held.delete()
        audit.record(
            by=by,
            at=at,
            did="spend.register_removed",
            to=f"spend.register:{key}",
            register=digest,
            entries=gone,
        )
        rename_soon(key=f"{key}:{at.isoformat()}", why="spend.register_removed")
    return gone


def _emptied(register: Register) -> int:
    RegisterAside.objects.filter(register=register).delete()
    return RegisterEntry.objects.filter(register=register.name).delete()[0]


def _written(
    register: Register, reading: RegisterReading, *, by: Person | None, at: datetime
) -> Register:
    register.file_name = reading.file[:400]
    register.sha256 = reading.sha256
    register.rows_read = reading.rows_read
    register.rows_kept = reading.rows_kept
    register.rows_set_aside = reading.rows_set_aside
    register.rows_blank = reading.rows_blank
    register.reading = {
        "columns": reading.columns,
        "whole": sorted(reading.whole),
        "reasons": reading.reasons,
        "warnings": list(reading.warnings),
    }
    register.loaded_by, register.loaded_at = by, at
    register.save()
    return register


def _entries(reading: RegisterReading, name: str, at: datetime) -> list[RegisterEntry]:
    """An entry for each organisation, and one more for each other name it goes by."""
    words = name_words_on(at.date())

    entries: list[RegisterEntry] = []
    for listed in reading.entries:
        seen = {""}
        for spelt in (listed.name, *listed.other_names):
            parsed = parsed_name(spelt, words)
            if parsed.skeleton in seen:
                continue
            seen.add(parsed.skeleton)
            entries.append(
                RegisterEntry(
                    register=name,
                    name=spelt,
                    name_skeleton=parsed.skeleton[:300],
                    legal_form=(parsed.legal_form or "")[:10],
                    company_number=listed.company_number,
                    charity_number=listed.charity_number,
                    postcode=listed.postcode,
                    is_small=listed.is_small,
                    is_third_sector=listed.is_third_sector,
                    is_mutual=listed.is_mutual,
                    is_public_body=listed.is_public_body,
                )
            )
    return entries
