from datetime import date
from decimal import Decimal

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moothall.spend.analysis import markets, summaries
from moothall.spend.analysis.cubes import words_of_categories
from moothall.spend.analysis.listing import lines_page
from moothall.spend.analysis.payments import (
    EVERYTHING,
    Filters,
    filtered,
    joined_lines,
    payments,
)
from moothall.spend.tests.little_lake import category, lake_of, line, name, rows

YEAR = Filters(starts_on=date(2025, 4, 1), ends_before=date(2026, 4, 1))
NAMES = [
    name(1, 10, "Oak Roofing", is_local=True, is_small=True),
    name(2, 10, "Oak Roofing", body_id=2),
    name(3, 20, "Elm Care", is_local=False, is_third_sector=True),
    name(4, 30, "Brackley Vale Council", kind="public_body", public_body_id=2),
    name(5, 40, "Name withheld", kind="redacted"),
]
CATEGORIES = [
    category(1, "construction/roads", "roof repair"),
    category(2, "social-care/residential", "day placement"),
    category(3, "other/precepts-and-levies", "parish precept"),
    category(4, "not-classified", "sundry"),
]
LINES = [
    line(2, "100.00", department="Highways"),
    line(3, "250.50", name_key=3, category_key=2, department="Adults", paid_on=date(2025, 6, 30)),
    line(4, "-50.50", name_key=3, category_key=2, department="Adults", paid_on=date(2025, 7, 1)),
    line(5, "1000.00", name_key=4, category_key=3, paid_on=date(2026, 3, 31)),
    line(6, "40.00", name_key=5, category_key=4, is_redacted=True, paid_on=date(2026, 4, 1)),
    line(2, "60.00", body_id=2, publication_id=2, source_id=2, name_key=2, is_card=True),
]


@pytest.fixture(scope="module")
def lake():
    return lake_of(LINES, NAMES, CATEGORIES)


def spend(lake, dimension, filters=EVERYTHING, **asked):
    return {
        row["key"]: row["spend_gbp"]
        for row in rows(summaries.spend_by(lake, dimension, filters, **asked))
    }


def test_one_supplier_is_one_row_across_bodies_and_spellings(lake):
    assert spend(lake, "supplier") == {
        30: Decimal("1000.00"),
        20: Decimal("200.00"),
        10: Decimal("160.00"),
        40: Decimal("40.00"),
    }


def test_credits_keep_their_sign_in_every_sum(lake):
    assert spend(lake, "category")["social-care/residential"] == Decimal("200.00")


def test_a_financial_year_begins_in_april(lake):
    assert spend(lake, "year") == {2025: Decimal("1360.00"), 2026: Decimal("40.00")}


def test_months_come_in_order_of_time(lake):
    assert list(spend(lake, "month")) == [
        date(2025, 5, 1),
        date(2025, 6, 1),
        date(2025, 7, 1),
        date(2026, 3, 1),
        date(2026, 4, 1),
    ]


def test_the_top_rows_keep_their_share_of_the_whole(lake):
    (row,) = rows(summaries.spend_by(lake, "supplier", top=1))
    assert row["share"] == pytest.approx(1000 / 1400)
    assert (row["total_gbp"], row["total_count"], row["key_count"]) == (Decimal("1400.00"), 6, 4)
    assert (row["label"], row["payment_count"]) == ("Brackley Vale Council", 1)


def test_bodies_are_named(lake):
    found = rows(summaries.spend_by(lake, "body"))
    assert [(row["label"], row["spend_gbp"]) for row in found] == [
        ("Ambleford", Decimal("1340.00")),
        ("Brackley Vale", Decimal("60.00")),
    ]


def test_a_department_not_published_is_a_row_of_its_own(lake):
    assert spend(lake, "department")[None] == Decimal("1100.00")


def test_spend_is_not_summed_by_a_thing_unknown(lake):
    with pytest.raises(ValueError, match="Choose one of them"):
        summaries.spend_by(lake, "colour")


