"""Agreements in force already are entered as they were found: never refused for what is missing."""

import json
from datetime import UTC, date, datetime
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from typer.testing import CliRunner

from moothall.agreements.actions.existing import record_file
from moothall.agreements.actions.register import CannotKeep
from moothall.agreements.commands import agreements as app
from moothall.agreements.engine.existing import COLUMNS, NotAFile, read_existing, set_aside
from moothall.agreements.engine.existing import text_of as text_of_bytes
from moothall.agreements.models import Agreement
from moothall.agreements.queries import attention, due
from moothall.agreements.queries.attention import waits
from moothall.agreements.queries.existing import preview, words_of_files
from moothall.agreements.tests.factories import agreement_of, manager_of
from moothall.agreements.views.existing import EXAMPLE
from moothall.core.models import AuditEntry
from moothall.directory.engine.roles import Role
from moothall.directory.models import Organisation
from moothall.directory.queries import viewer_for
from moothall.directory.tests.factories import OrganisationFactory, RoleHeldFactory

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
HEAD = "Reference,Name,Kind,Members,Starts on,Ends before,Value GBP,Regime,Outcomes"
WHOLE = (
    'C-1,Care at home,contract,"Norbury Council = commissioner; Lantern Care = provider, charity",'
    '01/04/2024,2028-04-01,"£1,250,000.50",PCR_2015,Fewer falls; Longer at home'
)
BARE = "C-2,Old pact,compact,,,,,,"
WORDS = words_of_files()


def text_of(*rows: str, head: str = HEAD) -> str:
    return "\r\n".join((head, *rows)) + "\r\n"


@pytest.fixture
def norbury(db):
    return OrganisationFactory(name="Norbury Council", slug="norbury")


def recorded(body, *rows):
    return record_file(body=body, text=text_of(*rows), by=manager_of(body), at=NOW)


def waiting(person):
    return waits(viewer_for(person), on=NOW.date())


def test_a_row_says_what_it_says_and_nothing_for_what_it_leaves_out():
    whole, bare = read_existing("\ufeff" + text_of(WHOLE, "", BARE), WORDS)
    assert whole.says.fields == {
        "starts_on": date(2024, 4, 1),
        "ends_before": date(2028, 4, 1),
        "value_pence": 125_000_050,
        "regime": "PCR_2015",
        "outcomes": "Fewer falls\nLonger at home",
    }
    assert [(m.name, m.role, m.kind) for m in whole.says.members] == [
        ("Norbury Council", "commissioner", ""),
        ("Lantern Care", "provider", "charity"),
    ]
    assert (bare.says.fields, bare.says.members) == ({}, ())


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("C-3,,contract", "It has no name. Give it one."),
        ("C-3,Name,contract,,01/04/2026,01/04/2026", "It ends before it starts, or on the same"),
        ("C-3,Name,treaty", "Kind: 'treaty' is no kind that the register knows"),
        ("C-3,Name,contract,,31/02/2026", "Starts on: '31/02/2026' is not a date"),
        ("C-3,Name,contract,,,,lots", "Value gbp: 'lots' is not an amount in pounds"),
        ('C-3,Name,contract,,,,"1250,50"', "Value gbp: '1250,50' is not an amount in pounds"),
        ("C-3,Name,contract,,,,-5", "Value gbp: '-5' is not an amount in pounds"),
        ("C-3,Name,contract,,,,,EU", "Regime: 'EU' is no procurement law"),
        ("C-3,Name,contract,Care = friend", "Members: 'friend' is no part"),
        ('C-3,Name,contract,"A = provider, club"', "Members: 'club' is no kind of body"),
        ("C-3,Name,contract,= provider", "names no body"),
        ("C-3,Name,contract,A; a", "It names A and a twice among its members"),
        ("C-3,a,contract,,,,,,,,over", "It has more cells than the file has columns"),
        ("C-1,a,contract", "Row 2 has the reference C-1 already"),
    ],
)
def test_what_cannot_be_read_sets_its_row_aside_with_a_sentence(row, sentence):
    first, read = read_existing(text_of(WHOLE, row), WORDS)
    assert first.says is not None
    assert read.says is None
    assert sentence in " ".join(read.trouble)


@pytest.mark.parametrize(
    ("column", "cell", "sentence"),
    [
        ("notice months", "many", "'many' is not a number of months"),
        ("is public", "maybe", "'maybe' is neither yes nor no"),
    ],
)
def test_numbers_of_months_and_yes_or_no_are_read_or_said_not_to_be(column, cell, sentence):
    (read,) = read_existing(
        text_of(f"C-1,a,compact,{cell}", head=f"Reference,Name,Kind,{column}"), WORDS
    )
    assert sentence in read.trouble[0]


