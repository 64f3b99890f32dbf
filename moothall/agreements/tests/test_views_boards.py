"""Who opens which page of whose board, and what each page does, tried for each role."""

from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from moothall.agreements.actions import meetings
from moothall.agreements.models import (
    Board,
    Deadlock,
    Election,
    Meeting,
    Motion,
    RefusedDecision,
    Vote,
)
from moothall.agreements.queries.boards import board_page, said_of_boards
from moothall.agreements.queries.meetings import waits
from moothall.agreements.tests.board_factories import (
    NOW,
    board_of,
    busy_board,
    committee,
    item_of,
    meeting_of,
    motion_of,
    seat_of,
)
from moothall.agreements.tests.factories import agreement_of, manager_of
from moothall.core.models import AuditEntry
from moothall.core.permissions import PUBLIC
from moothall.directory.engine.roles import MAY, Deed, Role
from moothall.directory.queries import viewer_for
from moothall.directory.tests.factories import OrganisationFactory, PersonFactory, RoleHeldFactory

pytestmark = pytest.mark.django_db
PAGES = {
    "boards": ("agreement_id",),
    "board": ("agreement_id", "board_id"),
    "board_checks": ("agreement_id", "board_id"),
    "meeting": ("agreement_id", "board_id", "meeting_id"),
    "motion": ("agreement_id", "board_id", "motion_id"),
    "election": ("agreement_id", "board_id", "election_id"),
    "deadlock": ("agreement_id", "board_id", "deadlock_id"),
}
NOT_PUBLIC = {"deadlock", "motion"}  # a motion is, once its result is declared
RULES = {
    "method": "MEMBERS", "majority": "MORE_THAN_HALF", "reserved_majority": "EVERYONE",
    "change_majority": "TWO_THIRDS", "quorum": 3, "officer_days": 10, "chief_executive_days": 10,
    "mediation_days": 30, "expert_days": 30, "last_step": "BUY_SELL",
}  # fmt: skip


@pytest.fixture
def norbury():
    return OrganisationFactory(name="Norbury Council", slug="norbury")


@pytest.fixture
def held(norbury):
    return busy_board(norbury, is_public=False)


def address(name, held, deed=None):
    args = [held[key] for key in PAGES[name.removesuffix("_do")]]
    return reverse(f"agreements:{name}", args=[*args, deed] if deed else args)


def visit(person) -> Client:
    client = Client()
    if person is not None:
        client.force_login(person)
    return client


def main(answer) -> str:
    text = unescape(answer.content.decode())
    return " ".join(text[text.index("<main") : text.index("</main>")].split())


@pytest.mark.parametrize("role", [None, *Role], ids=lambda role: role or "no role")
def test_a_board_of_a_private_agreement_is_read_by_who_reads_the_agreement(held, norbury, role):
    person = RoleHeldFactory(organisation=norbury, role=role.value).person if role else None
    browser = visit(person or PersonFactory())
    may = role is not None and Deed.READ_AGREEMENT in MAY[role]
    for name in PAGES:
        assert browser.get(address(name, held)).status_code == (200 if may else 403), name


def test_the_public_is_not_told_that_a_private_board_is_there(held):
    for name in PAGES:
        found = visit(None).get(address(name, held))
        assert found.status_code == (302 if name == "deadlock" else 404), name


def test_whoever_sits_on_a_board_reads_it_without_any_role(held):
    one = seat_of(Board.objects.get(), "Residents One").person
    for name in set(PAGES) - {"boards"}:
        assert visit(one).get(address(name, held)).status_code == 200, name
    assert "Joint Committee" in main(visit(one).get(address("boards", held)))


