"""Who opens which page of whose appraisal, and what is done there."""

from html import unescape

import pytest
from django.urls import reverse

from moothall.appraisal.actions import appraising
from moothall.appraisal.actions.appraising import CannotKeepAppraisal
from moothall.appraisal.models import Appraisal, AppraisalVersion
from moothall.appraisal.tests.factories import appraisal_of, commissioner
from moothall.appraisal.tests.files import text_of
from moothall.core.models import AuditEntry
from moothall.directory.engine.roles import MAY, Deed, Role
from moothall.directory.tests.factories import OrganisationFactory, PersonFactory, RoleHeldFactory

pytestmark = pytest.mark.django_db
READ = {"appraisal": (), "paper": ("briefing",)}
WORK = {
    "text": ((), {"text": text_of() + "\n", "note": "a line"}),
    "place": (("service",), {"name": "Pools"}),
    "add": (("options",), {"key": "joint_venture"}),
    "remove": (("options.sale",), {}),
    "restore": ((1,), {}),
    "put_away": ((), {}),
}


@pytest.fixture
def norbury():
    return OrganisationFactory(name="Norbury Council", slug="norbury")


@pytest.fixture
def held(norbury):
    return appraisal_of(norbury, commissioner(norbury))


@pytest.fixture
def signed_in(held, client):
    client.force_login(held.by)
    return client


def at(held, name, *more):
    return reverse(f"appraisal:{name}", args=["norbury", held.pk, *more])


@pytest.mark.parametrize("role", [None, Role.SCRUTINY_MEMBER, Role.COMMISSIONER, Role.PROVIDER])
def test_each_page_opens_for_the_roles_that_read_and_each_deed_for_those_that_work(
    role, held, norbury, client
):
    person = PersonFactory()
    if role:
        RoleHeldFactory(person=person, organisation=norbury, role=role.value)
    client.force_login(person)
    deeds = MAY[role] if role else frozenset()
    for name, more in READ.items():
        expected = 200 if Deed.READ_APPRAISAL in deeds else 403
        assert client.get(at(held, name, *more)).status_code == expected
    for name, (more, sent) in WORK.items():
        found = client.post(at(held, name, *more), sent).status_code
        assert (found == 403) is (Deed.WORK_ON_APPRAISAL not in deeds), name


def test_who_has_not_signed_in_is_asked_to(held, client):
    assert client.get(at(held, "appraisal")).status_code == 302


def test_no_body_reads_anothers(held, client):
    other = OrganisationFactory(slug="ashby")
    client.force_login(commissioner(other))
    assert client.get(at(held, "appraisal")).status_code == 403
    elsewhere = reverse("appraisal:appraisal", args=["ashby", held.pk])
    assert client.get(elsewhere).status_code == 404
    listed = client.get(reverse("appraisal:home")).content.decode()
    assert held.name not in listed


def test_an_appraisal_begins_from_a_case_and_says_what_it_comes_to(norbury, client):
    client.force_login(commissioner(norbury))
    sent = {"name": "Libraries", "case": "libraries-ten-options"}
    answer = client.post(reverse("appraisal:begin", args=["norbury"]), sent, follow=True)
    page = unescape(answer.content.decode())
    assert "Begun from the case libraries-ten-options" in page
    assert "How far the answer holds" in page


def test_a_bare_frame_is_sound_and_says_what_is_to_do(norbury, client):
    client.force_login(commissioner(norbury))
    begin = reverse("appraisal:begin", args=["norbury"])
    page = unescape(client.post(begin, {"name": "Parks"}, follow=True).content.decode())
    assert "must be mended" not in page
    assert "There are no criteria yet." in page
    assert "To do" in page


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"name": ""}, "This field is required"),
        ({"name": "Parks", "case": "none"}, "Select a valid choice"),
    ],
)
def test_what_it_cannot_begin_from_is_refused_and_makes_nothing(norbury, client, sent, said):
    client.force_login(commissioner(norbury))
    answer = client.post(reverse("appraisal:begin", args=["norbury"]), sent)
    assert answer.status_code == 422
    assert Appraisal.objects.count() == 0


