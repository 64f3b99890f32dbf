"""Does every notation of an amount keep its sign and its pence, and is doubt refused?"""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.spend.engine.amounts import GROUPED, REGULAR, amount_read, to_pence_amount

READ_ROWS = [
    ("1234.56", "1234.56"),
    ("1,234.56", "1234.56"),
    ("1 234.56", "1234.56"),
    ("  1234.5 ", "1234.5"),
    ("1234.00\u00a0", "1234.00"),
    (".5", "0.5"),
    ("5.", "5"),
    ("£1,680.00", "1680.00"),
    ("£ 5", "5"),
    ("œ5.00", "5.00"),
    ("\x9c5.00", "5.00"),
    ("Â£5.00", "5.00"),
    ("\ufffd5.00", "5.00"),
    ("5.00 GBP", "5.00"),
    ("+5.00", "5.00"),
    ("5.00 DR", "5.00"),
    ("-357.10", "-357.10"),
    ("-1,234.00", "-1234.00"),
    ("- 5", "-5"),
    ("\u2212357.10", "-357.10"),
    ("–357.10", "-357.10"),
    ("357.10-", "-357.10"),
    ("1,234.00-", "-1234.00"),
    ("(470.60)", "-470.60"),
    ("(£1,470.60)", "-1470.60"),
    ("-£5.00", "-5.00"),
    ("£-5.00", "-5.00"),
    ("5.00 CR", "-5.00"),
    ("5.00cr", "-5.00"),
    ("-3.46945E-18", "-3.46945E-18"),
    ("1.2345E+02", "123.45"),
    ("12.3456", "12.3456"),
]


@pytest.mark.parametrize(("text", "amount"), READ_ROWS)
def test_an_amount_keeps_its_sign_and_every_decimal(text, amount):
    assert amount_read(text) == (Decimal(amount), None)


@pytest.mark.parametrize("text", ["", "   ", "\u00a0"])
def test_an_empty_cell_is_no_amount(text):
    assert amount_read(text) == (None, "no_amount")


@pytest.mark.parametrize(
    "text",
    [
        "####",
        "34405..40",
        "#N/A",
        "#REF!",
        "-",
        " -   ",
        "1,23",
        "1,2345.00",
        "1.234,56",
        "1 2 34",
        "1234 567",
        "1.2E+05",
        "--5",
        "(-5)",
        "(5",
        "5)",
        "-5-",
        "+5-",
        "REDACTED PERSONAL DATA",
        "reversal of transaction 41249145",
        "© Copyright Network Rail 2017",
        "12/04/2019",
        "£",
        "99999999999999999999",
        "1e999",
    ],
)
def test_what_is_not_plainly_a_number_is_refused_and_not_guessed(text):
    assert amount_read(text) == (None, "amount_not_a_number")


@given(
    pence=st.integers(1, 10**15),
    notation=st.sampled_from(["-{}", "({})", "{}-", "-£{}", "£-{}", "(£{})", "{} CR", "\u2212{}"]),
    has_commas=st.booleans(),
)
def test_no_notation_of_a_negative_becomes_a_payment(pence, notation, has_commas):
    amount = Decimal(pence).scaleb(-2)
    text = notation.format(f"{amount:,.2f}" if has_commas else f"{amount:.2f}")
    assert amount_read(text) == (-amount, None)


@given(st.from_regex(REGULAR, fullmatch=True).filter(str.isascii))
def test_what_the_whole_column_way_takes_as_regular_reads_the_same_cell_by_cell(text):
    text = text.removesuffix("\n")
    assert re.search(REGULAR, text)
    assert amount_read(text) == (Decimal(text), None)


@given(st.from_regex(GROUPED, fullmatch=True).filter(lambda text: text.replace("£", "").isascii()))
def test_grouped_thousands_say_what_they_say_without_their_commas(text):
    text = text.removesuffix("\n")
    plain = text.replace("£", "").replace(",", "")
    assert amount_read(text) == (Decimal(plain), None)


@pytest.mark.parametrize(
    ("amount", "kept"), [("1.005", "1.00"), ("1.015", "1.02"), ("-0.004", "0.00"), ("2", "2.00")]
)
def test_more_than_two_decimals_round_half_even_and_zero_has_no_sign(amount, kept):
    assert str(to_pence_amount(Decimal(amount))) == kept
