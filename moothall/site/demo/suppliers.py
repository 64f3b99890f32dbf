"""Who is paid in the invented place, under which spellings, with which numbers?

Names are put together from made-up parts. Registration numbers have the right form and lie where
none has been issued: company numbers from 90000000, charity numbers from 9000000, VAT numbers from
9490001, which HM Revenue & Customs has never given out.
"""

from __future__ import annotations

import numpy as np
from attrs import field, frozen

from moothall.site.demo.trades import TRADES, Trade

_FIRST = (
    *("Ambrel", "Arvel", "Besk", "Birsk", "Brimsel", "Brockel", "Calden", "Cassel", "Corvel"),
    *("Crond", "Dorrin", "Dovrel", "Drask", "Dunmar", "Elvan", "Eskel", "Ferrin", "Fesk"),
    *("Fordel", "Galsk", "Gorvel", "Grath", "Harkel", "Haskel", "Hestle", "Inskel", "Irvan"),
    *("Jessen", "Jorsk", "Kesvel", "Kirsk", "Lorsk", "Lunt", "Mardle", "Merrin", "Nesk"),
    *("Nordel", "Orvel", "Oskel", "Pasker", "Pendrel", "Querrin", "Quorl", "Rasken", "Rusvel"),
    *("Scarn", "Selk", "Sorrel", "Stavel", "Tamsel", "Threl", "Tindrel", "Ulsk", "Umbrel"),
    *("Varsk", "Vesk", "Wendrel", "Wolsk", "Yarsk", "Yelver", "Zennel", "Zorl"),
)
_LAST = (
    *("beck", "bourne", "bridge", "combe", "cote", "croft", "dale", "fell", "field", "garth"),
    *("gate", "hollow", "holme", "howe", "hurst", "leigh", "lund", "marsh", "mere", "minster"),
    *("moor", "pool", "ridge", "rigg", "scar", "shaw", "stead", "tarn", "thorpe", "thwaite"),
    *("water", "well", "wick", "wold", "wood", "worth"),
)
CITIES = ("ZX", "VX", "QX")  # beginnings of postcodes that the place does not count as local


@frozen
class Supplier:
    """One invented payee. spellings: by body, how that body's ledger calls it, usual one first."""

    number: int
    trade: int
    name: str
    is_person: bool
    company_number: str
    charity_number: str
    vat_number: str
    postcode: str
    is_small: bool
    is_third_sector: bool
    is_mutual: bool
    spellings: tuple[tuple[str, ...], ...]  # county, district, health, police, fire
    refs: tuple[str, ...]
    weight: float = field(default=1.0)


def invented_suppliers(chance: np.random.Generator) -> tuple[Supplier, ...]:
    """Every supplier of every trade, the most used of each trade first."""
    made: list[Supplier] = []
    lasts = [chance.permutation(len(_LAST)) for _ in _FIRST]
    given = [0] * len(_FIRST)
    for place, trade in enumerate(TRADES):
        # A made-up part is given once, and within a trade first parts differ while they last, so
        # that look-alikes stay rare.
        firsts = chance.permutation(len(_FIRST))
        for rank in range(trade.suppliers):
            first = int(firsts[rank % len(_FIRST)])
            stem = _FIRST[first] + _LAST[lasts[first][given[first] % len(_LAST)]]
            given[first] += 1
            made.append(_supplier(len(made), place, trade, rank, stem, chance))
    return tuple(made)


def _supplier(
    number: int, place: int, trade: Trade, rank: int, stem: str, chance: np.random.Generator
) -> Supplier:
    is_third = bool(chance.random() < trade.third)
    is_mutual = "Co-operative" in (pattern := trade.names[rank % len(trade.names)]) or (
        "Mutual" in pattern
    )
    if trade.is_redacted:
        name, form = _person(stem, chance), ""
    else:
        name = pattern.format(stem)
        form = str(chance.choice(trade.forms))
        if is_third and form in {"Ltd", "plc", "LLP"} and not is_mutual:
            form = str(chance.choice(["CIC", "Ltd", ""]))
        if "Academy" in name or "School" in name:
            form = ""
    full = f"{name} {form}".strip()
    is_local = bool(chance.random() < trade.local)
    is_company = form in {"Ltd", "plc", "LLP", "CIC"} and not trade.is_redacted
    is_charity = is_third and not is_company and not trade.is_redacted and "School" not in name
    return Supplier(
        number=number,
        trade=place,
        name=full,
        is_person=trade.is_redacted,
        company_number=str(90000000 + number * 37) if is_company else "",
        charity_number=str(9000000 + number * 11) if is_charity else "",
        vat_number=_vat(9490001 + number * 13) if is_company and rank % 5 else "",
        postcode=_postcode("AX" if is_local else CITIES[number % 3], chance),
        is_small=form != "plc" and bool(chance.random() < (0.35 if rank == 0 else 0.72)),
        is_third_sector=is_third or form == "CIC",
        is_mutual=is_mutual,
        spellings=_spellings(name, form, trade.is_redacted, chance),
        refs=tuple(_ref(body, number, chance) for body in range(5)),
        weight=1 / (rank + 1.5) ** 0.85,
    )


