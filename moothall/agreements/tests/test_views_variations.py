"""The pages of changes: what they say, whom they let do what, and what they refuse."""

from datetime import UTC, date, datetime
from decimal import Decimal
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from moothall.agreements.actions import variations
from moothall.agreements.models import ApprovalLevel, NeedReading, Variation
from moothall.agreements.queries import changes
from moothall.agreements.tests.factories import manager_of
from moothall.agreements.tests.upkeep import DEARER, person_of, provider_of, upkeep, with_basis
from moothall.directory.engine.roles import Role
from moothall.directory.queries import viewer_for
from moothall.directory.tests.factories import OrganisationFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
ASKED = {
    "title": "A dearer lamp",
    "side": "supplier",
    "organisation": "norbury",
    "in_force_from": "2026-04-01",
    "text": DEARER,
    "scope_is_material": "no",
    "favours_supplier": "no",
    "effects": ["price"],
}


def browser(person):
    client = Client()
    client.force_login(person)
    return client


def at(name, *args):
    return reverse(f"agreements:{name}", args=args)


def text_of(answer):
    return unescape(answer.text)


def asked(agreement, **fields):
    given = {"title": "A dearer lamp", "side": "supplier", "in_force_from": date(2026, 4, 1),
             "text": DEARER, "scope_is_material": False, "favours_supplier": False}  # fmt: skip
    return variations.ask_variation(
        agreement=agreement, organisation=agreement.body, by=manager_of(agreement.body), at=AT,
        **given | fields,
    )  # fmt: skip


def waiting(person):
    return changes.waits(viewer_for(person), on=timezone.localdate())


def test_an_empty_ledger_says_so_and_what_the_law_lacks():
    agreement, council, _ = upkeep(value_pence=None)
    page = text_of(browser(manager_of(council)).get(at("variations", agreement.pk)))
    assert "What it was worth at award is not recorded." in page
    assert "Nothing has changed, and nothing is asked for." in page
    assert "the VAT on its price" in page
    assert "Lamps: paid for by activity, and held against no need." in page


def test_a_change_goes_through_the_pages_from_asking_to_force(time_machine):
    time_machine.move_to(AT)
    agreement, council, firm = upkeep()
    keeper = browser(manager_of(council))
    basis = {"what": "goods_services_sub_central", "vat_rate": "0.2", "term_months": "60"}
    assert keeper.post(at("change_basis", agreement.pk), basis).status_code == 302
    assert keeper.post(at("ask_variation", agreement.pk), ASKED).status_code == 302
    one = Variation.objects.get()
    here = at("variation", agreement.pk, 1)
    assert "It is not priced yet." in text_of(keeper.get(here))
    keeper.post(at("variation_deed", agreement.pk, 1, "assess"))
    page = text_of(keeper.get(here))
    assert "It moves the value by <strong>£10,000</strong>" in page
    assert "It is not a substantial change (the Procurement Act 2023, section 74(3))." in page
    assert "terms.keep.bands.1.price_gbp" in page
    ours = agreement.members.get(organisation=council).pk
    theirs = agreement.members.get(organisation=firm).pk
    refused = keeper.post(at("variation_deed", agreement.pk, 1, f"agree-{ours}"))
    assert refused.status_code == 409
    assert "You cannot approve a variation for Norbury Council" in text_of(refused)
    approver = browser(person_of(council, Role.COMMISSIONER))
    assert approver.post(at("variation_deed", agreement.pk, 1, f"agree-{ours}")).status_code == 302
    file = SimpleUploadedFile("signed.pdf", b"%PDF signed")
    entered = keeper.post(at("variation_deed", agreement.pk, 1, f"enter-{theirs}"),
                          {"document": file})  # fmt: skip
    assert entered.status_code == 302
    keeper.post(at("variation_deed", agreement.pk, 1, "in-force"))
    one.refresh_from_db()
    assert one.state == "IN_FORCE"
    page = text_of(keeper.get(here))
    assert "On paper: signed.pdf" in page
    ledger = text_of(keeper.get(at("variations", agreement.pk)))
    assert "is worth £290,000 now (3.6%)" in ledger
    assert "£12,000 with VAT, 3.6% of award" in ledger
    assert "Room for small changes used" in ledger
    assert "is worth £290,000 now" in text_of(keeper.get(at("agreement", agreement.pk)))


def test_a_provider_asks_and_agrees_for_itself():
    agreement, _, firm = upkeep()
    with_basis(agreement, AT)
    provider = browser(provider_of(firm))
    sent = provider.post(at("ask_variation", agreement.pk), ASKED | {"organisation": "brightway"})
    assert sent.status_code == 302
    assert Variation.objects.get().organisation == firm
    variations.assess_variation(variation=Variation.objects.get(), by=manager_of(agreement.body),
                                at=AT)  # fmt: skip
    theirs = agreement.members.get(organisation=firm).pk
    agreed = provider.post(at("variation_deed", agreement.pk, 1, f"agree-{theirs}"))
    assert agreed.status_code == 302


def test_what_is_not_to_be_done_now_has_no_page():
    agreement, council, _ = upkeep()
    asked(agreement)
    keeper = browser(manager_of(council))
    for deed in ("in-force", "wine"):
        assert keeper.get(at("variation_deed", agreement.pk, 1, deed)).status_code == 404
    assert keeper.get(at("variation", agreement.pk, 2)).status_code == 404


