"""What every answer carries to protect its reader, and what the site refuses to start without."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from moothall.directory.tests.factories import PersonFactory

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


def test_the_command_refuses_with_the_sentence_alone(tmp_path):
    command = Path(sys.executable).with_name("moothall")
    named = {key: held for key, held in os.environ.items() if key in {"PATH", "LANG", "HOME"}}
    refused = subprocess.run(
        [command, "serve"],
        env=named | {"MOOTHALL_HOME": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert refused.returncode == 4
    assert refused.stderr.startswith("Moothall does not start without a secret key")
    assert refused.stderr.count("\n") == 1


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


@pytest.mark.django_db
def test_what_is_answered_before_any_page_carries_the_policy_too(settings):
    settings.WHITENOISE_AUTOREFRESH = settings.WHITENOISE_USE_FINDERS = True
    picture = Client().get("/static/moothall/icon.svg")
    assert picture["Content-Type"] == "image/svg+xml"
    picture.close()
    settings.SECURE_SSL_REDIRECT = True
    to_https = Client().get("/")
    assert to_https["Location"].startswith("https://")
    for answer in (picture, to_https):
        assert "default-src 'none'" in answer["Content-Security-Policy"]
        assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.django_db
def test_what_somebody_saw_while_signed_in_is_kept_nowhere(client):
    assert "no-store" not in client.get("/bodies").get("Cache-Control", "")
    client.force_login(PersonFactory())
    for address in ("/my-account", "/bodies"):
        assert "no-store" in client.get(address)["Cache-Control"]


@pytest.mark.parametrize(("https", "counted"), [("1", "1"), ("0", "0")])
def test_behind_https_the_visitor_is_whom_the_proxy_names(tmp_path, https, counted):
    said = started(
        tmp_path,
        say="s.ALLAUTH_TRUSTED_PROXY_COUNT",
        MOOTHALL_SECRET_KEY="x" * 50,
        MOOTHALL_HTTPS=https,
    )
    assert said.stdout.split() == [counted]


@pytest.mark.django_db
def test_one_who_guesses_shuts_nobody_else_out(settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    PersonFactory(email="ada@example.org")
    page = reverse("account_login")

    def tried(login: str, address: str) -> str:
        sent = {"login": login, "password": "not-the-passphrase"}
        return Client().post(page, sent, headers={"X-Forwarded-For": address}).content.decode()

    for number in range(11):
        last = tried(f"nobody-{number}@example.org", "198.51.100.7")
    assert "Too many failed login attempts" in last
    assert "Too many failed login attempts" not in tried("ada@example.org", "203.0.113.5")
