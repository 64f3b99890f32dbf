"""Which category do the words of a payment line suggest, judged by lines that carry a code?

A multinomial naive Bayes over word features. It is fitted on a place's own coded lines, holds only
words that several suppliers share (so no person's name stays in it), and its probabilities are
tempered on suppliers it was not fitted on. Source: Manning, Raghavan and Schütze, Introduction to
Information Retrieval (2008), chapter 13; Guo and others, On Calibration of Modern Neural Networks
(2017), section 4.2, for the single temperature.
"""

from __future__ import annotations

import io

import numpy as np
import polars as pl
from attrs import frozen
from numpy.typing import NDArray

SMOOTHING = 0.2
SUPPLIERS_A_WORD_NEEDS = 3
LINES_A_MODEL_NEEDS = 200
CATEGORIES_A_MODEL_NEEDS = 2
TEMPERATURES = np.array([1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 14.0, 20.0])
ROWS_AT_ONCE = 16_384


class CannotFit(Exception):
    """No model was made."""


@frozen(eq=False)
class Model:
    """What the coded lines taught.

    words          : (word,)           in order
    categories     : (category,)       in order
    log_likelihood : (word, category)  log of P(word | category)
    log_prior      : (category,)       log of P(category)
    temperature    : scalar            scores are divided by it before they become probabilities
    line_count     : lines it was fitted on
    """

    words: tuple[str, ...]
    categories: tuple[str, ...]
    log_likelihood: NDArray[np.float32]
    log_prior: NDArray[np.float32]
    temperature: float
    line_count: int

    def to_bytes(self) -> bytes:
        """The model as one npz document, without pickled objects."""
        document = io.BytesIO()
        np.savez_compressed(
            document,
            words=np.array(self.words, dtype=np.str_),
            categories=np.array(self.categories, dtype=np.str_),
            log_likelihood=self.log_likelihood,
            log_prior=self.log_prior,
            temperature=np.array(self.temperature),
            line_count=np.array(self.line_count),
        )
        return document.getvalue()


def model_from_bytes(document: bytes) -> Model:
    """Read back what `Model.to_bytes` wrote."""
    with np.load(io.BytesIO(document), allow_pickle=False) as parts:
        return Model(
            words=tuple(str(word) for word in parts["words"]),
            categories=tuple(str(category) for category in parts["categories"]),
            log_likelihood=parts["log_likelihood"],
            log_prior=parts["log_prior"],
            temperature=float(parts["temperature"]),
            line_count=int(parts["line_count"]),
        )


def fitted_model(features: pl.DataFrame) -> Model:
    """Fit a model on lines whose category is known.

    features : one row per distinct line signature (words list[str], category str, supplier str,
               is_coded bool: whether a published code told the category)

    A supplier with many signatures counts less for each, so that one large supplier does not
    decide what a word means. How far to trust the model is judged on coded lines only.

    :raises CannotFit: when there are too few coded lines or categories to learn from.
    """
    coded = features.filter("is_coded")
    if coded.height < LINES_A_MODEL_NEEDS:
        raise CannotFit(
            f"A classifier was not fitted: only {coded.height} coded kinds of line are loaded "
            f"and it needs {LINES_A_MODEL_NEEDS}. Load a body that publishes codes."
        )
    if coded["category"].n_unique() < CATEGORIES_A_MODEL_NEEDS:
        raise CannotFit(
            "A classifier was not fitted: every coded line is in one category. "
            "Load a body that publishes more of its codes."
        )
    half = pl.col("supplier").hash(seed=7) % 2
    halves = [features.filter(half == which) for which in (0, 1)]
    return _fitted(features, _temperature(*halves))


def probabilities(words: pl.Series, model: Model) -> NDArray[np.float32]:
    """Return how probable each category of the model is for each line.

    words   : (line,) list[str]
    returns : (line, category), each row adds to 1; a line without a known word gets the prior
    """
    result = np.empty((len(words), len(model.categories)), dtype=np.float32)
    for start in range(0, len(words), ROWS_AT_ONCE):
        part = words.slice(start, ROWS_AT_ONCE)
        result[start : start + len(part)] = _tempered(_scores(part, model), model.temperature)
    return result


def known_word_counts(words: pl.Series, model: Model) -> NDArray[np.int64]:
    """Return how many words of each line the model knows."""
    lines, _ = _known_words(words, model)
    return np.bincount(lines, minlength=len(words)).astype(np.int64)


