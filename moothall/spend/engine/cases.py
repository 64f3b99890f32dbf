"""Which worked cases does the spend room hold?"""

from __future__ import annotations

from collections.abc import Callable

from moothall.spend.engine.founding_table import lg_spend_2011
from moothall.values.cases import Case

CASES: dict[str, Callable[[], Case]] = {"lg-spend-2011": lg_spend_2011}
