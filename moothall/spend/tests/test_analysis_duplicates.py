from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from moothall.spend.analysis.comparability import what_bodies_include
from moothall.spend.analysis.duplicates import (
    duplicate_suspects,
    line_item_sources,
    payments_as_made,
    plain_reference_of,
)
from moothall.spend.engine.comparability import Included, comparability_cautions
from moothall.spend.engine.duplicates import Payment, duplicate_candidates, plain_reference
from moothall.spend.tests.little_lake import category, lake_of, line, name, rows

NAMES = [name(n, n, f"Supplier {n}") for n in (1, 2, 3)] + [
    name(4, 4, "Name withheld", kind="redacted")
]
CATEGORIES = [category(1, "construction/roads")]


def lake(lines):
    return lake_of(lines, NAMES, CATEGORIES, with_cubes=False)


def suspects(lines, **asked):
    asked = {"within_days": 7, "highest_vat_rate": 0.2} | asked
    return rows(duplicate_suspects(lake(lines), **asked))


def judged(found):
    payments = [
        Payment(
            line=row["row"],
            body_id=row["body_id"],
            supplier=row["supplier_id"],
            reference=row["reference"],
            amount_gbp=row["amount_gbp"],
            paid_on=row["paid_on"],
            vat_gbp=row["vat_gbp"],
            net_gbp=row["net_gbp"],
        )
        for row in found
    ]
    candidates = duplicate_candidates(
        payments, within_days=7, vat_rate_on=lambda _day: Decimal("0.2")
    )
    return {(c.key, c.status.value, c.lines) for c in candidates}


WORKED = [
    line(1, "500.00", name_key=1, transaction_ref="INV-100", paid_on=date(2025, 4, 1)),
    line(2, "500.00", name_key=1, transaction_ref="INV100", paid_on=date(2025, 5, 1)),
    line(3, "240.00", name_key=2, transaction_ref="A7", paid_on=date(2025, 4, 1)),
    line(4, "240.00", name_key=2, transaction_ref="A7", paid_on=date(2025, 5, 1)),
    line(5, "-240.00", name_key=2, transaction_ref="A7", paid_on=date(2025, 6, 1)),
    line(6, "240.00", name_key=3, transaction_ref="A7", paid_on=date(2025, 6, 2)),
]


def test_the_lake_hands_the_worked_example_to_the_engine_whole():
    quiet = [
        line(7, "12.00", name_key=1, transaction_ref="Z1"),
        line(8, "13.00", name_key=2, transaction_ref="Z2"),
    ]
    found = suspects([*WORKED, *quiet])
    assert [row["row"] for row in found] == [1, 3, 2, 4, 5, 6]
    assert judged(found) == {
        ("d", "open", (1, 2)),
        ("a", "resolved", (3, 4)),
        ("c", "review", (4, 6)),
    }


def test_redacted_names_are_not_asked_about():
    twice = {"name_key": 4, "is_redacted": True, "transaction_ref": "R1"}
    assert suspects([line(1, "9.00", **twice), line(2, "9.00", **twice)]) == []


def test_vat_above_the_rate_is_found():
    over = line(1, "100.00", vat=Decimal("25.00"), transaction_ref="V1")
    fair = line(2, "101.00", vat=Decimal("20.20"), transaction_ref="V2")
    found = suspects([over, fair])
    assert [row["row"] for row in found] == [1]
    assert judged(found) == {("e", "open", (1,))}


def test_an_invoice_number_goes_before_the_bodys_own_reference():
    found = suspects(
        [
            line(1, "70.00", transaction_ref="P1", invoice_number="I9", paid_on=date(2025, 4, 1)),
            line(2, "70.00", transaction_ref="P2", invoice_number="I9", paid_on=date(2025, 6, 1)),
        ]
    )
    assert judged(found) == {("a", "open", (1, 2))}


def items(source, first_row, *, days=0):
    """A hundred and twenty items of thirty baskets, four alike in each."""
    return [
        line(
            first_row + n,
            "1.10",
            source_id=source,
            transaction_ref=f"B{n // 4}",
            paid_on=date(2025, 4, 1 + days),
        )
        for n in range(120)
    ]


def test_a_source_that_prints_items_is_asked_about_whole_payments():
    found = rows(payments_as_made(lake(items(1, 2))))
    assert len(found) == 30
    assert {(row["amount_gbp"], row["line_count"]) for row in found} == {(Decimal("4.40"), 4)}
    # Thirty baskets of one price a week are no repeats by reference.
    assert all(key == "b" for key, *_rest in judged(suspects(items(1, 2))))


def test_a_basket_paid_again_in_another_source_is_found():
    again = [row for row in items(2, 2, days=20) if row["transaction_ref"] == "B7"]
    found = suspects([*items(1, 2), *items(2, 200, days=20)][:120] + again)
    assert any(key == "a" for key, *_rest in judged(found))


def test_few_lines_do_not_make_a_source_of_items():
    asked = {"least_lines": 100, "least_share": 0.05}
    assert rows(line_item_sources(lake(items(1, 2)).lines, **asked)) == [{"source_id": 1}]
    assert rows(line_item_sources(lake(WORKED).lines, **asked)) == []


