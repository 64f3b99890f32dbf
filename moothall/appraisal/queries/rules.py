"""Which dated rules is an appraisal worked out by?"""

from functools import cache

from moothall.appraisal.engine.costed import RuleBooks
from moothall.core.rules import rules_of


@cache
def rule_books() -> RuleBooks:
    """The rules that come with the program, of every day that they know."""
    return RuleBooks(
        discounting=rules_of("appraisal", "discounting"),
        deflators=rules_of("appraisal", "deflators"),
        distributional=rules_of("appraisal", "distributional"),
        confidence_grades=rules_of("appraisal", "confidence_grades"),
        without_competition=rules_of("directory", "without_competition"),
        thresholds=rules_of("directory", "thresholds"),
    )
