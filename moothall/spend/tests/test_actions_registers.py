"""Registers are loaded whole, tell of suppliers by number or a telling name, and go again."""

import csv
import lzma
from datetime import date

import pytest
import xlsxwriter
from django.utils import timezone

from moothall.core import lake
from moothall.core.models import AuditEntry
from moothall.core.permissions import Viewer
from moothall.directory.models import Role
from moothall.directory.tests.factories import (
    AlternativeNameFactory,
    OrganisationFactory,
    PersonFactory,
    RoleHeldFactory,
)
from moothall.places.tests.factories import LocalPostcodeFactory
from moothall.spend.actions.loading import load_files
from moothall.spend.actions.projecting import project
from moothall.spend.actions.registers import (
    CannotLoadRegister,
    load_register,
    remove_register,
)
from moothall.spend.engine.register_rows import is_small_firm, postcode_in, society_number
from moothall.spend.feeds.reading import CannotRead
from moothall.spend.feeds.registers import read_register
from moothall.spend.models import Register, RegisterAside, RegisterEntry
from moothall.spend.queries.registers import register_list, register_words_on

pytestmark = pytest.mark.django_db
DAY = date(2026, 4, 1)


@pytest.fixture(autouse=True)
def a_lake_of_its_own(settings, tmp_path):
    settings.HOME = tmp_path / "home"
    lake._generation.cache_clear()  # generations begin at 1 again in each test


HEADER = ["Organisation name", "Company number", "Charity number", "Postcode", "Legal form", "SME"]
ROWS = [
    ["Brackwater Homes Ltd", "1234567", "", "BB5 1AA", "Private limited company", "Yes"],
    ["The Lantern Trust", "NA", "1099887", "bb51ab", "Charity", ""],
    ["Ashmere Foods Co-operative", "IP012345", "", "PR1 2AB", "Registered society", "no"],
    ["", "7654321", "", "", "", ""],
    ["", "", "", "", "", ""],
    HEADER,
    ["The Lantern Trust", "", "1099887", "BB5 1AB", "Charity", ""],
]
SPEND = [
    ["Date", "Supplier name", "Company number", "Net amount"],
    ["01/04/2025", "BRACKWATER HOMES", "01234567", "1000.00"],
    ["02/04/2025", "LANTERN TRUST", "", "500.00"],
    ["03/04/2025", "MR JOHN SMITH", "", "250.00"],
    ["04/04/2025", "Somebody Else Ltd", "", "100.00"],
]


def file_of(tmp_path, rows, name="register.csv"):
    path = tmp_path / name
    with path.open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows(rows)
    return path


def load(path, name="Organisations", **said):
    return load_register(path, name=name, by=None, at=timezone.now(), **said)


def spend_loaded(tmp_path, rows=SPEND, body=None):
    body = body or OrganisationFactory(name="Ashmere Council")
    path = file_of(tmp_path, rows, name="april.csv")
    load_files([path], body=body, by=None, at=timezone.now(), sharing="PUBLIC")
    project(at=timezone.now())
    return body


def names():
    held = lake.payments_for(Viewer.operator()).names.to_pyarrow().to_pylist()
    return {row["supplier_name"]: row for row in held}


def test_every_row_of_a_register_is_kept_or_set_aside_with_a_reason(tmp_path):
    register = load(file_of(tmp_path, [HEADER, *ROWS]))
    assert (register.rows_read, register.rows_kept, register.rows_set_aside) == (6, 3, 3)
    assert register.rows_blank == 1
    said = dict(RegisterAside.objects.values_list("reason", "sentence"))
    assert said["no_name"] == "The column “Organisation name” names nobody on this row."
    assert said["repeated_header"].startswith("The header is repeated on this row")
    assert "the organisation of row 3 again" in said["repeated_organisation"]
    (row,) = register_list()
    assert (row.company_number_count, row.charity_number_count, row.postcode_count) == (2, 1, 3)
    assert (row.size_count, row.third_sector_count, row.mutual_count) == (2, 2, 1)


