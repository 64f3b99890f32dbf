"""What joins two names, what never does, and what a person is asked."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moothall.core.rules import rules_of
from moothall.spend.engine.matching import RECORD_COLUMNS, Matches, matches
from moothall.spend.engine.name_agreement import truncation_caps
from moothall.spend.engine.names import NameWords
from moothall.spend.engine.registration_numbers import (
    charity_number,
    company_number,
    supplier_ref,
    vat_number,
)

WORDS = NameWords.in_force(rules_of("spend", "name_words"), date(2026, 1, 1))
FIELDS = dict(zip(RECORD_COLUMNS, [pl.Int64, pl.Int64, *[pl.String] * 5, pl.Int64], strict=True))
VAT, OTHER_VAT = "GB 100 0000 34", "200000026"  # made up; their check digits hold


def record(key, name, body=1, ref=None, vat=None, company=None, charity=None, pence=100):
    return (key, body, name, ref, vat, company, charity, pence)


def matched(*records, **how) -> Matches:
    return matches(pl.DataFrame(records, schema=FIELDS, orient="row"), words=WORDS, **how)


def suppliers(found: Matches) -> set[frozenset[int]]:
    rows = found.suppliers.group_by("supplier_key").agg("name_key")["name_key"].to_list()
    return {frozenset(keys) for keys in rows}


def queued(found: Matches) -> set[frozenset[int]]:
    return {
        frozenset(pair) for pair in found.candidates.select("left_key", "right_key").iter_rows()
    }


def test_the_made_up_vat_numbers_hold():
    assert vat_number(VAT)
    assert vat_number(OTHER_VAT)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Quillmarsh Paving Ltd", "QUILLMARSH PAVING LIMITED"),
        ("Quillmarsh & Holstead Ltd", "QUILLMARSH AND HOLSTEAD LTD."),
        ("Quillmarsh Paving Ltd", "Quillmarsh Paving Ltd t/a Dunbury Stone"),
        ("Quillmarsh Paving Ltd", "QUILLMARSH PAVING LTD IN ADMINISTRATION"),
        ("Dunbury Stone Masons", "Quillmarsh Paving Ltd T/A Dunbury Stone Masons"),
        ("Quillmarsh Paving Ltd", "Ravenford Factors re Quillmarsh Paving"),
    ],
)
def test_the_same_name_at_two_bodies_is_one_supplier(one, other):
    found = matched(record(1, one), record(2, other, body=2))
    assert suppliers(found) == {frozenset({1, 2})}
    (link,) = found.links.iter_rows(named=True)
    assert link["body_ids"] == [1, 2]
    assert link["fact"].endswith(".")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Quillmarsh Paving Ltd", "Quilmarsh Paving Ltd"),
        ("Quillmarsh Paving Ltd", "Quillmarsh Paving Yorkshire Ltd"),
        ("Quillmarsh Ltd", "Quillmarsh LLP"),
        ("Quillmarsh Paving (Dunbury)", "Quillmarsh Paving (Ravenford)"),
    ],
)
def test_likeness_alone_joins_nothing_but_is_queued(one, other):
    found = matched(record(1, one), record(2, other))
    assert suppliers(found) == {frozenset({1}), frozenset({2})}
    assert queued(found) == {frozenset({1, 2})}


@pytest.mark.parametrize(
    "name", ["Mr T Quillmarsh", "Margaret Quillmarsh", "REDACTED", "SUMUP *DUNBURY", "AMZNMKTPLACE"]
)
def test_individuals_card_text_and_redactions_are_never_joined_or_queued(name):
    found = matched(
        record(1, name, vat=VAT, company="01234567", ref="S100"),
        record(2, name.title(), vat=VAT, company="01234567", ref="S100"),
        record(3, name, body=2, vat=VAT, company="01234567"),
    )
    assert len(suppliers(found)) == 3
    assert not queued(found)


def test_public_bodies_of_one_name_are_left_to_a_person():
    found = matched(
        record(1, "Dunbury Borough Council", vat=VAT),
        record(2, "DUNBURY BOROUGH COUNCIL", body=2, vat=VAT),
        record(3, "Dunbury Primary School", body=2, vat=VAT),
    )
    assert len(suppliers(found)) == 3
    assert frozenset({1, 2}) in queued(found)


def test_a_house_name_at_another_body_may_be_another_house():
    found = matched(record(1, "Hillside Nursing Home"), record(2, "HILLSIDE NURSING HOME", body=2))
    assert len(suppliers(found)) == 2
    assert queued(found) == {frozenset({1, 2})}
    at_one_body = matched(record(1, "Hillside Nursing Home"), record(2, "HILLSIDE NURSING HOME"))
    assert len(suppliers(at_one_body)) == 1


def test_a_shared_company_number_joins_names_that_could_be_one():
    found = matched(
        record(1, "Quillmarsh Paving", company="1234567"),
        record(2, "Quillmarsh Surfacing Ltd", body=2, company="01234567"),
    )
    assert suppliers(found) == {frozenset({1, 2})}
    assert found.links["evidence"].to_list() == ["company_number"]
    assert found.links["fact"].to_list() == ["Both carry company number 01234567."]


def test_a_number_shared_by_unlike_names_is_asked_not_believed():
    found = matched(
        record(1, "Quillmarsh Paving Ltd", vat=VAT),
        record(2, "Dunbury Finance plc", body=2, vat=VAT),
    )
    assert len(suppliers(found)) == 2
    fact = found.candidates["fact"][0]
    assert fact.startswith("Both carry VAT number")
    assert "unlike" in fact


def test_one_name_under_two_company_numbers_stays_apart_and_is_asked():
    found = matched(
        record(1, "Quillmarsh Paving Ltd", company="01234567"),
        record(2, "QUILLMARSH PAVING LIMITED", body=2, company="07654321"),
        record(3, "Quillmarsh Paving Ltd", body=3),
    )
    assert suppliers(found) == {frozenset({1}), frozenset({2}), frozenset({3})}
    assert {frozenset({1, 2}), frozenset({1, 3}), frozenset({2, 3})} == queued(found)


def test_a_supplier_id_counts_at_its_own_body_only():
    one, other = "Quillmarsh Paving Services", "Quillmarsh Pavng Services"
    same = matched(record(1, one, ref="S1001"), record(2, other, ref="S1001"))
    assert suppliers(same) == {frozenset({1, 2})}
    elsewhere = matched(record(1, one, ref="S1001"), record(2, other, body=2, ref="S1001"))
    assert len(suppliers(elsewhere)) == 2


def test_a_trading_name_of_two_companies_joins_neither():
    found = matched(
        record(1, "Quillmarsh Ltd t/a Dunbury Home Help"),
        record(2, "Ravenford Ltd t/a Dunbury Home Help", body=2),
        record(3, "Dunbury Home Help", body=3),
    )
    assert len(suppliers(found)) == 3
    assert frozenset({1, 3}) in queued(found)


def test_a_name_cut_at_the_sources_limit_joins_its_only_completion():
    whole = "Quillmarsh Environmental Engineering Limited"
    found = matched(record(1, whole), record(2, whole[:35], body=2), caps={2: 35})
    assert suppliers(found) == {frozenset({1, 2})}
    assert found.links["evidence"].to_list() == ["truncated"]
    two = matched(
        record(1, whole),
        record(2, whole[:35], body=2),
        record(3, "Quillmarsh Environmental Engineering (Wales) Ltd"),
        caps={2: 35},
    )
    assert len(suppliers(two)) == 3
    uncapped = matched(record(1, whole), record(2, whole[:35], body=2), caps={})
    assert len(suppliers(uncapped)) == 2


def test_the_limit_of_a_source_shows_in_the_lengths_of_its_names():
    capped = [(key, 1, f"{key:03d} " + "x" * (key % 70 + 10)) for key in range(400)]
    frame = pl.DataFrame(
        [(key, body, name[:32]) for key, body, name in capped]
        + [(key + 1000, 2, name) for key, _, name in capped],
        schema={"name_key": pl.Int64, "body_id": pl.Int64, "supplier_name": pl.String},
        orient="row",
    )
    assert truncation_caps(frame) == {1: 32}


def test_a_persons_word_joins_parts_and_can_be_taken_back():
    pair = (record(1, "Quillmarsh Paving Ltd"), record(2, "Dunbury Stone", body=2))
    accepted = matched(*pair, accepted=[(1, 2)])
    assert suppliers(accepted) == {frozenset({1, 2})}
    assert accepted.links["evidence"].to_list() == ["person"]
    assert len(suppliers(matched(*pair))) == 2


def test_what_a_person_refused_is_neither_joined_nor_asked_again():
    found = matched(
        record(1, "Quillmarsh Paving Ltd"),
        record(2, "QUILLMARSH PAVING LIMITED", body=2),
        record(3, "Quillmarsh Paving Limited", body=3),
        refused=[(1, 2)],
    )
    together = suppliers(found)
    assert not any({1, 2} <= group for group in together)
    assert frozenset({1, 2}) not in queued(found)


def test_no_more_than_three_pairs_are_offered_for_a_name():
    names = [f"Quillmarsh {trade} Services" for trade in ("Paving", "Roofing", "Care", "Gas")]
    found = matched(*[record(key, name) for key, name in enumerate(names, 1)])
    assert found.candidates["rank"].max() <= 3
    assert found.candidates.group_by("left_key").len()["len"].max() <= 3


def test_card_lines_make_a_name_card_merchant_text():
    frame = pl.DataFrame(
        [record(1, "Dunbury Stores Ltd"), record(2, "DUNBURY STORES LTD", body=2)],
        schema=FIELDS,
        orient="row",
    ).with_columns(pl.lit(True).alias("is_card"))
    assert matches(frame, words=WORDS).links.is_empty()


def test_records_without_their_columns_are_refused_with_the_columns_named():
    with pytest.raises(ValueError, match="Records lack body_id"):
        matches(pl.DataFrame({"name_key": [1]}), words=WORDS)


def test_no_records_give_no_suppliers():
    found = matched()
    assert found.suppliers.is_empty()
    assert found.links.is_empty()
    assert found.candidates.is_empty()


def test_numbers_are_read_in_one_form_or_not_at_all():
    assert company_number(" 123456 ") == "00123456"
    assert company_number("sc 123456") == "SC123456"
    assert [company_number(text) for text in ("N/A", "00000000", "Not yet available", None)] == [
        None
    ] * 4
    assert charity_number("1094331-1") == "1094331"
    assert charity_number("EXEMPT") is None
    assert vat_number("GB100000034001") == vat_number("100 0000 34")
    assert vat_number("100000035") is None
    assert [supplier_ref(text) for text in ("ONETIME", "Redacted", "0000", None)] == [None] * 4
    assert supplier_ref(" s10 01 ") == "S1001"


NAMES = st.sampled_from(
    [
        "Quillmarsh Paving Ltd",
        "QUILLMARSH PAVING LIMITED",
        "Quillmarsh Paving",
        "Quillmarsh Paving LLP",
        "Dunbury Stone",
        "Quillmarsh Paving Ltd t/a Dunbury Stone",
        "Dunbury Council",
        "REDACTED",
        "Mr T Quillmarsh",
    ]
)
RECORDS = st.lists(
    st.tuples(
        NAMES,
        st.integers(1, 3),
        st.sampled_from([None, "S10", "S11"]),
        st.sampled_from([None, VAT, OTHER_VAT]),
        st.sampled_from([None, "01234567", "07654321"]),
    ),
    max_size=12,
)


@settings(deadline=None, max_examples=60)
@given(RECORDS, st.randoms())
def test_every_join_has_evidence_and_no_supplier_has_two_company_numbers(drawn, chance):
    rows = [
        record(key, name, body=body, ref=ref, vat=vat, company=company)
        for key, (name, body, ref, vat, company) in enumerate(drawn)
    ]
    found = matched(*rows)
    groups = suppliers(found)
    assert sum(len(group) for group in groups) == len(rows)
    assert found.links.height == len(rows) - len(groups)
    for group in groups:
        assert len({rows[key][5] for key in group} - {None}) <= 1
    shuffled = list(rows)
    chance.shuffle(shuffled)
    again = matched(*shuffled)
    assert again.suppliers.height == len(rows)
