"""What is known of each supplier: is it local, small, a charity, a mutual, one of our own?

From registers by number, else by a telling name; from the directory; from what people decided.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

import polars as pl
from attrs import frozen

from moothall.directory.models import Organisation
from moothall.places.queries import is_local_postcode, local_prefixes
from moothall.spend.engine.names import NameKind, NameWords, canonical_name, parsed_name
from moothall.spend.engine.registered import Known, Sought
from moothall.spend.engine.registration_numbers import charity_number, company_number
from moothall.spend.models import PublicBodyDecision
from moothall.spend.queries.registers import known_in_registers

ABOUT = {
    "supplier_key": pl.Int64,
    "supplier": pl.String,
    "withheld": pl.Boolean,
    "is_local": pl.Boolean,
    "is_small": pl.Boolean,
    "is_third_sector": pl.Boolean,
    "is_mutual": pl.Boolean,
    "public_body_id": pl.Int64,
}
_THIRD_SECTOR_FORMS = frozenset({"CIC", "CIO"})


@frozen(slots=True)
class _Named:
    """A supplier with the name that stands for it. `name` is None when none was published."""

    sought: Sought
    name: str | None
    legal_form: str


def facts_of_suppliers(
    clusters: pl.DataFrame, words: NameWords, *, withheld_kinds: Collection[NameKind]
) -> pl.DataFrame:
    """One row per supplier, with the columns of ABOUT; null where nobody has said.

    clusters : supplier_key, and lists with one item per name: supplier_name, spend_pence,
               company_number, charity_number, kind
    """
    suppliers = [_named(row, words) for row in clusters.iter_rows(named=True)]
    known = known_in_registers([each.sought for each in suppliers])
    bodies = _own_bodies(words)
    local = local_prefixes()
    held = frozenset(kind.value for kind in withheld_kinds)
    return pl.DataFrame(
        [
            _facts(each, known.get(each.sought.key), bodies, local, withheld_kinds=held)
            for each in suppliers
        ],
        schema=ABOUT,
        orient="row",
    )


def own_bodies_decided(names: pl.DataFrame, words: NameWords) -> pl.DataFrame:
    """One row per name that a person spoke of: name_key, organisation_id (null: none of them).

    names : name_key, body_id, supplier_name
    """
    decided: dict[int, dict[str, int | None]] = defaultdict(dict)
    standing = PublicBodyDecision.objects.filter(undone_at=None).order_by("pk")
    for body, skeleton, organisation in standing.values_list(
        "body_id", "name_skeleton", "organisation_id"
    ):
        decided[body][skeleton] = organisation
    theirs = names.filter(
        pl.col("body_id").is_in(list(decided)) & pl.col("supplier_name").is_not_null()
    )
    rows = []
    for key, body, name in theirs.select("name_key", "body_id", "supplier_name").iter_rows():
        skeleton = parsed_name(name, words).skeleton
        if skeleton in decided[body]:
            rows.append((key, decided[body][skeleton], True))
    schema = {"name_key": pl.Int64, "organisation_id": pl.Int64, "is_decided": pl.Boolean}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _named(row: Mapping[str, Any], words: NameWords) -> _Named:
    named = [
        (name, pence)
        for name, pence in zip(row["supplier_name"], row["spend_pence"], strict=True)
        if name
    ]
    name = None
    if named:
        spellings, weights = zip(*named, strict=True)
        name = canonical_name(spellings, words, weights)
    parsed = parsed_name(name, words) if name else None
    form = (parsed.legal_form or "") if parsed else ""
    sought = Sought(
        key=row["supplier_key"],
        company_numbers=frozenset(filter(None, map(company_number, row["company_number"]))),
        charity_numbers=frozenset(filter(None, map(charity_number, row["charity_number"]))),
        skeleton=parsed.skeleton if parsed else "",
        legal_form=form,
        word_count=len(parsed.core) if parsed else 0,
        kinds=frozenset(row["kind"]),
    )
    return _Named(sought, name, form)


def _own_bodies(words: NameWords) -> dict[tuple[str, str], int]:
    """(skeleton, legal form) -> the one body of the place that goes by such a name."""
    found: dict[tuple[str, str], set[int]] = defaultdict(set)
    bodies = Organisation.objects.filter(is_of_the_place=True).prefetch_related("other_names")
    for body in bodies:
        for name in (body.name, *(other.name for other in body.other_names.all())):
            parsed = parsed_name(name, words)
            found[parsed.skeleton, parsed.legal_form or ""].add(body.pk)
    return {name: keys.pop() for name, keys in found.items() if len(keys) == 1}


def _facts(
    supplier: _Named,
    known: Known | None,
    bodies: Mapping[tuple[str, str], int],
    local: Collection[str],
    *,
    withheld_kinds: frozenset[str],
) -> tuple[Any, ...]:
    sought, name = supplier.sought, supplier.name
    withheld = name is None or bool(sought.kinds & withheld_kinds)
    # A registered number shows that what looks like a person's name is a company's or a
    # charity's. A name found in a register shows nothing of the kind.
    if known is not None and known.is_by_number and name is not None:
        withheld = NameKind.REDACTED.value in sought.kinds
    third = known.is_third_sector if known else None
    if sought.charity_numbers or supplier.legal_form in _THIRD_SECTOR_FORMS:
        third = True
    return (
        sought.key,
        name,
        withheld,
        is_local_postcode(known.postcode, local) if known and known.postcode else None,
        known.is_small if known else None,
        third,
        known.is_mutual if known else None,
        bodies.get((sought.skeleton, sought.legal_form)) if sought.skeleton else None,
    )
