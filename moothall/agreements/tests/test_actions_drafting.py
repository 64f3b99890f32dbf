"""A draft begins whole, every version of it stays, and only those who may write it do."""

from datetime import UTC, datetime

import pytest

from moothall.agreements.actions import drafting
from moothall.agreements.actions.drafting import CannotDraft
from moothall.agreements.models import Draft, DraftVersion
from moothall.agreements.queries import drafts
from moothall.agreements.queries.comparing import side_by_side, side_of
from moothall.agreements.tests.factories import draft_of, manager_of
from moothall.core import audit
from moothall.core.models import AuditEntry
from moothall.core.ownership import export_body
from moothall.core.permissions import PUBLIC
from moothall.directory.engine.roles import Role
from moothall.directory.queries import viewer_for
from moothall.directory.tests.factories import OrganisationFactory, PersonFactory, RoleHeldFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)


@pytest.fixture
def norbury():
    return OrganisationFactory(name="Norbury Council", slug="norbury")


@pytest.fixture
def care():
    return OrganisationFactory(name="Norbury Care", slug="norbury-care")


@pytest.fixture
def manager(norbury):
    return manager_of(norbury)


@pytest.fixture
def draft(norbury, manager):
    return draft_of(norbury, by=manager)


def save(draft, manager, text, **said):
    return drafting.save_draft(draft=draft, text=text, by=manager, at=NOW, **said)


def latest(draft) -> DraftVersion:
    return drafting.latest_version(draft)


# ── beginning ────────────────────────────────────────────────────────────────────────────────


def test_a_draft_of_a_case_says_so_and_is_sound(draft, norbury, manager):
    page = drafts.draft_page(draft, norbury, viewer=viewer_for(manager))
    assert draft.begun_from == "the case salford-urban-vision"
    assert page.deal.name == "Salford Urban Vision"
    assert page.to_mend == ()


def test_a_draft_from_nothing_is_a_frame_that_names_the_body(norbury, manager):
    draft = drafting.begin_draft(body=norbury, name="Care", by=manager, at=NOW)
    page = drafts.draft_page(draft, norbury, viewer=viewer_for(manager))
    assert page.deal.party_name("council") == "Norbury Council"
    assert page.findings == ()


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"name": " "}, "A draft needs a name"),
        ({"name": "n" * 201}, "A name of more than 200 letters does not fit"),
        ({"case": "atlantis"}, "There is no case atlantis with a deal"),
        ({"text": "not a deal"}, "This was not saved: This is not TOML"),
        ({"text": "#" * 200_001}, "200,001 letters are more than a deal file may have"),
    ],
)
def test_what_no_draft_begins_from_is_refused_whole(norbury, manager, said, refusal):
    with pytest.raises(CannotDraft, match=refusal):
        drafting.begin_draft(**{"body": norbury, "name": "Care", "by": manager, "at": NOW} | said)
    assert not Draft.objects.exists()


def test_who_may_not_draft_is_told_who_may(norbury):
    for person in (None, PersonFactory(), manager_of(OrganisationFactory())):
        with pytest.raises(CannotDraft, match="You cannot draft a deal for Norbury Council"):
            drafting.begin_draft(body=norbury, name="Care", by=person, at=NOW)


# ── saving ───────────────────────────────────────────────────────────────────────────────────


def test_each_save_is_a_version_and_none_is_lost(draft, manager):
    first = latest(draft).text
    save(draft, manager, first + "\n# once", note="Once")
    save(draft, manager, first + "\n# twice")
    kept = list(draft.versions.values_list("number", "text", "note"))
    assert kept == [
        (1, first, "As begun"),
        (2, first + "\n# once", "Once"),
        (3, first + "\n# twice", ""),
    ]


def test_the_same_text_again_saves_nothing(draft, manager):
    before = AuditEntry.objects.count()
    save(draft, manager, latest(draft).text.replace("\n", "\r\n"))  # as a browser sends it
    assert draft.versions.count() == 1
    assert AuditEntry.objects.count() == before


def test_an_unsound_deal_is_saved_with_its_findings(draft, norbury, manager):
    save(draft, manager, latest(draft).text.replace('every = "year"', 'every = "fortnight"'))
    page = drafts.draft_page(draft, norbury, viewer=viewer_for(manager))
    assert page.deal is None
    assert [one.place for one in page.to_mend] == ["deal.every"]


def test_two_who_save_at_once_lose_nothing_of_either(draft, norbury, manager):
    other = manager_of(norbury)
    save(draft, other, latest(draft).text + "\n# theirs", seen=1)
    with pytest.raises(CannotDraft, match=f"{other.name} saved version 2 meanwhile, and you chang"):
        save(draft, manager, latest(draft).text + "\n# mine", seen=1)
    assert latest(draft).text.endswith("# theirs")


def test_going_back_is_a_new_version_with_the_old_text(draft, manager):
    first = latest(draft).text
    save(draft, manager, first + "\n# changed")
    back = drafting.restore_version(draft=draft, number=1, by=manager, at=NOW)
    assert (back.number, back.text, back.note) == (3, first, "Version 1 again")
    with pytest.raises(CannotDraft, match="There is no version 9 of Urban services"):
        drafting.restore_version(draft=draft, number=9, by=manager, at=NOW)


def test_two_versions_differ_in_words_even_while_one_is_unsound(draft, manager):
    text = latest(draft).text.replace("20833333.33", "21000000").replace("0.501", "0.4")
    save(draft, manager, text)
    first, second = (
        side_of(draft, drafts.version_of(draft, number), draft.body, f"Version {number}")
        for number in (1, 2)
    )
    found = side_by_side(first, second)
    assert [(what, was, now) for what, _place, was, now in found.differences] == [
        ("Service fee: £250m over twelve years: Amount each period", "20833333.33", "21000000"),
        ("Dividend: Shareholdings, Capita", "0.501", "0.4"),
    ]
    assert "cannot be simulated" in found.why_no_results