@pytest.mark.parametrize(
    ("filters", "left"),
    [
        (Filters(bodies=(2,)), "60.00"),
        (Filters(publications=(1,)), "1340.00"),
        (Filters(starts_on=date(2025, 6, 30), ends_before=date(2025, 7, 1)), "250.50"),
        (Filters(starts_on=date(2025, 6, 1), ends_before=date(2025, 8, 1)), "200.00"),
        (Filters(categories=("social-care",)), "200.00"),
        (Filters(categories=("construction/roads", "other")), "1160.00"),
        (Filters(without_categories=("other/precepts-and-levies",)), "400.00"),
        (Filters(suppliers=(10, 20)), "360.00"),
        (Filters(supplier_kinds=("public_body",)), "1000.00"),
        (Filters(without_payments_to=(2,)), "400.00"),
        (Filters(departments=("Adults",)), "200.00"),
        (Filters(text="OAK roof"), "160.00"),
        (Filters(text="placement"), "200.00"),
        (Filters(text="nothing like it"), "0.00"),
        (Filters(text="50% off_"), "0.00"),
        (Filters(least_gbp=Decimal(100)), "1350.50"),
        (Filters(most_gbp=Decimal(0)), "-50.50"),
        (Filters(is_card=True), "60.00"),
        (Filters(bodies=(1,), suppliers=(10,), categories=("construction",)), "100.00"),
    ],
)
def test_each_filter_leaves_what_it_says(lake, filters, left):
    for tables in (lake, evolve(lake, cubes={})):
        (row,) = rows(summaries.totals(tables, filters))
        assert row["gross_gbp"] == Decimal(left)
    assert sum((r["amount"] for r in rows(filtered(lake, filters))), Decimal(0)) == Decimal(left)


def test_text_is_found_in_lines_where_no_words_were_gathered(lake):
    spoken = [*LINES, line(9, "7.00", purpose="Hedge LAYING", category_key=4)]
    tables = lake_of(spoken, NAMES, CATEGORIES)
    tables = evolve(tables, categories=tables.categories.drop("words"))
    (found,) = rows(filtered(tables, Filters(text="hedge lay")))
    assert found["amount"] == Decimal("7.00")


def test_words_to_search_leave_out_the_purpose_of_redacted_lines():
    spoken = [
        line(2, "1.00", purpose="Hedge laying", department="Parks"),
        line(3, "1.00", purpose="Care at home", category_key=2, is_redacted=True),
    ]
    lake = lake_of(spoken, NAMES, CATEGORIES)
    found = {row["category_key"]: row["words"] for row in rows(words_of_categories(lake.lines))}
    assert "hedge laying" in found[1]
    assert "parks" in found[1]
    assert "care" not in found[2]


def test_suppliers_are_counted_once_across_bodies(lake):
    (row,) = rows(summaries.totals(lake))
    assert row["supplier_count"] == 4
    (row,) = rows(summaries.totals(lake, with_supplier_count=False))
    assert "supplier_count" not in row


def test_joining_names_and_categories_neither_loses_nor_doubles_a_line(lake):
    joined = rows(joined_lines(lake.lines, lake.names, lake.categories))
    assert sorted(r["amount"] for r in joined) == sorted(said["amount"] for said in LINES)


def test_payments_between_the_places_own_bodies_are_taken_out_of_the_net(lake):
    lines = [*LINES, line(9, "500.00", name_key=4, category_key=1, paid_on=date(2025, 8, 1))]
    both = (1, 2)
    (row,) = rows(
        summaries.totals(
            lake_of(lines, NAMES, CATEGORIES),
            own_bodies=both,
            pass_through=("other/precepts-and-levies",),
        )
    )
    assert row["gross_gbp"] == Decimal("1900.00")
    assert row["between_own_gbp"] == Decimal("1500.00")
    assert row["net_gbp"] == Decimal("400.00")
    # The precept went to an own body: it is left out once, not twice.
    assert row["pass_through_gbp"] == Decimal("0.00")
    assert row["own_purpose_gbp"] == Decimal("400.00")


