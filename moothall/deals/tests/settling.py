"""Small deals for tests of one term."""

from decimal import Decimal
from textwrap import dedent

import numpy as np

from moothall.deals.evaluation import evaluation
from moothall.deals.numbers import Numbers
from moothall.deals.reading import deal_from_toml

HEAD = """
[deal]
name = "A test"
starts_on = 2026-04-01
ends_before = {ends}
every = "{every}"

[parties.council]
name = "Council"
kind = "public body"
reference = "in-house"

[parties.contractor]
name = "Contractor"
kind = "supplier"

[parties.neighbour]
name = "Neighbour"
kind = "public body"
reference = "in-house"
"""


def the_deal(term, facts=(), *, periods=1, more="", places=4):
    """Return a deal of council, contractor and neighbour with one term called 'it'.

    more   : TOML of other terms and parties, after it
    places : decimals that each fact is rounded to
    """
    head = HEAD.format(ends=f"{2026 + periods}-04-01", every="year")
    precise = "" if places is None else f"places = {places}\n"
    declared = "".join(f'[facts.{fact}]\ntitle = "{fact.title()}"\n{precise}' for fact in facts)
    return deal_from_toml(head + declared + "\n[terms.it]\n" + dedent(term) + dedent(more))


def settled_lines(deal, **facts):
    """Return every line of a deal; a fact is one number, or one a period."""
    arrays = {}
    for key, given in facts.items():
        values = given if isinstance(given, list | tuple) else [given] * len(deal.periods)
        arrays[key] = [np.array([Decimal(str(value))], dtype=object) for value in values]
    return [line for _, lines in evaluation(deal, arrays, Numbers(True)) for line in lines]


def amounts(deal, term="it", **facts):
    """Return what a term pays, a list of pounds: one for each flow, period after period."""
    return [line.amount[0] for line in settled_lines(deal, **facts) if line.term.key == term]


def one_line(deal, **facts):
    (amount,) = amounts(deal, **facts)
    return amount