def test_a_long_note_is_cut_to_what_the_books_hold(draft, manager):
    version = save(draft, manager, latest(draft).text + "\n#", note="n" * 300)
    version.refresh_from_db()
    assert len(version.note) == 200


def test_every_deed_is_on_record_and_its_words_are_not(draft, norbury, care, manager):
    save(draft, manager, latest(draft).text + "\n# secret", note="a secret note")
    drafting.share_draft(draft=draft, with_body=care, party="council", by=manager, at=NOW)
    drafting.unshare_draft(draft=draft, with_body=care, by=manager, at=NOW)
    drafting.put_away(draft=draft, is_away=True, by=manager, at=NOW)
    drafting.put_away(draft=draft, is_away=False, by=manager, at=NOW)
    did = [entry.did for entry in AuditEntry.objects.order_by("pk") if "agreements" in entry.did]
    assert did == [
        "agreements.draft_begun",
        "agreements.draft_saved",
        "agreements.draft_shared",
        "agreements.draft_unshared",
        "agreements.draft_put_away",
        "agreements.draft_brought_back",
    ]
    assert not any("secret" in str(entry.detail) for entry in AuditEntry.objects.all())
    assert audit.verify().holds


# ── sharing ──────────────────────────────────────────────────────────────────────────────────


def test_a_draft_is_shared_once_with_somebody_else(draft, norbury, care, manager):
    share = {"draft": draft, "party": "", "by": manager, "at": NOW}
    with pytest.raises(CannotDraft, match="Norbury Council drafts it itself"):
        drafting.share_draft(with_body=norbury, **share)
    drafting.share_draft(with_body=care, **share)
    with pytest.raises(CannotDraft, match="Norbury Care reads it already"):
        drafting.share_draft(with_body=care, **share)
    drafting.unshare_draft(draft=draft, with_body=care, by=manager, at=NOW)
    with pytest.raises(CannotDraft, match="Norbury Care does not read it"):
        drafting.unshare_draft(draft=draft, with_body=care, by=manager, at=NOW)


def test_a_body_may_be_only_a_party_that_the_deal_has(draft, manager):
    said = {"draft": draft, "name": "Urban", "is_competition": False, "by": manager, "at": NOW}
    with pytest.raises(CannotDraft, match="The deal has no party king"):
        drafting.set_draft(party="king", **said)
    assert drafting.set_draft(party="council", **said).party == "council"


def test_in_a_competition_every_bidder_reads_the_same_bytes(draft, norbury, manager):
    text = latest(draft).text.replace(
        '[facts.contractor_cost]\n', '[facts.contractor_cost]\nprivate_to = "contractor"\n'
    )  # fmt: skip
    save(draft, manager, text)
    bidders = [OrganisationFactory(), OrganisationFactory()]
    for bidder, party in zip(bidders, ("contractor", "outsourcer"), strict=True):
        drafting.share_draft(draft=draft, with_body=bidder, party=party, by=manager, at=NOW)

    def read():
        return [drafts.text_for(draft, bidder, latest(draft).text) for bidder in bidders]

    theirs, others = read()
    assert "own time" in theirs
    assert "Galliford Try's own time" not in others
    drafting.set_draft(
        draft=draft, name="Urban", party="council", is_competition=True, by=manager, at=NOW
    )
    draft.refresh_from_db()
    theirs, others = read()
    assert theirs == others
    assert "Galliford Try's own time" not in theirs


# ── the list ─────────────────────────────────────────────────────────────────────────────────


def test_the_list_has_ones_own_and_what_is_shared_with_one(draft, norbury, care, manager):
    carer = RoleHeldFactory(organisation=care, role=Role.PROVIDER.value).person
    own = draft_of(care, by=carer, name="Our own")
    assert names(carer) == ["Our own"]
    drafting.share_draft(draft=draft, with_body=care, party="", by=manager, at=NOW)
    assert names(carer) == ["Our own", "Urban services"]
    assert names(manager) == ["Urban services"]
    assert list(drafts.draft_list_page(1, viewer=PUBLIC).object_list) == []
    drafting.put_away(draft=own, is_away=True, by=carer, at=NOW)
    assert names(carer) == ["Urban services"]
    assert names(carer, away="yes") == ["Our own"]


def test_the_list_is_searched_and_sorted(norbury, manager):
    for name in ("Bins", "Care", "Abbey"):
        draft_of(norbury, by=manager, name=name)
    assert names(manager, order="name") == ["Abbey", "Bins", "Care"]
    assert names(manager, order="-name") == ["Care", "Bins", "Abbey"]
    assert names(manager, words="ab") == ["Abbey"]
    assert names(manager, body="norbury", order="name") == ["Abbey", "Bins", "Care"]
    assert names(manager, body="elsewhere") == []


def names(person, **asked) -> list[str]:
    asked = {"order": "name"} | asked
    page = drafts.draft_list_page(1, viewer=viewer_for(person), **asked)
    return [row.name for row in page.object_list]


# ── leaving ──────────────────────────────────────────────────────────────────────────────────


def test_a_body_takes_its_drafts_away(draft, norbury, tmp_path):
    export_body(norbury.pk, tmp_path / "out", by=None, at=NOW)
    books = tmp_path / "out" / "books"
    assert "Salford Urban Vision" in (books / "agreements.draftversion.csv").read_text()
    assert "Urban services" in (books / "agreements.draft.csv").read_text()
