"""A number is read as it is written: a comma parts thousands, and nothing else."""

from decimal import Decimal

import pytest

from moothall.deals.terms.fields import decimal_of


@pytest.mark.parametrize(
    ("written", "read"),
    [("1,200", "1200"), ("-1,234,567.5", "-1234567.5"), ("£12,000", "12000"), ("812.5", "812.5")],
)
def test_a_comma_parts_thousands(written, read):
    assert decimal_of(written) == Decimal(read)


@pytest.mark.parametrize("written", ["1,5", "12,34", "1,2000", "0,001.2.3", ",5", "1,"])
def test_a_comma_that_parts_no_thousands_is_no_number(written):
    with pytest.raises(ValueError, match="is not a number"):
        decimal_of(written)
