"""Whether the classifier learns from coded lines, and knows when it does not know."""

import numpy as np
import polars as pl
import pytest

from moothall.spend.engine.classifier import (
    CannotFit,
    fitted_model,
    known_word_counts,
    model_from_bytes,
    probabilities,
)


def coded_lines(count: int = 300) -> pl.DataFrame:
    """Three categories whose words barely overlap, bought from thirty suppliers."""
    vocabularies = {
        "ict/software": ["licence", "system", "cloud", "support"],
        "waste/collection": ["refuse", "round", "bins", "support"],
        "utilities/gas": ["therms", "meter", "supply", "support"],
    }
    random = np.random.default_rng(3)
    names = list(vocabularies)
    return pl.DataFrame(
        [
            {
                "words": [
                    *(str(word) for word in random.choice(vocabularies[names[index % 3]], 2)),
                    f"onlyat{index % 30}",
                ],
                "category": names[index % 3],
                "supplier": f"supplier {index % 30}",
                "is_coded": True,
            }
            for index in range(count)
        ]
    )


def test_it_learns_what_words_mean():
    model = fitted_model(coded_lines())
    chances = probabilities(pl.Series([["refuse", "round"], ["licence", "cloud"]]), model)
    assert [model.categories[place] for place in chances.argmax(axis=1)] == [
        "waste/collection",
        "ict/software",
    ]
    assert chances.min(axis=1).max() < 0.2


def test_probabilities_add_to_one():
    model = fitted_model(coded_lines())
    chances = probabilities(pl.Series([["refuse"], [], ["never", "seen"]]), model)
    assert chances.sum(axis=1) == pytest.approx([1, 1, 1], abs=1e-5)


def test_a_line_without_a_known_word_gets_the_prior():
    model = fitted_model(coded_lines())
    words = pl.Series([["never", "seen"], ["refuse"]])
    assert known_word_counts(words, model).tolist() == [0, 1]
    assert probabilities(words, model)[0].max() < 0.5


def test_a_word_that_one_supplier_alone_uses_is_not_kept():
    model = fitted_model(coded_lines())
    assert not [word for word in model.words if word.startswith("onlyat")]


def test_a_model_survives_being_stored():
    model = fitted_model(coded_lines())
    again = model_from_bytes(model.to_bytes())
    words = pl.Series([["refuse", "meter"]])
    assert again.words == model.words
    assert np.array_equal(probabilities(words, again), probabilities(words, model))


def test_the_same_lines_give_the_same_model():
    assert fitted_model(coded_lines()).to_bytes() == fitted_model(coded_lines()).to_bytes()


def test_too_few_lines_are_refused_with_what_to_do():
    with pytest.raises(CannotFit, match="Load a body that publishes codes"):
        fitted_model(coded_lines(20))


def test_lines_told_by_words_alone_are_not_enough():
    with pytest.raises(CannotFit, match="only 0 coded kinds of line"):
        fitted_model(coded_lines().with_columns(is_coded=pl.lit(value=False)))


def test_one_category_is_refused_with_what_to_do():
    frame = coded_lines().with_columns(category=pl.lit("ict/software"))
    with pytest.raises(CannotFit, match="every coded line is in one category"):
        fitted_model(frame)
