"""What every answer carries to protect its reader, and what the site refuses to start without."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client

ROOT = Path(__file__).resolve().parents[3]


def started(
    tmp_path: Path, *, say: str = "", **environment: str
) -> subprocess.CompletedProcess[str]:
    """Start Django as a service would, with only these settings; print what `say` gives."""
    named = {key: held for key, held in os.environ.items() if key in {"PATH", "LANG", "HOME"}}
    script = "import django; from django.conf import settings as s; django.setup(); print(" + (
        (say or "1") + ")"
    )
    return subprocess.run(
        [sys.executable, "-c", script],
        env=named
        | {"DJANGO_SETTINGS_MODULE": "moothall.site.settings", "MOOTHALL_HOME": str(tmp_path)}
        | environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_without_a_secret_key_it_refuses_to_start_and_says_how_to_mend_it(tmp_path):
    refused = started(tmp_path)
    assert refused.returncode != 0
    assert "does not start without a secret key while debugging is off" in refused.stderr
    assert "Set MOOTHALL_SECRET_KEY to 50 or more random characters" in refused.stderr


def test_a_database_of_another_kind_is_refused_with_a_sentence(tmp_path):
    refused = started(tmp_path, MOOTHALL_SECRET_KEY="x" * 50, DATABASE_URL="mysql://a@b/c")
    assert refused.returncode != 0
    assert "Moothall keeps its books in PostgreSQL" in refused.stderr


def test_behind_https_cookies_are_secure_and_browsers_are_told_to_stay_there(tmp_path):
    say = (
        "s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SESSION_COOKIE_HTTPONLY, "
        "s.SECURE_SSL_REDIRECT, s.SECURE_HSTS_SECONDS, s.DEBUG"
    )
    found = started(tmp_path, say=say, MOOTHALL_SECRET_KEY="x" * 50, MOOTHALL_HTTPS="1")
    assert found.stdout.split() == ["True", "True", "True", "True", "31536000", "False"]


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/health", "/", "/account/login/", "/no-such-page"])
def test_every_answer_protects_its_reader(address):
    answer = Client().get(address)
    policy = {
        words[0]: words[1:]
        for words in map(str.split, answer["Content-Security-Policy"].split(";"))
    }
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == ["'none'"]
    assert policy["script-src"][0] == policy["style-src"][0] == "'self'"
    assert not any("unsafe" in word for words in policy.values() for word in words)
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
