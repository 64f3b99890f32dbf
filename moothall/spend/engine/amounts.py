"""What exact number of pounds does a published amount say, in any notation?

Nothing is guessed: text that could be read in two ways is refused, with its reason.
"""

import re
from decimal import Decimal, InvalidOperation

PENNY = Decimal("0.01")
LARGEST = Decimal("9999999999999999.99")  # DECIMAL(18,2)

REGULAR = r"^-?\d{1,15}(?:\.\d{1,2})?$"  # needs no reading: one sign, digits, at most two decimals

# Nor does this: a pound sign and commas that group thousands say nothing more.
GROUPED = r"^-?£?(?:\d{1,3}(?:,\d{3}){1,4}|\d{1,15})(?:\.\d{1,2})?$"

# Pound signs as they survive: £, the DOS 0x9C read as cp1252 or latin-1, £ in UTF-8 read as cp1252,
# the sterling letter, the replacement character.
_POUND = r"(?:GBP|Â£|£|œ|\x9c|₤|\ufffd)"
_MINUS = "-\u2212\u2010\u2011\u2012\u2013\u2014\ufe63\uff0d"
_NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|\.\d+"
_AMOUNT = re.compile(
    rf"""
    (?P<open>\()?
    (?P<sign>[{_MINUS}+])?
    (?:{_POUND})?
    (?P<inner>[{_MINUS}])?
    (?P<number>{_NUMBER})
    (?P<exponent>[eE][+-]?\d{{1,3}})?
    (?:{_POUND})?
    (?P<trailing>[{_MINUS}]|CR|DR)?
    (?P<close>\))?
    """,
    re.VERBOSE | re.IGNORECASE,
)
_SPACES = re.compile(r"[\s\u00a0\u2007\u2009\u202f\ufeff]+")

_SPACED = re.compile(r"[\d.,] +[\d.,]")
_SPACED_THOUSANDS = re.compile(r"(?<![\d.,])\d{1,3}(?: \d{3})+(?![\d,])")


def amount_read(text: str) -> tuple[Decimal | None, str | None]:
    """Return the exact amount in GBP that `text` says, or None and why it cannot be read.

    text    : one cell as published
    returns : (amount, None) | (None, reason); reason is 'no_amount' or 'amount_not_a_number'

    The amount keeps every decimal that was published; `to_pence_amount` rounds it.
    A minus may stand before, after, inside a pound sign, as brackets or as CR; two of them
    at once are refused. An exponent is read only when the pennies are still stated.
    """
    packed = _SPACES.sub(" ", text).strip()
    if _SPACED.search(packed) and not _SPACED_THOUSANDS.search(packed):
        return None, "amount_not_a_number"
    packed = packed.replace(" ", "")
    if not packed:
        return None, "no_amount"
    match = _AMOUNT.fullmatch(packed)
    if match is None or (match["open"] is None) != (match["close"] is None):
        return None, "amount_not_a_number"
    trailing = (match["trailing"] or "").upper()
    minuses = sum(
        (
            match["open"] is not None,
            match["sign"] is not None and match["sign"] != "+",
            match["inner"] is not None,
            trailing not in ("", "DR"),
        )
    )
    if minuses > 1 or (match["sign"] == "+" and minuses):
        return None, "amount_not_a_number"
    number = match["number"].replace(",", "")
    if match["exponent"] and not _pennies_are_stated(number, match["exponent"]):
        return None, "amount_not_a_number"
    try:
        amount = Decimal(number + (match["exponent"] or ""))
    except InvalidOperation:
        return None, "amount_not_a_number"
    if amount > LARGEST:
        return None, "amount_not_a_number"
    return (-amount if minuses and amount else amount), None


def _pennies_are_stated(number: str, exponent: str) -> bool:
    """Return whether digits down to the penny are there: 1.2E+05 has lost them."""
    decimals = len(number.partition(".")[2])
    return decimals - int(exponent[1:]) >= 2


def to_pence_amount(amount: Decimal) -> Decimal:
    """Return the amount at two decimals, half-even: here alone a published amount rounds."""
    rounded = amount.quantize(PENNY)
    return rounded if rounded else Decimal("0.00")
