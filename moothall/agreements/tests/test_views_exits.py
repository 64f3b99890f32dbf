"""The pages of leaving: what they say, whom they let do what, and what they refuse."""

from datetime import UTC, datetime
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from moothall.agreements.actions import exits
from moothall.agreements.engine.exit_plan import rehearsal_checks, step_in_triggers
from moothall.agreements.models import ExitItem
from moothall.agreements.queries import exit_waits
from moothall.agreements.tests.factories import agreement_of, manager_of
from moothall.agreements.tests.upkeep import provider_of, upkeep
from moothall.directory.queries import viewer_for
from moothall.directory.tests.factories import OrganisationFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 6, 1, 12, tzinfo=UTC)


def browser(person):
    client = Client()
    client.force_login(person)
    return client


def at(name, *args):
    return reverse(f"agreements:{name}", args=args)


def text_of(answer):
    return unescape(answer.text)


def waiting(person):
    return exit_waits.waits(viewer_for(person), on=timezone.localdate())


def test_the_page_says_what_leaving_costs_next_and_what_the_plan_lacks(time_machine):
    time_machine.move_to(AT)
    agreement, council, _ = upkeep()
    page = text_of(browser(manager_of(council)).get(at("exit", agreement.pk)))
    assert "Leaving on 1 April 2027 would cost Norbury Council £36,000 as likely as not" in page
    assert "The exit plan says nothing of: staff, assets, data" in page
    assert "What leaving costs Norbury Council, by date" in page
    assert "Nobody has recorded what it has at stake" in page
    assert "The exit was never rehearsed." in page


def test_a_plan_is_begun_answered_and_checked_on_its_pages(time_machine):
    time_machine.move_to(AT)
    agreement, council, firm = upkeep()
    keeper = browser(manager_of(council))
    assert keeper.post(at("exit_deed", agreement.pk, "begin")).status_code == 302
    item = ExitItem.objects.filter(part="staff").first()
    theirs = agreement.members.get(organisation=firm).pk
    given = {"what": item.what, "detail": "Nine", "member": theirs, "days_before": 28}
    assert keeper.post(at("exit_item", agreement.pk, item.pk), given).status_code == 302
    item.refresh_from_db()
    assert (item.detail, item.owner_id, item.days_before) == ("Nine", theirs, 28)
    empty = keeper.post(at("exit_part", agreement.pk, "data"), {"because": ""})
    assert empty.status_code == 409
    assert "Data is empty, so there is nothing to check." in text_of(empty)
    keeper.post(at("exit_part", agreement.pk, "data"), {"because": "It holds no data"})
    page = text_of(keeper.get(at("exit", agreement.pk)))
    assert "There is nothing of the kind: It holds no data" in page
    assert "Brightway Lamps, 28 days before the last day" in page
    assert keeper.get(at("exit_part", agreement.pk, "wine")).status_code == 404


def test_a_plan_that_is_missing_old_or_not_rehearsed_waits_for_whoever_keeps_it(time_machine):
    time_machine.move_to(AT)
    agreement, council, _ = upkeep()
    keeper = manager_of(council)
    (missing,) = waiting(keeper)
    assert missing.label == f"{agreement.name} has no exit plan"
    exits.say_nothing_of_the_kind(
        agreement=agreement, part="staff", because="It has none", by=keeper, at=AT
    )
    (never,) = waiting(keeper)  # in force since April 2025
    assert never.label == f"Rehearse the exit of {agreement.name}"
    assert "It was never rehearsed" in never.why
    answers = {check.key: (True, "") for check in rehearsal_checks()}
    exits.record_rehearsal(
        agreement=agreement, held_on=AT.date(), answers=answers, by=keeper, at=AT
    )
    assert waiting(keeper) == []
    time_machine.move_to(AT.replace(year=2027))
    old, again = waiting(keeper)
    assert old.label == f"Check the exit plan of {agreement.name}"
    assert old.due_on == AT.date().replace(year=2027)
    assert old.why.startswith("1 part not checked for 12 months.")
    assert "It was last rehearsed on 1 June 2026" in again.why


