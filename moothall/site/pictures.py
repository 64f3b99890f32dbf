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
BOLD = 34  # letters of names, that fit so
FEWEST_IN_TWO_ROWS = 3  # parties, whose names would run into each other in one row


@frozen
class Party:
    """A line down the page. Its name stands over it, or at the edge of the picture."""

    x: str
    name: tuple[tuple[str, int], ...]
    name_x: str
    anchor: str


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
    parties = _parties(deal, places)
    top = y = max(y for party in parties for _line, y in party.name) + BETWEEN
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


def _parties(deal: Deal, places: dict[str, str]) -> tuple[Party, ...]:
    """Return the parties with their names, of three parties and more in two rows by turns.

    A name then has the room of two columns, and of one and a half at an edge.
    """
    names, count = [party.name for party in deal.parties.values()], len(deal.parties)
    if count < FEWEST_IN_TWO_ROWS:
        lines = [_lines_of(name, BOLD // count, LINE) for name in names]
        return tuple(
            Party(x, name, x, "middle") for x, name in zip(places.values(), lines, strict=True)
        )
    last = count - 1
    edge, between = 3 * BOLD // (2 * count), 2 * BOLD // count
    widths = [edge if at in (0, last) else between for at in range(count)]
    first = [_lines_of(name, width, LINE) for name, width in zip(names, widths, strict=True)]
    second = max(first[at][-1][1] for at in range(0, count, 2))
    found = []
    for at, (x, placed) in enumerate(zip(places.values(), first, strict=True)):
        name = tuple((line, y + second) for line, y in placed) if at % 2 else placed
        name_x, anchor = {0: ("0", "start"), last: ("100%", "end")}.get(at, (x, "middle"))
        found.append(Party(x, name, name_x, anchor))
    return tuple(found)


def _lines_of(text: str, width: int, y: int) -> tuple[tuple[str, int], ...]:
    """Return text as lines of so many letters, each with its place down."""
    lines = textwrap.wrap(text, width, break_long_words=False)
    return tuple((line, y + LINE * row) for row, line in enumerate(lines))


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
