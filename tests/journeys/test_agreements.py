"""Agreements are recorded, one is signed by three, settled, disputed, varied, and begins to end."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from moothall.agreements.actions import exits, performing, register, signing
from moothall.agreements.actions.trying import start_simulation, try_deal
from moothall.agreements.tests.board_factories import board_of, class_of
from moothall.agreements.tests.factories import draft_of, manager_of
from moothall.agreements.tests.lamps import holder
from moothall.agreements.tests.upkeep import with_basis
from moothall.directory.engine.roles import Role
from moothall.directory.tests.factories import OrganisationFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
EXISTING = """Reference,Name,Kind,Members,Starts on,Value GBP
C-1,Care at home,contract,"Norbury Council = commissioner; Lantern Care = provider, charity",\
01/04/2024,250000
C-2,Old pact,compact,,,
C-3,Odd thing,treaty,,,
"""
DEAL = """
[deal]
name = "Street lamps kept lit"
starts_on = {year}-04-01
ends_before = {until}-04-01
every = "quarter"

[parties.council]
name = "Norbury Council"
kind = "public body"
reference = "in-house"

[parties.contractor]
name = "Brightway Lamps"
kind = "supplier"
reference = "no work"

[parties.trust]
name = "Lantern Trust"
kind = "charity"
reference = "no work"

[facts.lamps]
title = "Lamps kept lit"
unit = "lamps"
distribution = {{ kind = "normal", mean = 800, sd = 10 }}
reported_by = "contractor"

[terms.lamps]
kind = "unit_price"
payer = "council"
payee = "contractor"
volume = "lamps"
bands = [{{ price_gbp = "1.25" }}]

[terms.walks]
kind = "fixed_fee"
payer = "council"
payee = "trust"
amount_gbp = 400
"""


def fill(field, said):
    """Say it in a field, whatever kind of field it is."""
    kind = field.evaluate("each => each.type || each.tagName")
    if kind == "file":
        field.set_input_files(said)
    elif kind.startswith("select"):
        field.select_option(label=said)
    elif kind in ("radio", "checkbox"):
        field.check()
    else:
        field.fill(said)


def do(page, deed, **said):
    """Do what a page offers under `deed`: fill in its form by label, and send it."""
    form = page.locator("details", has=page.locator("summary", has_text=re.compile(f"^{deed}$")))
    form.locator("summary").click()
    for label, each in said.items():
        named = re.compile(rf"^\s*{re.escape(label)}(\s*\(optional\))?\s*$")
        fill(form.get_by_label(named), each)
    form.get_by_role("button", name=deed).click()


def paper(name):
    return {"name": name, "mimeType": "application/pdf", "buffer": f"%PDF {name}".encode()}


class Place:
    """A council, its provider and a charity, and whoever takes each step at them."""

    def __init__(self):
        today = timezone.localdate()
        self.year = today.year if today.month > 7 else today.year - 1  # its first quarter is over
        self.starts_on = date(self.year, 4, 1)
        self.deal = DEAL.format(year=self.year, until=self.year + 2)
        given = {"kind": "company", "is_of_the_place": False}
        self.norbury = OrganisationFactory(name="Norbury Council", slug="norbury")
        self.brightway = OrganisationFactory(name="Brightway Lamps", slug="brightway", **given)
        self.trust = OrganisationFactory(
            name="Lantern Trust", slug="lantern-trust", kind="charity", is_of_the_place=False
        )
        self.manager = manager_of(self.norbury)
        self.officer = holder(self.norbury, Role.SECTION_151_OFFICER)
        self.checker = holder(self.norbury, Role.FINANCE_OFFICER)
        self.commissioner = holder(self.norbury, Role.COMMISSIONER)
        self.provider = holder(self.brightway, Role.PROVIDER)

    def drafted(self):
        """The agreement, with all that is asked before anybody signs, but for the decision."""
        said = {"by": self.manager, "at": timezone.now()}
        made = register.add_agreement(
            body=self.norbury, name="Street lamps", kind="contract", role="commissioner",
            purpose="To keep the lamps lit", power="Local Government (Contracts) Act 1997",
            leaving_terms="Six months' notice", regime="PA_2023",
            regime_began_on=date(self.year, 1, 5), starts_on=self.starts_on,
            ends_before=date(self.year + 2, 4, 1), value_pence=1_120_000, prevails="deal", **said,
        )  # fmt: skip
        parties = [(made.members.get(), "council")]
        for body, role, party in (
            (self.brightway, "provider", "contractor"),
            (self.trust, "partner", "trust"),
        ):
            member = register.add_member(agreement=made, organisation=body, role=role, **said)
            parties.append((member, party))
            for kind in ("identity", "owners", "exclusion", "finances", "insurance"):
                performing.record_check(
                    body=self.norbury, partner=body, kind=kind, checked_on=timezone.localdate(),
                    outcome="clear", **said,
                )  # fmt: skip
        draft = draft_of(self.norbury, by=self.manager, text=self.deal, name="Street lamps")
        try_deal.func(
            start_simulation(version=draft.versions.get(), draws=1_000, seed=1, **said).pk
        )
        signing.agree_in_principle(agreement=made, draft=draft, **said)
        for member, party in parties:
            register.set_member(member=member, party=party, **said)
        for part in ("staff", "assets", "data", "contracts", "licences"):
            exits.say_nothing_of_the_kind(
                agreement=made, part=part, because="None is the council's.", **said
            )
        exits.add_exit_cost(
            agreement=made, what="Handing over the lamp records", low_gbp=Decimal(500),
            mode_gbp=Decimal(800), high_gbp=Decimal(2_000),
            shares={"council": Decimal("0.5"), "contractor": Decimal("0.5")}, **said,
        )  # fmt: skip
        return made

    def board(self, agreement):
        """A board of three seats, of which the charity's is voted for by whoever keeps it."""
        now = timezone.now()
        board = board_of(agreement, by=self.manager, at=now)
        for name, who in (
            ("Council", self.manager),
            ("Provider", self.provider),
            ("Charity", "Ada Lark"),
        ):
            class_of(board, name, who, at=now)
        return board


