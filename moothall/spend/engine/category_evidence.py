"""What does a payment line itself say of its category: standing, codes, words, headings?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl
from attrs import frozen

from moothall.spend.engine.category_rules import AT_MOST, CategoryRules
from moothall.spend.engine.plain_words import plain_name, plain_text, plain_words

SURE_ENOUGH = 0.60
CLEAR = 0.85
"""From this strength on, what was bought outspeaks who was paid and whose payment it is."""
SERVICE_WEIGHT = 0.55
"""A department says whose payment it is, seldom what was bought."""

TEXT_COLUMNS = ("category_text", "purpose", "account_code", "proclass")
LABEL_PLACES = (0, 3)
"""Which of the text columns hold a publisher's own classification: category_text and proclass."""
SERVICE_COLUMNS = ("department", "service")
SIGNATURE_COLUMNS = (
    "supplier_name",
    *SERVICE_COLUMNS,
    "purpose",
    "category_text",
    "proclass",
    "cpv",
    "sercop",
    "account_code",
)


def supplier_key(frame: pl.DataFrame) -> pl.Expr:
    """Who was paid: the matched supplier where there is one, else the name as published.

    Null where the name is missing or withheld, so that nothing is learnt from it.
    """
    name = plain_words(pl.col("supplier_name"))
    usable = (
        name.is_not_null()
        & (name.str.strip_chars() != "")
        & ~name.str.contains(r" redact| withheld| personal data| not disclosed")
    )
    by_name = pl.when(usable).then(name.str.strip_chars())
    if "supplier_id" not in frame.columns:
        return by_name
    matched = pl.lit("#") + pl.col("supplier_id").cast(pl.String)
    return pl.when(usable | pl.col("supplier_name").is_null()).then(pl.coalesce(matched, by_name))


@frozen(eq=False)
class _Reading:
    """What the phrases found in one column say.

    places   : (line,) which of `strengths` each line has; 0 is nothing
    strengths: strength by category, once for each distinct finding
    """

    mark: str
    places: pl.Series
    strengths: list[dict[str, float]]


def _read_column(
    plain: pl.Series,
    phrases: dict[str, tuple[tuple[str, float], ...]],
    *,
    mark: str,
    weight: float = 1.0,
    silent: frozenset[str] = frozenset(),
) -> _Reading:
    """Look for the phrases in a column of plain words, each distinct text once."""
    distinct = plain.drop_nulls().unique()
    found = distinct.str.extract_many(list(phrases), overlapping=True)
    strengths: list[dict[str, float]] = [{}]
    known: dict[tuple[str, ...], int] = {}
    places = []
    for text, patterns in zip(distinct.to_list(), found.to_list(), strict=True):
        if not patterns or text.strip() in silent:
            places.append(0)
            continue
        key = tuple(patterns)
        if key not in known:
            known[key] = len(strengths)
            strengths.append(_strengths(patterns, phrases, weight))
        places.append(known[key])
    by_text = pl.DataFrame(
        {"text": distinct, "place": places}, schema={"text": pl.String, "place": pl.Int64}
    )
    joined = plain.to_frame("text").join(by_text, on="text", how="left", maintain_order="left")
    return _Reading(mark, joined["place"].fill_null(0), strengths)


def _strengths(
    found: Iterable[str], phrases: dict[str, tuple[tuple[str, float], ...]], weight: float
) -> dict[str, float]:
    """Strength by category; a phrase inside a longer phrase that was found says nothing."""
    patterns = set(found)
    result: dict[str, float] = {}
    for pattern in patterns:
        if any(pattern != other and pattern in other for other in patterns):
            continue
        for category, strength in phrases[pattern]:
            result[category] = max(result.get(category, 0.0), strength * weight)
    return result


def _weighed(
    text: list[dict[str, float]], other: list[dict[str, float]]
) -> tuple[str, float] | None:
    """The best category of several columns together, and how sure that is.

    text  : what the columns for what was bought say
    other : what the supplier's name and the department say

    Agreeing columns strengthen each other as independent witnesses would; a rival in another
    group takes away a third of its own strength, a rival kind in the same group a tenth. Where
    the text speaks clearly, name and department count half.
    """
    doubts: dict[str, float] = {}
    clearest = max((strength for column in text for strength in column.values()), default=0.0)
    half = 0.5 if clearest >= CLEAR else 1.0
    for columns, weight in ((text, 1.0), (other, half)):
        for column in columns:
            for category, strength in column.items():
                doubts[category] = doubts.get(category, 1.0) * (1.0 - strength * weight)
    if not doubts:
        return None
    by_strength = sorted(doubts.items(), key=lambda pair: (pair[1], pair[0]))
    best, doubt = by_strength[0]
    group = best.split("/")[0]
    if best.endswith("/general"):
        # A fair sign of a kind says more than any sign of its group.
        best = next(
            (
                code
                for code, other in by_strength[1:]
                if code.split("/")[0] == group and 1.0 - other >= SURE_ENOUGH
            ),
            best,
        )
    rival = max(
        ((1.0 - other) * (0.1 if code.split("/")[0] == group else 0.33))
        for code, other in [*by_strength, ("", 1.0)]
        if code != best
    )
    return best, min(AT_MOST, 1.0 - doubt) - rival