def test_what_a_register_says_reaches_the_suppliers_and_leaves_with_it(tmp_path):
    spend_loaded(tmp_path)
    LocalPostcodeFactory(prefix="BB5")
    assert names()["BRACKWATER HOMES"]["is_local"] is None
    load(file_of(tmp_path, [HEADER, *ROWS]))
    known = names()
    homes, trust = known["BRACKWATER HOMES"], known["LANTERN TRUST"]
    assert (homes["is_local"], homes["is_small"], homes["is_third_sector"]) == (True, True, None)
    assert (trust["is_local"], trust["is_third_sector"]) == (True, True)
    assert known["Somebody Else Ltd"]["is_local"] is None
    remove_register(name="organisations", by=None, at=timezone.now())
    assert names()["BRACKWATER HOMES"]["is_local"] is None
    assert not RegisterEntry.objects.exists()
    assert not Register.objects.exists()


def test_a_name_in_a_register_never_uncovers_a_person(tmp_path):
    spend_loaded(tmp_path)
    load(file_of(tmp_path, [HEADER, ["John Smith", "09998887", "", "BB5 1AA", "", ""]]))
    person = names()["MR JOHN SMITH"]
    assert person["public_name"] is None
    assert person["is_local"] is None


def test_a_registered_number_shows_that_a_persons_name_is_a_companys(tmp_path):
    rows = [*SPEND[:1], ["01/04/2025", "JOHN SMITH", "09998887", "1000.00"]]
    spend_loaded(tmp_path, rows)
    assert names()["JOHN SMITH"]["public_name"] is None
    load(file_of(tmp_path, [HEADER, ["Smith Holdings Ltd", "09998887", "", "", "", ""]]))
    assert names()["JOHN SMITH"]["public_name"] == "JOHN SMITH"


def test_a_charity_number_beside_the_payment_tells_without_a_register(tmp_path):
    header = ["Date", "Supplier name", "Charity number", "Net amount"]
    spend_loaded(tmp_path, [header, ["01/04/2025", "Lantern House", "1099887", "10.00"]])
    assert names()["Lantern House"]["is_third_sector"] is True


def test_loading_again_replaces_the_whole_register(tmp_path):
    load(file_of(tmp_path, [HEADER, *ROWS]))
    again = load(file_of(tmp_path, [HEADER, ROWS[0]]), name="ORGANISATIONS")
    assert Register.objects.get() == again
    assert RegisterEntry.objects.get().name == "Brackwater Homes Ltd"
    assert not RegisterAside.objects.exists()
    entry = AuditEntry.objects.filter(did="spend.register_loaded").last()
    assert '"entries_replaced":3' in entry.detail
    assert "Brackwater" not in entry.detail


def test_a_register_that_cannot_be_read_leaves_the_old_one(tmp_path):
    load(file_of(tmp_path, [HEADER, *ROWS]))
    with pytest.raises(CannotLoadRegister, match="none of its first rows heads a column"):
        load(file_of(tmp_path, [["When", "How much"], ["1", "2"]]))
    with pytest.raises(CannotLoadRegister, match="is empty"):
        load(file_of(tmp_path, []))
    assert RegisterEntry.objects.count() == 3


def test_who_may_not_load_spend_anywhere_may_not_load_a_register(tmp_path):
    path = file_of(tmp_path, [HEADER, *ROWS])
    auditor = RoleHeldFactory(role=Role.INTERNAL_AUDITOR.value).person
    for person in (PersonFactory(), auditor):
        with pytest.raises(CannotLoadRegister, match="Only a finance officer"):
            load_register(path, name="X", by=person, at=timezone.now())
        with pytest.raises(CannotLoadRegister, match="You cannot remove a register"):
            remove_register(name="X", by=person, at=timezone.now())
    officer = RoleHeldFactory(role=Role.FINANCE_OFFICER.value).person
    assert load_register(path, name="X", by=officer, at=timezone.now()).loaded_by == officer