@pytest.mark.parametrize(
    ("head", "sentence"),
    [
        ("Reference,Kind", "The file has no column called name"),
        ("Reference,Name,Kind,Colour", "No column is called colour. The columns are reference"),
        ("Reference,Name,Kind,Name", "The file has two columns called name"),
        ("", "The file has no column called name"),
    ],
)
def test_a_file_with_other_columns_is_refused_whole(head, sentence):
    with pytest.raises(NotAFile, match=sentence):
        read_existing(text_of(head=head), WORDS)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_a_file_says_the_same_however_a_spreadsheet_saved_it(encoding, ends, sign):
    head = ("Name", "Starts on", "Value GBP", "Members", "", "")
    row = ("Café at the ‘Moot’", "1 April 2024", "£12.50", "Care; Lamps = provider", "", "")
    text = ends.join(sign.join(f'"{x}"' if ";" in x else x for x in line) for line in (head, row))
    (read,) = read_existing(text_of_bytes((text + ends * 3).encode(encoding)), WORDS)
    assert read.trouble == ()
    assert (read.says.name, read.says.kind) == ("Café at the ‘Moot’", "unknown")
    assert (read.says.fields["starts_on"], read.says.fields["value_pence"]) == (
        date(2024, 4, 1), 1250,
    )  # fmt: skip
    assert [each.name for each in read.says.members] == ["Care", "Lamps"]


@pytest.mark.parametrize("day", ["1/4/2024", "01.04.2024", "01/04/24", "1 Apr 2024", "01-Apr-24"])
def test_a_day_is_read_as_it_is_written_here(day):
    (read,) = read_existing(text_of(f"a,{day}", head="Name,Starts on"), WORDS)
    assert read.says.fields == {"starts_on": date(2024, 4, 1)}


def test_rows_are_numbered_as_in_the_file_and_nothing_under_no_heading_is_lost():
    text = text_of("a,,", "", "a,,", "b,,lost", "c,13/13/2024,", head="Name,Starts on,")
    rows = read_existing(text, WORDS)
    assert [row.number for row in rows] == [2, 4, 5, 6]
    assert rows[1].trouble == (
        "Row 2 has the name a, and no reference already. Give each its own reference.",
    )
    assert "text in a column without a heading" in rows[2].trouble[0]
    head, aside = set_aside(text, {row.number: "Because." for row in rows[1:]})
    assert (head[0], head[-1], aside[1]) == ("Name", "why", ["b", "", "lost", "Because."])
    (mended,) = read_existing(text_of("c,01/04/2024,Its day", head="Name,Starts on,why"), WORDS)
    assert mended.trouble == ()


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"PK\x03\x04rest", "This file is a workbook, not a CSV file"),
        (b"name\0", "This file is not text"),
        (b"\xff\xfe\x00", "This file is not text"),
        (b"\x81", "This file is not text"),
    ],
)
def test_what_is_no_text_is_refused_with_what_to_do(raw, sentence):
    with pytest.raises(NotAFile, match=sentence):
        text_of_bytes(raw)


def test_the_example_that_is_handed_out_can_be_read():
    (read,) = read_existing(text_of(",".join(EXAMPLE), head=",".join(COLUMNS)), WORDS)
    assert read.trouble == ()
    assert set(read.says.fields) | {"power", "leaving_terms"} == set(COLUMNS[4:]) - {
        "value_gbp"
    } | {"value_pence"}


def test_a_file_that_is_too_long_is_refused_whole():
    rows = [f"C-{number},a,compact" for number in range(2001)]
    with pytest.raises(NotAFile, match="This file has 2,001 rows, and at most 2,000"):
        read_existing(text_of(*rows, head="Reference,Name,Kind"), WORDS)


def test_a_file_enters_what_it_can_and_again_enters_nothing(norbury):
    found = recorded(norbury, WHOLE, BARE, "C-3,Name,treaty")
    assert [each.reference for each in found.entered] == ["C-1", "C-2"]
    assert [row.number for row, _ in found.aside] == [4]
    assert found.rows == 3
    care, _pact = found.entered
    assert (care.state, care.is_existing, care.is_public) == ("IN_FORCE", True, False)
    assert [m.organisation.name for m in care.members.all()] == ["Norbury Council", "Lantern Care"]
    lantern = Organisation.objects.get(name="Lantern Care")
    assert (lantern.kind, lantern.is_of_the_place) == ("charity", False)
    entries = AuditEntry.objects.count()
    again = recorded(norbury, WHOLE, BARE, "C-3,Name,treaty")
    assert [row.reference for row in again.already] == ["C-1", "C-2"]
    assert (Agreement.objects.count(), AuditEntry.objects.count()) == (2, entries)