def _longest_prefix(code: str, prefixes: Mapping[str, str]) -> str | None:
    for length in range(len(code), 1, -1):
        if code[:length] in prefixes:
            return prefixes[code[:length]]
    return None


def _code_found(text: str, pattern: str, prefixes: Mapping[str, str]) -> tuple[str, float] | None:
    match = re.search(pattern, text)
    category = _longest_prefix(match.group(1), prefixes) if match else None
    if match is None or category is None:
        return None
    if match.group(1).endswith("0000"):
        return category, 0.72
    return category, 0.85 if category.endswith("/general") else 0.95


def _codes(frame: pl.DataFrame, rules: CategoryRules) -> pl.DataFrame:
    """What the published ProClass and CPV codes say: code_category, code_sureness."""
    columns = []
    for column, pattern, prefixes in (
        ("proclass", r"\b(\d{6})\b", rules.proclass),
        ("cpv", r"\b(\d{8})(?:-\d)?\b", rules.cpv),
    ):
        texts = frame[column].drop_nulls().unique().to_list()
        pairs = [_code_found(text, pattern, prefixes) for text in texts]
        columns.append(_looked_up(frame[column], texts, pairs))
    proclass, cpv = columns
    return proclass.hstack(cpv.rename({"category": "_category", "sureness": "_sureness"})).select(
        code_category=pl.coalesce("category", "_category"),
        code_sureness=pl.coalesce("sureness", "_sureness").fill_null(0.0),
    )


def _looked_up(
    column: pl.Series, texts: list[Any], pairs: list[tuple[str, float] | None]
) -> pl.DataFrame:
    """Category and sureness of each line, from those of the distinct values of its column."""
    answers = pl.DataFrame(
        {
            "key": pl.Series(texts, dtype=column.dtype),
            "category": pl.Series([pair[0] if pair else None for pair in pairs], dtype=pl.String),
            "sureness": pl.Series([pair[1] if pair else None for pair in pairs], dtype=pl.Float64),
        }
    )
    return (
        column.to_frame("key")
        .join(answers, on="key", how="left", maintain_order="left")
        .drop("key")
    )


def _sercop(frame: pl.DataFrame, rules: CategoryRules) -> pl.DataFrame:
    """What service and nature headings say: sercop_category, sercop_sureness, and both names."""
    named = [
        _headings_of(frame[column], rules.sercop_services, is_code=column == "sercop")
        for column in ("sercop", "service", "department")
    ]
    natures = [
        pl.col(plain_name(column))
        .str.strip_chars()
        .replace_strict(rules.sercop_natures, default=None, return_dtype=pl.String)
        for column in ("category_text", "purpose", "account_code")
    ]
    seen = frame.select(sercop_nature=pl.coalesce(natures)).with_columns(
        pl.DataFrame(named).select(pl.coalesce(pl.all()).alias("sercop_service")).to_series()
    )
    keys = seen.select(
        pl.col("sercop_service").fill_null("any") + " " + pl.col("sercop_nature").fill_null("any")
    ).to_series()
    texts = keys.unique().to_list()
    pairs = [
        rules.sercop.get(key)
        or rules.sercop.get(f"any {key.split()[1]}")
        or rules.sercop.get(f"{key.split()[0]} any")
        for key in texts
    ]
    answers = _looked_up(keys, texts, pairs)
    return seen.with_columns(
        answers["category"].alias("sercop_category"),
        answers["sureness"].fill_null(0.0).alias("sercop_sureness"),
    )


def _headings_of(column: pl.Series, headings: Mapping[str, str], *, is_code: bool) -> pl.Series:
    texts = column.drop_nulls().unique().to_list()
    names = {text: _heading(text, headings, is_code) for text in texts}
    return column.replace_strict(names, default=None, return_dtype=pl.String)


def _heading(text: str, headings: Mapping[str, str], is_code: bool) -> str | None:
    plain = plain_text(text.rstrip("/").rsplit("/", 1)[-1] if is_code and "//" in text else text)
    if is_code and plain in headings:
        return headings[plain]
    padded = f" {plain} "
    for heading, name in headings.items():
        if len(heading) > 2 and f" {heading} " in padded:
            return name
    return None


