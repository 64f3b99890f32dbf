"""A person is invited, sets a password, adds a code or a passkey, or comes by their provider."""

import json
import socket
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from urllib.parse import parse_qs, urlparse

import pytest
import requests
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, hotp_value, yield_hotp_counters_from_time
from allauth.socialaccount.models import SocialAccount
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core import mail, signing
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from typer.testing import CliRunner

from moothall.core.models import AuditEntry
from moothall.core.sealing import unseal
from moothall.directory import actions, queries
from moothall.directory.commands import people
from moothall.directory.engine.roles import Role
from moothall.directory.models import Person
from moothall.directory.tests.factories import (
    PASSWORD,
    PersonFactory,
    RoleHeldFactory,
)

ACCOUNT = "/my-account"


def signed_in(client: Client) -> bool:
    return client.get(ACCOUNT).status_code == 200


def sign_in(client: Client, email: str, password: str = PASSWORD):
    return client.post(reverse("account_login"), {"login": email, "password": password})


# ── password ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.django_db
def test_an_invited_person_sets_a_password_and_signs_in(client):
    invitation = actions.invite_person(
        email="ada@example.org", name="Ada Moss", by=None, at=timezone.now()
    )
    form = client.get(invitation.set_password_path, follow=True)
    page = form.redirect_chain[-1][0]
    fresh = "a-long-new-passphrase"
    assert client.post(page, {"password1": fresh, "password2": fresh}).status_code == 302
    assert sign_in(client, "Ada@Example.org", fresh).status_code == 302
    assert signed_in(client)
    again = Client().get(invitation.set_password_path, follow=True)
    assert "password1" not in again.content.decode()


@pytest.mark.django_db
def test_an_invitation_works_for_its_own_person_only(client):
    ada, bo = PersonFactory.create_batch(2)
    hers, his = user_pk_to_url_str(ada), user_pk_to_url_str(bo)
    path = queries.set_password_path(ada).replace(f"/{hers}-", f"/{his}-")
    page = client.get(path, follow=True)
    assert "password1" not in page.content.decode()


@pytest.mark.django_db
def test_nobody_signs_up_unasked(client):
    page = client.get(reverse("account_signup"))
    assert "password1" not in page.content.decode()
    sent = {"email": "eve@example.org", "password1": PASSWORD, "password2": PASSWORD}
    client.post(reverse("account_signup"), sent)
    assert not Person.objects.exists()


@pytest.mark.django_db
def test_a_wrong_password_and_an_unknown_person_read_the_same(client):
    PersonFactory(email="ada@example.org")
    wrong = sign_in(client, "ada@example.org", "not-the-passphrase").content.decode()
    unknown = sign_in(client, "eve@example.org", "not-the-passphrase").content.decode()
    said = "The email address and/or password you specified are not correct."
    assert said in wrong
    assert said in unknown
    assert not signed_in(client)


@pytest.mark.django_db
def test_someone_shut_out_does_not_come_in(client):
    PersonFactory(email="ada@example.org", is_active=False)
    sign_in(client, "ada@example.org")
    assert not signed_in(client)


@pytest.mark.django_db
def test_guessing_is_slowed_down(client):
    PersonFactory(email="ada@example.org")
    for _ in range(11):
        answer = sign_in(client, "ada@example.org", "not-the-passphrase")
    assert "Too many failed login attempts" in answer.content.decode()
    sign_in(client, "ada@example.org")
    assert not signed_in(client)


@pytest.mark.django_db
def test_a_forgotten_password_is_reset_by_letter_and_strangers_get_none(client):
    PersonFactory(email="ada@example.org")
    client.post(reverse("account_reset_password"), {"email": "ada@example.org"})
    client.post(reverse("account_reset_password"), {"email": "eve@example.org"})
    assert [letter.to for letter in mail.outbox] == [["ada@example.org"]]


@pytest.mark.django_db
def test_signing_out_takes_a_button_not_a_link(client):
    client.force_login(PersonFactory())
    client.get(reverse("account_logout"))
    assert signed_in(client)
    client.post(reverse("account_logout"))
    assert not signed_in(client)


# ── one-time code ────────────────────────────────────────────────────────────────────────────


