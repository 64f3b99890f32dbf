"""Which cases are there?"""

from collections.abc import Callable

from moothall.deals.cases.isle_of_wight import lpsa_isle_of_wight
from moothall.deals.cases.peterborough import peterborough_sib
from moothall.deals.cases.rikers import rikers_sib
from moothall.deals.cases.salford import salford_urban_vision
from moothall.deals.cases.troubled_families import troubled_families
from moothall.values.cases import Case

CASES: dict[str, Callable[[], Case]] = {
    "lpsa-isle-of-wight": lpsa_isle_of_wight,
    "peterborough-sib": peterborough_sib,
    "rikers-sib": rikers_sib,
    "salford-urban-vision": salford_urban_vision,
    "troubled-families": troubled_families,
}