def _words(frame: pl.DataFrame, rules: CategoryRules) -> pl.DataFrame:
    """What words say: words_category, words_sureness, and the cues found, for the classifier.

    A text that is only a heading of the subjective analysis ("Supplies and Services") is left to
    the SeRCOP map: it says nothing of its own.
    """
    silent = frozenset(rules.sercop_natures)
    readings = [
        *(
            _read_column(frame[plain_name(name)], rules.text_phrases, mark="t", silent=silent)
            for name in TEXT_COLUMNS
        ),
        _read_column(frame[plain_name("supplier_name")], rules.supplier_phrases, mark="s"),
        *(
            _read_column(frame[plain_name(name)], phrases, mark="d", weight=weight)
            for name in SERVICE_COLUMNS
            for phrases, weight in (
                (rules.service_phrases, SERVICE_WEIGHT),
                (rules.text_phrases, SERVICE_WEIGHT * 0.6),
            )
        ),
    ]
    places = pl.DataFrame([reading.places.alias(f"p{i}") for i, reading in enumerate(readings)])
    combined = places.unique(maintain_order=True)
    pairs: list[tuple[str, float] | None] = []
    cues: list[str] = []
    label_cues: list[str] = []
    for row in combined.iter_rows():
        columns = [reading.strengths[place] for reading, place in zip(readings, row, strict=True)]
        pairs.append(_weighed(columns[: len(TEXT_COLUMNS)], columns[len(TEXT_COLUMNS) :]))
        marked = [
            (index in LABEL_PLACES, f"c{readings[index].mark}:{category}")
            for index, column in enumerate(columns)
            for category in column
        ]
        cues.append(" ".join(cue for is_label, cue in marked if not is_label))
        label_cues.append(" ".join(cue for is_label, cue in marked if is_label))
    answers = combined.with_columns(
        pl.Series("words_category", [pair[0] if pair else None for pair in pairs], pl.String),
        pl.Series("words_sureness", [pair[1] if pair else 0.0 for pair in pairs], pl.Float64),
        pl.Series("cues", cues, pl.String),
        pl.Series("label_cues", label_cues, pl.String),
    )
    return places.join(answers, on=combined.columns, how="left", maintain_order="left").select(
        "words_category", "words_sureness", "cues", "label_cues"
    )


def _standing(frame: pl.DataFrame, rules: CategoryRules) -> pl.Series:
    """The category that the payee's or the purpose's standing settles, or null."""

    def holds(columns: Iterable[str], phrases: tuple[str, ...]) -> pl.Series:
        result = pl.repeat(value=False, n=frame.height, eager=True)
        for column in columns if phrases else ():
            plain = frame[plain_name(column)]
            distinct = plain.drop_nulls().unique()
            held = distinct.filter(distinct.str.contains_any(list(phrases)))
            result |= plain.is_in(held.implode()).fill_null(value=False)
        return result

    chosen = pl.Series("standing_category", [None] * frame.height, dtype=pl.String)
    for category, payees, purposes, both in reversed(rules.standing):
        has_payee = holds(("supplier_name",), payees)
        has_purpose = holds(TEXT_COLUMNS, purposes)
        met = (has_payee & has_purpose) if both else (has_payee | has_purpose)
        chosen = chosen.zip_with(~met, pl.Series([category], dtype=pl.String))
    return chosen


def feature_words(frame: pl.DataFrame, *, with_label: bool) -> pl.Series:
    """The word features of each line: its own words by column, its cues and its headings.

    with_label : whether the published category text counts. Where it only spells out the code that
                 is to be learnt, it must not, or the classifier would learn to read labels.
    """

    def marked(mark: str, column: str) -> pl.Expr:
        return (
            pl.col(plain_name(column))
            .fill_null("")
            .str.extract_all(r"[a-z]{2,}")
            .list.eval(pl.lit(mark) + pl.element())
        )

    label = (
        (marked("t:", "category_text"), pl.col("label_cues").str.extract_all(r"\S+"))
        if with_label
        else ()
    )
    return frame.select(
        pl.concat_list(
            *label,
            *(marked("t:", name) for name in ("purpose", "account_code")),
            marked("s:", "supplier_name"),
            *(marked("d:", name) for name in SERVICE_COLUMNS),
            pl.col("cues").str.extract_all(r"\S+"),
            pl.lit("v:") + pl.col("sercop_service").fill_null("none"),
            pl.lit("n:") + pl.col("sercop_nature").fill_null("none"),
        )
        .list.unique()
        .alias("words")
    ).to_series()


def evidence_of(frame: pl.DataFrame, rules: CategoryRules) -> pl.DataFrame:
    absent = [
        pl.lit(None, dtype=pl.String).alias(name)
        for name in SIGNATURE_COLUMNS
        if name not in frame.columns
    ]
    whole = (
        frame.with_columns(absent)
        .with_columns(pl.col(name).cast(pl.String) for name in SIGNATURE_COLUMNS)
        .with_columns(
            plain_words(pl.col(name)).alias(plain_name(name))
            for name in ("supplier_name", *TEXT_COLUMNS, *SERVICE_COLUMNS)
        )
    )
    return pl.concat(
        [
            whole.with_columns(supplier_key(whole).alias("supplier_key")),
            _standing(whole, rules).to_frame(),
            _codes(whole, rules),
            _words(whole, rules),
            _sercop(whole, rules),
        ],
        how="horizontal",
    )


def group_of(column: str) -> pl.Expr:
    return pl.col(column).str.split("/").list.first()