def test_a_row_that_does_not_hold_together_is_set_aside_and_leaves_no_body_behind(norbury):
    found = recorded(norbury, "C-9,Name,contract,New Body = provider; ??? = funder")
    assert "A body needs a name with letters in it" in found.aside[0][1]
    assert not Organisation.objects.filter(name="New Body").exists()


def test_without_a_reference_or_a_kind_an_agreement_is_entered_once_under_its_name(norbury):
    rows = (",Old pact,", ",Old  Pact,", "C-1,Old pact,")
    found = recorded(norbury, *rows)
    assert [(each.reference, each.kind) for each in found.entered] == [
        ("", "unknown"), ("C-1", "unknown"),
    ]  # fmt: skip
    assert "Row 2 has the name Old  Pact, and no reference already" in found.aside[0][1]
    again = recorded(norbury, *rows)
    assert (len(again.already), len(again.entered), len(again.aside)) == (2, 0, 1)
    assert waiting(manager_of(norbury))[-1].why == "Say of which kind it is, and 10 things more."


def test_a_text_that_is_too_long_is_seen_before_anything_is_recorded(norbury):
    long = "x" * 201
    text = text_of(f"C-1,{long},contract", f"C-2,Name,contract,{long}")
    assert [row.will for row in preview(norbury, text)] == ["aside", "aside"]
    assert "has 201 letters, and at most 200 fit" in preview(norbury, text)[0].said


def test_a_body_is_known_by_its_other_names(norbury):
    lantern = OrganisationFactory(name="The Lantern Trust", slug="lantern-trust")
    lantern.other_names.create(name="Lantern")
    (made,) = recorded(norbury, "C-1,Name,contract,lantern = provider").entered
    assert made.members.get().organisation == lantern


def test_who_keeps_no_register_records_nothing_and_a_file_of_another_kind_is_refused(norbury):
    officer = RoleHeldFactory(organisation=norbury, role=Role.FINANCE_OFFICER.value).person
    with pytest.raises(CannotKeep, match="You cannot keep the agreements of Norbury Council"):
        record_file(body=norbury, text=text_of(WHOLE), by=officer, at=NOW)
    with pytest.raises(CannotKeep, match=r"Nothing was recorded\. The file has no column called"):
        record_file(body=norbury, text="a,b\n1,2\n", by=manager_of(norbury), at=NOW)


def test_what_is_missing_waits_for_whoever_keeps_the_register(norbury):
    (made,) = recorded(norbury, WHOLE).entered
    keeper = manager_of(norbury)
    found = {label: (due, url, why) for label, due, url, why in waiting(keeper)}
    due, url, why = found["The record of Care at home lacks 5 things"]
    assert due is None
    assert url == reverse("agreements:change_agreement", args=[made.pk])
    assert why == "Say what it is for, and 4 things more."
    reader = RoleHeldFactory(organisation=norbury, role=Role.SCRUTINY_MEMBER.value).person
    assert waiting(reader) == []


def test_many_gaps_are_counted_after_the_first_and_the_register_lists_them_all(
    norbury, django_assert_max_num_queries
):
    for number in range(20):
        recorded(norbury, f"C-{number:02},No {number:02},contract,Lamps = provider")
    viewer = viewer_for(manager_of(norbury))
    found = attention.waits(viewer, on=NOW.date())
    assert len(found) == 13
    assert found[-1].label == "8 more records lack something"
    with django_assert_max_num_queries(12):
        of_partners = [x for x in due.waits(viewer, on=NOW.date()) if "partners" in x.label]
    assert len(of_partners) == 13
    assert of_partners[0].label == "Look into the partners of 8 more agreements"
    agreement_of(
        norbury, kind="informal", name="Whole", purpose="To meet", text=None
    ).members.create(organisation=OrganisationFactory(), role="partner")
    client = client_of(norbury)
    rows = client.get(reverse("agreements:home"), {"lacks": "yes", "format": "json"}).json()["rows"]
    assert len(rows) == 20
    assert "Whole" not in str(rows)


