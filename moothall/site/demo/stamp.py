"""Does this folder hold the demonstration, and which edition of it?"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from django.conf import settings

from moothall.site.demo import place

EDITION = f"1:{place.SEED}"


def stamp_file() -> Path:
    """Written last, when all of the demonstration is there."""
    return Path(settings.HOME) / "demonstration.json"


def is_loaded() -> bool:
    file = stamp_file()
    return file.is_file() and json.loads(file.read_text()).get("edition") == EDITION


def write_stamp(*, at: datetime) -> None:
    stamp_file().write_text(json.dumps({"edition": EDITION, "loaded_at": at.isoformat()}))
