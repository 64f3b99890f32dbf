"""Whether each payment line is put in the right category, and says how."""

from datetime import date

import polars as pl
import pytest

from moothall.core.rules import rules_of
from moothall.spend.engine.categories import categories_of, categorise
from moothall.spend.engine.category_rules import (
    NOT_CLASSIFIED,
    RULE_DOCUMENTS,
    CategoryRules,
    category_rules,
)
from moothall.spend.engine.category_teaching import categorised_by_code, usual_categories
from moothall.spend.engine.plain_words import pattern_of

DAY = date(2026, 4, 1)


def rule_values(day: date = DAY) -> dict:
    return {
        key: rule.on(day).value
        for document in RULE_DOCUMENTS
        for key, rule in rules_of("spend", document).items()
    }


@pytest.fixture(scope="module")
def rules() -> CategoryRules:
    return category_rules(rule_values())


def lines(*rows: dict) -> pl.DataFrame:
    texts = ("supplier_name", "department", "service", "purpose", "category_text")
    codes = ("proclass", "cpv", "sercop", "account_code")
    return pl.DataFrame(
        [
            {"category_key": index, "body_id": 1} | dict.fromkeys((*texts, *codes)) | row
            for index, row in enumerate(rows)
        ],
        schema_overrides=dict.fromkeys((*texts, *codes), pl.String),
    )


def only(frame: pl.DataFrame) -> dict:
    assert frame.height == 1
    return frame.row(0, named=True)


def test_the_scheme_has_the_ten_groups_of_the_founding_table_and_other(rules):
    assert [group.label for group in rules.scheme.groups] == [
        "Construction",
        "Social care and services",
        "Professional services",
        "Waste disposal and recycling",
        "Travel and transport",
        "Business services",
        "Facilities management",
        "ICT",
        "Financial and insurance services",
        "Utilities and energy",
        "Other, each kind named",
    ]


def test_every_category_has_a_definition_and_belongs_to_its_group(rules):
    for group in rules.scheme.groups:
        assert group.definition
        for kind in group.kinds:
            assert kind.group == group.code
            assert kind.definition
            assert kind.examples


def test_passing_money_on_is_told_apart_from_buying(rules):
    assert rules.scheme.pass_through() == (
        "other/precepts-and-levies",
        "other/business-rates",
        "other/pensions",
        "other/tax",
        "other/treasury",
    )


def test_a_label_is_found_for_group_kind_and_the_lines_left_over(rules):
    assert rules.scheme.label("social-care") == "Social care and services"
    assert rules.scheme.label("social-care/home-care") == "Home care"
    assert rules.scheme.label(NOT_CLASSIFIED) == "Not classified"
    with pytest.raises(ValueError, match="not a category of the scheme"):
        rules.scheme.label("social-care/unheard-of")


def test_a_rule_that_names_an_unknown_category_is_refused():
    values = rule_values()
    values["proclass_map"] = {**values["proclass_map"], "99": "construction/castles"}
    with pytest.raises(ValueError, match="which the scheme does not have"):
        category_rules(values)


@pytest.mark.parametrize(
    ("column", "code", "category"),
    [
        ("proclass", "321014", "social-care/home-care"),
        ("proclass", "182000 Waste Management", "waste/general"),
        ("proclass", "371300", "utilities/water"),
        ("cpv", "90511000-2", "waste/collection"),
        ("cpv", "48000000", "ict/software"),
        ("cpv", "09310000-5", "utilities/electricity"),
    ],
)
def test_a_published_code_tells_the_category(rules, column, code, category):
    row = only(categorise(lines({column: code, "supplier_name": "Anyone Ltd"}), rules=rules))
    assert (row["category"], row["how"]) == (category, "code")


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ({"purpose": "Nursing Home Payment"}, "social-care/nursing"),
        ({"category_text": "Agency Staff"}, "business-services/agency-staff"),
        (
            {"category_text": "Supplies and Services", "purpose": "Postages"},
            "business-services/post",
        ),
        ({"purpose": "Computer Software & Equipment"}, "ict/software"),
        ({"purpose": "Landfill Tax"}, "waste/disposal"),
        ({"purpose": "Legal Fees & Disbursements"}, "professional-services/legal"),
        ({"purpose": "Street lighting maintenance"}, "construction/street-lighting"),
        ({"supplier_name": "Example Water Services Ltd"}, "utilities/water"),
        ({"purpose": "CHILDREN'S HOMES"}, "social-care/childrens-residential"),
    ],
)
def test_words_tell_the_category_when_no_code_is_published(rules, text, category):
    row = only(categorise(lines(text), rules=rules))
    assert (row["category"], row["how"]) == (category, "words")
    assert 0.6 <= row["sureness"] < 1