def _fitted(features: pl.DataFrame, temperature: float) -> Model:
    weighted = features.with_columns(
        _weight=1.0 / pl.len().over("supplier").cast(pl.Float64).sqrt()
    )
    categories = weighted["category"].unique().sort()
    exploded = (
        weighted.select("words", "category", "supplier", "_weight")
        .explode("words", empty_as_null=True)
        .drop_nulls("words")
    )
    words = (
        exploded.group_by("words")
        .agg(pl.col("supplier").n_unique().alias("supplier_count"))
        .filter(pl.col("supplier_count") >= SUPPLIERS_A_WORD_NEEDS)["words"]
        .sort()
    )
    counted = exploded.filter(pl.col("words").is_in(words.implode())).with_columns(
        _word=pl.col("words").replace_strict(words, np.arange(len(words)), return_dtype=pl.Int64),
        _category=_places(pl.col("category"), categories),
    )
    counts = np.zeros((len(words), len(categories)), dtype=np.float64)
    np.add.at(
        counts,
        (counted["_word"].to_numpy(), counted["_category"].to_numpy()),
        counted["_weight"].to_numpy(),
    )
    likelihood = (counts + SMOOTHING) / (counts.sum(axis=0) + SMOOTHING * max(len(words), 1))
    prior = np.zeros(len(categories), dtype=np.float64)
    np.add.at(
        prior,
        weighted.select(_places(pl.col("category"), categories)).to_series().to_numpy(),
        weighted["_weight"].to_numpy(),
    )
    # The square root flattens the prior: another body buys another mix of things.
    flat = np.sqrt(prior)
    return Model(
        words=tuple(words.to_list()),
        categories=tuple(categories.to_list()),
        log_likelihood=np.log(likelihood).astype(np.float32),
        log_prior=np.log(flat / flat.sum()).astype(np.float32),
        temperature=temperature,
        line_count=features.height,
    )


def _places(column: pl.Expr, categories: pl.Series) -> pl.Expr:
    return column.replace_strict(categories, np.arange(len(categories)), return_dtype=pl.Int64)


def _temperature(one: pl.DataFrame, other: pl.DataFrame) -> float:
    """The temperature under which each half's model is least surprised by the other half."""
    losses = np.zeros(len(TEMPERATURES))
    for taught, asked in ((one, other), (other, one)):
        if taught.is_empty() or asked.is_empty():
            continue
        model = _fitted(taught, 1.0)
        place = {category: index for index, category in enumerate(model.categories)}
        known = asked.filter(pl.col("is_coded") & pl.col("category").is_in(list(model.categories)))
        if known.is_empty():
            continue
        truth = np.array([place[category] for category in known["category"]])
        scores = _scores(known["words"], model)
        for index, temperature in enumerate(TEMPERATURES):
            chosen = _tempered(scores, float(temperature))[np.arange(len(truth)), truth]
            losses[index] -= float(np.log(np.maximum(chosen, 1e-9)).sum())
    return float(TEMPERATURES[int(np.argmin(losses))])


def _known_words(words: pl.Series, model: Model) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    exploded = (
        pl.DataFrame({"word": words, "line": np.arange(len(words))})
        .explode("word", empty_as_null=True)
        .join(
            pl.DataFrame(
                {"word": list(model.words), "place": np.arange(len(model.words))},
                schema={"word": pl.String, "place": pl.Int64},
            ),
            on="word",
            how="inner",
        )
        .sort("line")
    )
    return exploded["line"].to_numpy(), exploded["place"].to_numpy()


def _scores(words: pl.Series, model: Model) -> NDArray[np.float32]:
    lines, places = _known_words(words, model)
    scores = np.tile(model.log_prior, (len(words), 1))
    if len(lines):
        starts = np.flatnonzero(np.r_[True, lines[1:] != lines[:-1]])
        scores[lines[starts]] += np.add.reduceat(model.log_likelihood[places], starts, axis=0)
    return scores


def _tempered(scores: NDArray[np.float32], temperature: float) -> NDArray[np.float32]:
    tempered = scores / temperature
    tempered -= tempered.max(axis=1, keepdims=True)
    shares = np.exp(tempered)
    return np.asarray(shares / shares.sum(axis=1, keepdims=True), dtype=np.float32)