def code_now(secret: str) -> str:
    return f"{hotp_value(secret, next(yield_hotp_counters_from_time())):06d}"


@pytest.mark.django_db
def test_a_one_time_code_is_added_and_then_asked_for(client):
    person = PersonFactory(email="ada@example.org")
    sign_in(client, "ada@example.org")
    activate = reverse("mfa_activate_totp")
    # Asked again, before a way in is added.
    again = client.get(activate)["Location"]
    assert again.startswith(reverse("account_reauthenticate"))
    client.post(again, {"password": PASSWORD})
    page = client.get(activate)
    secret = page.context["form"].secret
    assert secret in page.content.decode()
    assert not books_hold(secret)
    client.post(activate, {"code": code_now(secret)})
    assert Authenticator.objects.filter(user=person, type="totp").exists()
    assert not books_hold(secret)
    client.post(reverse("account_logout"))

    assert sign_in(client, "ada@example.org")["Location"] == reverse("mfa_authenticate")
    assert not signed_in(client)
    client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert not signed_in(client)
    client.post(reverse("mfa_authenticate"), {"code": recovery_code(person)})
    assert signed_in(client)


def books_hold(text: str) -> bool:
    """Whether a row of any table holds the text, as it is or as a visit packs it."""
    rows = [row for model in apps.get_models() for row in model.objects.values()]
    assert rows
    visits = [packed(row["session_data"]) for row in Session.objects.values()]
    return text in str(rows) or any(text.encode() in each for each in visits)


def packed(session_data: str) -> bytes:
    """What lies in a visit's row for who does not hold the key."""
    text = session_data.split(":")[0]
    content = signing.b64_decode(text.removeprefix(".").encode())
    return zlib.decompress(content) if text.startswith(".") else content


@pytest.mark.django_db
def test_the_books_hold_no_secret_of_a_second_factor(settings):
    person = PersonFactory()
    totp, codes = TOTP.activate(person, "JBSWY3DPEHPK3PXP"), RecoveryCodes.activate(person)
    seed = unseal(codes.instance.data["seed"])
    assert totp.validate_code(code_now("JBSWY3DPEHPK3PXP"))
    for plain in ("JBSWY3DPEHPK3PXP", seed, *codes.generate_codes()):
        assert not books_hold(plain)

    # The key changes: the earlier one opens them, until they are put under the newest.
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another-key-" * 5
    expected = codes.generate_codes()
    done = CliRunner().invoke(people, ["reseal"], catch_exceptions=False)
    assert "2 second factors are under the newest secret key" in done.output
    entry = AuditEntry.objects.latest("seq")
    assert (entry.did, json.loads(entry.detail)["count"]) == (
        "directory.second_factors_resealed",
        2,
    )
    settings.SECRET_KEY_FALLBACKS = []
    held = Authenticator.objects.get(user=person, type="recovery_codes")
    assert held.wrap().generate_codes() == expected


@pytest.mark.django_db
def test_nobody_signs_in_by_a_code_whose_key_is_lost_and_the_page_says_so(client, settings):
    person = PersonFactory(email="ada@example.org")
    TOTP.activate(person, "JBSWY3DPEHPK3PXP")
    settings.SECRET_KEY = "another-key-" * 5
    sign_in(client, "ada@example.org")
    answer = client.post(reverse("mfa_authenticate"), {"code": code_now("JBSWY3DPEHPK3PXP")})
    assert "gives that key in MOOTHALL_EARLIER_SECRET_KEYS" in answer.content.decode()
    assert not signed_in(client)
    refused = CliRunner().invoke(people, ["reseal"])
    assert refused.exit_code == 4
    assert "cannot be opened" in refused.output


