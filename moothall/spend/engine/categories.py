"""What was each payment for, how do we know, and how sure is that?

Evidence is taken in this order: a person's correction; a payee whose standing settles it (taxes,
precepts, pensions, loans, cards); a published code; the supplier's usual category; words; the
supplier's other lines; SeRCOP headings; a classifier. The rest is "not-classified".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import polars as pl
from attrs import field, frozen

from moothall.spend.engine.classifier import (
    CannotFit,
    Model,
    fitted_model,
    known_word_counts,
    probabilities,
)

RULE_DOCUMENTS = (
    "category_scheme",
    "category_words",
    "proclass_map",
    "cpv_map",
    "sercop_map",
    "standing_words",
)

NOT_CLASSIFIED = "not-classified"
SURE_ENOUGH = 0.60
CLEAR = 0.85
"""From this strength on, what was bought outspeaks who was paid and whose payment it is."""
MODEL_SURE_ENOUGH = 0.75
"""A classifier must be surer than a rule: it has not seen this body's words before."""
MODEL_OVERRULES = 0.90
WORDS_A_MODEL_NEEDS = 3
LINES_A_MODEL_USES = 60_000

STRENGTHS = {"strong": 0.92, "fair": 0.78, "weak": 0.50, "supplier": 0.72, "service": 0.88}
EACH_MORE_WORD = 0.03
AT_MOST = 0.97
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
CATEGORISED_SCHEMA = {
    "category_key": pl.Int64,
    "category": pl.String,
    "group": pl.String,
    "how": pl.String,
    "sureness": pl.Float64,
}
CORRECTION_CONDITIONS = ("category_key", "supplier_id", "supplier_name", "category_text")


@frozen
class Category:
    """A kind of spending; `code` is "group/kind", `nature` purchase, transfer or pass-through."""

    code: str
    label: str
    definition: str
    examples: tuple[str, ...]
    nature: str = field()

    @nature.validator
    def _is_known(self, _attribute: Any, nature: str) -> None:
        if nature not in ("purchase", "transfer", "pass-through"):
            raise ValueError(
                f"The category {self.code} has the nature {nature!r}. "
                "Write purchase, transfer or pass-through."
            )

    @property
    def group(self) -> str:
        return self.code.split("/")[0]


@frozen
class Group:
    """One row of the founding table."""

    code: str
    label: str
    definition: str
    kinds: tuple[Category, ...]


@frozen
class Scheme:
    """The published two-level scheme."""

    groups: tuple[Group, ...]

    def categories(self) -> dict[str, Category]:
        """Every category by its code."""
        return {kind.code: kind for group in self.groups for kind in group.kinds}

    def label(self, code: str) -> str:
        """The words for a category or a group; "Not classified" for the lines left over."""
        if code == NOT_CLASSIFIED:
            return "Not classified"
        for group in self.groups:
            if group.code == code:
                return group.label
            for kind in group.kinds:
                if kind.code == code:
                    return kind.label
        raise ValueError(f"{code} is not a category of the scheme. See the list of categories.")

    def pass_through(self) -> tuple[str, ...]:
        """Codes of money that only passes through: precepts, rates, pensions, tax, treasury."""
        return tuple(
            code for code, kind in self.categories().items() if kind.nature == "pass-through"
        )


@frozen(eq=False)
class CategoryRules:
    """The rules of one day, made ready for use.

    phrases  : what to look for in each sort of column -> its categories with their strengths
    standing : (category, payee phrases, purpose phrases, whether both are needed)
    """

    scheme: Scheme
    text_phrases: dict[str, tuple[tuple[str, float], ...]]
    supplier_phrases: dict[str, tuple[tuple[str, float], ...]]
    service_phrases: dict[str, tuple[tuple[str, float], ...]]
    standing: tuple[tuple[str, tuple[str, ...], tuple[str, ...], bool], ...]
    proclass: dict[str, str]
    cpv: dict[str, str]
    sercop_services: dict[str, str]
    sercop_natures: dict[str, str]
    sercop: dict[str, tuple[str, float]]