def _person(stem: str, chance: np.random.Generator) -> str:
    title = str(chance.choice(["Mr", "Mrs", "Ms", "Miss", "Mr", "Mrs"]))
    return f"{title} {chr(65 + int(chance.integers(26)))} {stem}"


def _postcode(area: str, chance: np.random.Generator) -> str:
    letters = "ABDEFGHJLNPQRSTUWXYZ"
    tail = "".join(letters[int(chance.integers(len(letters)))] for _ in range(2))
    return f"{area}{int(chance.integers(1, 15))} {int(chance.integers(1, 10))}{tail}"


def _vat(seven: int) -> str:
    """A number of nine digits whose two last make the weighted sum a multiple of 97."""
    weighted = sum(
        int(digit) * weight for digit, weight in zip(str(seven), range(8, 1, -1), strict=True)
    )
    return f"{seven}{(97 - weighted % 97) % 97 or 97:02d}"


def _ref(body: int, number: int, chance: np.random.Generator) -> str:
    """How a body's ledger numbers the supplier: each in its own way."""
    own = int(chance.integers(10)) + number * 10
    return (
        f"{100000 + own}",
        f"D{20000 + own:05d}",
        f"{7000000 + own}",
        f"V{own:06d}",
        f"FR{3000 + number}",
    )[body]


_SHORTER = (
    (" Services", " Svcs"),
    (" Management", " Mgmt"),
    (" and ", " & "),
    (" Maintenance", " Maint"),
    (" Association", " Assoc"),
    (" Consultants", " Consultant"),
    (" Company", " Co"),
    (" Communications", " Comms"),
)


def _spellings(
    name: str, form: str, is_person: bool, chance: np.random.Generator
) -> tuple[tuple[str, ...], ...]:
    """By body, the spellings in its ledger: its own habit first, then a slip that crept in."""
    if is_person:
        return ((name,),) * 5
    full = f"{name} {form}".strip()
    long_form = {"Ltd": "Limited", "plc": "PLC", "CIC": "Community Interest Company"}.get(
        form, form
    )
    county = full
    if form == "Ltd" and chance.random() < 0.05:
        trading = name.split()[0] + " " + str(chance.choice(["Group", "Holdings", "Partners"]))
        county = f"{trading} Ltd T/A {name}"
    district = f"{name} {long_form}".strip().upper()[:35].strip()
    health = f"{name} {long_form}".strip()
    police = f"{name} {form}".strip().upper().replace("AND", "&")[:40].strip()
    fire = full.replace(" and ", " & ")
    slips = []
    limits = (200, 35, 200, 40, 200)  # at which each body's ledger cuts a name
    for own, limit in zip((county, district, health, police, fire), limits, strict=True):
        slip = own
        if chance.random() < (0.12 if form else 0.3):
            slip = _slip(own, chance)[:limit].strip()
        slips.append((own,) if slip == own else (own, slip))
    return tuple(slips)


def _slip(name: str, chance: np.random.Generator) -> str:
    """The same name as another clerk keyed it."""
    for whole, short in _SHORTER:
        if whole.lower() in name.lower():
            at = name.lower().index(whole.lower())
            new = short.upper() if name.isupper() else short
            return name[:at] + new + name[at + len(whole) :]
    first, _, rest = name.partition(" ")
    kind = int(chance.integers(3))
    if kind == 0 and len(first) > 6:
        at = int(chance.integers(2, len(first) - 2))
        return f"{first[:at]}{first[at + 1 :]} {rest}".strip()
    if kind == 1 and len(first) > 6:
        at = int(chance.integers(2, len(first) - 2))
        return f"{first[:at]}{first[at + 1]}{first[at]}{first[at + 2 :]} {rest}".strip()
    return f"{name} (Aldermoor)"
