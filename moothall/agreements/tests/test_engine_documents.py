"""Forms and text write the same document, and what is private to a party stays with it."""

from decimal import Decimal

import pytest

from moothall.agreements.engine.beginnings import cases_to_begin_from, deal_of_case, frame
from moothall.agreements.engine.documents import (
    NoSuchPlace,
    deal_as_tried,
    fields_at,
    place_in_words,
    places_in,
    shared_with,
    with_fields,
    with_new,
    without,
)
from moothall.deals.reading import deal_and_findings, deal_from_toml
from moothall.deals.typed import CannotWrite, document_of
from moothall.deals.writing import toml_of

DEAL = """
[deal]
name = "Care at home"
starts_on = 2027-04-01
ends_before = 2029-04-01
every = "year"

[parties.council]
name = "Norbury Council"
kind = "public body"
reference = "in-house"

[parties.charity]
name = "Norbury Care"
kind = "charity"

[facts.in_house]
title = "Cost in-house"
borne_by = "council"
without_deal = true
value = 100000

[facts.hours]
title = "Hours of care"
unit = "hours"
reported_by = "charity"
places = 0
distribution = { kind = "triangular", low = 4000, mode = 5000, high = 7000 }

[facts.margin]
title = "What the charity needs to keep"
borne_by = "charity"
private_to = "charity"
basis = "estimated"
value = 31415

[terms.hours]
kind = "unit_price"
payer = "council"
payee = "charity"
volume = "hours"
bands = [{ price_gbp = "18.50" }]
"""


@pytest.fixture
def document():
    return document_of(DEAL)


def typed_at(document, place):
    """What a form sends when nobody touched it."""
    sent = {}
    for field in fields_at(document, place):
        sent |= {f"{field.name}.{party}": value for party, _name, value in field.parts}
        sent |= {} if field.parts else {field.name: field.value}
    return sent


def places(document):
    return ["deal", *(f"{s}.{key}" for s, held in places_in(document).items() for key, _ in held)]


def test_a_form_that_nobody_touched_changes_no_deal():
    texts = [DEAL, frame("A deal", "Norbury"), *(deal_of_case(name) for name, _ in cases())]
    for text in texts:
        document = document_of(text)
        before = deal_from_toml(text)
        for place in places(document):
            changed = with_fields(document, place, typed_at(document, place))
            assert deal_from_toml(toml_of(changed)) == before, place


def cases():
    found = cases_to_begin_from()
    assert len(found) > 10
    return found


def test_the_bare_frame_is_sound_whatever_it_is_called():
    deal, findings = deal_and_findings(frame('He said "no"\\', 'The "Old" Council'))
    assert findings == []
    assert deal.name == 'He said "no"\\'
    assert deal.party_name("council") == 'The "Old" Council'


def test_a_field_carries_its_label_and_what_may_be_chosen(document):
    fields = {field.name: field for field in fields_at(document, "terms.hours")}
    assert fields["payer"].options == (
        ("council", "Norbury Council"),
        ("charity", "Norbury Care"),
    )
    assert fields["payer"].value == "council"
    assert fields["volume"].is_required
    assert all(field.label for field in fields.values())


def test_what_is_typed_stands_in_the_text_and_what_is_cleared_does_not(document):
    typed = typed_at(document, "facts.hours") | {"title": "  Hours   of  help ", "unit": ""}
    hours = with_fields(document, "facts.hours", typed)["facts"]["hours"]
    assert hours["title"] == "Hours of help"
    assert "unit" not in hours
    assert document["facts"]["hours"]["unit"] == "hours"  # the draft itself is not touched


def test_amounts_typed_in_a_form_stay_decimal_to_the_last_place(document):
    typed = typed_at(document, "terms.hours") | {"bands": '[{ price_gbp = "18.505" }]'}
    deal = deal_from_toml(toml_of(with_fields(document, "terms.hours", typed)))
    assert deal.term("hours").bands[0].price_gbp == Decimal("18.505")