@pytest.fixture
def as_(page, live_server):
    """Go on as somebody else, at an address."""

    def go(person, name, *args):
        client = Client()
        client.force_login(person)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}]
        )
        page.goto(live_server.url + reverse(f"agreements:{name}", args=args))

    return go


def test_agreements_from_a_file_to_an_end(page, as_, barriers, own_lake):
    place = Place()
    records_what_there_is(page, as_, barriers, place)
    agreement = place.drafted()
    decides_together(page, as_, barriers, place, agreement)
    is_signed_by_three(page, as_, barriers, place, agreement)
    settles_and_disputes(page, as_, barriers, place, agreement)
    is_varied(page, as_, barriers, place, agreement)
    begins_to_end(page, as_, barriers, place, agreement)


def records_what_there_is(page, as_, barriers, place):
    as_(place.manager, "home")
    assert barriers() == []
    page.get_by_role("link", name="Record one of Norbury Council that is in force already").click()
    page.get_by_role("link", name="Record many from a CSV file").click()
    assert barriers() == []
    page.get_by_label("A CSV file, one agreement to a row").set_input_files(
        {"name": "agreements.csv", "mimeType": "text/csv", "buffer": EXISTING.encode()}
    )
    page.get_by_role("button", name="See what it would do").click()
    expect(page.locator("main")).to_contain_text("2 agreements would be entered")
    expect(page.locator("main")).to_contain_text("'treaty' is no kind that the register knows")
    assert barriers() == []
    page.get_by_role("button", name="Record 2 agreements").click()
    expect(page.locator("main")).to_contain_text(
        "2 agreements recorded; 0 there already; 1 set aside."
    )
    expect(page.get_by_role("table", name="What was set aside")).to_contain_text("C-3")
    assert barriers() == []
    as_(place.manager, "home")
    page.get_by_role("link", name="Care at home").click()
    expect(page.locator("main")).to_contain_text("The record lacks")
    assert barriers() == []