def test_what_one_body_pays_another_is_not_counted_twice_when_only_one_is_in_view(lake):
    (row,) = rows(summaries.totals(lake, Filters(bodies=(1,)), own_bodies=(1,)))
    assert row["net_gbp"] == row["gross_gbp"] == Decimal("1340.00")


def test_payments_between_own_bodies_are_listed_by_payer_and_receiver(lake):
    assert rows(summaries.between_own_bodies(lake, (1, 2))) == [
        {
            "body_id": 1,
            "public_body_id": 2,
            "spend_gbp": Decimal("1000.00"),
            "payment_count": 1,
        }
    ]


def test_without_own_bodies_nothing_is_between_them(lake):
    (row,) = rows(summaries.totals(lake))
    assert (row["between_own_gbp"], row["between_own_count"]) == (Decimal(0), 0)


def test_the_classified_share_is_of_pounds(lake):
    (row,) = rows(summaries.totals(lake))
    assert row["classified_gbp"] == Decimal("1360.00")
    assert row["classified_share"] == pytest.approx(1360 / 1400)


def test_an_empty_answer_has_totals_of_nought_and_no_share(lake):
    (row,) = rows(summaries.totals(lake, Filters(bodies=(99,)), own_bodies=(1, 2)))
    assert (row["gross_gbp"], row["payment_count"], row["classified_share"]) == (0, 0, None)


def test_local_and_third_sector_shares_come_with_what_is_known(lake):
    (row,) = rows(summaries.supplier_shares(lake, Filters(bodies=(1,))))
    assert row["is_local_gbp"] == Decimal("100.00")
    assert row["is_local_known_gbp"] == Decimal("300.00")
    assert row["is_local_share"] == pytest.approx(1 / 3)
    assert row["is_local_coverage"] == pytest.approx(300 / 1340)
    assert row["is_mutual_share"] is None


def test_a_trend_adds_up_to_the_whole(lake):
    for span in ("month", "year"):
        found = rows(summaries.spend_over_time(lake, "group", span=span))
        assert sum(row["spend_gbp"] for row in found) == Decimal("1400.00")


def test_the_newest_lines_come_first_with_supplier_and_category(lake):
    found = rows(lines_page(lake, count=2))
    assert [row["paid_on"] for row in found] == [date(2026, 4, 1), date(2026, 3, 31)]
    assert (found[1]["supplier"], found[1]["category"]) == (
        "Brackley Vale Council",
        "other/precepts-and-levies",
    )
    assert [row["row"] for row in rows(lines_page(lake, count=1, skip=1))] == [5]


def test_lines_of_one_row_number_on_two_sheets_stay_apart():
    lines = [
        line(2, "1.00", sheet="May", purpose="roof"),
        line(2, "2.00", sheet="June", name_key=3, category_key=2),
    ]
    lake = lake_of(lines, NAMES, CATEGORIES)
    (only,) = rows(lines_page(lake, Filters(text="roof")))
    assert (only["amount"], only["sheet"]) == (Decimal("1.00"), "May")


def test_concentration_leaves_out_what_is_no_supplier(lake):
    found = {row["key"]: row for row in rows(markets.concentration_by_category(lake))}
    assert set(found) == {"construction/roads", "social-care/residential"}
    assert found["construction/roads"]["hhi"] == pytest.approx(10_000)


def test_concentration_agrees_with_the_worked_example():
    amounts = ("400.00", "250.00", "150.00", "100.00", "60.00", "40.00")
    lake = lake_of(
        [line(n + 2, amount, name_key=n) for n, amount in enumerate(amounts)],
        [name(n, n, f"Supplier {n}") for n in range(6)],
        CATEGORIES,
    )
    (row,) = rows(markets.concentration_by_category(lake, top=4))
    assert row["hhi"] == pytest.approx(2602.0)
    assert row["top_share"] == pytest.approx(0.9)
    assert row["effective_supplier_count"] == pytest.approx(3.843, abs=0.0005)
    assert row["identified_share"] == pytest.approx(1.0)


