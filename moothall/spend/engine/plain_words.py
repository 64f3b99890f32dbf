"""How is a published text reduced to plain words, and a phrase looked for among them?"""

from __future__ import annotations

import re

import polars as pl


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


def plain_text(text: str) -> str:
    """The same reduction for one text, without the spaces around it."""
    lowered = re.sub(r"['’`]", "", text.lower().replace("&", " and "))
    spaced = re.sub(r"[^a-z0-9]+", " ", f" {lowered} ")
    return re.sub(r"\b([a-z]{2,}[a-rt-z])s ", r"\1 ", spaced).strip()


def pattern_of(phrase: str) -> str:
    """The text to look for: whole words, or any ending where the phrase ends in an asterisk."""
    plain = plain_text(phrase)
    return f" {plain}" if phrase.endswith("*") else f" {plain} "


def plain_name(column: str) -> str:
    """The name of the column of plain words made from `column`."""
    return f"{column}_plain"