def decides_together(page, as_, barriers, place, agreement):
    board = place.board(agreement)
    as_(place.manager, "board", agreement.pk, board.pk)
    assert barriers() == []
    do(page, "Call a meeting", When=f"{timezone.localdate()}T00:00")
    page.get_by_role("table", name="Meetings").get_by_role("link").first.click()
    for title, matter in (
        ("Council tax", "A body's council tax, precept or budget of its own"),
        ("Money for the year", "The joint budget"),
    ):
        do(
            page,
            "Put an item on the agenda",
            **{"What it is about": title, "Kind of decision": matter},
        )
    assert barriers() == []

    # What is a body's own is refused, and the refusal stays with the board.
    moved = {"Under which item": "1. Council tax", "That the board": "Raise it by 2%"}
    do(page, "Move a motion", **moved)
    expect(page.locator("main")).to_contain_text("Joint Committee cannot decide this")
    assert barriers() == []
    as_(place.manager, "board", agreement.pk, board.pk)
    expect(
        page.get_by_role("table", name="Refused under the sovereignty guarantee")
    ).to_contain_text("Raise it by 2%")

    # What is reserved takes its own majority: each votes, and it is carried.
    page.get_by_role("table", name="Meetings").get_by_role("link").first.click()
    moved = {"Under which item": "2. Money for the year", "That the board": "Spend £4,000"}
    do(page, "Move a motion", **moved)
    page.get_by_role("button", name="Open").click()
    page.get_by_role("link", name="Spend £4,000").click()
    address = page.url
    for seat in (f"{place.manager.name}, Council", "Ada Lark, Charity"):
        do(page, "Vote", **{"Whose vote": seat, "For": True})
    assert barriers() == []
    as_(place.provider, "board", agreement.pk, board.pk)
    page.goto(address)
    do(page, "Vote", **{"Whose vote": f"{place.provider.name}, Provider", "For": True})
    as_(place.manager, "board", agreement.pk, board.pk)
    page.goto(address)
    page.get_by_role("button", name="Declare the result").click()
    expect(page.locator("main")).to_contain_text("Carried")
    assert barriers() == []


def is_signed_by_three(page, as_, barriers, place, agreement):
    today = timezone.localdate().isoformat()
    as_(place.officer, "agreement", agreement.pk)
    page.get_by_role("link", name=re.compile("^Signing")).first.click()
    expect(page.locator("main")).to_contain_text("1 check is not met")
    assert barriers() == []
    decision = {
        "Whose decision": "Norbury Council",
        "Why": "It costs less than in-house.",
        "Delegation it rests on": "Scheme of delegation, 4.2",
    }
    do(page, "Record a decision to enter into it", **decision)
    expect(page.locator("main")).to_contain_text("Every check is met")

    as_(place.manager, "signing", agreement.pk)
    signed = {"On": today, "How": "by hand"}
    do(
        page,
        "Record that Norbury Council executed it",
        **{"Who signed": f"{place.officer.name}, section 151 officer"},
        **{"The executed document": paper("council.pdf")},
        **signed,
    )
    for name, signatory in (("Brightway Lamps", "Bo Field"), ("Lantern Trust", "Ada Lark")):
        who = {
            "Their name, where they do not sign in here": signatory,
            "What entitles them to sign": "Director",
            "The executed document": paper(f"{name}.pdf"),
        }
        do(page, f"Record that {name} executed it", **who, **signed)
    expect(page.locator("main")).to_contain_text("0 parties have yet to sign")
    assert barriers() == []
    do(page, "Bring it into force", **{"In force from": place.starts_on.isoformat()})
    expect(page.locator("main")).to_contain_text("It is in force.")
    assert barriers() == []


