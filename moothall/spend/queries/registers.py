"""Which registers of organisations are loaded, and what do they say of suppliers?"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime
from functools import cache
from typing import Any

from attrs import frozen
from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet

from moothall.core.rules import rules_of
from moothall.spend.engine.register_rows import WHOLES, RegisterWords
from moothall.spend.engine.registered import Entry, Known, Sought, known_of
from moothall.spend.models import Register, RegisterAside, RegisterEntry

PAGE_ROWS = 50
WORDS_OF_WHOLE = {
    "is_third_sector": "a charity, or another organisation of the third sector",
    "is_mutual": "a mutual or co-operative",
    "is_public_body": "a public body",
}


@cache
def register_words_on(day: date) -> RegisterWords:
    """The words and bounds by which registers are read, in force on `day`."""
    rules = rules_of("spend", "registers")
    try:
        small = rules["small_firm"].on(day).value
    except LookupError:  # the Act had not begun: nobody is called small by its measure
        small = None
    return RegisterWords(
        columns=rules["columns"].on(day).value,
        whole_register=rules["whole_register"].on(day).value,
        legal_forms=rules["legal_forms"].on(day).value,
        small_firm=small,
        size_words=rules["size_words"].on(day).value,
    )


def known_in_registers(suppliers: Collection[Sought]) -> dict[int, Known]:
    """Supplier key -> what the loaded registers say of it."""
    return known_of(suppliers, _entries())


def _entries() -> Iterator[Entry]:
    """Every entry, the register loaded last at the end, a few at a time."""
    loaded = dict(Register.objects.values_list("name", "loaded_at"))
    names = RegisterEntry.objects.order_by().values_list("register", flat=True).distinct()
    # An entry whose register has no record of its load counts as the oldest.
    for name in sorted(names, key=lambda each: (each in loaded, loaded.get(each), each)):
        rows = RegisterEntry.objects.filter(register=name).order_by("pk")
        for values in rows.values_list(
            "register",
            "name_skeleton",
            "legal_form",
            "company_number",
            "charity_number",
            "postcode",
            "is_small",
            "is_third_sector",
            "is_mutual",
            "is_public_body",
        ).iterator(chunk_size=5000):
            yield Entry(*values)


# ── pages ────────────────────────────────────────────────────────────────────────────────────


@frozen
class RegisterRow:
    """One register, as the list and its own page show it."""

    id: int
    name: str
    file_name: str
    sha256: str
    rows_read: int
    rows_kept: int
    rows_set_aside: int
    rows_blank: int
    loaded_at: datetime
    loaded_by: str
    entry_count: int
    number_count: int
    company_number_count: int
    charity_number_count: int
    postcode_count: int
    size_count: int
    third_sector_count: int
    mutual_count: int
    public_body_count: int
    columns: tuple[tuple[str, str], ...]
    whole: tuple[str, ...]
    reasons: tuple[tuple[str, int], ...]
    warnings: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        """As `moothall spend register … --format json` prints it."""
        return {
            "name": self.name,
            "file": self.file_name,
            "sha256": self.sha256,
            "loaded_at": self.loaded_at.isoformat(),
            "rows_read": self.rows_read,
            "rows_kept": self.rows_kept,
            "rows_set_aside": self.rows_set_aside,
            "rows_blank": self.rows_blank,
            "reasons": dict(self.reasons),
            "columns": dict(self.columns),
            "every_organisation_is": list(self.whole),
            "with_company_number": self.company_number_count,
            "with_charity_number": self.charity_number_count,
            "with_postcode": self.postcode_count,
            "with_size": self.size_count,
            "third_sector": self.third_sector_count,
            "mutual": self.mutual_count,
            "public_bodies": self.public_body_count,
            "warnings": list(self.warnings),
        }


@frozen
class AsideRow:
    """One row that was set aside."""

    row: int
    sheet: str
    reason: str
    sentence: str
    cells: tuple[str, ...]


def register_list() -> tuple[RegisterRow, ...]:
    """Every register, by name."""
    counts = {row["register"]: row for row in _counts()}
    registers = Register.objects.select_related("loaded_by").order_by("name")
    return tuple(_register_row(each, counts.get(each.name, {})) for each in registers)


def register_row(register_id: int) -> RegisterRow | None:
    """One register, or None when there is none of that number."""
    each = Register.objects.select_related("loaded_by").filter(pk=register_id).first()
    if each is None:
        return None
    counts: dict[str, int] = next(iter(_counts().filter(register=each.name)), {})
    return _register_row(each, counts)


def aside_page(register_id: int, number: str | None) -> Page[Any]:
    """One page of a register's set-aside rows, as frozen rows."""
    rows = RegisterAside.objects.filter(register_id=register_id).order_by("pk")
    page: Page[Any] = Paginator(rows, PAGE_ROWS).get_page(number)
    page.object_list = [_aside_row(row) for row in page.object_list]
    return page


def aside_rows(register_id: int) -> Iterator[AsideRow]:
    """Every set-aside row of a register, for a download."""
    rows = RegisterAside.objects.filter(register_id=register_id).order_by("pk")
    return map(_aside_row, rows.iterator(chunk_size=2000))


def _counts() -> QuerySet[Any, Any]:
    said = {
        "entry_count": Count("pk"),
        "company_number_count": Count("pk", filter=~Q(company_number="")),
        "charity_number_count": Count("pk", filter=~Q(charity_number="")),
        "number_count": Count("pk", filter=~Q(company_number="") | ~Q(charity_number="")),
        "postcode_count": Count("pk", filter=~Q(postcode="")),
        "size_count": Count("pk", filter=Q(is_small__isnull=False)),
        "third_sector_count": Count("pk", filter=Q(is_third_sector=True)),
        "mutual_count": Count("pk", filter=Q(is_mutual=True)),
        "public_body_count": Count("pk", filter=Q(is_public_body=True)),
    }
    return RegisterEntry.objects.order_by().values("register").annotate(**said)


def _register_row(each: Register, counts: dict[str, int]) -> RegisterRow:
    whole = each.reading.get("whole", [])
    return RegisterRow(
        id=each.pk,
        name=each.name,
        file_name=each.file_name,
        sha256=each.sha256,
        rows_read=each.rows_read,
        rows_kept=each.rows_kept,
        rows_set_aside=each.rows_set_aside,
        rows_blank=each.rows_blank,
        loaded_at=each.loaded_at,
        loaded_by=each.loaded_by.name if each.loaded_by else "",
        columns=tuple(
            (name.replace("_", " "), str(header))
            for name, header in each.reading.get("columns", {}).items()
        ),
        whole=tuple(WORDS_OF_WHOLE[flag] for flag in WHOLES.values() if flag in whole),
        reasons=tuple(sorted(each.reading.get("reasons", {}).items())),
        warnings=tuple(each.reading.get("warnings", ())),
        **{
            field: counts.get(field, 0)
            for field in (
                "entry_count",
                "number_count",
                "company_number_count",
                "charity_number_count",
                "postcode_count",
                "size_count",
                "third_sector_count",
                "mutual_count",
                "public_body_count",
            )
        },
    )


def _aside_row(row: RegisterAside) -> AsideRow:
    return AsideRow(row.row, row.sheet, row.reason, row.sentence, tuple(row.cells))
