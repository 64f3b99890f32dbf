"""Does each column go to its field by its header and the look of its values together?"""

import pytest

from moothall.spend.engine.headers import header_in
from moothall.spend.engine.mapping import proposed_mapping
from moothall.spend.feeds.column_rules import date_meanings, synonyms


def mapping_of(header, *data, confirmed=None):
    rows = list(
        enumerate([list(header), *map(list, data)] if header else list(map(list, data)), start=1)
    )
    found = header_in(rows, synonyms())
    return proposed_mapping(
        found,
        rows[found.position + 1 :],
        synonyms=synonyms(),
        date_meanings=date_meanings(),
        confirmed=confirmed,
    )


def headers_of(mapping):
    return {name: column.header for name, column in mapping.columns.items()}


FIRMS = ["Able Ltd", "Baker Plc", "Cable Ltd", "Dray Limited", "Eagle Ltd", "Fern Ltd"]


def test_the_publisher_is_not_the_supplier():
    data = [["The Borough of Ashby", firm, "01/04/2020", "12.50"] for firm in FIRMS]
    mapping = mapping_of(["Supplier", "Beneficiary Name", "Payment Date", "Amount"], *data)
    assert headers_of(mapping)["supplier_name"] == "Beneficiary Name"


def test_a_publisher_s_web_address_is_not_the_supplier():
    data = [["http://example.org/ashby", firm, "01/04/2020", "12.50"] for firm in FIRMS]
    mapping = mapping_of(["Supplier Name", "Name", "Payment Date", "Amount"], *data)
    assert headers_of(mapping)["supplier_name"] == "Name"


def test_of_two_columns_called_supplier_name_the_one_of_numbers_is_the_id():
    data = [["01/04/2020", str(4000 + place), firm, "12.50"] for place, firm in enumerate(FIRMS)]
    mapping = mapping_of(["Date", "Supplier Name", "Supplier Name", "Amount"], *data)
    assert mapping.index_of("supplier_name") == 2
    assert mapping.index_of("supplier_ref") == 1


def test_a_column_called_an_id_may_hold_the_names():
    data = [["01/04/2020", firm, "12.50"] for firm in FIRMS]
    mapping = mapping_of(["Date", "Supplier ID(T)", "Amount"], *data)
    assert mapping.index_of("supplier_name") == 1


def test_irrecoverable_vat_is_not_the_amount_even_when_it_comes_first():
    data = [["01/04/2020", firm, "0.00", "12.50"] for firm in FIRMS]
    mapping = mapping_of(
        ["Payment Date", "Beneficiary Name", "Irrecoverable VAT Amount", "Amount"], *data
    )
    assert mapping.index_of("amount") == 3
    assert mapping.index_of("irrecoverable_vat") == 2


def test_of_gross_vat_and_net_the_amount_is_net():
    data = [["01/04/2020", firm, "12.00", "2.00", "10.00"] for firm in FIRMS]
    mapping = mapping_of(["Date", "Supplier", "Gross", "VAT", "Net"], *data)
    assert headers_of(mapping)["amount"] == "Net"
    assert headers_of(mapping)["gross"] == "Gross"
    assert headers_of(mapping)["vat"] == "VAT"


def test_a_gross_amount_is_taken_when_there_is_no_other():
    data = [["01/04/2020", firm, "12.00"] for firm in FIRMS]
    assert mapping_of(["Date", "Supplier", "Gross"], *data).index_of("amount") == 2


@pytest.mark.parametrize(
    ("header", "meaning"),
    [
        ("Date Paid", "paid"),
        ("Clearing Date", "cleared"),
        ("GL Date", "posted"),
        ("Invoice GL Date", "posted"),
        ("Invoice Date", "invoiced"),
        ("Date", "unknown"),
    ],
)
def test_the_header_says_what_the_date_means(header, meaning):
    data = [["01/04/2020", firm, "12.00"] for firm in FIRMS]
    assert mapping_of([header, "Supplier", "Amount"], *data).date_meaning == meaning


def test_columns_without_a_header_are_told_apart_by_their_values_and_doubted():
    data = [
        [
            "ENVS - Environment",
            "",
            f"CR{900 + place}",
            "",
            firm,
            "",
            f"0{place + 1}/04/2025",
            "",
            "4,072.51",
        ]
        for place, firm in enumerate(FIRMS)
    ]
    mapping = mapping_of(None, *data)
    assert {name: column.index for name, column in mapping.columns.items()} == {
        "paid_on": 6,
        "amount": 8,
        "supplier_name": 4,
        "purpose": 0,
        "transaction_ref": 2,
    }
    assert "no header" in mapping.doubts[0]


def test_a_column_named_like_a_date_that_holds_none_is_left_out_with_a_doubt():
    data = [["00:00:00", firm, "12.00"] for firm in FIRMS]
    mapping = mapping_of(["Paid Date", "Supplier", "Amount"], *data)
    assert mapping.index_of("paid_on") is None
    assert any('"Paid Date"' in doubt for doubt in mapping.doubts)


def test_what_a_person_confirmed_wins_where_its_headers_stand():
    header = ["Date", "Supplier", "Amount", "Value"]
    data = [["01/04/2020", firm, "12.00", "10.00"] for firm in FIRMS]
    first = mapping_of(header, *data)
    assert headers_of(first)["amount"] == "Amount"
    corrected = mapping_of(
        header,
        *data,
        confirmed=type(first)(
            {**first.columns, "amount": type(first.columns["amount"])(3, "Value")}, first.headers
        ),
    )
    assert headers_of(corrected)["amount"] == "Value"
    moved = mapping_of(
        ["Value", "Date", "Supplier", "Amount"],
        *[["10.00", "01/04/2020", firm, "12.00"] for firm in FIRMS],
        confirmed=corrected,
    )
    assert moved.index_of("amount") == 0


def test_an_extract_of_payables_is_known_by_its_columns():
    header = [
        "Invoice Number",
        "Invoice Date",
        "Received Date",
        "Payment Date",
        "Supplier Name",
        "Supplier Number",
        "Net Amount",
        "VAT Amount",
        "Gross Amount",
        "PO Number",
        "Cost Centre",
    ]
    data = [
        [
            f"INV{place}",
            "20/03/2020",
            "25/03/2020",
            "01/04/2020",
            firm,
            f"S{place}",
            "10.00",
            "2.00",
            "12.00",
            "PO1",
            "C100",
        ]
        for place, firm in enumerate(FIRMS)
    ]
    mapping = mapping_of(header, *data)
    assert mapping.kind == "ap_extract"
    assert headers_of(mapping)["paid_on"] == "Payment Date"
    assert headers_of(mapping)["invoice_date"] == "Invoice Date"


def test_merchant_categories_make_it_a_file_of_cards():
    data = [["01/04/2020", firm, "12.00", "Grocery Stores"] for firm in FIRMS]
    assert (
        mapping_of(
            ["Transaction Date", "Supplier Name", "Net Amount", "Merchant Category"], *data
        ).kind
        == "cards"
    )
