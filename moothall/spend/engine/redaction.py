"""Would publishing these lines undo a redaction, or name a private person?

A name that is hidden in one month and clear in the next is not hidden when both stand beside the
same supplier id. Such ids are found here, and names that look like a private person's where the
payment is of a personal kind. Nothing is decided here: a person decides.
"""

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum

import polars as pl
from attrs import field, frozen

from moothall.spend.engine.names import NameKind, folded, is_redaction_mark

WITHHELD = "REDACTED PERSONAL DATA"
# Ids that stand for many payees at once say nothing about any one of them.
_NO_ID = frozenset({"", "0", "00", "NA", "NONE", "NULL", "NIL", "VARIOUS", "SUNDRY", "UNKNOWN"})


class Scope(StrEnum):
    """What a decision is about: every name under one supplier id, or one name."""

    SUPPLIER_REF = "SUPPLIER_REF"
    NAME = "NAME"


class Verdict(StrEnum):
    REDACT = "REDACT"
    PUBLISH = "PUBLISH"


@frozen
class Decision:
    """A person's standing word. matches: the id as `same_ref` gives it, or the folded name."""

    scope: Scope = field(converter=Scope)
    matches: str
    verdict: Verdict = field(converter=Verdict)


@frozen
class Alert:
    """A supplier id that carries a hidden and a clear name. clear_names: as published, sorted."""

    ref: str
    clear_names: tuple[str, ...]
    redacted_names: tuple[str, ...]
    looks_like_person: bool

    def as_json(self) -> dict[str, object]:
        return {
            "supplier_ref": self.ref,
            "clear_names": list(self.clear_names),
            "redacted_names": list(self.redacted_names),
            "looks_like_person": self.looks_like_person,
        }


@frozen
class Proposal:
    """A name that looks like a private person's, in payments of a personal kind."""

    name: str
    matches: str
    sign: str  # the word or category that makes the payment personal


def same_ref(ref: str | None) -> str:
    """One spelling of a supplier id; '' where it names nobody in particular."""
    spelt = "".join(folded(ref or "").split())
    return "" if spelt in _NO_ID or set(spelt) <= {"0"} else spelt


def carries_redaction(name: str | None) -> bool:
    """Whether a published name was hidden by its publisher. Redactive Media Ltd was not."""
    return is_redaction_mark(name)


def unveiled_refs(names: pl.DataFrame, kind_of: Callable[[str], NameKind]) -> tuple[Alert, ...]:
    """Every supplier id that stands beside both a hidden name and a clear one.

    names : one body's supplier_ref, supplier_name; one row per distinct pair is enough
    """
    pairs = names.select("supplier_ref", "supplier_name").drop_nulls().unique()
    texts = pairs["supplier_name"].unique().to_list()
    hidden = dict.fromkeys(text for text in texts if carries_redaction(text))
    by_ref: dict[str, tuple[set[str], set[str]]] = {}
    for ref, name in pairs.iter_rows():
        if not name.strip() or not (key := same_ref(ref)):
            continue
        clear, veiled = by_ref.setdefault(key, (set(), set()))
        (veiled if name in hidden else clear).add(name)
    return tuple(
        Alert(
            ref=ref,
            clear_names=tuple(sorted(clear)),
            redacted_names=tuple(sorted(veiled)),
            looks_like_person=any(
                kind_of(name) in (NameKind.INDIVIDUAL, NameKind.SOLE_TRADER) for name in clear
            ),
        )
        for ref, (clear, veiled) in sorted(by_ref.items())
        if clear and veiled
    )


def proposed_names(
    lines: pl.DataFrame, kind_of: Callable[[str], NameKind], personal: Mapping[str, list[str]]
) -> tuple[Proposal, ...]:
    """Names that look like a private person's where what was paid for is of a personal kind.

    lines    : supplier_name, category, department, service, purpose, category_text
    personal : the value of the rule `personal_data_words`
    """
    found: dict[str, Proposal] = {}
    says = signs_of(lines, personal["words"], personal["categories"])
    for name, sign in zip(lines["supplier_name"].to_list(), says, strict=True):
        if not name or not sign or (key := folded(name)) in found:
            continue
        if kind_of(name) is NameKind.INDIVIDUAL:
            found[key] = Proposal(name=name, matches=key, sign=sign)
    return tuple(found[key] for key in sorted(found))


SAID = ("department", "service", "purpose", "category_text")


def signs_of(lines: pl.DataFrame, words: Iterable[str], categories: Iterable[str]) -> list[str]:
    """For each line the first category or phrase that it meets, '' where it meets none."""
    phrases = phrase_pattern(words)
    codes = "|".join(code.replace("/", "\\/") for code in categories) or "$^"
    said = pl.concat_str([pl.col(name).fill_null("") for name in SAID], separator=" | ")
    met = lines.select(
        pl.coalesce(
            pl.col("category").str.extract(rf"^((?:{codes}))(?:/|$)"),
            said.str.to_lowercase().str.replace_all(r"['’]", "").str.extract(phrases),
            pl.lit(""),
        ).alias("sign")
    )
    return met["sign"].to_list()


def phrase_pattern(words: Iterable[str]) -> str:
    """A pattern that finds any of the phrases as whole words; a star stands for any ending."""
    parts = [
        r"[\W_]+".join(
            part.removesuffix("*") + (r"\w*" if part.endswith("*") else "")
            for part in word.lower().split()
        )
        for word in words
    ]
    return rf"\b({'|'.join(parts)})\b" if parts else "($^)"


def verdicts(names: pl.DataFrame, decisions: Iterable[Decision]) -> list[Verdict | None]:
    """What people decided for each row; a word on the name itself outspeaks one on the id.

    names : supplier_ref, supplier_name
    """
    by_ref: dict[str, Verdict] = {}
    by_name: dict[str, Verdict] = {}
    for decision in decisions:
        said = by_name if decision.scope is Scope.NAME else by_ref
        said[decision.matches] = decision.verdict
    if not by_ref and not by_name:
        return [None] * len(names)
    rows = zip(names["supplier_ref"].to_list(), names["supplier_name"].to_list(), strict=True)
    return [
        by_name.get(folded(name or "")) or (by_ref.get(same_ref(ref)) if ref else None)
        for ref, name in rows
    ]