def settles_and_disputes(page, as_, barriers, place, agreement):
    as_(place.manager, "agreement", agreement.pk)
    page.get_by_role("link", name=re.compile("^Settlement")).first.click()
    assert barriers() == []
    page.locator("main ul.govuk-list--spaced a").first.click()
    page.get_by_label("Facts due by").fill(timezone.localdate().isoformat())
    page.get_by_role("button", name="Ask for the facts").click()
    assert barriers() == []
    address = page.url
    as_(place.provider, "settlement", agreement.pk)
    page.goto(address)
    page.get_by_role("link", name="Report facts as Brightway Lamps").click()
    assert barriers() == []
    page.get_by_label("Lamps kept lit (lamps)").fill("810")
    page.get_by_label("Evidence").fill("Register of lamps")
    page.get_by_role("button", name="Send the facts").click()
    expect(page.locator("main")).to_contain_text("Reported. Somebody else checks it now.")

    # Somebody else checks them, and makes the statement.
    as_(place.checker, "settlement", agreement.pk)
    page.goto(address)
    page.get_by_role("button", name="Check the facts").click()
    expect(page.locator("main")).to_contain_text("Register of lamps")
    assert barriers() == []
    page.get_by_role("button", name="They are right").click()
    page.get_by_role("button", name="Settle: make the statement").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Statement 1")
    expect(page.locator("main")).to_contain_text("£1,012.50")
    assert barriers() == []

    # One line is disputed, and the rest is paid without it.
    page.get_by_role("link", name="Dispute this line").first.click()
    assert barriers() == []
    page.locator("main textarea").first.fill("Ten were dark.")
    page.get_by_role("button", name="Dispute this line").click()
    expect(page.locator("main")).to_contain_text("Norbury Council disputes it: Ten were dark.")
    assert barriers() == []


def is_varied(page, as_, barriers, place, agreement):
    with_basis(agreement, timezone.now(), term_months=Decimal(24))
    as_(place.provider, "agreement", agreement.pk)
    page.get_by_role("link", name=re.compile("^Changes")).first.click()
    assert barriers() == []
    page.get_by_role("button", name="Ask for a variation").click()
    assert barriers() == []
    page.get_by_label("What changes, in a few words").fill("A dearer lamp")
    page.get_by_label("Who wants it").select_option("supplier")
    page.get_by_label("From which day").fill(f"{place.year}-10-01")
    page.get_by_label("Price", exact=True).check()
    text = page.get_by_label("The deal as it would be")
    text.fill(text.input_value().replace('"1.25"', '"1.26"'))
    page.get_by_label("Does it change the scope materially?").select_option("no")
    page.get_by_label("Does it shift the balance in the supplier’s favour?").select_option("no")
    page.get_by_role("button", name="Ask for it").click()
    page.get_by_role("link", name=re.compile("A dearer lamp")).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("A dearer lamp")
    address = page.url

    def step(name):
        page.get_by_role("button", name=name).click()
        form = page.locator("main form")
        if form.locator("input[type=file]").count():
            form.locator("input[type=file]").set_input_files(paper("word.pdf"))
        assert barriers() == []
        form.get_by_role("button", name=name).click()

    step("Price it and test it")
    expect(page.locator("main")).to_contain_text("terms.lamps.bands.1.price_gbp")
    assert barriers() == []
    step("Agree to it for Brightway Lamps")
    as_(place.commissioner, "variations", agreement.pk)
    page.goto(address)
    step("Agree to it for Norbury Council")
    as_(place.manager, "variations", agreement.pk)
    page.goto(address)
    step("Enter the word of Lantern Trust from its document")
    step("Bring it into force")
    expect(page.locator("main")).to_contain_text("It is in force")
    assert barriers() == []


def begins_to_end(page, as_, barriers, place, agreement):
    as_(place.manager, "agreement", agreement.pk)
    page.get_by_role("link", name=re.compile("^Leaving")).first.click()
    expect(page.locator("main")).to_contain_text("Handing over the lamp records")
    assert barriers() == []
    page.get_by_role("link", name="Begin to end it").click()
    assert barriers() == []
    page.get_by_label("Its last day").fill(f"{place.year + 1}-03-31")
    page.get_by_label("Why it ends").fill("The council takes the lamps in hand.")
    page.get_by_label("By whose leaving").select_option(label="Norbury Council")
    page.get_by_role("button", name="Record it").click()
    expect(page.locator("main")).to_contain_text("It is ending: each item of the plan has its day.")
    assert barriers() == []