def test_what_no_file_could_say_is_refused_beside_its_field(document):
    typed = typed_at(document, "terms.hours") | {"bands": "eighteen pounds"}
    with pytest.raises(CannotWrite, match="not written as in the file") as refusal:
        with_fields(document, "terms.hours", typed)
    assert set(refusal.value.found) == {"bands"}


def test_a_text_that_is_no_toml_says_where():
    with pytest.raises(CannotWrite, match=r"This is not TOML: .*line 2"):
        document_of("[deal]\nname = care\n")


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("deal.name", "The deal: Name of the deal"),
        ("parties.charity.kind", "Norbury Care: Kind"),
        ("terms.hours.payer", "Unit price: Who pays"),
        ("terms.hours.bands.1.price_gbp", "Unit price: Price bands, 1, price_gbp"),
        ("facts.hours.distribution.low", "Hours of care: How it may turn out, low"),
        ("terms.gone.payer", "terms.gone.payer"),
        ("budgets.care.party", "budgets.care.party"),
    ],
)
def test_a_place_is_said_as_its_form_calls_it(document, place, words):
    assert place_in_words(document, place) == words


@pytest.mark.parametrize(
    "place", ["terms.fee", "people.hours", "deal.name", "terms", "", "terms.hours.bands"]
)
def test_a_place_that_is_not_there_is_said_to_be_missing(document, place):
    with pytest.raises(NoSuchPlace, match=r"The deal has no"):
        fields_at(document, place)


def test_a_new_part_has_a_short_name_of_its_own_and_a_term_its_kind(document):
    with pytest.raises(CannotWrite, match="There is a party called charity already"):
        with_new(document, "parties", "charity")
    with pytest.raises(CannotWrite, match="is no short name"):
        with_new(document, "facts", "two words")
    with pytest.raises(CannotWrite, match="Choose what kind of term it is"):
        with_new(document, "terms", "fee", "gift")
    assert with_new(document, "terms", "fee", "fixed_fee")["terms"]["fee"] == {"kind": "fixed_fee"}


def test_a_part_is_taken_out_and_the_rest_stays(document):
    left = without(document, "facts.margin")
    assert set(left["facts"]) == {"in_house", "hours"}
    assert set(document["facts"]) == {"in_house", "hours", "margin"}
    with pytest.raises(NoSuchPlace, match=r"The deal has no facts\.profit"):
        without(document, "facts.profit")


# ── what another party reads ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("reader", [None, "council", "somebody"])
def test_what_is_private_to_a_party_is_read_by_no_other(document, reader):
    assert "31415" not in shared_with(document, reader)
    assert "needs to keep" not in shared_with(document, reader)


def test_a_party_reads_what_is_private_to_itself(document):
    assert deal_from_toml(shared_with(document, "charity")).facts["margin"].value is not None


def test_a_private_fact_that_a_term_reads_keeps_its_name_and_nothing_of_its_figures(document):
    document["facts"]["hours"]["private_to"] = "charity"
    left = document_of(shared_with(document, "council"))["facts"]["hours"]
    assert left == {
        "title": "Hours of care",
        "unit": "hours",
        "reported_by": "charity",
        "places": 0,
        "private_to": "charity",
    }


def test_correlations_with_what_is_private_go_with_it(document):
    rows = [{"facts": ["hours", "margin"], "rank": "0.271"}]
    document["correlations"] = rows
    assert "0.271" not in shared_with(document, "council")
    assert "0.271" in shared_with(document, "charity")


def test_a_deal_is_tried_as_the_party_that_its_body_is(document):
    text = toml_of(document)
    assert deal_as_tried(text, "council")[0].facts["hours"].title == "Hours of care"
    assert "margin" not in deal_as_tried(text, "council")[0].facts
    assert "margin" in deal_as_tried(text, "")[0].facts  # private to one alone: that one asks


def test_where_several_keep_something_private_it_is_asked_who_tries_it(document):
    document["facts"]["in_house"]["private_to"] = "council"
    deal, (finding,) = deal_as_tried(toml_of(document), "")
    assert deal is None
    assert finding.sentence == "It holds what is private to council and to charity."
    assert "Say in the settings which party your body is" in finding.mend
    assert "in_house" in deal_as_tried(toml_of(document), "council")[0].facts
