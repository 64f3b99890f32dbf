"""Could two names be one supplier's, and where does a source cut its names short?"""

from collections.abc import Sequence

import polars as pl
from rapidfuzz import fuzz

from moothall.spend.engine.names import NameWords, ParsedName


def truncation_caps(records: pl.DataFrame) -> dict[int, int]:
    """The length at which each body's source cuts names, by body; absent where none shows.

    A cap shows as a heap in the lengths of distinct names: many at one length, none or almost none
    above it, and more than the lengths just below would lead one to expect.
    """
    distinct = records.select("body_id", "supplier_name").unique()
    lengths = (
        distinct.with_columns(pl.col("supplier_name").str.len_chars().alias("length"))
        .group_by("body_id", "length")
        .len("names")
    )
    caps: dict[int, int] = {}
    for (body_id,), found in lengths.group_by("body_id"):
        count_at = dict(found.select("length", "names").iter_rows())
        total = sum(count_at.values())
        for cap in range(20, 61):
            here = count_at.get(cap, 0)
            above = sum(names for length, names in count_at.items() if length > cap)
            below = [count_at.get(cap - step, 0) for step in (1, 2, 3)]
            if (
                here >= max(8, 0.004 * total)
                and above <= max(3, 0.001 * total)
                and here >= 1.25 * (sum(below) / 3)
            ):
                caps[int(str(body_id))] = cap
                break
    return caps


def _is_abbreviation(short: str, long: str) -> bool:
    """Whether `short` is `long` with letters left out: STAVERTN, MNGMNT, HLTH."""
    if len(short) > len(long):
        short, long = long, short
    if len(short) < 3 or short[0] != long[0]:
        return short == long
    letters = iter(long)
    return all(letter in letters for letter in short)


def _words_align(left: Sequence[str], right: Sequence[str]) -> bool:
    return len(left) == len(right) and all(
        _is_abbreviation(one, other) for one, other in zip(left, right, strict=True)
    )


def names_agree(
    left: ParsedName, right: ParsedName, words: NameWords, *, lenient: bool = True
) -> bool:
    """Whether two names could be one supplier's, where a number already says that they are.

    Not lenient (for VAT numbers, which a whole group of companies may share): two different
    registered names disagree even where they begin alike. Lenient (company and charity numbers,
    a body's own supplier id): a distinctive word in common is enough.
    """
    if left.skeleton == right.skeleton or left.registered == right.registered:
        return True
    sides = {left.skeleton, left.registered, left.trading_skeleton} - {""}
    others = {right.skeleton, right.registered, right.trading_skeleton} - {""}
    if sides & others or {left.factored, right.factored} & (sides | others) - {""}:
        return True
    likeness = fuzz.ratio(left.skeleton, right.skeleton)
    if likeness >= 88 or sorted(left.core) == sorted(right.core):
        return True
    if _words_align(left.core, right.core):
        return True
    two_companies = left.legal_form is not None and right.legal_form is not None
    shorter, longer = sorted((left.skeleton, right.skeleton), key=len)
    if longer.startswith(shorter) and len(shorter) >= 6 and not (two_companies and not lenient):
        return len(left.core) > 1 or len(right.core) > 1
    if not lenient:
        return not two_companies and likeness >= 80
    distinctive = {
        word
        for word in set(left.words) & set(right.words)
        if len(word) >= 4 and word not in words.business and word not in words.forenames
    }
    if distinctive:
        return True
    acronym, spelt = sorted((left, right), key=lambda name: len(name.words))
    initials = "".join(word[0] for word in spelt.core if word not in {"AND", "OF", "THE", "FOR"})
    return len(initials) >= 3 and initials in acronym.words