def test_a_register_has_a_name_and_says_known_things(tmp_path):
    path = file_of(tmp_path, [HEADER, *ROWS])
    with pytest.raises(CannotLoadRegister, match="at most 80 letters"):
        load(path, name=" ")
    with pytest.raises(CannotLoadRegister, match="nice is not something said of a register"):
        load(path, every=["nice"])
    with pytest.raises(CannotLoadRegister, match="No register is called Nothing"):
        remove_register(name="Nothing", by=None, at=timezone.now())


def test_what_holds_for_every_organisation_can_be_said(tmp_path):
    load(file_of(tmp_path, [["Organisation name"], ["Ashmere Parish"]]), every=["public-body"])
    entry = RegisterEntry.objects.get()
    assert (entry.is_public_body, entry.is_small, entry.is_mutual) == (True, False, False)


def test_a_workbook_and_a_compressed_file_are_registers_too(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "list.xlsx") as book:
        sheet = book.add_worksheet("Organisations")
        for number, row in enumerate([["A list of organisations"], [], HEADER, *ROWS[:3]]):
            sheet.write_row(number, 0, row)
    words = register_words_on(DAY)
    assert read_register(tmp_path / "list.xlsx", words=words).rows_kept == 3
    plain = file_of(tmp_path, [HEADER, *ROWS]).read_bytes()
    (tmp_path / "list.csv.xz").write_bytes(lzma.compress(plain))
    assert read_register(tmp_path / "list.csv.xz", words=words).rows_kept == 3


def test_a_list_of_peoples_names_is_no_register(tmp_path):
    path = file_of(tmp_path, [["Job title", "Name"], ["Director", "Somebody"]])
    with pytest.raises(CannotRead, match="heads a column of organisations"):
        read_register(path, words=register_words_on(DAY))


def test_a_societys_plain_number_is_not_a_company_number():
    assert society_number("525R") == "IP00525R"
    assert society_number("30113R") == "IP30113R"
    assert society_number("7123") is None
    assert society_number("12C") is None


def test_small_takes_few_staff_and_either_measure_of_money():
    rule = register_words_on(DAY).small_firm
    assert is_small_firm(249, 44_000_000, None, rule) is True
    assert is_small_firm(249, 44_000_001, 38_000_000, rule) is True
    assert is_small_firm(249, 44_000_001, 38_000_001, rule) is False
    assert is_small_firm(249, 44_000_001, None, rule) is None
    assert is_small_firm(250, 1, 1, rule) is False
    assert is_small_firm(None, 1, 1, rule) is None
    assert register_words_on(date(2024, 1, 1)).small_firm is None
    assert is_small_firm(1, 1, 1, None) is None


def test_a_postcode_is_found_in_its_cell():
    assert postcode_in("12 High Street, Ashmere, bb5  1aa") == "BB5 1AA"
    assert postcode_in("none") == ""


def test_later_accounts_outweigh_earlier_and_equals_that_differ_say_nothing(tmp_path):
    header = ["Organisation name", "Identifier", "Employees", "Turnover", "Year end date"]
    rows = [
        ["Ashmere Bakers", "R1", "10", "100", "2020-03-31"],
        ["Ashmere Bakers", "R1", "400", "100", "2021-03-31"],
        ["Brackwater Mill", "R2", "10", "100", "2021-03-31"],
        ["Brackwater Mill", "R2", "400", "100", "2021-03-31"],
    ]
    read = read_register(file_of(tmp_path, [header, *rows]), words=register_words_on(DAY))
    assert [entry.is_small for entry in read.entries] == [False, None]


def test_a_name_shared_by_two_bodies_of_the_place_is_neither(tmp_path):
    for number in (1, 2):
        body = OrganisationFactory(name=f"Body {number}")
        AlternativeNameFactory(organisation=body, name="Lantern Trust")
    spend_loaded(tmp_path, body=body)
    assert names()["LANTERN TRUST"]["public_body_id"] is None
    one = OrganisationFactory(name="Somebody Else")
    project(at=timezone.now())
    # A company of that name is not the body.
    assert names()["Somebody Else Ltd"]["public_body_id"] is None
    AlternativeNameFactory(organisation=one, name="Somebody Else Ltd")
    project(at=timezone.now())
    assert names()["Somebody Else Ltd"]["public_body_id"] == one.pk