def test_what_two_bodies_buy_from_one_supplier_could_be_bought_together(lake):
    (row,) = rows(markets.bought_together(lake, "supplier", discount_per_doubling=0.05))
    assert (row["label"], row["body_count"]) == ("Oak Roofing", 2)
    assert (row["spend_gbp"], row["largest_gbp"]) == (Decimal("160.00"), Decimal("100.00"))
    saving = 160 * (1 - (160 / 100) ** -0.0740006)
    assert row["volume_saving_estimate_gbp"] == pytest.approx(saving, rel=1e-5)


def test_public_bodies_and_unclassified_spend_are_no_joint_purchase(lake):
    found = rows(markets.bought_together(lake, "category", discount_per_doubling=0.05))
    assert [row["key"] for row in found] == ["construction/roads"]
    with pytest.raises(ValueError, match="supplier, category or group"):
        markets.bought_by_body(lake, "department")


lines_drawn = st.lists(
    st.tuples(
        st.integers(-(10**9), 10**9),
        st.dates(date(2024, 1, 1), date(2026, 12, 31)),
        st.sampled_from([1, 3, 4, 5]),
        st.integers(1, 4),
        st.sampled_from(["Adults", "Highways", None]),
    ),
    min_size=1,
    max_size=30,
)


@pytest.mark.parametrize(
    ("filters", "wanted", "cube"),
    [
        (Filters(), {"category", "month"}, "cube_categories"),
        (YEAR, {"supplier_id"}, "cube_years"),
        (Filters(starts_on=date(2025, 4, 1), suppliers=(10,)), {"body_id"}, "cube_years"),
        (YEAR, {"department"}, "cube_months"),
        (Filters(ends_before=date(2025, 10, 1)), {"supplier_id"}, "cube_names"),
        (evolve(YEAR, categories=("other",)), {"supplier_id"}, "cube_names"),
        (Filters(starts_on=date(2025, 4, 2)), {"supplier_id"}, None),
    ],
)
def test_the_smallest_cube_that_can_answer_is_asked(lake, filters, wanted, cube):
    for left_out in lake.cubes:
        others = {name: table for name, table in lake.cubes.items() if name != left_out}
        chosen = payments(evolve(lake, cubes=others), frozenset(wanted), filters)
        is_another = not chosen.equals(payments(lake, frozenset(wanted), filters))
        assert is_another == (left_out == cube)


@settings(deadline=None, max_examples=6, suppress_health_check=[HealthCheck.too_slow])
@given(
    drawn=lines_drawn,
    body=st.booleans(),
    code=st.sampled_from([(), ("other",)]),
    ends_before=st.sampled_from([date(2026, 4, 1), date(2026, 10, 1)]),
)
def test_cubes_answer_as_the_lines_do(drawn, body, code, ends_before):
    lake = lake_of(
        [
            line(
                n + 2,
                f"{pence / 100:.2f}",
                paid_on=day,
                name_key=name_key,
                category_key=category_key,
                department=department,
            )
            for n, (pence, day, name_key, category_key, department) in enumerate(drawn)
        ],
        NAMES,
        CATEGORIES,
    )
    plain = evolve(lake, cubes={})
    filters = Filters(
        bodies=(1,) if body else (),
        categories=code,
        starts_on=date(2024, 4, 1),
        ends_before=ends_before,
    )
    whole = sum(r["amount"] for r in rows(filtered(lake, filters)))
    for dimension in summaries.DIMENSIONS:
        from_cube = rows(summaries.spend_by(lake, dimension, filters))
        assert from_cube == rows(summaries.spend_by(plain, dimension, filters))
        assert sum(r["spend_gbp"] for r in from_cube) == whole
    own = {"own_bodies": (1, 2), "pass_through": ("other",)}
    assert rows(summaries.totals(lake, filters, **own)) == rows(
        summaries.totals(plain, filters, **own)
    )