def test_a_longer_phrase_speaks_for_the_shorter_one_inside_it(rules):
    row = only(categorise(lines({"purpose": "Highways street lighting energy"}), rules=rules))
    assert row["category"] == "utilities/electricity"


@pytest.mark.parametrize("text", ["Miscellaneous", "Services", "", None, "Contract payment"])
def test_an_unsure_line_says_not_classified(rules, text):
    row = only(categorise(lines({"purpose": text, "supplier_name": "Qwx Ltd"}), rules=rules))
    assert row == {
        "category_key": 0,
        "category": NOT_CLASSIFIED,
        "group": NOT_CLASSIFIED,
        "how": "none",
        "sureness": 0.0,
    }


@pytest.mark.parametrize(
    ("row", "category"),
    [
        ({"supplier_name": "HM Revenue & Customs", "purpose": "Agency staff"}, "other/tax"),
        ({"supplier_name": "Example Pension Fund", "proclass": "151612"}, "other/pensions"),
        ({"supplier_name": "Public Works Loan Board"}, "other/treasury"),
        (
            {"supplier_name": "Example Combined Authority", "purpose": "Transport levy"},
            "other/precepts-and-levies",
        ),
        ({"supplier_name": "Someone", "purpose": "NNDR pool payment"}, "other/business-rates"),
    ],
)
def test_the_payees_standing_comes_before_a_published_code(rules, row, category):
    assert only(categorise(lines(row), rules=rules))["category"] == category


def test_a_code_for_a_whole_group_gives_way_to_words_for_a_kind_in_it(rules):
    row = only(
        categorise(lines({"proclass": "321000", "purpose": "Domiciliary care"}), rules=rules)
    )
    assert (row["category"], row["how"]) == ("social-care/home-care", "words")


def test_a_precise_code_is_not_overruled_by_words(rules):
    row = only(categorise(lines({"proclass": "371300", "purpose": "Legal fees"}), rules=rules))
    assert (row["category"], row["how"]) == ("utilities/water", "code")


def test_a_suppliers_habit_fills_the_lines_that_say_nothing(rules):
    coded = categorised_by_code(
        lines(
            {"supplier_name": "Qwx Limited", "proclass": "191200", "purpose": "a"},
            {"supplier_name": "QWX LIMITED", "proclass": "191200", "purpose": "b"},
            {"supplier_name": "Once Only Ltd", "proclass": "191200"},
        ),
        rules=rules,
    )
    habits = usual_categories(coded)
    assert habits["supplier_key"].to_list() == ["qwx limited"]
    asked = lines({"supplier_name": "Qwx limited"}, {"supplier_name": "Once Only Ltd"})
    told = categorise(asked, rules=rules, supplier_usual=habits)
    assert told["category"].to_list() == ["business-services/storage", NOT_CLASSIFIED]
    assert told["how"].to_list() == ["supplier", "none"]


def test_nothing_is_learnt_from_a_withheld_name(rules):
    coded = categorised_by_code(
        lines(
            {"supplier_name": "REDACTED PERSONAL DATA", "proclass": "321500", "purpose": "a"},
            {"supplier_name": "Redacted personal data", "proclass": "321500", "purpose": "b"},
        ),
        rules=rules,
    )
    assert usual_categories(coded).is_empty()


def test_the_other_lines_of_a_supplier_fill_a_line_that_says_nothing(rules):
    told = categorise(
        lines(
            {"supplier_name": "Qwx Ltd", "purpose": "Home care"},
            {"supplier_name": "Qwx Ltd", "purpose": "Domiciliary care"},
            {"supplier_name": "Qwx Ltd", "purpose": "Miscellaneous"},
        ),
        rules=rules,
    )
    assert told["category"].to_list() == ["social-care/home-care"] * 3
    assert told["how"].to_list() == ["words", "words", "supplier"]


def test_a_service_heading_and_a_nature_together_tell_a_group(rules):
    row = only(
        categorise(lines({"sercop": "7", "category_text": "Third Party Payments"}), rules=rules)
    )
    assert (row["category"], row["how"]) == ("social-care/general", "code")


def test_a_fair_sign_of_a_kind_says_more_than_any_sign_of_its_group(rules):
    row = only(
        categorise(
            lines({"purpose": "Residential", "department": "Adult social care"}), rules=rules
        )
    )
    assert row["category"] == "social-care/residential"


def test_an_accounting_provision_is_not_food(rules):
    row = only(
        categorise(lines({"category_text": "Contributions to funds and provisions"}), rules=rules)
    )
    assert row["category"] == NOT_CLASSIFIED