def test_a_refused_form_keeps_what_was_typed_and_says_why():
    agreement, council, _ = upkeep()
    keeper = browser(manager_of(council))
    answer = keeper.post(at("ask_variation", agreement.pk), ASKED | {"text": "[deal"})
    assert answer.status_code == 409
    page = text_of(answer)
    assert "The deal file is not sound" in page
    assert "A dearer lamp" in page
    assert '<button type="submit" class="govuk-button"' in page  # mended, it is sent again
    assert keeper.post(at("ask_variation", agreement.pk), {}).status_code == 422


def test_a_stranger_and_the_public_read_no_variation():
    agreement, *_ = upkeep(is_public=True)
    asked(agreement)
    stranger = browser(manager_of(OrganisationFactory()))
    assert stranger.get(at("variation", agreement.pk, 1)).status_code == 403
    assert stranger.post(at("ask_variation", agreement.pk), ASKED).status_code == 403
    assert Client().get(at("variation", agreement.pk, 1)).status_code == 302


def test_the_public_reads_the_changes_in_force_and_not_what_is_asked_for():
    agreement, *_ = upkeep(is_public=True)
    asked(agreement)
    public = Client().get(at("variations", agreement.pk))
    assert "A dearer lamp" not in text_of(public)
    Variation.objects.update(state="IN_FORCE", legal={}, value_pence=1_000_000)
    assert "1. A dearer lamp" in text_of(Client().get(at("variations", agreement.pk)))


def test_withheld_changes_are_not_there_and_a_withheld_price_stays_out():
    agreement, council, _ = upkeep(is_public=True)
    asked(agreement)
    Variation.objects.update(state="IN_FORCE", legal={}, value_pence=1_234_500)
    given = {"why": "Live bids", "review_on": date(2027, 1, 1), "by": manager_of(council), "at": AT}
    agreement.withholdings.create(part="value", **given)
    page = text_of(Client().get(at("variations", agreement.pk)))
    assert "1 change is in force; what they cost is withheld." in page
    assert "12,345" not in page
    answer = Client().get(at("variations", agreement.pk), {"format": "json"})
    assert "12345" not in answer.text
    agreement.withholdings.create(part="changes", **given)
    assert Client().get(at("variations", agreement.pk)).status_code == 404


def test_the_ledger_is_taken_away_as_rows():
    agreement, council, _ = upkeep()
    asked(agreement, value_pence=500_000)
    keeper = browser(manager_of(council))
    rows = b"".join(keeper.get(at("variations", agreement.pk), {"format": "csv"})).decode()
    assert "1,A dearer lamp,supplier,ASKED,2026-04-01,5000.00" in rows
    found = keeper.get(at("variations", agreement.pk), {"format": "json"}).json()
    assert found["forecast_gbp"] == "285000.00"


def test_a_body_enters_its_own_levels():
    council = OrganisationFactory(slug="norbury", name="Norbury Council")
    officer = browser(person_of(council, Role.SECTION_151_OFFICER))
    page = text_of(officer.get(at("approval_levels", "norbury")))
    assert 'value="50000"' in page
    given = {"SECTION_151_OFFICER.may": "up_to", "COMMISSIONER.may": "no",
             "EXECUTIVE_MEMBER.may": "any"}  # fmt: skip
    short = officer.post(at("approval_levels", "norbury"), given)
    assert "Give the size up to which it approves." in text_of(short)
    sent = officer.post(
        at("approval_levels", "norbury"), given | {"SECTION_151_OFFICER.gbp": "250000"}
    )
    assert sent.status_code == 302
    levels = ApprovalLevel.objects.filter(body=council)
    assert [(one.role, one.up_to_pence) for one in levels] == [
        ("SECTION_151_OFFICER", 25_000_000), ("EXECUTIVE_MEMBER", None),
    ]  # fmt: skip
    commissioner = browser(person_of(council, Role.COMMISSIONER))
    assert commissioner.get(at("approval_levels", "norbury")).status_code == 403


def test_need_is_read_line_by_line_and_a_bad_line_is_named():
    agreement, council, _ = upkeep()
    keeper = browser(manager_of(council))
    given = {"fact": "lamps", "title": "Streets", "source": "Register"}
    bad = keeper.post(at("need", agreement.pk), given | {"readings": "2025-04-01, 10\nMay, 3"})
    assert "Line 2 is no reading. Write it as 2026-04-01, 50500, 260." in text_of(bad)
    lines = "2025-04-01, 100, 1000\n\n2026-04-01, 100, 1200"
    assert keeper.post(at("need", agreement.pk), given | {"readings": lines}).status_code == 302
    assert NeedReading.objects.last().volume == Decimal(1200)
    page = text_of(keeper.get(at("variations", agreement.pk)))
    assert "What is paid for by activity outgrows the need" in page


def test_what_waits_is_told_to_whoever_may_do_it():
    agreement, council, firm = upkeep()
    with_basis(agreement, AT)
    one = asked(agreement)
    keeper, approver = manager_of(council), person_of(council, Role.COMMISSIONER)
    assert [why for *_, why in waiting(keeper)] == ["Price it and test it"]
    variations.assess_variation(variation=one, by=keeper, at=AT)
    assert waiting(keeper) == []
    assert [why for *_, why in waiting(approver)] == ["Agree to it for Norbury Council"]
    assert [why for *_, why in waiting(provider_of(firm))] == ["Agree to it for Brightway Lamps"]
