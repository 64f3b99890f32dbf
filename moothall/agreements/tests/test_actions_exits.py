"""Writing an exit plan, rehearsing it, saying what leaving costs, and carrying it out."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from moothall.agreements.actions import ending, exits
from moothall.agreements.actions.ending import CannotEnd
from moothall.agreements.actions.exits import CannotPlan
from moothall.agreements.engine.exit_plan import parts, rehearsal_checks
from moothall.agreements.models import ExitItem
from moothall.agreements.queries import exits as held
from moothall.agreements.tests.factories import agreement_of, manager_of
from moothall.agreements.tests.upkeep import UPKEEP, provider_of, upkeep
from moothall.core.models import AuditEntry
from moothall.directory.tests.factories import OrganisationFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
LAST_DAY = date(2026, 5, 31)
NO_EXIT = UPKEEP[: UPKEEP.index("[facts.leaves]")] + UPKEEP[UPKEEP.index("[terms.keep]") :]
NO_EXIT = NO_EXIT[: NO_EXIT.index("[terms.exit]")]
ALL = {check.key: (True, "") for check in rehearsal_checks()}


def refused(error, words, deed, **given):
    with pytest.raises(error, match=words):
        deed(at=AT, **given)


def by_hand(agreement, keeper, **more):
    given = {"part": "data", "what": "Hand over the records", **more}
    return exits.add_exit_item(agreement=agreement, by=keeper, at=AT, **given)


def full(agreement, keeper):
    """Begin a plan from its prompts, and answer one in each part."""
    exits.begin_plan(agreement=agreement, by=keeper, at=AT)
    for part in ("staff", "assets", "data", "contracts", "licences"):
        item = agreement.exit_items.filter(part=part).first()
        exits.set_exit_item(item=item, what=item.what, detail="In the data room", by=keeper, at=AT)
    return agreement


def test_an_empty_plan_names_what_it_lacks_and_a_begun_one_does_not():
    agreement, council, _ = upkeep()
    assert held.empty_parts(agreement) == (
        "Staff", "Assets", "Data", "Contracts", "Licences and know-how",
    )  # fmt: skip
    full(agreement, manager_of(council))
    assert held.empty_parts(agreement) == ()


def test_a_prompt_that_nobody_answered_fills_no_part():
    agreement, council, _ = upkeep()
    keeper = manager_of(council)
    exits.begin_plan(agreement=agreement, by=keeper, at=AT)
    assert "Staff" in held.empty_parts(agreement)
    item = agreement.exit_items.filter(part="staff").first()
    exits.set_exit_item(item=item, what=item.what, detail="Nine people", by=keeper, at=AT)
    assert "Staff" not in held.empty_parts(agreement)
    refused(CannotPlan, "says what is to be done", exits.set_exit_item, item=item, what="",
            by=keeper)  # fmt: skip


def test_without_exit_terms_costs_and_their_sharing_are_empty_too():
    agreement, *_ = upkeep(text=NO_EXIT)
    assert held.empty_parts(agreement)[-2:] == ("Costs of leaving", "Sharing of these costs")


def test_a_compact_needs_no_exit_plan():
    council = OrganisationFactory()
    compact = agreement_of(council, OrganisationFactory(), kind="compact", text=None)
    assert held.empty_parts(compact) == ()
    assert held.stale_parts(compact, AT.date()) == ()


def test_beginning_a_plan_again_leaves_what_is_said():
    agreement, council, _ = upkeep()
    keeper = manager_of(council)
    by_hand(agreement, keeper)
    added = exits.begin_plan(agreement=agreement, by=keeper, at=AT)
    assert added == sum(len(part.items) for key, part in parts().items() if key != "data")
    assert exits.begin_plan(agreement=agreement, by=keeper, at=AT) == 0


def test_nothing_of_the_kind_is_said_with_a_reason_and_not_beside_something():
    agreement, council, _ = upkeep()
    keeper = manager_of(council)
    given = {"agreement": agreement, "part": "staff", "by": keeper}
    refused(CannotPlan, "Staff: say why", exits.say_nothing_of_the_kind, because=" ", **given)
    exits.say_nothing_of_the_kind(because="Nobody transfers", at=AT, **given)
    assert "Staff" not in held.empty_parts(agreement)
    by_hand(agreement, keeper)
    refused(
        CannotPlan, "Data has something in it", exits.say_nothing_of_the_kind,
        because="x", **given | {"part": "data"},
    )  # fmt: skip


def test_information_goes_old_and_is_checked_again():
    agreement, council, _ = upkeep()
    keeper = manager_of(council)
    by_hand(agreement, keeper)
    assert held.stale_parts(agreement, date(2027, 5, 31))[0].startswith("Costs of leaving")
    old = held.stale_parts(agreement, date(2027, 6, 1))
    assert "data" in old[1].lower()
    assert "last checked on 1 June 2026" in old[1]
    later = datetime(2027, 6, 1, tzinfo=UTC)
    exits.check_part(agreement=agreement, part="data", by=keeper, at=later)
    assert "data" not in [one.key for one in held.old_parts(agreement, date(2027, 6, 1))]
    refused(
        CannotPlan, "Staff is empty, so there is nothing to check", exits.check_part,
        agreement=agreement, part="staff", by=keeper,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"what": " "}, "says what is to be done"),
        ({"what": "x" * 301}, "has 301 letters"),
        ({"part": "wine"}, "An exit plan has no part wine. It has staff, assets"),
        ({"days_before": 9_999}, "within ten years"),
    ],
)
def test_an_item_must_hold_together(fields, words):
    agreement, council, _ = upkeep()
    with pytest.raises(CannotPlan, match=words):
        by_hand(agreement, manager_of(council), **fields)


def test_a_provider_reads_the_plan_and_does_not_write_it():
    agreement, _, firm = upkeep()
    with pytest.raises(CannotPlan, match="You cannot keep the agreements of Norbury Council"):
        by_hand(agreement, provider_of(firm))


# ── what leaving costs ───────────────────────────────────────────────────────────────────────


def cost(agreement, keeper, gbp=(100_000, 180_000, 320_000), **more):
    given = {"what": "Redundancy", "shares": {"council": Decimal("0.7"), "firm": Decimal("0.3")}}
    low, mode, high = map(Decimal, gbp)
    return exits.add_exit_cost(
        agreement=agreement, by=keeper, at=AT, low_gbp=low, mode_gbp=mode, high_gbp=high,
        **given | more,
    )  # fmt: skip


def test_leaving_costs_what_the_deal_charges_and_its_share_of_the_plan():
    """£60,000 set-up over 60 months, two years gone: £36,000; and 70% of £180,000."""
    agreement, council, _ = upkeep()
    cost(agreement, manager_of(council), (180_000, 180_000, 180_000))
    found = held.costs_by_date(agreement, [date(2027, 4, 1)])
    council_cost, firm_cost = found.costs
    assert council_cost.p50 == pytest.approx(36_000 + 126_000)
    assert council_cost.paid_p50 == pytest.approx(36_000)
    assert firm_cost.p50 == pytest.approx(54_000)


def test_members_without_a_party_bear_costs_by_their_own_key():
    agreement, council, firm = upkeep(text=None)
    keys = list(held.keys_of(agreement))
    assert keys == [
        f"member-{agreement.members.get(organisation=one).pk}" for one in (council, firm)
    ]
    cost(agreement, manager_of(council), shares={keys[0]: Decimal(1)})
    found = held.costs_by_date(agreement)
    assert len(found.of(keys[0])) == 5
    assert found.of(keys[0])[0].p90 > found.of(keys[0])[0].p50 > 0


def test_where_nobody_says_what_leaving_costs_that_is_said():
    agreement, *_ = upkeep(text=NO_EXIT)
    found = held.costs_by_date(agreement)
    assert not found.costs
    assert "Nobody has said what leaving costs" in found.why_not


def test_an_exit_that_takes_more_than_the_other_side_has_at_stake_is_found_punitive():
    agreement, council, firm = upkeep()
    exits.add_stake(
        agreement=agreement, member=agreement.members.get(organisation=firm), what="Depot",
        gbp=Decimal(10_000), evidence="Lease", by=manager_of(council), at=AT,
    )  # fmt: skip
    (finding,) = held.costs_by_date(agreement).findings()
    assert finding.startswith(
        "Punitive exit: leaving on 1 April 2026 makes Norbury Council pay £48,000, and the other "
        "side has £10,000 in it"
    )


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"gbp": (5, 4, 6)}, "A cost runs from least to most"),
        ({"shares": {"council": Decimal("0.7")}}, "The shares of a cost make one"),
        ({"shares": {}}, "The shares of a cost make one"),
        ({"shares": {"bank": Decimal(1)}}, "No member of this agreement is bank"),
        ({"months": 12}, "from a day over months. Give both, or neither"),
        ({"what": ""}, "A cost of leaving has a name"),
    ],
)
def test_a_cost_must_hold_together(fields, words):
    agreement, council, _ = upkeep()
    with pytest.raises(CannotPlan, match=words):
        cost(agreement, manager_of(council), **fields)


def test_a_stake_must_hold_together():
    agreement, council, firm = upkeep()
    given = {"agreement": agreement, "member": agreement.members.get(organisation=firm),
             "by": manager_of(council)}  # fmt: skip
    for fields, words in (
        ({"what": "x", "gbp": Decimal(0)}, "an amount above nothing"),
        ({"what": "x", "gbp": Decimal(1), "months": 3}, "Give both, or neither"),
    ):
        refused(CannotPlan, words, exits.add_stake, **given, **fields)


# ── rehearsing ───────────────────────────────────────────────────────────────────────────────


def test_a_rehearsal_answers_every_question_and_says_what_was_missing():
    agreement, council, _ = upkeep()
    given = {"agreement": agreement, "held_on": date(2026, 5, 1), "by": manager_of(council)}
    some = dict(list(ALL.items())[1:])
    refused(CannotPlan, "answers every question", exits.record_rehearsal, answers=some, **given)
    no = ALL | {"data_back": (False, " ")}
    refused(CannotPlan, "Say what was missing", exits.record_rehearsal, answers=no, **given)
    refused(
        CannotPlan, "1 July 2026 has not come", exits.record_rehearsal, answers=ALL,
        **given | {"held_on": date(2026, 7, 1)},
    )  # fmt: skip
    strange = ALL | {"weather": (True, "")}
    refused(CannotPlan, "has no weather", exits.record_rehearsal, answers=strange, **given)
    no = ALL | {"data_back": (False, "It did not open")}
    done = exits.record_rehearsal(answers=no, at=AT, **given)
    assert done.answers["data_back"] == {"passed": False, "note": "It did not open"}
    entry = AuditEntry.objects.filter(did="agreements.exit_rehearsed").last()
    assert '"passed":6' in entry.detail.replace(" ", "")


def test_a_rehearsal_of_a_year_ago_is_held_again():
    agreement, council, _ = upkeep()
    exits.record_rehearsal(
        agreement=agreement, held_on=date(2026, 5, 1), answers=ALL, by=manager_of(council), at=AT
    )
    assert not any("rehearsed" in one for one in held.stale_parts(agreement, date(2027, 4, 30)))
    assert any("rehearsed" in one for one in held.stale_parts(agreement, date(2027, 5, 1)))


# ── ending ───────────────────────────────────────────────────────────────────────────────────


def begun(agreement, keeper, ends_on=LAST_DAY):
    return ending.begin_ending(
        agreement=agreement, ends_on=ends_on, why="Its time is over", by=keeper, at=AT
    )


def test_an_agreement_ends_item_by_item():
    agreement, council, _ = upkeep()
    keeper = manager_of(council)
    full(agreement, keeper)
    begun(agreement, keeper)
    agreement.refresh_from_db()
    assert agreement.state == "ENDING"
    refused(
        CannotEnd, "This agreement has not ended: 20 items of its exit plan are open",
        ending.close_agreement, agreement=agreement, by=keeper,
    )  # fmt: skip
    for item in ExitItem.objects.filter(agreement=agreement).exclude(part="step_in"):
        ending.carry_out(item=item, done_on=LAST_DAY, evidence="Receipt", by=keeper, at=AT)
    ending.close_agreement(agreement=agreement, by=keeper, at=AT)
    agreement.refresh_from_db()
    assert agreement.state == "ENDED"
    assert held.ending_of(agreement).closed_by == keeper


def test_an_item_falls_due_before_or_after_the_last_day():
    agreement, council, _ = upkeep()
    keeper = manager_of(council)
    full(agreement, keeper)
    before = by_hand(agreement, keeper, days_before=28)
    after = by_hand(agreement, keeper, days_before=-14)
    end = begun(agreement, keeper)
    assert held.due_on(before, end) == date(2026, 5, 3)
    assert held.due_on(after, end) == date(2026, 6, 14)


def test_an_agreement_whose_plan_is_empty_is_not_ended_unless_it_was_recorded_as_found():
    agreement, council, _ = upkeep()
    keeper = manager_of(council)
    with pytest.raises(CannotEnd, match="cannot be ended by its plan: Staff, Assets, Data"):
        begun(agreement, keeper)
    agreement.is_existing = True
    agreement.save()
    assert begun(agreement, keeper).ends_on == LAST_DAY


def test_what_is_not_in_force_is_not_ended_and_what_is_ending_is_not_ended_twice():
    agreement, council, _ = upkeep(state="DRAFT")
    keeper = manager_of(council)
    full(agreement, keeper)
    with pytest.raises(CannotEnd, match="the agreement is a draft"):
        begun(agreement, keeper)
    agreement.state = "IN_FORCE"
    agreement.save()
    begun(agreement, keeper)
    with pytest.raises(CannotEnd, match="the agreement is ending"):
        begun(agreement, keeper)


def test_whoever_carries_an_item_out_says_that_it_is_done_and_what_shows_it():
    agreement, council, firm = upkeep()
    keeper = manager_of(council)
    full(agreement, keeper)
    owner = agreement.members.get(organisation=firm)
    item = by_hand(agreement, keeper, owner=owner)
    given = {"item": item, "done_on": LAST_DAY, "by": provider_of(firm)}
    refused(CannotEnd, "when the agreement is ending", ending.carry_out, evidence="x", **given)
    begun(agreement, keeper)
    refused(CannotEnd, "Say what shows that it is done", ending.carry_out, evidence="", **given)
    refused(
        CannotEnd, "2 June 2026 has not come", ending.carry_out, evidence="x",
        **given | {"done_on": date(2026, 6, 2)},
    )  # fmt: skip
    ending.carry_out(evidence="Certificate 7", at=AT, **given)
    refused(CannotEnd, "is dealt with already", ending.carry_out, evidence="x", **given)
    another = ExitItem.objects.filter(owner=None).first()
    refused(
        CannotEnd, "You cannot keep the agreements", ending.carry_out, evidence="x",
        **given | {"item": another},
    )  # fmt: skip


def test_what_is_not_needed_is_set_aside_with_a_reason_and_not_taken_out():
    agreement, council, _ = upkeep()
    keeper = manager_of(council)
    full(agreement, keeper)
    item = ExitItem.objects.filter(agreement=agreement).first()
    begun(agreement, keeper)
    refused(CannotEnd, "Say why it is not needed", ending.set_aside, item=item, because="",
            by=keeper)  # fmt: skip
    refused(CannotPlan, "is not taken out", exits.drop_exit_item, item=item, by=keeper)
    ending.set_aside(item=item, because="Nobody transfers", by=keeper, at=AT)
    assert not held.steps_of(agreement)[0].is_open


def test_an_ended_agreement_keeps_its_plan_as_it_is():
    agreement, council, _ = upkeep(state="ENDED")
    with pytest.raises(CannotPlan, match="its exit plan is carried out and closed"):
        by_hand(agreement, manager_of(council))
