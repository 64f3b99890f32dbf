"""The catalogue's criteria are criteria: none is a cost or a duty in law."""

import numpy as np

from moothall.appraisal.engine.criteria import Group, refuse_costed
from moothall.appraisal.engine.criteria_to_begin_from import criteria_to_begin_from


def test_every_question_has_criteria_to_begin_from():
    found = criteria_to_begin_from().values()
    for group in Group:
        assert sum(one.criterion.group is group for one in found) >= 4, group


def test_each_says_what_its_ends_stand_for_and_what_is_counted_elsewhere():
    for key, one in criteria_to_begin_from().items():
        for words in (one.criterion.counts, one.at_worst, one.at_best, one.apart):
            assert words.endswith("."), key
        assert one.criterion.range_over(np.array([])).in_words() == "0 to 100 points"


def test_none_is_a_cost_line_of_the_catalogue():
    lines = {"pay": "Pay", "premises": "Premises", "transfer": "Transfer of staff"}
    refuse_costed([one.criterion for one in criteria_to_begin_from().values()], lines)
