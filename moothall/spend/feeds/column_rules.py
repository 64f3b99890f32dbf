"""Which words head the columns of payments, and which stand where nothing is given?"""

from functools import cache
from typing import Any

from moothall.core.rules import rules_of


def synonyms() -> dict[str, list[str]]:
    """Return field -> plain headers, as the rules have them."""
    return dict(_rule("columns"))


def date_meanings() -> dict[str, list[str]]:
    """Return what a date may mean -> words of the header that say so."""
    return dict(_rule("date_meanings"))


def other_datasets() -> dict[str, list[str]]:
    """Return another kind of dataset -> plain headers of its columns."""
    return dict(_rule("other_datasets"))


def placeholders() -> list[str]:
    """Return the words that stand where a number is not given."""
    return list(_rule("placeholders"))


@cache
def _rule(key: str) -> Any:
    versions = rules_of("spend", "column_synonyms")[key].versions
    return max(versions, key=lambda version: version.in_force_from).value
