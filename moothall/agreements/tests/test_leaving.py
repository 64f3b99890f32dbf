"""One member leaves while the others go on: with notice, and with somebody for what it leaves."""

from datetime import UTC, date, datetime
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from moothall.agreements.actions import leaving, register
from moothall.agreements.actions.register import CannotKeep
from moothall.agreements.engine.leaving import Membership, why_not_leave
from moothall.agreements.models import Member
from moothall.agreements.queries.leaving import waits
from moothall.agreements.tests.board_factories import board_of, class_of
from moothall.agreements.tests.factories import agreement_of, manager_of
from moothall.core.models import AuditEntry
from moothall.directory.engine.roles import Role
from moothall.directory.queries import viewer_for
from moothall.directory.tests.factories import OrganisationFactory, RoleHeldFactory

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
TOLD = {
    "member": "Care",
    "agreement": "Lamps",
    "is_observer": False,
    "is_running": True,
    "staying": 2,
    "notice_months": 6,
    "notice_on": date(2026, 5, 31),
}


@pytest.mark.parametrize(
    ("told", "why", "sentence"),
    [
        ({}, "", "Care does not leave on 29 November 2026: 6 months from its notice of 31 May"),
        ({}, "All agreed", None),
        ({"notice_on": None}, "", "it asks for 6 months of notice, and none is recorded"),
        ({"notice_on": date(2026, 5, 29)}, "", None),
        ({"notice_months": None, "notice_on": None}, "", None),
        ({"staying": 1}, "All agreed", "1 member would be left, and an agreement has two or more"),
        ({"staying": 1, "is_observer": True}, "", None),
        ({"staying": 0, "is_running": False}, "", None),
    ],
)
def test_a_member_leaves_with_notice_and_not_the_last_but_one(told, why, sentence):
    found = why_not_leave(Membership(**TOLD | told), date(2026, 11, 29), why=why)
    assert found is None if sentence is None else sentence in found


@pytest.fixture
def agreement(db):
    norbury = OrganisationFactory(name="Norbury Council", slug="norbury")
    others = [OrganisationFactory(name=name, slug=name.lower()) for name in ("Ashmere", "Tarn")]
    held = agreement_of(
        norbury, *others, by=manager_of(norbury), notice_months=6, kind="joint_committee"
    )
    Member.objects.filter(organisation=others[1]).update(party="council")
    return held


@pytest.fixture
def tarn(agreement):
    return agreement.members.get(organisation__slug="tarn")


def by_keeper(agreement, **more):
    return {"by": agreement.by, "at": NOW, **more}


def labels(agreement, on=NOW):
    return [each.label for each in waits(viewer_for(agreement.by), on=on.date())]


def test_notice_is_recorded_taken_back_and_given_again(agreement, tarn):
    said = by_keeper(agreement)
    dates = {"notice_on": date(2026, 11, 1), "leaves_on": date(2027, 5, 1)}
    with pytest.raises(CannotKeep, match="25 November 2026 is still to come"):
        leaving.give_notice(member=tarn, **dates | {"notice_on": date(2026, 11, 25)}, **said)
    with pytest.raises(CannotKeep, match="that is before its notice of 1 November 2026"):
        leaving.give_notice(member=tarn, **dates | {"leaves_on": date(2026, 10, 1)}, **said)
    with pytest.raises(
        CannotKeep, match="6 months from its notice of 1 November 2026 end on 1 May"
    ):
        leaving.give_notice(member=tarn, **dates | {"leaves_on": date(2027, 4, 30)}, **said)
    with pytest.raises(CannotKeep, match="You cannot take the notice back: the membership is in"):
        leaving.take_notice_back(member=tarn, why="It stays", **said)
    leaving.give_notice(member=tarn, **dates, **said)
    with pytest.raises(CannotKeep, match="You cannot give notice: the membership is under notice"):
        leaving.give_notice(member=tarn, **dates, **said)
    assert labels(agreement) == ["Tarn leaves Urban services"]
    with pytest.raises(CannotKeep, match="A notice is not taken back without a reason"):
        leaving.take_notice_back(member=tarn, why=" ", **said)
    leaving.take_notice_back(member=tarn, why="It stays", **said)
    assert labels(agreement) == []
    assert AuditEntry.objects.latest("seq").did == "agreements.notice_taken_back"


