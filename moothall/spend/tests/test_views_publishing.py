"""Publishing, redaction and purge in a browser: each by its role, each refusal in a sentence."""

import pytest
from django.urls import reverse

from moothall.directory.engine.roles import Role
from moothall.directory.tests.factories import PersonFactory, RoleHeldFactory
from moothall.spend.models import Purge, RedactionDecision, Release
from moothall.spend.tests.test_actions_publishing import (
    EXTRACT,
    LINES,
    body,
    extract_line,
    load,
)

__all__ = ["body", "load"]


@pytest.fixture
def quarter(body, load):
    hidden = extract_line("A8", "20/01/2026", "Mr John Oaktree", 104, "910.00", purpose="Fostering")
    load("extract-2026.csv", EXTRACT + "".join(LINES) + hidden)
    return {"slug": body.slug, "quarter": "2026Q1"}


def signed_in(client, body, role: Role):
    client.force_login(RoleHeldFactory(organisation=body, role=role.value).person)
    return client


def test_a_quarter_is_published_once_its_redactions_are_decided(client, body, quarter):
    signed_in(client, body, Role.FINANCE_OFFICER)
    address = reverse("spend:publish_quarter", kwargs=quarter)
    page = client.get(address).content.decode()
    assert "cannot be published yet: one supplier id carries" in page
    assert "disabled" in page
    assert client.post(address).status_code == 409
    asked = client.get(reverse("spend:redactions", args=[body.slug])).content.decode()
    assert "104: Mr John Oaktree" in asked
    decide = reverse("spend:decide_redaction", args=[body.slug])
    told = client.post(decide, {"ref": ["104"], "redact": "yes"}, follow=True).content.decode()
    assert "1 decided: withheld, in files to come too. Pages follow in a moment." in told
    done = client.post(address, follow=True)
    assert done.status_code == 200
    release = Release.objects.get()
    client.logout()
    public = client.get(reverse("spend:release", args=[release.pk])).content.decode()
    assert "The parts add up to the source" in public
    assert "Oaktree" not in public
    offered = client.get(reverse("spend:release_file", args=[release.pk, "payments.csv"]))
    text = b"".join(offered.streaming_content).decode()
    assert "REDACTED PERSONAL DATA" in text
    assert "Oaktree" not in text
    for name in ("../payments.csv", "release-signing.key", "nothing.csv"):
        path = reverse("spend:release", args=[release.pk]) + "/" + name
        assert client.get(path).status_code == 404
    assert client.get(reverse("spend:signing_key")).content.startswith(b"-----BEGIN PUBLIC KEY")
    assert "Testshire" in client.get(reverse("spend:release_list")).content.decode()


def test_a_decision_is_undone_in_the_browser(client, body, quarter):
    signed_in(client, body, Role.SECTION_151_OFFICER)
    decide = reverse("spend:decide_redaction", args=[body.slug])
    client.post(decide, {"name": ["Mrs Jane Appletree"], "redact": "no"})
    decision = RedactionDecision.objects.get()
    listed = client.get(reverse("spend:redactions", args=[body.slug]) + "?format=json").json()
    assert [(each["about"], each["is_undone"]) for each in listed["decisions"]] == [
        ("one name", False)
    ]
    undo = reverse("spend:undo_redaction", args=[body.slug, decision.pk])
    assert "Undone" in client.post(undo, follow=True).content.decode()
    assert (
        "Nothing was decided"
        in client.post(
            decide, {"ref": ["none such"], "redact": "yes"}, follow=True
        ).content.decode()
    )


@pytest.mark.parametrize("is_waiting", [True, False])
def test_the_page_says_that_public_pages_do_not_show_a_decision_yet(
    client, body, quarter, monkeypatch, is_waiting
):
    signed_in(client, body, Role.FINANCE_OFFICER)
    monkeypatch.setattr("moothall.core.jobs.waits", lambda _task: is_waiting)
    page = client.get(reverse("spend:redactions", args=[body.slug])).content.decode()
    assert ("until it has settled the names, public pages show what" in page) == is_waiting


def test_redactions_are_never_public(client, body, quarter):
    address = reverse("spend:redactions", args=[body.slug])
    assert client.get(address).status_code == 302
    client.force_login(PersonFactory())
    answer = client.get(address)
    assert answer.status_code == 403
    assert "Oaktree" not in answer.content.decode()


def test_a_purge_takes_two_people_in_the_browser_too(client, body, quarter):
    signed_in(client, body, Role.DATA_PROTECTION_OFFICER)
    address = reverse("spend:purges", args=[body.slug])
    sent = {"value": "Mr John Oaktree", "reason": "personal_data"}
    assert "waits for a second person" in client.post(address, sent, follow=True).content.decode()
    purge = Purge.objects.get()
    confirm = reverse("spend:confirm_purge", args=[body.slug, purge.pk])
    assert "it takes two" in client.get(confirm).content.decode()
    assert client.post(confirm).status_code == 409
    signed_in(client, body, Role.MONITORING_OFFICER)
    assert "This cannot be undone" in client.get(confirm).content.decode()
    assert "Purged from 1 rows" in client.post(confirm, follow=True).content.decode()
    assert "Oaktree" not in client.get(address).content.decode()
    assert client.get(confirm).status_code == 404
