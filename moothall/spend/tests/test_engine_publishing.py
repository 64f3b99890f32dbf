"""Every line of a quarter comes to one end, and the ends add up to the source."""

from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.spend.engine.publishing import (
    BELOW,
    HEADER,
    PUBLISHED,
    REDACTED,
    CodeRules,
    Exclusion,
    ProofLine,
    due_on,
    ends_of,
    errata,
    proof_of,
    quarter_label,
    quarter_named,
    safe_cell,
)
from moothall.spend.engine.redaction import WITHHELD
from moothall.values.periods import Period

MONEY = pl.Decimal(38, 2)
RULES = CodeRules(
    threshold=Decimal(500),
    every_card_item=True,
    exclusions=(
        Exclusion("salaries", "Salaries", ("payroll",), ("salaries",), (), ("unknown", "")),
        Exclusion("hmrc", "Tax", ("hmrc",), (), ("other/tax",)),
    ),
)


def lines(*rows: dict) -> pl.DataFrame:
    usual = {
        "publication_id": 1,
        "name_key": 1,
        "invoice_number": None,
        "supplier_name": "Bright Build Ltd",
        "kind": "company",
        "category": None,
        "department": None,
        "service": None,
        "purpose": None,
        "category_text": None,
        "is_card": False,
        "withheld": False,
        "extra_vat": Decimal(0),
    }
    schema = {"amount": MONEY, "extra_vat": MONEY, "invoice_number": pl.String}
    schema |= dict.fromkeys(("category", "department", "service", "purpose"), pl.String)
    frame = pl.DataFrame(
        [usual | row for row in rows], schema_overrides=schema | {"category_text": pl.String}
    )
    return frame.with_columns(counted=(pl.col("amount") + pl.col("extra_vat")).cast(MONEY))


def ends(*rows: dict) -> list[str]:
    return ends_of(lines(*rows), RULES)["end"].to_list()


def test_the_threshold_is_exceeded_not_met_and_a_credit_counts_by_its_size():
    amounts = ("500.00", "500.01", "-500.00", "-500.01")
    assert ends(*({"amount": Decimal(each)} for each in amounts)) == [
        BELOW,
        PUBLISHED,
        BELOW,
        PUBLISHED,
    ]


def test_vat_that_cannot_be_recovered_counts_towards_the_threshold():
    assert ends({"amount": Decimal("450.00"), "extra_vat": Decimal("90.00")}) == [PUBLISHED]


def test_every_card_item_is_published_whatever_its_amount():
    assert ends({"amount": Decimal("1.20"), "is_card": True}) == [PUBLISHED]


def test_an_invoice_in_several_lines_is_one_item():
    part = {"amount": Decimal("300.00"), "invoice_number": "A1"}
    assert ends(part, part, {"amount": Decimal("300.00")}) == [PUBLISHED, PUBLISHED, BELOW]


def test_a_withheld_name_is_still_a_published_line():
    assert ends({"amount": Decimal("900.00"), "withheld": True}) == [REDACTED]


def test_an_agency_paid_for_salaries_is_a_supplier():
    said = {"amount": Decimal("900.00"), "purpose": "Agency salaries"}
    assert ends(said, said | {"kind": "unknown"}) == [PUBLISHED, "salaries"]


def test_a_supplier_whose_name_only_begins_like_the_tax_office_is_published():
    tax = {"amount": Decimal("900.00"), "kind": "unknown"}
    assert ends(tax | {"supplier_name": "HMRC"}, tax | {"supplier_name": "Hmrcare Ltd"}) == [
        "hmrc",
        PUBLISHED,
    ]


@given(
    st.lists(
        st.tuples(
            st.integers(-200_000, 200_000),
            st.booleans(),
            st.booleans(),
            st.sampled_from(["HMRC", "Payroll", "Bright Build Ltd", None]),
            st.sampled_from([None, "A1", "A2"]),
        ),
        min_size=1,
        max_size=30,
    )
)
def test_the_parts_always_add_up_to_the_source(rows):
    made = lines(
        *(
            {
                "amount": Decimal(pence) / 100,
                "is_card": card,
                "withheld": hidden,
                "supplier_name": name,
                "invoice_number": invoice,
                "kind": "",
            }
            for pence, card, hidden, name, invoice in rows
        )
    )
    total = sum(Decimal(row[0]) / 100 for row in rows)
    source = ProofLine("source", "source", len(rows), total, Decimal(0))
    proof = proof_of(source, ends_of(made, RULES), RULES)
    assert proof.agrees
    assert not proof_of(
        ProofLine("source", "source", len(rows) + 1, total, Decimal(0)),
        ends_of(made, RULES),
        RULES,
    ).agrees


@pytest.mark.parametrize("text", ["2026Q5", "26Q1", "2026-1", "", "Q1"])
def test_what_is_no_quarter_is_refused_with_an_example(text):
    with pytest.raises(ValueError, match="as in 2026Q1"):
        quarter_named(text)


def test_quarters_are_calendar_quarters_and_due_a_month_after():
    period = quarter_named("2026q2")
    assert period == Period(date(2026, 4, 1), date(2026, 7, 1))
    assert quarter_label(period) == "2026Q2"
    assert due_on(period, 1) == date(2026, 7, 31)
    assert due_on(quarter_named("2026Q4"), 1) == date(2027, 1, 31)


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
        ("+44 1632 960001", "'+44 1632 960001"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("Bright Build Ltd", "Bright Build Ltd"),
        ("\t=1", "'=1"),
        ("-", "-"),
        (None, ""),
    ],
)
def test_no_cell_is_taken_for_a_formula(text, cell):
    assert safe_cell(text) == cell


def row(supplier: str, reference: str, amount: str, purpose: str = "Works") -> tuple[str, ...]:
    made = (
        "Testshire",
        "15/01/2026",
        supplier,
        reference,
        amount,
        "0.00",
        "",
        "",
        "",
        purpose,
        "N",
    )
    assert len(made) == len(HEADER)
    return made


def test_errata_tell_what_was_and_what_is_now():
    old = [row("A Ltd", "1", "600.00"), row("B Ltd", "2", "700.00"), row("C Ltd", "3", "1.00")]
    new = [row("A Ltd", "1", "650.00"), row("B Ltd", "2", "700.00"), row("D Ltd", "4", "2.00")]
    told = [(each[0], each[1], each[4], each[6]) for each in errata(old, new)]
    assert told == [
        ("was", "1", "A Ltd", "600.00"),
        ("is now", "1", "A Ltd", "650.00"),
        ("removed", "2", "C Ltd", "1.00"),
        ("added", "3", "D Ltd", "2.00"),
    ]


def test_errata_never_tell_a_name_that_is_withheld_now():
    old = [row("Jo Bloggs", "1", "600.00", "For Jo"), row("Jo Bloggs", "", "70.00")]
    new = [row(WITHHELD, "1", "600.00", "")]
    told = errata(old, new, withheld={"Jo Bloggs"})
    assert len(told) == 3
    assert "Jo" not in str(told)
