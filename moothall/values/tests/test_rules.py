"""A rule knows when it was to be looked at again."""

from datetime import date

from moothall.values.rules import rules_from

RULE = rules_from(
    {
        "fee": {
            "label": "Fee of the register",
            "unit": "GBP",
            "versions": [
                {
                    "in_force_from": date(2024, 4, 1),
                    "value": 40,
                    "source": "The register's tariff: page 2",
                    "look_again_by": date(2026, 3, 31),
                }
            ],
        }
    }
)["fee"]


def test_a_value_past_its_day_is_warned_of_with_its_source():
    assert RULE.why_look_again(date(2026, 3, 31)) is None
    assert RULE.why_look_again(date(2026, 4, 1)) == (
        "Fee of the register: the value in force from 1 April 2024 was to be looked at again by "
        "31 March 2026, and this is for 1 April 2026. See whether The register's tariff has a "
        "newer one."
    )
