"""Is the header found wherever it stands, and another kind of dataset known by its columns?"""

import pytest

from moothall.spend.engine.headers import NO_HEADER, header_in, other_dataset, plain_header
from moothall.spend.feeds.column_rules import other_datasets, synonyms

DATA = (
    ["Parks", "01/04/2023", "A Firm Ltd", "12.00"],
    ["Roads", "02/04/2023", "B Firm Ltd", "-3.00"],
)
HEADER = ["Service", "Payment Date", "Supplier Name", "Net Amount (£)"]


def rows_of(*rows):
    return list(enumerate(map(list, rows), start=1))


@pytest.mark.parametrize(
    ("cell", "plain"),
    [
        ("Net Amount(£)", "net amount"),
        ("Net Amount(œ)", "net amount"),
        ("Net Amount(\ufffd)", "net amount"),
        (" NetAmount ", "net amount"),
        ("BeneficiaryName", "beneficiary name"),
        ("VATRegistrationNumber", "vat registration number"),
        ("ï»¿Directorate", "directorate"),
        ("* SUPPLIER FINAL", "supplier final"),
        ("Supplier ID(T)", "supplier id t"),
        ("Name:  ", "name"),
    ],
)
def test_damage_and_style_vanish_from_a_header(cell, plain):
    # The pound of DOS, read as cp1252, leaves no letter of ours.
    assert plain_header(cell) == plain


def test_the_header_is_found_under_titles_and_statements():
    preamble = [
        ["Payments over £500"],
        [],
        ["SELECT payment date", "FROM ledger"],
        ["Report Date: 02/07/2012"],
    ]
    header = header_in(rows_of(*preamble, HEADER, *DATA), synonyms())
    assert header.row == 5
    assert header.cells == tuple(HEADER)


def test_a_pivot_table_s_upper_header_is_not_taken_for_the_lower():
    rows = rows_of(
        ["Sum of Invoice Nett Amount", ""], ["Supplier Name", "Total"], ["A Firm Ltd", "12.00"]
    )
    assert header_in(rows, synonyms()).row == 2


def test_rows_of_data_are_never_a_header():
    assert header_in(rows_of(*DATA), synonyms()) == NO_HEADER


def test_a_contracts_register_is_another_dataset_and_payments_are_not():
    register = [
        "Contract Reference",
        "Title",
        "Supplier",
        "Contract Start Date",
        "Contract End Date",
        "Value",
    ]
    assert other_dataset(register, synonyms(), other_datasets()) == "contracts register"
    assert other_dataset(HEADER, synonyms(), other_datasets()) is None
