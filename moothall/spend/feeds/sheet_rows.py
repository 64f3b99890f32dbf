"""What do the sheets of a workbook hold, row by row? Run as a child process, with little memory.

A workbook can be built to exhaust whoever opens it, so it is opened only here: a process of its
own that imports nothing of ours, may use only so much memory and processor time, and can die.
It writes one JSON document a line to standard output: batches of rows, then a last word.
"""

from __future__ import annotations

import datetime
import json
import sys
from decimal import ROUND_HALF_EVEN, Decimal

ROWS_IN_BATCH = 1_000
PENNY = Decimal("0.01")
NEAR_A_PENNY = Decimal("0.000001")
# Midnight, and midnight as a programme an hour out of step with summer time writes it.
MIDNIGHTS = (datetime.time(0, 0), datetime.time(1, 0))


def cell_text(cell: object) -> str:
    """Return a sheet's cell as text: numbers in plain notation, days as YYYY-MM-DD.

    A number is read at 15 significant digits, which is all a workbook keeps; within a millionth
    of a whole penny it is that penny.
    """
    if isinstance(cell, str):
        return cell
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float | int):
        return number_text(cell)
    if isinstance(cell, datetime.datetime):
        if cell.time() in MIDNIGHTS:
            return cell.date().isoformat()
        return cell.isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, datetime.date):
        return cell.isoformat()
    return str(cell)


def number_text(number: float) -> str:
    """Return a number at 15 significant digits, without an exponent."""
    if number != number or number in (float("inf"), float("-inf")):
        return str(number)
    exact = Decimal(f"{number:.15g}")
    if exact == exact.to_integral_value():
        return str(int(exact))
    if abs(exact) < Decimal(10) ** 15:
        penny = exact.quantize(PENNY, ROUND_HALF_EVEN)
        if abs(exact - penny) < NEAR_A_PENNY:
            exact = abs(penny) if penny == 0 else penny  # never "-0.00"
    return f"{exact:f}"


def limit_this_process(memory_bytes: int, seconds: int) -> None:
    """Let the operating system stop this process when it takes more than it may."""
    try:
        import resource
    except ImportError:  # Windows: the parent's clock is then the only guard
        return
    for limit, value in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
    ):
        _, hard = resource.getrlimit(limit)
        bounded = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(limit, (bounded, bounded))


def say(document: dict[str, object]) -> None:
    """Write one line to the parent."""
    sys.stdout.write(json.dumps(document, separators=(",", ":")) + "\n")


def main(path: str, memory_bytes: int, seconds: int) -> int:
    """Write the rows of every visible sheet; the last line says `end`, or the `fault`."""
    from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    limit_this_process(memory_bytes, seconds)
    try:
        workbook = CalamineWorkbook.from_path(path)
        for sheet in workbook.sheets_metadata:
            if sheet.typ != SheetTypeEnum.WorkSheet:
                continue
            if sheet.visible != SheetVisibleEnum.Visible:
                say({"hidden": sheet.name})
                continue
            rows = workbook.get_sheet_by_name(sheet.name)
            say({"sheet": sheet.name})
            # iter_rows starts at A1 whatever the first used cell is: numbers are the sheet's own.
            batch: list[tuple[int, list[str]]] = []
            for number, cells in enumerate(rows.iter_rows(), 1):
                texts = [cell_text(cell) for cell in cells]
                batch.append((number, texts if any(texts) else []))
                if len(batch) == ROWS_IN_BATCH:
                    say({"rows": batch})
                    batch = []
            if batch:
                say({"rows": batch})
    except MemoryError:
        say({"fault": "memory"})
        return 3
    except (CalamineError, OSError, ValueError) as fault:
        kind = "password" if type(fault).__name__ == "PasswordError" else "damaged"
        say({"fault": kind, "words": str(fault)})
        return 4
    say({"end": True})
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
