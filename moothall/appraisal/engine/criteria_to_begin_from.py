"""Which criteria may an appraisal begin from?"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from attrs import frozen

from moothall.appraisal.engine.criteria import Criterion


@frozen
class Begun:
    """A criterion with what stands for 0 and for 100, and what is counted elsewhere instead."""

    criterion: Criterion
    at_worst: str
    at_best: str
    apart: str


@cache
def criteria_to_begin_from() -> dict[str, Begun]:
    """Every criterion of the catalogue, in its order; each scored by judgement, 0 to 100."""
    path = files("moothall.appraisal") / "catalogues" / "criteria.toml"
    rows = tomllib.loads(path.read_text("utf-8"))
    return {
        key: Begun(
            Criterion(key, row["title"], row["group"], counts=row["counts"]),
            row["at_worst"],
            row["at_best"],
            row["apart"],
        )
        for key, row in rows.items()
    }
