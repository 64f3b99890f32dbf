"""Is every picture of the docs shown somewhere, and is each one there?

They show the demonstration and nothing else. Take them afresh, with it running, by
`python -m tests.docs.test_pictures http://127.0.0.1:8000`.
"""

import re
import sys
from pathlib import Path

from tests.journeys.conftest import QUIET, chromium

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "docs/img"
# By name: who looks (nobody, or the person's first name) and at which address.
TAKEN = {
    "front-page": ("", "/"),
    "spending": ("", "/spending/"),
    "needs-attention": ("Fern", "/needs-attention/"),
    "matches": ("Petra", "/spending/work/matches"),
}


def shown() -> set[Path]:
    """Every picture that a page of the docs, or the README, shows."""
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    return {
        (page.parent / target).resolve()
        for page in pages
        for target in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", page.read_text(encoding="utf-8"))
    }


def test_every_picture_is_shown_and_every_picture_shown_is_there():
    assert shown() == set(PICTURES.glob("*.png"))


def take(site: str) -> None:
    """Photograph the demonstration that answers at `site`."""
    import os

    from playwright.sync_api import sync_playwright

    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=chromium(), args=[*sandbox, *QUIET])
        for name, (who, address) in TAKEN.items():
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            if who:
                page.goto(f"{site}/demonstration")
                page.get_by_role("button", name=f"Sign in as {who}").click()
            page.goto(site + address)
            page.screenshot(path=PICTURES / f"{name}.png")
            page.context.close()
        browser.close()


if __name__ == "__main__":
    take(sys.argv[1].rstrip("/"))