def test_who_leaves_hands_on_what_it_was_to_do_and_keeps_what_it_owes(agreement, tarn):
    said = by_keeper(agreement)
    seat = class_of(board_of(agreement), "Members", seats=3).held.create(
        organisation=tarn.organisation, name="Ada Tarn", starts_on=date(2025, 4, 1)
    )
    promise = agreement.obligations.create(
        kind="report", what="Report", measure="Sent", owner=tarn, every="quarter",
        first_due_on=date(2026, 1, 31), by=agreement.by, at=NOW,
    )  # fmt: skip
    item = agreement.exit_items.create(
        part="data", what="Hand over", owner=tarn, by=agreement.by, at=NOW
    )
    gone = {"member": tarn, "left_on": date(2026, 10, 31), "why": "All agreed to it"}
    with pytest.raises(CannotKeep, match="Tarn leaves 1 promise and 1 item of the exit plan to no"):
        leaving.leave(**gone, **said)
    with pytest.raises(CannotKeep, match="Nothing passes to Tarn: it is no other member"):
        leaving.leave(**gone, heir=tarn, **said)
    with pytest.raises(CannotKeep, match=r"still to come\. Record the notice now"):
        leaving.leave(**gone | {"left_on": date(2026, 11, 25)}, **said)
    heir = agreement.members.get(organisation__slug="ashmere")
    leaving.leave(**gone, heir=heir, **said)
    for each in (promise, item, seat):
        each.refresh_from_db()
    assert (promise.owner, promise.ends_before) == (tarn, date(2026, 11, 1))
    passed = heir.obligations.get()
    assert (passed.first_due_on, passed.every) == (date(2027, 1, 31), "quarter")
    assert (item.owner, seat.ends_before) == (heir, date(2026, 11, 1))
    with pytest.raises(CannotKeep, match="Tarn left Urban services on 31 October 2026"):
        leaving.leave(**gone, **said)
    assert labels(agreement) == ["The terms of Urban services still name Tarn"]
    register.add_member(
        agreement=agreement, organisation=tarn.organisation, role="partner", party="council", **said
    )
    assert labels(agreement) == []
    assert Member.objects.filter(organisation=tarn.organisation).count() == 2


def test_a_member_that_has_not_joined_yet_does_not_leave(agreement, tarn):
    Member.objects.filter(pk=tarn.pk).update(joined_on=date(2026, 11, 1))
    with pytest.raises(CannotKeep, match="cannot leave on 31 October 2026: it joined on 1 Nov"):
        leaving.leave(member=tarn, left_on=date(2026, 10, 31), **by_keeper(agreement))


def test_only_the_keepers_people_record_it(agreement, tarn):
    stranger = RoleHeldFactory(organisation=tarn.organisation, role=Role.COMMISSIONER.value).person
    with pytest.raises(CannotKeep, match="You cannot keep the agreements of Norbury Council"):
        leaving.leave(member=tarn, left_on=NOW.date(), by=stranger, at=NOW)


def test_the_page_says_what_leaving_means_and_records_it(agreement, tarn):
    client = Client()
    client.force_login(agreement.by)
    address = reverse("agreements:leave", args=[agreement.pk, tarn.pk])
    html = unescape(client.get(address).content.decode())
    assert "Nobody has said what leaving costs" in html
    assert "The terms name it as a party" in html
    sent = {"notice_on": "2026-11-01", "leaves_on": "2026-12-01"}
    answer = client.post(f"{address}?do=notice", sent)
    assert answer.status_code == 409
    assert "6 months from its notice" in unescape(answer.content.decode())
    client.post(f"{address}?do=notice", sent | {"why": "All agreed."})
    shown = unescape(client.get(address[: address.index("/members")]).content.decode())
    assert "Partner, leaves on 1 December 2026" in shown
    client.post(f"{address}?do=stays", {"why": "It changed its mind."})
    client.post(f"{address}?do=left", {"left_on": "2026-11-20", "why": "All agreed."})
    tarn.refresh_from_db()
    assert tarn.left_on == date(2026, 11, 20)
    assert client.get(address).status_code == 404
    last = agreement.members.get(organisation__slug="ashmere")
    html = unescape(
        client.get(reverse("agreements:leave", args=[agreement.pk, last.pk])).content.decode()
    )
    assert "1 member would be left, and an agreement has two or more" in html
    assert "<form" not in html[html.index("What it means") :]
