"""What every test of the building may lean on."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent


def shared_data_folder() -> Path | None:
    """The folder of real published data, where this machine has it."""
    named = os.environ.get("MOOTHALL_SHARED_DATA")
    places = [Path(named)] if named else [ROOT.parent / "shared/data", ROOT / "shared/data"]
    return next((place for place in places if (place / "spend").is_dir()), None)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    folder = shared_data_folder()
    if folder is None:
        pytest.skip("The real published files are not on this machine: set MOOTHALL_SHARED_DATA.")
    return folder
