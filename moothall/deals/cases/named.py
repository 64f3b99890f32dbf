"""Which cases are there?"""

from collections.abc import Callable

from moothall.deals.cases.essex_cares import essex_cares
from moothall.deals.cases.essex_mst import essex_mst
from moothall.deals.cases.goodwin import goodwin
from moothall.deals.cases.greenwich_leisure import greenwich_leisure
from moothall.deals.cases.isle_of_wight import lpsa_isle_of_wight
from moothall.deals.cases.laa_tournament import laa_tournament
from moothall.deals.cases.london_rough_sleepers import london_rough_sleepers
from moothall.deals.cases.outcome_contracts import OUTCOME_CASES
from moothall.deals.cases.peterborough import peterborough_sib
from moothall.deals.cases.rikers import rikers_sib
from moothall.deals.cases.salford import salford_urban_vision
from moothall.deals.cases.shropshire import shropshire
from moothall.deals.cases.southwest_one import southwest_one
from moothall.deals.cases.tri_borough import tri_borough
from moothall.deals.cases.troubled_families import troubled_families
from moothall.deals.cases.west_cheshire import west_cheshire
from moothall.values.cases import Case

CASES: dict[str, Callable[[], Case]] = {
    "essex-cares": essex_cares,
    "essex-mst-sib": essex_mst,
    "goodwin-trust": goodwin,
    "greenwich-leisure": greenwich_leisure,
    "laa-tournament": laa_tournament,
    "london-rough-sleepers-sib": london_rough_sleepers,
    "lpsa-isle-of-wight": lpsa_isle_of_wight,
    "peterborough-sib": peterborough_sib,
    "rikers-sib": rikers_sib,
    "salford-urban-vision": salford_urban_vision,
    "shropshire-trading-company": shropshire,
    "southwest-one": southwest_one,
    "tri-borough": tri_borough,
    "troubled-families": troubled_families,
    "west-cheshire": west_cheshire,
    **OUTCOME_CASES,
}
