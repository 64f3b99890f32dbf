"""Stories of deals, settled again: what is stored here never changes."""

import json
import tomllib
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from moothall.deals.reading import deal_from_toml
from moothall.deals.settlement import Statement, period_of, settled
from moothall.deals.vat import vat_rates
from moothall.deals.versions import Version

STORIES = Path(__file__).parent
STATEMENTS = "statements.jsonl"


def stories() -> list[Path]:
    return sorted(path.parent for path in STORIES.glob("*/story.toml"))


def retold(folder: Path) -> Iterator[Statement]:
    """Settle a story again, each statement with what was known then and all that was issued."""
    story = tomllib.loads((folder / "story.toml").read_text(), parse_float=Decimal)
    versions = [
        Version(
            number,
            deal_from_toml((folder / one["deal"]).read_text()),
            one["from"],
            splits_period=one.get("splits_period", False),
        )
        for number, one in enumerate(story["versions"], start=1)
    ]
    known: dict[str, dict[date, Decimal]] = {}
    issued: list[Statement] = []
    for one in story["settlements"]:
        for key, values in one.get("facts", {}).items():
            said = {date.fromisoformat(day): Decimal(value) for day, value in values.items()}
            known[key] = {**known.get(key, {}), **said}
        issued.append(
            settled(
                versions,
                known,
                up_to=period_of(one["period"]),
                issued=issued,
                vat_rate=vat_rates(),
            )
        )
        yield issued[-1]


def as_line(stored: Any) -> str:
    return json.dumps(stored, ensure_ascii=False, separators=(",", ":")) + "\n"