def test_of_a_public_agreement_everybody_reads_the_rules_refusals_and_declared_results(norbury):
    held = busy_board(norbury)
    for name in PAGES:
        found = visit(None).get(address(name, held)).status_code
        assert found == (200 if name not in NOT_PUBLIC else 302 if name == "deadlock" else 404)
    page = main(visit(None).get(address("board", held)))
    assert "“A body's council tax, precept or budget of its own” is ring-fenced" in page
    assert "The rent" not in page  # the deadlock is the board's own
    assert "What can be done" not in page
    assert "Open on Saturdays" not in main(visit(None).get(address("meeting", held)))
    motion = Motion.objects.get()
    meetings.declare_result(motion=motion, by=motion.by, at=NOW)
    declared = main(visit(None).get(address("motion", held)))
    assert "The same votes, counted either way" in declared
    assert "What can be done" not in declared
    Meeting.objects.update(is_public=False)
    for name in ("meeting", "motion"):
        assert visit(None).get(address(name, held)).status_code == 404, name


# ── what is done on the pages ────────────────────────────────────────────────────────────────


def test_a_ring_fenced_motion_is_refused_on_the_page_and_listed_with_the_board(held):
    board = Board.objects.get()
    browser = visit(board.by)
    item = Meeting.objects.get().items.get(matter="council_tax")
    sent = {
        "item": item.pk, "text": "Freeze it", "mover": seat_of(board, "Norbury Two").pk,
        "owner": "",
    }  # fmt: skip
    answer = browser.post(address("meeting", held) + "/move", sent)
    assert answer.status_code == 409
    assert "Joint Committee cannot decide this" in main(answer)
    assert RefusedDecision.objects.filter(text="Freeze it").exists()
    page = main(browser.get(address("board", held)))
    assert "Freeze it" in page
    assert "Take it to that body’s own meeting." in page


def test_a_seat_votes_on_the_motions_page_and_sees_the_tally_run(held):
    board = Board.objects.get()
    one = seat_of(board, "Residents One")
    browser, url = visit(one.person), address("motion", held)
    before = main(browser.get(url))
    assert "If the votes so far were all" in before
    assert "Norbury Two" not in before[before.index("What can be done") :]  # no vote but their own
    assert browser.post(url + "/vote", {"seat": one.pk}).status_code == 422
    assert browser.post(url + "/vote", {"seat": one.pk, "choice": "FOR"}).status_code == 302
    assert Vote.objects.get(seat=one).by == one.person
    assert "Residents One" in main(browser.get(url))
    refused = browser.post(url + "/declare")
    assert refused.status_code == 409
    assert "You cannot keep the agreements of Norbury Council" in main(refused)
    assert visit(board.by).post(url + "/declare").status_code == 302
    assert Motion.objects.get().state == "CARRIED"
    declared = main(browser.get(url))
    assert "Counted" in declared
    assert "in an electoral college, where each class counts for its weight" in declared
    assert "By one member, one vote" in declared


def test_a_deed_that_may_not_be_done_shows_its_sentence_in_the_buttons_place(held):
    one = seat_of(Board.objects.get(), "Residents One").person
    page = main(visit(one).get(address("board", held)))
    assert 'aria-describedby="why-not-call"' in page
    assert "You cannot keep the agreements of Norbury Council" in page


@pytest.mark.parametrize("name", ["board/do", "meeting", "motion", "election", "deadlock"])
def test_a_deed_that_no_page_offers_is_not_found(held, name):
    page, _, more = name.partition("/")
    url = address(page, held) + (f"/{more}" if more else "") + "/steal"
    assert visit(Board.objects.get().by).post(url).status_code == 404
    assert visit(None).post(url).status_code == 302