@pytest.mark.django_db(transaction=True)
def test_secrets_from_before_they_were_sealed_are_sealed_once():
    person = PersonFactory()
    call_command("migrate", "directory", "0001", verbosity=0)
    old = {
        "totp": {"secret": "JBSWY3DPEHPK3PXP"},
        "recovery_codes": {"seed": "ab12", "used_mask": 1},
    }
    try:
        for kind, data in old.items():
            Authenticator.objects.create(user=person, type=kind, data=data)
    finally:
        call_command("migrate", verbosity=0)
    assert not books_hold("JBSWY3DPEHPK3PXP")
    held = {each.type: each.data for each in Authenticator.objects.all()}
    assert unseal(held["totp"]["secret"]) == "JBSWY3DPEHPK3PXP"
    assert unseal(held["recovery_codes"]["seed"]) == "ab12"
    assert held["recovery_codes"]["used_mask"] == 1
    call_command("migrate", "directory", "0001", verbosity=0)
    assert {each.type: each.data for each in Authenticator.objects.all()} == old
    call_command("migrate", verbosity=0)


def recovery_code(person: Person) -> str:
    return (
        Authenticator.objects.get(user=person, type="recovery_codes").wrap().get_unused_codes()[0]
    )


# ── a body's own provider, as a real process on loopback ─────────────────────────────────────


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """The address of an OpenID provider that runs beside the tests and speaks to nobody else."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(200):
            try:
                requests.get(f"{address}/.well-known/openid-configuration", timeout=1)
                break
            except requests.ConnectionError:
                time.sleep(0.1)
        else:
            pytest.fail("The OpenID provider did not start on loopback within 20 seconds.")
        yield address
    finally:
        process.terminate()
        process.wait(timeout=10)


@pytest.fixture
def by_provider(provider, settings, client, db):
    """Sign in through the provider as the subject with these claims; return the last answer."""
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "APPS": [
                {
                    "provider_id": "sign-in",
                    "name": "Norbury",
                    "client_id": "moothall",
                    "secret": "a-secret",
                    "settings": {
                        "server_url": provider,
                        "oauth_pkce_enabled": True,
                        "email_authentication": True,
                    },
                }
            ]
        }
    }

    def through(subject: str, deny: bool = False, **claims: object):
        requests.put(f"{provider}/users/{subject}", json=claims, timeout=5).raise_for_status()
        start = client.post(reverse("openid_connect_login", args=["sign-in"]))
        asked = urlparse(start["Location"])
        assert f"{asked.scheme}://{asked.netloc}" == provider
        assert parse_qs(asked.query)["code_challenge_method"] == ["S256"]
        answer = {"action": "deny"} if deny else {"sub": subject}
        back = requests.post(start["Location"], answer, allow_redirects=False, timeout=5)
        returned = urlparse(back.headers["Location"])
        return client.get(f"{returned.path}?{returned.query}", follow=True)

    return through


def test_an_invited_person_comes_by_their_provider_as_themselves(by_provider, client):
    person = RoleHeldFactory(
        person__email="ada@example.org", role=Role.FINANCE_OFFICER.value
    ).person
    by_provider("ada-1", email="Ada@example.org", email_verified=True, name="Ada M.")
    assert signed_in(client)
    assert Person.objects.get() == person
    assert SocialAccount.objects.get().user == person
    client.post(reverse("account_logout"))
    # The provider's own number for her counts from now on, whatever her address becomes.
    by_provider("ada-1", email="ada.new@example.org", email_verified=True, name="Ada M.")
    assert client.get(ACCOUNT).context["user"] == person


def test_an_address_that_the_provider_has_not_verified_opens_nothing(by_provider, client):
    PersonFactory(email="ada@example.org")
    by_provider("mallory", email="ada@example.org", email_verified=False, name="Ada")
    assert not signed_in(client)
    assert not SocialAccount.objects.exists()


def test_a_stranger_whom_the_provider_knows_is_not_added(by_provider, client):
    by_provider("eve", email="eve@example.org", email_verified=True, name="Eve")
    assert not signed_in(client)
    assert not Person.objects.exists()


def test_where_the_provider_may_add_people_they_come_without_a_role(by_provider, client, settings):
    settings.OIDC_ADDS_PEOPLE = True
    by_provider("cy", email="cy@example.org", email_verified=True, name="Cy Young")
    assert signed_in(client)
    person = Person.objects.get()
    assert (person.name, person.email) == ("Cy Young", "cy@example.org")
    assert queries.viewer_for(person).roles == ()
    assert EmailAddress.objects.get().verified
    assert AuditEntry.objects.get().did == "directory.person_added"


def test_an_unverified_stranger_is_not_added_even_then(by_provider, client, settings):
    settings.OIDC_ADDS_PEOPLE = True
    by_provider("di", email="di@example.org", email_verified=False, name="Di")
    assert not signed_in(client)
    assert not Person.objects.exists()


def test_who_declines_at_the_provider_is_not_signed_in(by_provider, client):
    PersonFactory(email="bo@example.org")
    by_provider("bo", deny=True, email="bo@example.org", email_verified=True)
    assert not signed_in(client)


def test_an_answer_that_nobody_asked_for_is_refused(provider, by_provider, client):
    callback = reverse("openid_connect_callback", args=["sign-in"])
    client.get(f"{callback}?code=stolen&state=made-up")
    assert not signed_in(client)


def test_someone_shut_out_does_not_come_by_the_provider_either(by_provider, client):
    PersonFactory(email="ada@example.org", is_active=False)
    by_provider("ada-2", email="ada@example.org", email_verified=True, name="Ada")
    assert not signed_in(client)


SHOW = """
import json
from moothall.site import settings
policy = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
print(json.dumps([settings.SOCIALACCOUNT_PROVIDERS, policy["form-action"]]))
"""
OIDC = {
    "MOOTHALL_OIDC_ISSUER": "https://id.example.org/realm/",
    "MOOTHALL_OIDC_CLIENT_ID": "moothall",
    "MOOTHALL_OIDC_SECRET": "a-secret",
    "MOOTHALL_OIDC_NAME": "Norbury",
}


def settings_with(tmp_path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", SHOW],
        env={"MOOTHALL_HOME": str(tmp_path), "MOOTHALL_SECRET_KEY": "k" * 50, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_environment_names_the_provider(tmp_path):
    providers, form_action = json.loads(settings_with(tmp_path, **OIDC).stdout)
    (app,) = providers["openid_connect"]["APPS"]
    assert app["name"] == "Norbury"
    assert app["settings"]["server_url"] == "https://id.example.org/realm"
    assert form_action == ["'self'", "https://id.example.org"]
    providers, form_action = json.loads(settings_with(tmp_path).stdout)
    assert providers == {"openid_connect": {"APPS": []}}
    assert form_action == ["'self'"]


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        (
            {"MOOTHALL_OIDC_SECRET": ""},
            "MOOTHALL_OIDC_ISSUER is set, but MOOTHALL_OIDC_SECRET not. Set what the sign-in",
        ),
        (
            {"MOOTHALL_OIDC_ISSUER": "http://id.example.org"},
            "which is not encrypted on its way. Give an address that begins with https://.",
        ),
    ],
)
def test_half_a_provider_or_an_open_one_is_refused_at_the_start(changed, sentence, tmp_path):
    refused = settings_with(tmp_path, **{**OIDC, **changed})
    assert refused.returncode != 0
    assert sentence in refused.stderr


# ── passkey, in a browser with an authenticator of its own ───────────────────────────────────


@pytest.fixture
def authenticator(page) -> None:
    """A virtual authenticator that knows its owner, plugged in to the browser."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_person_adds_a_passkey_and_signs_in_with_it_alone(
    page, live_server, authenticator, asked_outside
):
    person = PersonFactory(email="ada@example.org", name="Ada Moss")
    page.set_default_timeout(20_000)
    page.goto(f"{live_server.url}/account/login/")
    page.fill("[name=login]", "ada@example.org")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(f"{live_server.url}/needs-attention/")
    page.goto(f"{live_server.url}/account/2fa/webauthn/add/")
    page.fill("[name=password]", PASSWORD)  # asked again, before a way in is added
    page.press("[name=password]", "Enter")
    page.check("[name=passwordless]")
    page.click("#mfa_webauthn_add")
    page.wait_for_url(lambda url: "/add/" not in url)
    assert Authenticator.objects.filter(user=person, type="webauthn").exists()
    page.context.clear_cookies()

    page.goto(f"{live_server.url}{ACCOUNT}")
    assert "/account/login/" in page.url
    page.click("#passkey_login")
    page.wait_for_url(f"{live_server.url}{ACCOUNT}")
    assert "Ada Moss" in page.inner_text("main")
    assert asked_outside == []
