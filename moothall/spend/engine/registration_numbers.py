"""Is the number printed beside a supplier's name a real registration number, and which one?"""

import re

from stdnum.gb import vat as gb_vat

_COMPANY = re.compile(
    r"(?:\d{8}|(?:AC|CE|CS|FC|GE|GN|GS|IC|IP|LP|NA|NC|NF|NI|NL|NO|NP|NR|NZ|OC|OE|PC|RC|RS"
    r"|SA|SC|SE|SF|SG|SI|SL|SO|SP|SR|SZ|ZC)\d{6}|R\d{7}|IP\d{5}R|SP\d{5}R)"
)


def company_number(text: str | None) -> str | None:
    """A company number in its eight-character form, or None: ` 123456 ` is 00123456.

    Source: Companies House, company number formats and prefixes.
    """
    if not text:
        return None
    bare = re.sub(r"[^A-Z0-9]", "", text.upper())
    if bare.isdigit():
        bare = bare.zfill(8) if 4 <= len(bare) <= 8 else bare
    elif (found := re.fullmatch(r"([A-Z]{2})(\d{3,6})", bare)) is not None:
        bare = found[1] + found[2].zfill(6)
    if not _COMPANY.fullmatch(bare) or not set(bare) & set("123456789"):
        return None
    return None if bare in {"12345678", "99999999", "11111111"} else bare


def charity_number(text: str | None) -> str | None:
    """A charity number (England and Wales, Scotland, Northern Ireland), or None.

    Sources: Charity Commission (6 or 7 digits, linked charities after a dash), OSCR (SC0 and five
    digits), CCNI (NIC and six digits).
    """
    if not text:
        return None
    bare = re.sub(r"[^A-Z0-9-]", "", text.upper())
    bare = re.sub(r"-\d{1,2}$", "", bare).replace("-", "")
    if re.fullmatch(r"[1-9]\d{5,6}|SC0\d{5}|NIC1\d{5}", bare) and len(set(bare)) > 1:
        return bare
    return None


def vat_number(text: str | None) -> str | None:
    """A United Kingdom VAT number whose check digits hold, without GB and spaces, or None.

    A branch's three digits after the nine are cut: the registration is one. Source: HMRC, VAT
    registration numbers (modulus 97, and 97-55 for numbers issued since 2010).
    """
    if not text:
        return None
    bare = re.sub(r"[^A-Z0-9]", "", text.upper())
    bare = re.sub(r"^(?:GB|XI)+", "", bare)
    if len(bare) == 12 and bare.isdigit():
        bare = bare[:9]
    if len(bare) != 9 or not bare.isdigit() or len(set(bare)) < 3 or bare == "123456789":
        return None
    return bare if gb_vat.is_valid(bare) else None


def supplier_ref(text: str | None) -> str | None:
    """A body's own id of a supplier, or None for words in its place (ONETIME, N/A, Redacted)."""
    if not text:
        return None
    bare = re.sub(r"\s+", "", text.upper())
    if sum(letter.isdigit() for letter in bare) < 2 or len(bare) > 24:
        return None
    return None if set(bare) <= set("0-./") or set(bare) <= set("9-./") else bare
