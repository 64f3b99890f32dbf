"""An invented deal that is settled by the quarter: a fee, a price a lamp, and rent of depots."""

LAMPS = """
[deal]
name = "Street lamps kept lit"
starts_on = 2025-04-01
ends_before = 2026-04-01
every = "quarter"

[parties.council]
name = "Norbury Council"
kind = "public body"
reference = "in-house"

[parties.contractor]
name = "Brightway Lamps"
kind = "supplier"

[facts.lamps]
title = "Lamps kept lit"
unit = "lamps"
reported_by = "contractor"

[facts.depots]
title = "Depots used"
unit = "depots"
once = true
reported_by = "council"

[terms.fee]
kind = "fixed_fee"
payer = "council"
payee = "contractor"
amount_gbp = 1000
vat = "standard"

[terms.lamps]
kind = "unit_price"
payer = "council"
payee = "contractor"
volume = "lamps"
bands = [{ price_gbp = "1.25" }]
total_cap_gbp = 3000

[terms.depots]
kind = "unit_price"
payer = "contractor"
payee = "council"
volume = "depots"
bands = [{ price_gbp = "50.00" }]
"""