def scheme_from(value: Iterable[Mapping[str, Any]]) -> Scheme:
    """Build the scheme from the value of the rule `category_scheme`."""
    return Scheme(
        tuple(
            Group(
                code=group["code"],
                label=group["label"],
                definition=group["definition"],
                kinds=tuple(
                    Category(
                        code=kind["code"],
                        label=kind["label"],
                        definition=kind["definition"],
                        examples=tuple(kind["examples"]),
                        nature=kind["nature"],
                    )
                    for kind in group["kinds"]
                ),
            )
            for group in value
        )
    )


def category_rules(values: Mapping[str, Any]) -> CategoryRules:
    """Make the rules ready.

    values : the value in force of every rule in `RULE_DOCUMENTS`, by the rule's key

    :raises ValueError: when a rule names a category that the scheme does not have.
    """
    scheme = scheme_from(values["category_scheme"])
    known = set(scheme.categories()) | {NOT_CLASSIFIED}
    text: dict[str, dict[str, float]] = {}
    supplier: dict[str, dict[str, float]] = {}
    service: dict[str, dict[str, float]] = {}
    for entry in values["category_words"]:
        _refuse_unknown(entry["category"], known, "category_words")
        for strength, base in STRENGTHS.items():
            where = {"supplier": supplier, "service": service}.get(strength, text)
            for phrase in entry.get(strength, ()):
                pattern = pattern_of(phrase)
                sureness = min(AT_MOST, base + EACH_MORE_WORD * phrase.count(" "))
                found = where.setdefault(pattern, {})
                found[entry["category"]] = max(sureness, found.get(entry["category"], 0.0))
    for key in ("proclass_map", "cpv_map"):
        for category in values[key].values():
            _refuse_unknown(category, known, key)
    for category, _sureness in values["sercop_map"].values():
        _refuse_unknown(category, known, "sercop_map")
    for entry in values["standing_words"]:
        _refuse_unknown(entry["category"], known, "standing_words")
    return CategoryRules(
        scheme=scheme,
        text_phrases=_settled(text),
        supplier_phrases=_settled(supplier),
        service_phrases=_settled(service),
        standing=tuple(
            (
                entry["category"],
                tuple(pattern_of(phrase) for phrase in entry.get("payee", ())),
                tuple(pattern_of(phrase) for phrase in entry.get("purpose", ())),
                bool(entry.get("both", False)),
            )
            for entry in values["standing_words"]
        ),
        proclass=dict(values["proclass_map"]),
        cpv=dict(values["cpv_map"]),
        sercop_services=_turned(values["sercop_services"]),
        sercop_natures=_turned(values["sercop_natures"]),
        sercop={key: (pair[0], float(pair[1])) for key, pair in values["sercop_map"].items()},
    )


def _refuse_unknown(category: str, known: set[str], rule: str) -> None:
    if category not in known:
        raise ValueError(
            f"The rule {rule} names the category {category}, which the scheme does not have. "
            "Add it to category_scheme or correct the rule."
        )


def _settled(
    phrases: dict[str, dict[str, float]],
) -> dict[str, tuple[tuple[str, float], ...]]:
    return {pattern: tuple(found.items()) for pattern, found in phrases.items()}


def _turned(lists: Mapping[str, Iterable[str]]) -> dict[str, str]:
    return {_plain(text): name for name, texts in lists.items() for text in texts}


# Reading text ------------------------------------------------------------------------------


def plain_words(column: pl.Expr) -> pl.Expr:
    """Text reduced to lower-case words without plural endings, a space before and after each."""
    return (
        (pl.lit(" ") + column + pl.lit(" "))
        .str.to_lowercase()
        .str.replace_all("&", " and ", literal=True)
        .str.replace_all(r"['’`]", "")
        .str.replace_all(r"[^a-z0-9]+", " ")
        .str.replace_all(r"\b([a-z]{2,}[a-rt-z])s ", "$1 ")
    )


def _plain(text: str) -> str:
    """The same reduction for one text, without the spaces around it."""
    lowered = re.sub(r"['’`]", "", text.lower().replace("&", " and "))
    spaced = re.sub(r"[^a-z0-9]+", " ", f" {lowered} ")
    return re.sub(r"\b([a-z]{2,}[a-rt-z])s ", r"\1 ", spaced).strip()