def test_days_that_have_passed_wait_for_whoever_keeps_the_register(norbury):
    agreement = agreement_of(
        norbury, review_on=date(2026, 1, 31), ends_before=date(2026, 4, 1), is_public=True
    )
    agreement.withholdings.create(
        part="value", why="A tender runs.", review_on=date(2026, 9, 1), by=agreement.by, at=NOW
    )
    found = [(label, due) for label, due, *_ in waiting(manager_of(norbury))]
    assert found[:3] == [
        ("Urban services is in force, past its end", date(2026, 4, 1)),
        ("Urban services waits for its review", date(2026, 1, 31)),
        ("The price of Urban services is still withheld", date(2026, 9, 1)),
    ]


def client_of(body) -> Client:
    client = Client()
    client.force_login(manager_of(body))
    return client


def test_the_form_records_one_as_it_was_found_and_says_that_it_is_not_checked(norbury):
    client = client_of(norbury)
    address = reverse("agreements:record_existing", args=["norbury"])
    sent = {"name": "Care", "kind": "contract", "reference": "C-1", "members": "Lantern = friend"}
    answer = client.post(address, sent)
    assert answer.status_code == 422
    assert "'friend' is no part that the register knows" in unescape(answer.content.decode())
    sent["members"] = "Norbury Council = commissioner\nLantern = provider, charity"
    answer = client.post(address, sent, follow=True)
    html = unescape(answer.content.decode())
    assert "As recorded, not checked" in html
    assert "The record lacks" in html
    assert Agreement.objects.get().is_existing


def test_a_file_is_seen_row_by_row_before_anything_is_recorded(norbury):
    client = client_of(norbury)
    address = reverse("agreements:record_file", args=["norbury"])
    text = text_of(WHOLE, BARE, "C-3,Name,treaty")
    file = SimpleUploadedFile("ours.csv", text.encode())
    html = unescape(client.post(address, {"file": file}).content.decode())
    assert not Agreement.objects.exists()
    assert "2 agreements would be entered" in " ".join(html.split()).replace(
        "<strong>", ""
    ).replace("</strong>", "")
    assert "New to this place’s list of bodies: Lantern Care (charity)." in html
    assert "'treaty' is no kind that the register knows" in html
    html = unescape(client.post(address, {"text": text}).content.decode())
    assert Agreement.objects.count() == 2
    assert "What was set aside" in html
    answer = client.post(address, {"text": text, "aside": ""})
    aside = b"".join(answer).decode()
    assert aside.count("\n") == 2
    assert "C-3,Name,treaty,,,,,,,\"Kind: 'treaty' is no kind" in aside
    assert client.get(address, {"format": "csv"}).status_code == 200
    file = SimpleUploadedFile("other.csv", b"a,b\n")
    answer = client.post(address, {"file": file})
    assert answer.status_code == 422
    assert "The file has no column called" in answer.content.decode()
    answer = client.post(address, {"file": SimpleUploadedFile("x.csv", b"\xff\xfe\x00")})
    assert "This file is not text" in answer.content.decode()


def test_the_command_records_lists_and_shows(norbury, tmp_path):
    file = tmp_path / "ours.csv"
    file.write_text(text_of(WHOLE, "C-3,Name,treaty"))
    by = manager_of(norbury).email
    run = CliRunner().invoke
    done = run(app, ["record", str(file), "--body", "norbury", "--by", by, "--format", "json"])
    assert done.exit_code == 3, done.output
    assert "Row 3 is set aside: Kind: 'treaty'" in done.stderr
    held = json.loads(done.stdout)
    assert (len(held["entered"]), held["aside"][0]["row"]) == (1, 3)
    rows = json.loads(run(app, ["list", "--format", "json"]).stdout)["rows"]
    assert rows[0]["value_gbp"] == "1250000.50"
    shown = json.loads(run(app, ["show", str(rows[0]["id"]), "--format", "json"]).stdout)
    assert shown["outcomes"] == ["Fewer falls", "Longer at home"]
    assert "Lantern Care, provider" in run(app, ["show", str(rows[0]["id"])]).stdout
    assert "Care at home: contract, in force; lacks 5" in run(app, ["list"]).stdout
    missing = run(app, ["show", "999"])
    assert "No agreement has the number 999" in str(missing.exception)
    missing = run(app, ["record", "no.csv", "--body", "norbury", "--by", by])
    assert "no.csv cannot be read. Give the name of a CSV file." in str(missing.exception)
    file.write_bytes(b"PK\x03\x04")
    missing = run(app, ["record", str(file), "--body", "norbury", "--by", by])
    assert "This file is a workbook" in str(missing.exception)