def test_a_changed_score_is_a_version_and_moves_the_answer(held, signed_in):
    before = signed_in.get(at(held, "appraisal") + "?format=json").json()
    form = {
        "community": "1", "quality": "1", "control": "1", "deliverability": "1",
    }  # fmt: skip
    signed_in.post(at(held, "place", "scores.as_now"), form)
    after = signed_in.get(at(held, "appraisal") + "?format=json").json()
    assert held.versions.count() == 2
    score = {one["key"]: one["score"] for one in after["options"]}
    assert score["as_now"] < {one["key"]: one["score"] for one in before["options"]}["as_now"]
    entry = AuditEntry.objects.order_by("-pk").first()
    assert entry.did == "appraisal.saved"


def test_what_must_be_mended_is_saved_and_said(held, signed_in):
    answer = signed_in.post(at(held, "add", "lines"), {"key": "energy"}, follow=True)
    page = unescape(answer.content.decode())
    assert "is missing" in page
    page = unescape(signed_in.get(at(held, "appraisal")).content.decode())
    assert "must be mended before it can be worked out" in page
    gone = signed_in.get(at(held, "paper", "briefing"), follow=True)
    assert "There is no paper yet: mend what is found first." in unescape(gone.content.decode())


def test_a_change_to_a_version_that_is_no_longer_the_latest_is_refused(held, signed_in):
    appraising.save_appraisal(
        appraisal=held, text=text_of() + "\n", by=held.by, at=held.at, note="meanwhile"
    )
    sent = {"text": text_of() + "\n\n", "seen": 1}
    answer = signed_in.post(at(held, "text"), sent)
    assert answer.status_code == 409
    assert "saved version 2 meanwhile, and you changed version 1" in unescape(
        answer.content.decode()
    )
    assert held.versions.count() == 2


def test_what_is_no_toml_is_refused_and_stays_in_the_form(held, signed_in):
    answer = signed_in.post(at(held, "text"), {"text": "name = "})
    page = unescape(answer.content.decode())
    assert answer.status_code == 409
    assert "This is not TOML" in page
    assert "name = " in page
    assert held.versions.count() == 1


def test_an_earlier_version_comes_back_as_the_latest(held, signed_in):
    signed_in.post(at(held, "remove", "options.sale"))
    signed_in.post(at(held, "restore", 1))
    texts = list(held.versions.values_list("text", flat=True))
    assert texts[2] == texts[0] != texts[1]
    answer = signed_in.post(at(held, "restore", 9), follow=True)
    assert "There is no version 9" in unescape(answer.content.decode())


def test_what_is_put_away_leaves_the_list_and_comes_back(held, signed_in):
    signed_in.post(at(held, "put_away"))
    home = reverse("appraisal:home")
    assert at(held, "appraisal") not in signed_in.get(home).content.decode()
    assert at(held, "appraisal") in signed_in.get(home + "?away=yes").content.decode()
    signed_in.post(at(held, "put_away"), {"undo": "1"})
    assert at(held, "appraisal") in signed_in.get(home).content.decode()


@pytest.mark.parametrize(
    ("address", "begins"),
    [
        (("appraisal", "xlsx"), b"PK"),
        (("appraisal", "toml"), b"# Leisure"),
        (("paper", "docx"), b"PK"),
        (("paper", "pdf"), b"%PDF"),
        (("paper", "html"), b"<!doctype html>"),
    ],
)
def test_papers_and_files_are_downloaded(held, signed_in, address, begins):
    name, kind = address
    more = ("business-case",) if name == "paper" else ()
    answer = signed_in.get(at(held, name, *more) + f"?format={kind}")
    assert answer.content.startswith(begins)
    assert "attachment" in answer["Content-Disposition"]


def test_nobody_else_saves_it(held):
    with pytest.raises(CannotKeepAppraisal, match="work on an appraisal for Norbury Council"):
        appraising.save_appraisal(appraisal=held, text=text_of(), by=PersonFactory(), at=held.at)
    assert AppraisalVersion.objects.count() == 1
