"""Where does each party and each payment of a deal stand in its picture?

A party is a line down the page, a term a line across from who pays to who is paid. Places across
are percentages and places down are pixels, as in the charts: lettering keeps its size.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

from attrs import frozen

from moothall.deals.deal import Deal
from moothall.deals.drawing import Arrow, who_pays_whom
from moothall.deals.wording import listed

LINE, LABEL, ACROSS, BETWEEN = 16, 20, 14, 12  # pixels down
LETTERS = 44  # that fit side by side on a narrow screen


@frozen
class Party:
    x: str
    name: tuple[tuple[str, int], ...]


@frozen
class Across:
    """A line from one party to others.

    heads : (x, whether it points to the right) of each arrowhead
    dots  : x of each party it starts from
    """

    x1: str
    x2: str
    y: int
    heads: tuple[tuple[str, bool], ...]
    dots: tuple[str, ...]


@frozen
class Payment:
    label: tuple[tuple[str, int], ...]
    lines: tuple[Across, ...]


@frozen
class Picture:
    title: str
    said: str
    parties: tuple[Party, ...]
    payments: tuple[Payment, ...]
    top: int
    height: int


def picture_of(deal: Deal) -> Picture:
    """Draw who pays whom."""
    places = {
        key: f"{(at + 0.5) / len(deal.parties) * 100:.2f}%" for at, key in enumerate(deal.parties)
    }
    order = list(deal.parties)
    width = max(8, LETTERS // len(order))
    parties = tuple(
        Party(places[key], _lines_of(party.name, width, LINE))
        for key, party in deal.parties.items()
    )
    top = y = max(len(party.name) for party in parties) * LINE + BETWEEN
    payments, said = [], []
    for arrow in who_pays_whom(deal):
        if not arrow.pairs:
            continue
        label = _lines_of(arrow.name, LETTERS, y + LABEL)
        lines, y = _lines(arrow, order, places, label[-1][1] + ACROSS)
        payments.append(Payment(label, lines))
        said.append(f"{arrow.name}: {_who(arrow, deal)}.")
    return Picture(
        f"Who pays whom in {deal.name}", " ".join(said), parties, tuple(payments), top, y + BETWEEN
    )


def _lines_of(text: str, width: int, y: int) -> tuple[tuple[str, int], ...]:
    """Return text as lines of so many letters, each with its place down."""
    return tuple((line, y + LINE * row) for row, line in enumerate(textwrap.wrap(text, width)))


def _lines(
    arrow: Arrow, order: Sequence[str], places: dict[str, str], y: int
) -> tuple[tuple[Across, ...], int]:
    payees: dict[str, list[str]] = {}
    for payer, payee in arrow.pairs:
        payees.setdefault(payer, []).append(payee)
    if len(payees) > 1 and all((payee, payer) in arrow.pairs for payer, payee in arrow.pairs):
        return (_all_ways(payees, order, places, y),), y + BETWEEN
    found = []
    for payer, paid in payees.items():
        start = order.index(payer)
        reached = [start, *map(order.index, paid)]
        heads = tuple((places[payee], order.index(payee) > start) for payee in paid)
        found.append(
            Across(
                places[order[min(reached)]], places[order[max(reached)]], y, heads, (places[payer],)
            )
        )
        y += BETWEEN
    return tuple(found), y


def _all_ways(
    payees: Iterable[str], order: Sequence[str], places: dict[str, str], y: int
) -> Across:
    """Return one line for parties of whom each may pay each other."""
    among = sorted(payees, key=order.index)
    first, last = places[among[0]], places[among[-1]]
    return Across(
        first, last, y, ((first, False), (last, True)), tuple(places[key] for key in among[1:-1])
    )


def _who(arrow: Arrow, deal: Deal) -> str:
    payers = listed(dict.fromkeys(deal.party_name(payer) for payer, _ in arrow.pairs))
    payees = listed(dict.fromkeys(deal.party_name(payee) for _, payee in arrow.pairs))
    if set(arrow.pairs) == {(payee, payer) for payer, payee in arrow.pairs}:
        return f"{payers} pay one another"
    return f"{payers} to {payees}"