def test_a_part_with_nothing_in_it_keeps_no_prompts_and_an_item_is_taken_out(time_machine):
    time_machine.move_to(AT)
    agreement, council, _ = upkeep()
    keeper = manager_of(council)
    exits.begin_plan(agreement=agreement, by=keeper, at=AT)
    exits.say_nothing_of_the_kind(
        agreement=agreement, part="staff", because="It has none", by=keeper, at=AT
    )
    assert not agreement.exit_items.filter(part="staff").exists()
    item = agreement.exit_items.first()
    given = {"what": item.what, "days_before": 30, "is_taken_out": "on"}
    client = browser(keeper)
    assert client.post(at("exit_item", agreement.pk, item.pk), given).status_code == 302
    assert not agreement.exit_items.filter(pk=item.pk).exists()


def test_performance_says_what_the_plan_agrees_of_stepping_in(time_machine):
    time_machine.move_to(AT)
    agreement, council, _ = upkeep()
    keeper = manager_of(council)
    given = {"agreement": agreement, "part": "step_in", "by": keeper, "at": AT}
    exits.add_exit_item(what=step_in_triggers()["data"], detail="A breach of 500", **given)
    exits.add_exit_item(what="Notice before stepping in", detail="Five days", **given)
    client = browser(keeper)
    page = text_of(client.get(at("performance", agreement.pk)))
    assert "Data was breached: agreed in the exit plan: A breach of 500" in page
    assert "People are not safe: the exit plan does not name it" in page
    assert "Notice before stepping in: Five days" in page
    assert "Performance is as agreed." in text_of(client.get(at("exit", agreement.pk)))
    step = {"why": "Lamps fell down.", "on": "2026-06-01", "move": "NOTIFY"}
    client.post(at("performance_do", agreement.pk, "step"), step)
    step = {**step, "move": "STEP_IN", "trigger": "safety"}
    taken = client.post(at("performance_do", agreement.pk, "step"), step, follow=True)
    assert "The exit plan does not name this trigger" in text_of(taken)


def test_costs_and_stakes_are_entered_and_a_punitive_exit_is_said(time_machine):
    time_machine.move_to(AT)
    agreement, council, firm = upkeep()
    keeper = browser(manager_of(council))
    cost = {"what": "Redundancy", "low_gbp": "1", "mode_gbp": "2", "high_gbp": "3",
            "share.council": "70", "share.firm": "20"}  # fmt: skip
    refused = keeper.post(at("exit_deed", agreement.pk, "cost"), cost)
    assert refused.status_code == 409
    assert "The shares of a cost make one" in text_of(refused)
    sent = keeper.post(at("exit_deed", agreement.pk, "cost"), cost | {"share.firm": "30"})
    assert sent.status_code == 302
    member = agreement.members.get(organisation=firm).pk
    stake = {"member": member, "what": "Depot", "gbp": "10000", "evidence": "Lease"}
    assert keeper.post(at("exit_deed", agreement.pk, "stake"), stake).status_code == 302
    page = text_of(keeper.get(at("exit", agreement.pk)))
    assert "Norbury Council 70%; Brightway Lamps 30%" in page
    assert "Punitive exit: leaving on 1 April 2026 makes Norbury Council pay £48,000" in page
    rows = b"".join(keeper.get(at("exit", agreement.pk), {"format": "csv"})).decode()
    assert "council,Norbury Council,2027-04-01," in rows
    found = keeper.get(at("exit", agreement.pk), {"format": "json"}).json()
    assert found["findings"][0].startswith("Punitive exit")
    line, one = agreement.exit_cost_lines.get(), agreement.exit_stakes.get()
    for name, key in (("exit_cost_drop", line.pk), ("exit_stake_drop", one.pk)):
        assert "Take out: " in text_of(keeper.get(at(name, agreement.pk, key)))
        assert keeper.post(at(name, agreement.pk, key)).status_code == 302
        assert keeper.get(at(name, agreement.pk, key)).status_code == 404
    found = keeper.get(at("exit", agreement.pk), {"format": "json"}).json()
    assert found["findings"] == []


def test_a_rehearsal_is_recorded_with_what_was_missing(time_machine):
    time_machine.move_to(AT)
    agreement, council, _ = upkeep()
    keeper = browser(manager_of(council))
    given = {f"passed.{check.key}": "yes" for check in rehearsal_checks()}
    given |= {"held_on": "2026-05-01", "passed.data_back": "no"}
    refused = keeper.post(at("exit_deed", agreement.pk, "rehearsal"), given)
    assert "Say what was missing where the answer is no" in text_of(refused)
    given["note.data_back"] = "It did not open."
    assert keeper.post(at("exit_deed", agreement.pk, "rehearsal"), given).status_code == 302
    page = text_of(keeper.get(at("exit", agreement.pk)))
    assert "1 May 2026: 6 of 7 questions passed." in page
    assert "It did not open." in page


