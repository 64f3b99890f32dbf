"""The picture of a deal fits a narrow screen: no name runs into another."""

import pytest

from moothall.deals.cases.named import CASES
from moothall.deals.reading import deal_from_toml
from moothall.site.pictures import picture_of

NARROW, LETTER = 290, 8.4  # pixels across, and of a bold letter at its widest on average


@pytest.mark.parametrize("name", CASES)
def test_no_name_runs_into_another_or_off_a_narrow_screen(name):
    held = []
    for party in picture_of(deal_from_toml(CASES[name]().deal)).parties:
        at = float(party.name_x.rstrip("%")) / 100 * NARROW
        for line, y in party.name:
            width = len(line) * LETTER
            left = at - {"start": 0, "middle": width / 2, "end": width}[party.anchor]
            assert left >= -1, line
            assert left + width <= NARROW + 1, line
            for other, its_left, its_right, its_y in held:
                apart = left >= its_right or left + width <= its_left
                assert apart or y != its_y, (line, other)
            held.append((line, left, left + width, y))
