"""How do the journeys drive a browser? The machine's own Chromium, which sees nothing outside."""

import json
import os
import shutil
import threading
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

# Playwright's loop runs in the test's own thread, and Django would refuse the books beside it.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

BUILT = Path(__file__).resolve().parents[2] / "moothall/site/static/built/moothall.css"
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
QUIET = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium() -> str | None:
    named = os.environ.get("MOOTHALL_CHROMIUM")
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return named or next((path for name in names if (path := shutil.which(name))), None)


def barriers_of(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 AA on the page as it stands, one sentence each."""
    asked = json.dumps({"runOnly": STANDARDS, "resultTypes": ["violations"]})
    page.evaluate(AXE_SCRIPT)
    # What is right on a page is most of what axe has to say of it: it stays in the browser.
    rules = page.evaluate(f"axe.run(document, {asked}).then(found => found.violations)")
    return [
        f"{rule['id']}: {rule['help']} at {node['target']}"
        for rule in rules
        for node in rule["nodes"]
    ]


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    path = chromium()
    if path is None:
        pytest.skip("There is no Chromium here: apt-get install chromium.")
    if not BUILT.exists():
        pytest.skip("The style sheet is not built: make frontend.")
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {"executable_path": path, "args": [*sandbox, *QUIET]}


@pytest.fixture(autouse=True)
def _connections_end_first(_live_server_helper):
    """Wait for the server's threads: one that outlives its test holds books that are gone."""
    yield
    for thread in threading.enumerate():
        if "process_request_thread" in thread.name:
            thread.join(timeout=10)


@pytest.fixture
def asked_outside(page: Page, live_server) -> list[str]:
    """The addresses off this machine that the page asked for: always none."""
    asked: list[str] = []

    def keep(request) -> None:
        if not request.url.startswith((live_server.url, "data:", "blob:")):
            asked.append(request.url)

    page.on("request", keep)
    return asked


@pytest.fixture
def barriers(page: Page):
    """What axe finds against WCAG 2.2 AA on the page as it stands, one sentence each."""

    return lambda: barriers_of(page)