lines_drawn = st.lists(
    st.tuples(
        st.sampled_from([1, 2, 3]),
        st.sampled_from(["A1", "a-1", "OO7", "7", " ", None]),
        st.sampled_from(["40.00", "75.00", "-40.00", "-75.00", "0.00"]),
        st.dates(date(2025, 4, 1), date(2025, 5, 10)),
    ),
    min_size=1,
    max_size=14,
)


@settings(deadline=None, max_examples=12)
@given(lines_drawn)
def test_narrowing_in_the_lake_loses_no_candidate(drawn):
    tables = lake(
        line(n + 1, amount, name_key=key, transaction_ref=reference, paid_on=day)
        for n, (key, reference, amount, day) in enumerate(drawn)
    )
    narrowed = rows(duplicate_suspects(tables, within_days=7, highest_vat_rate=0.2))
    assert judged(narrowed) == judged(rows(payments_as_made(tables)))


def test_both_rooms_dress_down_a_reference_alike():
    references = ["inv-1OO", "000123", "O0123", "--", "a b/c.9", "ÉTÉ 5", "0", "INV 100 "]
    tables = lake(
        line(n, "1.00", transaction_ref=reference) for n, reference in enumerate(references, 1)
    )
    asked = tables.lines.select(
        "transaction_ref", plain=plain_reference_of(tables.lines.transaction_ref)
    )
    for row in rows(asked):
        assert row["plain"] == plain_reference(row["transaction_ref"]), row


def test_what_each_body_includes_is_counted_in_its_own_lines():
    lines = [
        line(1, "100.00", is_card=True),
        line(2, "300.00", date_meaning="posted"),
        line(3, "-50.00", is_redacted=True, date_basis="file period"),
        line(4, "900.00", irrecoverable_vat=Decimal("1.00"), capital_revenue="capital"),
        line(1, "600.00", body_id=2, publication_id=2, source_id=2, transaction_ref="T1"),
    ]
    first, second = rows(what_bodies_include(lake(lines), thresholds_gbp=(250, 500)))
    assert (first["below_lower_share"], first["below_upper_share"]) == (1 / 3, 2 / 3)
    assert (first["card_share"], first["credit_share"], first["redacted_share"]) == (0.25,) * 3
    assert first["redacted_gbp_share"] == -50 / 1250
    assert (first["posted_share"], first["paid_share"]) == (0.25, 0.75)
    assert (first["vat_column_share"], first["capital_share"]) == (0.25, 0.25)
    assert (first["file_date_share"], second["reference_share"]) == (0.25, 1.0)
    assert (second["below_upper_share"], second["month_count"]) == (0.0, 1)


def included(body_id, body, **said):
    usual = {
        "below_lower_share": 0.0,
        "below_upper_share": 0.0,
        "credit_share": 0.1,
        "card_share": 0.0,
        "redacted_share": 0.0,
        "redacted_gbp_share": 0.0,
        "file_date_share": 0.0,
        "vat_column_share": 0.0,
        "month_count": 12,
        "first_on": date(2025, 4, 1),
        "last_on": date(2026, 3, 31),
        "date_meaning_shares": {"paid": 1.0},
    }
    return Included(body_id=body_id, body=body, **(usual | said))


def cautions(*bodies):
    found = comparability_cautions(bodies, thresholds_gbp=(250, 500), some=0.02, much_redacted=0.1)
    return {caution.code: caution.sentence for caution in found}


def test_bodies_alike_call_for_no_caution():
    assert cautions(included(1, "Ambleford"), included(2, "Brackley Vale")) == {}
    assert cautions(included(1, "Ambleford", redacted_gbp_share=0.5)) == {}


def test_a_body_below_both_thresholds_is_told_of_once():
    found = cautions(
        included(1, "Ambleford"),
        included(2, "Brackley Vale", below_lower_share=0.4, below_upper_share=0.6),
    )
    assert "threshold" in found
    assert "lower_threshold" not in found


def test_each_way_of_differing_is_said_in_a_sentence():
    found = cautions(
        included(1, "Ambleford"),
        included(
            2,
            "Brackley Vale",
            below_lower_share=0.4,
            below_upper_share=0.6,
            credit_share=0.0,
            card_share=0.1,
            redacted_gbp_share=0.25,
            file_date_share=1.0,
            vat_column_share=0.5,
            month_count=11,
            date_meaning_shares={"posted": 0.9, "paid": 0.1},
        ),
        included(3, "Cold Ash", below_upper_share=0.6),
    )
    assert set(found) == {
        *("threshold", "lower_threshold", "cards", "credits", "vat", "file_dates"),
        *("redaction", "date_meaning", "months"),
    }
    assert found["threshold"] == (
        "Brackley Vale and Cold Ash publish payments below £500; Ambleford do not. "
        "Compare payments of £500 and more."
    )
    assert "Brackley Vale 25% of pounds" in found["redaction"]
    assert "Compare years, not months" in found["date_meaning"]
