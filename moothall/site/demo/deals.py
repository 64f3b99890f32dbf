"""Which deals are being drafted in the demonstration place?"""

from __future__ import annotations

from attrs import frozen


@frozen
class Deal:
    """A draft of the county's.

    case        : the published case that it begins from; else its text
    changed     : what its second version has in the place of what
    shared_with : body and which party it is
    """

    name: str
    case: str = ""
    text: str = ""
    party: str = "council"
    changed: tuple[str, str] | None = None
    note: str = ""
    is_tried: bool = True
    shared_with: tuple[tuple[str, str], ...] = ()


CARE_AT_HOME = """\
[deal]
name = "Care at home, paid by results"
summary = "A charity helps people home from hospital; the council pays for each one still at home."
starts_on = 2027-04-01
ends_before = 2030-04-01
every = "year"

[parties.council]
name = "Aldermoor County Council"
kind = "public body"
reference = "in-house"

[parties.charity]
name = "The Lantern Trust"
kind = "charity"
resources_gbp = 250000
residual_bearer = "council"

[facts.in_house]
title = "Cost in-house"
supplied_by = "council"
borne_by = "council"
without_deal = true
basis = "estimated"
distribution = { kind = "triangular", low = 560000, mode = 600000, high = 680000, per = "deal" }

[facts.cost]
title = "Cost of the service"
borne_by = "charity"
basis = "estimated"
distribution = { kind = "pert", low = 450000, mode = 500000, high = 640000, per = "deal" }

[facts.at_home]
title = "People still at home after 91 days"
supplied_by = "charity"
unit = "people"
reported_by = "charity"
places = 0
distribution = { kind = "triangular", low = 150, mode = 260, high = 320, per = "deal" }

[terms.results]
kind = "unit_price"
label = "Payment for each person at home after 91 days"
payer = "council"
payee = "charity"
volume = "at_home"
bands = [{ price_gbp = "2150" }]
period_cap_gbp = 575000
"""

STREET_LIGHTS = """\
[deal]
name = "Street lights by saving"
summary = "A contractor changes the lamps and is paid from the saving on electricity."
starts_on = 2027-04-01
ends_before = 2032-04-01
every = "year"

[parties.council]
name = "Aldermoor County Council"
kind = "public body"
reference = "the lamps as they are"

[parties.contractor]
name = "The contractor"
kind = "supplier"

[facts.saving]
title = "Saving on electricity"
enjoyed_by = "council"
reported_by = "contractor"
distribution = { kind = "triangular", low = 80000, mode = 160000, high = 190000, per = "deal" }

[facts.cost]
title = "Cost of the lamps and the work"
borne_by = "contractor"
basis = "estimated"
distribution = { kind = "triangular", low = 85000, mode = 95000, high = 130000, per = "deal" }

[terms.fee]
kind = "fixed_fee"
label = "Payment for the lamps"
payer = "council"
payee = "contracter"
amount_gbp = 120000
"""

DEALS = (
    Deal(
        name="Urban services with a joint venture",
        case="salford-urban-vision",
        changed=("20833333.33", "21250000"),
        note="A higher fee, as the contractor asks",
        shared_with=(("district", ""),),
    ),
    Deal(name="Care at home, paid by results", text=CARE_AT_HOME),
    Deal(name="Street lights by saving", text=STREET_LIGHTS, is_tried=False),
)
