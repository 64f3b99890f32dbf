"""From what may a draft begin: a bare frame, or a published case?"""

from __future__ import annotations

from moothall.deals.cases.named import CASES
from moothall.deals.writing import inline

FRAME = """[deal]
name = {name}
starts_on = 2027-04-01
ends_before = 2030-04-01
every = "year"

[parties.council]
name = {body}
kind = "public body"
reference = "in-house"

[parties.provider]
name = "The provider"
kind = "supplier"

[facts.in_house]
title = "Cost had there been no deal"
borne_by = "council"
without_deal = true
distribution = {{ kind = "triangular", low = 90000, mode = 100000, high = 120000 }}

[facts.cost]
title = "Cost of the service"
borne_by = "provider"
basis = "estimated"
distribution = {{ kind = "triangular", low = 80000, mode = 90000, high = 115000 }}

[terms.fee]
kind = "fixed_fee"
payer = "council"
payee = "provider"
amount_gbp = 97000
"""


def frame(name: str, body: str) -> str:
    """Return a first deal: a council, a provider, a fee and its cost, every figure invented."""
    return FRAME.format(name=inline(name), body=inline(body))


def cases_to_begin_from() -> list[tuple[str, str]]:
    """Return (name, title) of each published case that has a deal."""
    return [
        (name, case.title)
        for name, case in ((name, make()) for name, make in CASES.items())
        if case.deal
    ]


def deal_of_case(name: str) -> str | None:
    made = CASES.get(name)
    return made().deal.lstrip() if made else None