def test_an_ending_is_carried_out_by_whoever_owns_each_item(time_machine):
    time_machine.move_to(AT)
    agreement, council, firm = upkeep(is_existing=True)
    person = manager_of(council)
    keeper, provider = browser(person), provider_of(firm)
    owner = agreement.members.get(organisation=firm)
    item = exits.add_exit_item(agreement=agreement, part="data", what="Hand over the records",
                               owner=owner, by=person, at=AT)  # fmt: skip
    end = {"ends_on": "2026-05-31", "why": "Its time is over"}
    assert keeper.post(at("exit_deed", agreement.pk, "end"), end).status_code == 302
    assert [wait.why for wait in waiting(provider)] == ["Carry it out"]
    assert not [wait for wait in waiting(person) if wait.why == "Carry it out"]
    close = keeper.post(at("exit_deed", agreement.pk, "close"))
    assert close.status_code == 409
    assert "1 item of its exit plan is open, first “Hand over the records”" in text_of(close)
    address = at("exit_item", agreement.pk, item.pk)
    both = browser(provider).post(address, {"because": "x", "done_on": "2026-05-30"})
    assert both.status_code == 422
    done = {"done_on": "2026-05-30", "evidence": "Certificate 7"}
    assert browser(provider).post(address, done).status_code == 302
    assert keeper.post(at("exit_deed", agreement.pk, "close")).status_code == 302
    page = text_of(keeper.get(at("exit", agreement.pk)))
    assert "It has ended, and its exit plan is carried out." in page
    assert "Done on 30 May 2026" in page
    assert keeper.get(at("exit_deed", agreement.pk, "item")).status_code == 404


def test_a_provider_reads_the_plan_and_a_stranger_does_not():
    agreement, council, firm = upkeep(is_public=True)
    provider = browser(provider_of(firm))
    page = text_of(provider.get(at("exit", agreement.pk)))
    assert "Add an item" not in page
    assert provider.get(at("exit_deed", agreement.pk, "item")).status_code == 403
    stranger = browser(manager_of(OrganisationFactory()))
    assert stranger.get(at("exit", agreement.pk)).status_code == 403
    item = exits.add_exit_item(agreement=agreement, part="data", what="x",
                               by=manager_of(council), at=AT)  # fmt: skip
    assert provider.get(at("exit_item", agreement.pk, item.pk)).status_code == 403
    assert provider.get(at("exit_item", agreement.pk, item.pk + 1)).status_code == 404


def test_an_agreement_without_terms_or_days_still_has_its_page():
    council = OrganisationFactory()
    agreement = agreement_of(council, text=None, starts_on=None)
    page = text_of(browser(manager_of(council)).get(at("exit", agreement.pk)))
    assert "Nobody has said what leaving costs" in page


def test_the_record_leads_to_the_plan_for_those_who_read_it():
    agreement, council, _ = upkeep(is_public=True)
    said = "Its exit plan says nothing of staff, assets, data, contracts and licences"
    assert said in text_of(browser(manager_of(council)).get(at("agreement", agreement.pk)))
    assert said not in text_of(Client().get(at("agreement", agreement.pk)))


def test_programs_read_what_the_pages_say_and_nothing_more():
    agreement, council, _ = upkeep(is_public=True)
    keeper = browser(manager_of(council))
    for name in ("changes", "exit"):
        address = reverse(f"api:agreements_{name}", args=[agreement.pk])
        page = {"changes": "variations", "exit": "exit"}[name]
        said = keeper.get(at(page, agreement.pk), {"format": "json"}).json()
        assert keeper.get(address).json() == said, name
        missing = reverse(f"api:agreements_{name}", args=[agreement.pk + 1])
        assert keeper.get(missing).status_code == 404
    changed = Client().get(reverse("api:agreements_changes", args=[agreement.pk]))
    assert changed.json()["original_gbp"] == "280000.00"
    assert Client().get(reverse("api:agreements_exit", args=[agreement.pk])).status_code == 404
