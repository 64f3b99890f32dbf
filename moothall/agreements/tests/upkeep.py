"""An invented deal that can be run, varied and left: a price a lamp, and what leaving costs."""

from datetime import date
from decimal import Decimal

from moothall.agreements.actions.variation_assents import set_change_basis
from moothall.agreements.tests.factories import agreement_of, manager_of
from moothall.directory.engine.roles import Role
from moothall.directory.tests.factories import OrganisationFactory, RoleHeldFactory

UPKEEP = """
[deal]
name = "Upkeep of lamps"
starts_on = 2025-04-01
ends_before = 2030-04-01
every = "year"

[parties.council]
name = "Norbury Council"
kind = "public body"
reference = "in-house"

[parties.firm]
name = "Brightway Lamps"
kind = "supplier"
reference = "no work"

[facts.lamps]
title = "Lamps"
value = 1000

[facts.repairs]
title = "Repairs"
distribution = { kind = "uniform", low = 100, high = 300 }

[facts.leaves]
title = "The council leaves"
unit = "yes or no"
places = 0
value = 0

[terms.keep]
kind = "unit_price"
payer = "council"
payee = "firm"
volume = "lamps"
bands = [{ above = 0, price_gbp = "50" }]

[terms.repair]
kind = "unit_price"
payer = "council"
payee = "firm"
volume = "repairs"
bands = [{ above = 0, price_gbp = "20" }]

[terms.exit]
kind = "exit_payment"
payer = "council"
payee = "firm"
leaves = "leaves"
share = "1"
set_up_gbp = 60000
set_up_months = 60
"""
DEARER = UPKEEP.replace('price_gbp = "50"', 'price_gbp = "52"')


def person_of(body, role):
    return RoleHeldFactory(role=role.value, organisation=body).person


def upkeep(**fields):
    """An agreement on this deal, worth £280,000 over five years, under the Act of 2023."""
    council = OrganisationFactory(name="Norbury Council", slug="norbury")
    firm = OrganisationFactory(name="Brightway Lamps", slug="brightway", kind="company")
    given = {
        "text": UPKEEP,
        "value_pence": 28_000_000,
        "regime": "PA_2023",
        "regime_began_on": date(2025, 3, 1),
        "ends_before": date(2030, 4, 1),
        **fields,
    }
    agreement = agreement_of(council, firm, **given)
    return agreement, council, firm


def with_basis(agreement, at, **fields):
    given = {"what": "goods_services_sub_central", "vat_rate": Decimal("0.2"),
             "term_months": Decimal(60), **fields}  # fmt: skip
    return set_change_basis(agreement=agreement, by=manager_of(agreement.body), at=at, **given)


def provider_of(firm):
    return person_of(firm, Role.PROVIDER)