def taught_place() -> pl.DataFrame:
    """A coded body of 40 suppliers, and one line of another body whose words are unclear."""
    coded = [
        {
            "supplier_name": f"Supplier {index % 40} Ltd",
            "purpose": f"{words} {index}",
            "proclass": code,
        }
        for index in range(120)
        for code, words in (
            ("182000", "zarbik mulen dask"),
            ("371300", "vortle pim quax"),
            ("271440", "trindle sof kerm"),
        )
    ]
    asked = {"supplier_name": "Other body's payee", "body_id": 2}
    return lines(
        *coded,
        asked | {"purpose": "vortle pim quax"},
        asked | {"purpose": "never seen anywhere", "supplier_name": "Someone unlike"},
    )


def test_a_place_teaches_itself_from_its_coded_lines(rules):
    place = taught_place()
    told = categories_of(place, rules=rules)
    assert told["category_key"].to_list() == place["category_key"].to_list()
    learnt, unknown = told.tail(2).iter_rows(named=True)
    assert (learnt["category"], learnt["how"]) == ("utilities/water", "model")
    assert learnt["sureness"] >= 0.75
    assert (unknown["category"], unknown["how"]) == (NOT_CLASSIFIED, "none")


def test_a_place_without_codes_is_categorised_by_the_rules_alone(rules):
    told = categories_of(lines({"purpose": "Nursing home"}, {"purpose": "Sundry"}), rules=rules)
    assert told["how"].to_list() == ["words", "none"]


def test_a_persons_word_outweighs_the_classifier(rules):
    place = taught_place()
    corrections = pl.DataFrame(
        {"supplier_name": ["Other body's payee"], "category": ["other/land"]}
    )
    told = categories_of(place, rules=rules, corrections=corrections)
    assert told.tail(2)["how"].to_list() == ["person", "none"]


def test_a_correction_of_a_whole_body_is_refused(rules):
    with pytest.raises(ValueError, match="it would change a whole body"):
        categorise(
            lines({"purpose": "Rent"}),
            rules=rules,
            corrections=pl.DataFrame({"body_id": [1], "category": ["other/land"]}),
        )


def test_a_correction_about_a_column_that_is_not_there_is_refused(rules):
    with pytest.raises(ValueError, match="about supplier_id, which these lines do not carry"):
        categorise(
            lines({"purpose": "Rent"}),
            rules=rules,
            corrections=pl.DataFrame({"supplier_id": [7], "category": ["other/land"]}),
        )


def test_a_persons_correction_comes_first_and_the_narrowest_has_the_last_word(rules):
    frame = lines(
        {"supplier_name": "Qwx Ltd", "category_text": "Stores", "proclass": "371300"},
        {"supplier_name": "Qwx Ltd", "category_text": "Other"},
        {"supplier_name": "Else Ltd", "category_text": "Stores"},
        {"supplier_name": "Else Ltd", "category_text": "Stores", "body_id": 2},
    )
    corrections = pl.DataFrame(
        {
            "category_key": [1, None, None, None],
            "body_id": [None, None, None, 1],
            "supplier_name": [None, "Qwx Ltd", "Qwx Ltd", None],
            "category_text": [None, None, None, "Stores"],
            "category": [
                "other/land",
                "ict/hardware",
                "ict/software",
                "business-services/stationery",
            ],
        }
    )
    told = categorise(frame, rules=rules, corrections=corrections)
    assert told["category"].to_list() == [
        "business-services/stationery",
        "other/land",
        "business-services/stationery",
        NOT_CLASSIFIED,
    ]
    assert told["how"].to_list() == ["person", "person", "person", "none"]
    assert told["sureness"].to_list()[:3] == [1.0, 1.0, 1.0]


def test_corrections_hold_for_lines_that_arrive_later(rules):
    corrections = pl.DataFrame({"supplier_name": ["Qwx Ltd"], "category": ["ict/software"]})
    later = lines({"supplier_name": "Qwx Ltd", "purpose": "Never seen before"})
    assert only(categorise(later, rules=rules, corrections=corrections))["how"] == "person"


def test_every_signature_gets_one_answer_and_order_is_kept(rules):
    frame = lines(*({"purpose": f"Item {index}"} for index in range(50)))
    assert categorise(frame, rules=rules)["category_key"].to_list() == list(range(50))


def test_no_lines_give_no_answers(rules):
    assert categorise(lines({}).clear(), rules=rules).is_empty()


def test_plurals_and_apostrophes_do_not_hide_a_word():
    assert pattern_of("Children's homes") == " children home "
    assert pattern_of("cemeter*") == " cemeter"
    assert pattern_of("gas") == " gas "