def pattern_of(phrase: str) -> str:
    """The text to look for: whole words, or any ending where the phrase ends in an asterisk."""
    plain = _plain(phrase)
    return f" {plain}" if phrase.endswith("*") else f" {plain} "


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


# Evidence ----------------------------------------------------------------------------------


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
    plain = _plain(text.rstrip("/").rsplit("/", 1)[-1] if is_code and "//" in text else text)
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


def _feature_words(frame: pl.DataFrame, *, with_label: bool) -> pl.Series:
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


def plain_name(column: str) -> str:
    """The name of the column of plain words made from `column`."""
    return f"{column}_plain"


def _evidence(frame: pl.DataFrame, rules: CategoryRules) -> pl.DataFrame:
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


# Deciding ----------------------------------------------------------------------------------


def categories_of(
    signatures: pl.DataFrame, *, rules: CategoryRules, corrections: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Categorise the signatures of a whole place, learning from its own coded lines.

    Suppliers' habits come from the lines with a code. The classifier is fitted on those and on the
    lines that words tell firmly, when enough lines carry a code; else there is none.
    Shapes as for `categorise`.
    """
    seen = _evidence(signatures, rules)
    habits = usual_categories(_told_by_code(seen))
    try:
        model: Model | None = fitted_model(_training_features(seen))
    except CannotFit:
        model = None  # the rules stand alone until a body with codes is loaded
    return _decided(seen, corrections=corrections, supplier_usual=habits, model=model)


def categorise(
    frame: pl.DataFrame,
    *,
    rules: CategoryRules,
    corrections: pl.DataFrame | None = None,
    supplier_usual: pl.DataFrame | None = None,
    model: Model | None = None,
) -> pl.DataFrame:
    """Return one row per distinct signature: category_key, category, group, how, sureness.

    frame          : distinct signatures (category_key, body_id, supplier_name and, where known,
                     supplier_id, department, service, purpose, category_text, proclass, cpv,
                     sercop, account_code); absent columns count as not published
    corrections    : what people decided: `category` and any of category_key, body_id, supplier_id,
                     supplier_name, category_text as conditions (null: any); a later row wins
    supplier_usual : from `usual_categories`
    model          : from `classifier.fitted_model` over `training_features`

    :raises ValueError: when a correction is about nothing narrower than a body.
    """
    return _decided(
        _evidence(frame, rules),
        corrections=corrections,
        supplier_usual=supplier_usual,
        model=model,
    )


def _decided(
    seen: pl.DataFrame,
    *,
    corrections: pl.DataFrame | None,
    supplier_usual: pl.DataFrame | None,
    model: Model | None,
) -> pl.DataFrame:
    if supplier_usual is not None and supplier_usual.height:
        usual = supplier_usual.select(
            "supplier_key",
            pl.col("category").alias("usual_category"),
            pl.col("sureness").alias("usual_sureness"),
        )
        seen = seen.join(usual, on="supplier_key", how="left", maintain_order="left")
    else:
        seen = seen.with_columns(
            pl.lit(None, dtype=pl.String).alias("usual_category"),
            pl.lit(None, dtype=pl.Float64).alias("usual_sureness"),
        )
    settled = _by_headings(_by_other_lines(_by_rules(seen)))
    if model is not None:
        settled = _by_model(settled, model)
    settled = _by_people(settled, corrections)
    is_blank = pl.col("category").is_null() | (pl.col("category") == NOT_CLASSIFIED)
    return settled.select(
        pl.col("category_key").cast(pl.Int64),
        pl.col("category").fill_null(NOT_CLASSIFIED),
        pl.col("category").fill_null(NOT_CLASSIFIED).str.split("/").list.first().alias("group"),
        pl.when(is_blank & (pl.col("how").fill_null("none") != "person"))
        .then(pl.lit("none"))
        .otherwise("how")
        .alias("how"),
        pl.when(pl.col("category").is_null())
        .then(0.0)
        .otherwise(pl.col("sureness").round(3))
        .alias("sureness"),
    )


def _group(column: str) -> pl.Expr:
    return pl.col(column).str.split("/").list.first()


def _by_rules(seen: pl.DataFrame) -> pl.DataFrame:
    """Standing, then code, then the supplier's usual category, then words.

    A code or habit that names only the group gives way to words that name a kind in it; a code at
    the top of its scheme gives way to strong words for another group.
    """
    words_sure = pl.col("words_sureness") >= SURE_ENOUGH
    names_a_kind = ~pl.col("words_category").str.ends_with("/general")
    code, usual, words = (pl.col(f"{name}_category") for name in ("code", "usual", "words"))
    refines_code = (
        names_a_kind
        & code.str.ends_with("/general")
        & (_group("code_category") == _group("words_category"))
    )
    refines_usual = (
        names_a_kind
        & usual.str.ends_with("/general")
        & (_group("usual_category") == _group("words_category"))
    )
    outweighs = (pl.col("words_sureness") >= 0.85) & (
        pl.col("words_sureness") > pl.col("code_sureness")
    )
    outweighs_usual = pl.col("words_sureness") >= 0.9
    by_words = words_sure & (
        pl.when(code.is_not_null())
        .then(refines_code | (outweighs & (pl.col("code_sureness") < 0.8)))
        .when(usual.is_not_null())
        .then(refines_usual | outweighs_usual)
        .otherwise(pl.lit(value=True))
    )
    standing = pl.col("standing_category")
    return seen.with_columns(
        category=pl.when(standing.is_not_null())
        .then(standing)
        .when(by_words)
        .then(words)
        .when(code.is_not_null())
        .then(code)
        .when(usual.is_not_null())
        .then(usual),
        how=pl.when(standing.is_not_null() | by_words)
        .then(pl.lit("words"))
        .when(code.is_not_null())
        .then(pl.lit("code"))
        .when(usual.is_not_null())
        .then(pl.lit("supplier")),
        sureness=pl.when(standing.is_not_null())
        .then(0.95)
        .when(by_words)
        .then("words_sureness")
        .when(code.is_not_null())
        .then("code_sureness")
        .otherwise(pl.col("usual_sureness").fill_null(0.0)),
    )


def _by_other_lines(settled: pl.DataFrame) -> pl.DataFrame:
    """Fill a line from the other lines of the same supplier, when they nearly all agree."""
    firm = settled.filter(
        pl.col("category").is_not_null()
        & (pl.col("sureness") >= 0.8)
        & (pl.col("how") != "supplier")
        & pl.col("standing_category").is_null()
    )
    habits = usual_categories(firm).rename(
        {"category": "other_lines", "sureness": "other_sureness"}
    )
    joined = settled.join(
        habits.select("supplier_key", "other_lines", "other_sureness"),
        on="supplier_key",
        how="left",
        maintain_order="left",
    )
    fills = pl.col("category").is_null() & pl.col("other_lines").is_not_null()
    return joined.with_columns(
        category=pl.when(fills).then("other_lines").otherwise("category"),
        how=pl.when(fills).then(pl.lit("supplier")).otherwise("how"),
        sureness=pl.when(fills).then("other_sureness").otherwise("sureness"),
    )


def _by_headings(settled: pl.DataFrame) -> pl.DataFrame:
    fills = pl.col("category").is_null() & (pl.col("sercop_sureness") >= SURE_ENOUGH)
    return settled.with_columns(
        category=pl.when(fills).then("sercop_category").otherwise("category"),
        how=pl.when(fills)
        .then(
            pl.when(pl.col("sercop").is_not_null()).then(pl.lit("code")).otherwise(pl.lit("words"))
        )
        .otherwise("how"),
        sureness=pl.when(fills).then("sercop_sureness").otherwise("sureness"),
    )


def _by_model(settled: pl.DataFrame, model: Model) -> pl.DataFrame:
    """Ask the classifier where nothing was settled, and where unclear words settled it alone.

    It names the kind when sure of it, else the group when sure of that. Against words it must be
    nearly certain that the group is another.
    """
    asked = settled.select(
        (
            pl.col("category").is_null()
            | (
                (pl.col("how") == "words")
                & (pl.col("sureness") < CLEAR)
                & pl.col("standing_category").is_null()
            )
        ).arg_true()
    ).to_series()
    if asked.is_empty():
        return settled
    rows = settled[asked]
    words = _feature_words(rows, with_label=True)
    chances = probabilities(words, model)
    groups = np.array([code.split("/")[0] for code in model.categories])
    names = np.unique(groups)
    by_group = np.stack([chances[:, groups == name].sum(axis=1) for name in names], axis=1)
    told = pl.DataFrame(
        {
            "kind": np.array(model.categories)[chances.argmax(axis=1)],
            "kind_chance": chances.max(axis=1),
            "group": names[by_group.argmax(axis=1)],
            "group_chance": by_group.max(axis=1),
            "known_words": known_word_counts(words, model),
        },
        schema_overrides={"kind": pl.String, "group": pl.String},
    ).with_columns(held=rows["category"])
    speaks = (pl.col("known_words") >= WORDS_A_MODEL_NEEDS) & pl.when(
        pl.col("held").is_null()
    ).then(pl.lit(value=True)).otherwise(
        (pl.col("group") != _group("held")) & (pl.col("group_chance") >= MODEL_OVERRULES)
    )
    told = told.with_columns(
        category=pl.when(speaks & (pl.col("kind_chance") >= MODEL_SURE_ENOUGH))
        .then("kind")
        .when(speaks & (pl.col("group_chance") >= MODEL_SURE_ENOUGH) & (pl.col("group") != "other"))
        .then(pl.col("group") + pl.lit("/general")),
        chance=pl.when(pl.col("kind_chance") >= MODEL_SURE_ENOUGH)
        .then("kind_chance")
        .otherwise("group_chance")
        .cast(pl.Float64),
    )
    answers = told.select(
        pl.Series("_row", asked, dtype=pl.UInt32),
        pl.col("category").alias("_category"),
        pl.col("chance").alias("_chance"),
    ).drop_nulls("_category")
    joined = settled.with_row_index("_row").join(
        answers, on="_row", how="left", maintain_order="left"
    )
    has_answer = pl.col("_category").is_not_null()
    return joined.with_columns(
        category=pl.when(has_answer).then("_category").otherwise("category"),
        how=pl.when(has_answer).then(pl.lit("model")).otherwise("how"),
        sureness=pl.when(has_answer).then("_chance").otherwise("sureness"),
    ).drop("_row", "_category", "_chance")


def _by_people(settled: pl.DataFrame, corrections: pl.DataFrame | None) -> pl.DataFrame:
    """Apply corrections: the wide ones first, so that the narrowest has the last word."""
    if corrections is None or corrections.is_empty():
        return settled
    names = [*CORRECTION_CONDITIONS, "body_id"]
    ordered = corrections.with_columns(
        pl.lit(None, dtype=pl.Int64 if name.endswith(("_key", "_id")) else pl.String).alias(name)
        for name in names
        if name not in corrections.columns
    ).with_row_index("_row")
    ordered = ordered.with_columns(
        _conditions=pl.concat_str(pl.col(name).is_not_null().cast(pl.Int8) for name in names)
    )
    widest_first = (
        ordered.select(
            "_conditions",
            _count=pl.sum_horizontal(pl.col(n).is_not_null() for n in names),
            _signature=pl.col("category_key").is_not_null(),
        )
        .unique()
        .sort("_signature", "_count", "_conditions")["_conditions"]
    )
    for conditions in widest_first:
        on = [name for name, mark in zip(names, conditions, strict=True) if mark == "1"]
        if not set(on) & set(CORRECTION_CONDITIONS):
            raise ValueError(
                "A correction of a category names no supplier, published category or line, so it "
                "would change a whole body. Say which of them it is about."
            )
        absent = [name for name in on if name not in settled.columns]
        if absent:
            raise ValueError(
                f"A correction is about {' and '.join(absent)}, which these lines do not carry. "
                "Give the lines with that column."
            )
        last = (
            ordered.filter(pl.col("_conditions") == conditions)
            .sort("_row")
            .unique(on, keep="last")
            .select(*on, pl.col("category").alias("decided"))
        )
        settled = settled.join(last, on=on, how="left", maintain_order="left")
        decided = pl.col("decided").is_not_null()
        settled = settled.with_columns(
            category=pl.when(decided).then("decided").otherwise("category"),
            how=pl.when(decided).then(pl.lit("person")).otherwise("how"),
            sureness=pl.when(decided).then(1.0).otherwise("sureness"),
        ).drop("decided")
    return settled


# Learning ----------------------------------------------------------------------------------


def categorised_by_code(frame: pl.DataFrame, *, rules: CategoryRules) -> pl.DataFrame:
    """Return the signatures whose published code tells the category, with supplier_key.

    These teach the suppliers' habits and the classifier.
    """
    return _told_by_code(_evidence(frame, rules))


def _told_by_code(seen: pl.DataFrame) -> pl.DataFrame:
    return seen.filter(
        pl.col("code_category").is_not_null() & pl.col("standing_category").is_null()
    ).with_columns(category=pl.col("code_category"), sureness=pl.col("code_sureness"))


def usual_categories(
    categorised: pl.DataFrame, *, at_least: int = 2, share: float = 0.8
) -> pl.DataFrame:
    """Return each supplier's usual category: supplier_key, category, sureness, line_count.

    categorised : one row per signature (supplier_key, category)

    A supplier has a habit when `share` of at least `at_least` signatures agree on the category, or
    on the group (then the group's "kind not stated").
    """
    counted = (
        categorised.filter(pl.col("supplier_key").is_not_null())
        .group_by("supplier_key", "category")
        .agg(pl.len().alias("count"))
        .with_columns(group=_group("category"), total=pl.col("count").sum().over("supplier_key"))
    )
    kinds = counted.filter(
        (pl.col("total") >= at_least) & (pl.col("count") >= share * pl.col("total"))
    ).select("supplier_key", "category", "count", "total")
    groups = (
        counted.filter(pl.col("group") != "other")
        .group_by("supplier_key", "group")
        .agg(pl.col("count").sum(), pl.col("total").first())
        .filter((pl.col("total") >= at_least) & (pl.col("count") >= share * pl.col("total")))
        .join(kinds, on="supplier_key", how="anti")
        .select(
            "supplier_key",
            (pl.col("group") + pl.lit("/general")).alias("category"),
            "count",
            "total",
        )
    )
    return pl.concat([kinds, groups]).select(
        "supplier_key",
        "category",
        (0.9 * pl.col("count") / pl.col("total") * (1 - 0.5 / pl.col("total"))).alias("sureness"),
        pl.col("total").cast(pl.Int64).alias("line_count"),
    )


def training_features(frame: pl.DataFrame, *, rules: CategoryRules) -> pl.DataFrame:
    """Return what `classifier.fitted_model` learns from: words, category, supplier, is_coded.

    frame : distinct signatures, as for `categorise`; those with a code teach, and with them those
            that words tell firmly
    """
    return _training_features(_evidence(frame, rules))


def _training_features(seen: pl.DataFrame) -> pl.DataFrame:
    coded = _told_by_code(seen)
    firm = seen.filter(
        pl.col("code_category").is_null()
        & pl.col("standing_category").is_null()
        & (pl.col("words_sureness") >= CLEAR)
    ).with_columns(category=pl.col("words_category"))
    parts = [
        pl.DataFrame(
            {
                "words": _feature_words(rows, with_label=not is_coded),
                "category": rows["category"],
                "supplier": rows["supplier_key"].fill_null("not named"),
            }
        ).with_columns(is_coded=pl.lit(is_coded))
        for rows, is_coded in ((_at_most(coded), True), (_at_most(firm), False))
    ]
    return pl.concat(parts)


def _at_most(rows: pl.DataFrame) -> pl.DataFrame:
    """A fixed sample of the rows, when there are more than a model uses."""
    if rows.height <= LINES_A_MODEL_USES:
        return rows
    return rows.sort(pl.col("category_key").hash(seed=11)).head(LINES_A_MODEL_USES)