def test_a_board_is_set_up_filled_and_put_to_work_from_its_pages(norbury):
    manager = manager_of(norbury)
    agreement = agreement_of(norbury, by=manager)
    browser = visit(manager)
    new = reverse("agreements:new_board", args=[agreement.pk])
    assert browser.post(new, RULES | {"name": ""}).status_code == 422
    answer = browser.post(new, RULES | {"name": "The Board"})
    board = Board.objects.get()
    assert answer.status_code == 302
    assert browser.post(new, RULES | {"name": "The Board"}).status_code == 409
    change = reverse("agreements:board_change", args=[agreement.pk, board.pk])

    def send(where, **data):
        sent = browser.post(where, data)
        assert sent.status_code == 302, main(sent)

    send(f"{change}/class", name="Residents", seats=2, weight=1, quorum=1, is_elected="on")
    residents = board.classes.get()
    send(f"{change}/fill", seat_class=residents.pk, name="Ann Ashe", starts_on="2026-01-01")
    send(
        f"{change}/fill", seat_class=residents.pk, person=manager.pk, starts_on="2026-01-01",
        is_chair="on", organisation="norbury",
    )  # fmt: skip
    send(f"{change}/weigh", seat_class=residents.pk, seats=2, weight=5, quorum=1)
    send(f"{change}/matter", matter="budget", decided="RING_FENCED")
    send(f"{change}/rules", **RULES | {"quorum": 2, "has_asset_lock": "yes"})
    board.refresh_from_db()
    assert (board.quorum, board.has_asset_lock, board.last_step) == (2, True, "BUY_SELL")
    home = reverse("agreements:board", args=[agreement.pk, board.pk])
    assert "The joint budget" in main(browser.get(home))
    send(f"{home}/do/call", held_at="2026-11-24T10:00", place="Town hall", is_public="on")
    send(f"{home}/do/deadlock", about="The name")
    closes = timezone.localdate().isoformat()
    send(f"{home}/do/elect", seat_class=residents.pk, seats=1, electors=10, closes_on=closes)
    meeting, election = Meeting.objects.get(), Election.objects.get()
    here = reverse("agreements:meeting", args=[agreement.pk, board.pk, meeting.pk])
    assert "nothing on the agenda" in main(browser.get(here))
    send(f"{here}/item", title="Opening hours", matter="operations")
    item = meeting.items.get()
    ann = seat_of(board, "Ann Ashe")
    send(f"{here}/move", item=item.pk, text="Open", mover=ann.pk)
    send(f"{here}/open")
    send(f"{here}/interest", item=item.pk, seat=ann.pk, kind="LAND", what="A shop", takes_part="on")
    send(f"{here}/attend", seats=[ann.pk])
    send(f"{here}/minute", text="We met.")
    assert browser.post(f"{here}/close").status_code == 409
    motion = Motion.objects.get()
    vote = reverse("agreements:motion", args=[agreement.pk, board.pk, motion.pk])
    send(f"{vote}/vote", seat=ann.pk, choice="FOR")
    send(f"{vote}/withdraw")
    send(f"{here}/close")
    page = main(browser.get(here))
    assert "not approved by whoever wrote them" in page
    count = reverse("agreements:election", args=[agreement.pk, board.pk, election.pk])
    send(f"{count}/nominate", name="Bob Birch")
    send(f"{count}/open")
    assert browser.post(f"{count}/papers", {"text": ""}).status_code == 422
    send(f"{count}/papers", text="4, Bob Birch")
    send(f"{count}/count")
    assert "Elected: <strong>Bob Birch</strong>" in main(browser.get(count))
    assert browser.get(count + "?format=json").json()["quota"] == 3
    full = browser.post(f"{count}/seat", {"starts_on": closes})
    assert full.status_code == 409
    assert "No seat of Residents is free" in main(full)
    send(f"{change}/end", seat=ann.pk, ends_before=closes)
    send(f"{count}/seat", starts_on=closes)
    assert "Those elected sit from" in main(browser.get(count))
    stuck = Deadlock.objects.get()
    ladder = reverse("agreements:deadlock", args=[agreement.pk, board.pk, stuck.pk])
    early = browser.post(f"{ladder}/climb", {"move": "CLIMB", "note": "No"})
    assert early.status_code == 409
    assert "The deadlock stays with the officers" in main(early)
    send(f"{ladder}/climb", move="RESOLVE", note="A name was found")
    checks = reverse("agreements:board_checks", args=[agreement.pk, board.pk])
    send(f"{checks}/score", principle=2, score=0, evidence="None")
    assert "principle 2 scored 0" in main(browser.get(checks))


