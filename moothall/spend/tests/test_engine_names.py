"""What a published name says, and what it must not be taken to say."""

from datetime import date

import pytest

from moothall.core.rules import rules_of
from moothall.spend.engine.names import (
    NameKind,
    NameWords,
    canonical_name,
    folded,
    is_redaction_mark,
    name_kind,
    parsed_name,
)

WORDS = NameWords.in_force(rules_of("spend", "name_words"), date(2026, 1, 1))


def test_spacing_of_initials_and_signs_for_words_are_no_difference():
    assert folded("B. T. Payphones & Co") == folded("BT PAYPHONES AND CO")
    assert folded("Furniture@Work") == folded("FURNITURE @ WORK")
    assert folded("St Mark's Café") == folded("ST MARKS CAFE")


def test_a_skeleton_sets_aside_case_punctuation_and_legal_form():
    spellings = ["Quillmarsh Paving Ltd.", "QUILLMARSH PAVING LIMITED", "The Quillmarsh Paving"]
    assert {parsed_name(name, WORDS).skeleton for name in spellings} == {"QUILLMARSHPAVING"}


def test_a_note_by_a_clerk_or_an_insolvency_is_not_the_name():
    for name in (
        "Quillmarsh Paving Ltd (Rent)",
        "QUILLMARSH PAVING LTD - IN ADMINISTRATION",
        "QUILLMARSH PAVING (IN ADMINIST",
        "QUILLMARSH PAVING **DO NOT USE**",
    ):
        assert parsed_name(name, WORDS).skeleton == "QUILLMARSHPAVING", name


def test_words_after_the_legal_form_are_a_branch_not_the_registered_name():
    name = parsed_name("QUILLMARSH PLC TRAFFIC DIV", WORDS)
    assert (name.registered, name.legal_form, name.tail) == (
        "QUILLMARSH",
        "PLC",
        ("TRAFFIC", "DIV"),
    )


@pytest.mark.parametrize("mark", ["T/A", "t/a", "TRADING AS", "T A", "TA"])
def test_a_trading_name_is_read_apart_from_its_owner(mark):
    name = parsed_name(f"Quillmarsh Care Ltd {mark} Dunbury Lodge", WORDS)
    assert name.registered == "QUILLMARSHCARE"
    assert name.trading == ("DUNBURY", "LODGE")


def test_a_factor_is_paid_for_the_supplier_after_re():
    name = parsed_name("Ravenford Invoice Finance re Quillmarsh Paving Ltd", WORDS)
    assert name.factored == "QUILLMARSHPAVING"
    assert not parsed_name("Ravenford Homes Ltd re Dunbury Lodge", WORDS).factored


@pytest.mark.parametrize(
    "text",
    [
        "REDACTED",
        "Redcated",
        "REDACED",
        "Redaction",
        "REDACTED UNDER DP ACT",
        "Personal Redacted Data",
        "Redacted Data Data",
        "Reacted personal data",
        "R E D A C T E D",
        "Name withheld",
        "PERSONAL DATA",
        "THIRD PARTY SUPPLIER",
        "*****",
        "XXXXXX",
        "Redacted t/a Dunbury Taxis",
    ],
)
def test_a_redaction_mark_is_known_however_it_is_spelt(text):
    assert is_redaction_mark(text)
    assert name_kind(text, WORDS) == NameKind.REDACTED


@pytest.mark.parametrize(
    "text",
    [
        "REDACTIVE PUBLISHING",
        "REDACTA LTD",
        "Privacy & Data Protection Ltd",
        "Redaction Software Services Ltd",
        "Reduced Energy Ltd",
        "Personal Care Consultants Ltd",
        "Protected Homes Ltd",
    ],
)
def test_a_company_whose_name_resembles_a_redaction_is_a_company(text):
    assert not is_redaction_mark(text)
    assert name_kind(text, WORDS) == NameKind.COMPANY


def test_no_text_is_no_redaction_mark():
    assert not is_redaction_mark(None)
    assert not is_redaction_mark("")
    assert not is_redaction_mark("Manchester Confidential")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("TOTAL GAS & POWER", "company"),
        ("Quillmarsh Paving Ltd", "company"),
        ("Dunbury Borough Council", "public_body"),
        ("DUNBURY MBC", "public_body"),
        ("Dunbury Primary School", "public_body"),
        ("Dunbury NHS Foundation Trust", "public_body"),
        ("Dunbury Parochial Church Council", "company"),
        ("Mrs A Quillmarsh", "individual"),
        ("QUILLMARSH T E", "individual"),
        ("Margaret Quillmarsh", "individual"),
        ("Margaret Quillmarsh t/a Dunbury Crafts", "sole_trader"),
        ("Margaret Quillmarsh Catering", "sole_trader"),
        ("AMZNMKTPLACE", "card_merchant"),
        ("SUMUP *DUNBURY", "card_merchant"),
        ("WWW.DUNBURY.CO.UK", "card_merchant"),
        ("Quillmarsh", "unknown"),
        ("", "unknown"),
    ],
)
def test_the_kind_of_a_name_is_what_it_looks_like(text, kind):
    assert name_kind(text, WORDS) == kind


def test_the_name_shown_is_the_fullest_common_spelling():
    names = [
        "QUILLMARSH PAVING",
        "Quillmarsh Paving Ltd",
        "Quillmarsh Paving Ltd t/a Dunbury Stone",
        "QUILLMARSH PAVING LTD",
    ]
    assert canonical_name(names, WORDS) == "Quillmarsh Paving Ltd"
    assert canonical_name(["  Dunbury   Stone "], WORDS) == "Dunbury Stone"


def test_a_supplier_without_a_spelling_has_no_name_to_show():
    with pytest.raises(ValueError, match="give at least one spelling"):
        canonical_name([], WORDS)