def test_pages_with_nothing_on_them_say_what_to_do_next(norbury):
    agreement = agreement_of(norbury)
    browser = visit(agreement.by)
    boards_page = reverse("agreements:boards", args=[agreement.pk])
    assert "No board is set up." in main(browser.get(boards_page))
    board = board_of(agreement)
    home = main(browser.get(reverse("agreements:board", args=[agreement.pk, board.pk])))
    for said in ("Nobody sits on it yet", "No meeting is called", "Nothing has been refused"):
        assert said in home
    assert "There are no classes of seats to check yet" in main(
        browser.get(reverse("agreements:board_checks", args=[agreement.pk, board.pk]))
    )


def test_looking_changes_nothing_and_takes_few_questions(held, django_assert_max_num_queries):
    browser = visit(Board.objects.get().by)
    before = AuditEntry.objects.count()
    for name in PAGES:
        with django_assert_max_num_queries(36):
            browser.get(address(name, held))
    assert AuditEntry.objects.count() == before


# ── what waits, and what the agreement's page says ───────────────────────────────────────────


def test_an_open_vote_a_late_deadlock_and_unwritten_minutes_wait_for_whom_they_concern(held):
    board = Board.objects.get()
    one = seat_of(board, "Residents One").person
    (label, _due, url, why) = waits(viewer_for(one), on=NOW.date())[0]
    assert label == "Vote on “Open on Saturdays”"
    assert url == address("motion", held)
    assert why == "It is before Joint Committee, and you have not voted."
    meetings.vote(
        motion=Motion.objects.get(), seat=seat_of(board, "Residents One"),
        choice=meetings.Choice.FOR, by=one, at=NOW,
    )  # fmt: skip
    assert waits(viewer_for(one), on=NOW.date()) == []
    assert waits(PUBLIC, on=NOW.date()) == []
    keeper = viewer_for(board.by)
    late = [x[0] for x in waits(keeper, on=NOW.date().replace(year=2027))]
    assert late == ["Deadlock: The rent"]
    meetings.withdraw_motion(motion=Motion.objects.get(), by=board.by, at=NOW)
    meetings.move_meeting(meeting=Meeting.objects.get(), move="CLOSE", by=board.by, at=NOW)
    assert [x[0] for x in waits(keeper, on=NOW.date())] == ["Minutes of Joint Committee"]


def test_the_agreements_page_says_its_boards_in_a_sentence(held, norbury):
    board = Board.objects.get()
    assert said_of_boards(board.agreement, viewer_for(board.by)) == (
        "Joint Committee. Refused under the sovereignty guarantee: 1."
    )
    assert said_of_boards(board.agreement, PUBLIC) is None
    bare = agreement_of(norbury, by=board.by)
    assert said_of_boards(bare, viewer_for(board.by)) == "No board is set up."


def test_a_late_vote_never_reaches_a_board_of_another_agreement(held, norbury):
    other = agreement_of(norbury, name="Other")
    for name in ("board", "meeting", "motion", "election", "deadlock"):
        args = [other.pk, *(held[key] for key in PAGES[name][1:])]
        url = reverse(f"agreements:{name}", args=args)
        assert visit(Board.objects.get().by).get(url).status_code == 404


def test_whoever_has_a_conflict_is_told_why_they_have_no_vote_and_meetings_come_latest_first():
    board = committee()
    motion = motion_of(item_of(meeting_of(board)))
    earlier = meeting_of(board, at=NOW - timedelta(days=30), is_open=False)
    seat = seat_of(board, "Residents One")
    meetings.declare_interest(
        item=motion.item, seat=seat, kind="LAND", what="Owns the hall", by=seat.person, at=NOW
    )
    args = [board.agreement_id, board.pk]
    page = main(visit(seat.person).get(reverse("agreements:motion", args=[*args, motion.pk])))
    assert "Residents One has no vote on this item: a conflict of interest was declared" in page
    rows = board_page(board, viewer=viewer_for(board.by), today=NOW.date()).meetings
    assert [row.id for row in rows] == [motion.item.meeting_id, earlier.pk]
