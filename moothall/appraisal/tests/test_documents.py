"""An appraisal's file is edited part by part, and nothing else of it changes."""

import pytest

from moothall.appraisal.engine.documents import (
    PART,
    PARTS,
    NoSuchPlace,
    entries,
    fields_at,
    with_fields,
    with_new,
    without,
)
from moothall.appraisal.engine.reading import appraisal_and_findings_of
from moothall.appraisal.tests.files import document
from moothall.deals.typed import CannotWrite
from moothall.deals.writing import toml_of

PLACES = [entry.place for part in PARTS for entry in entries(document(), part)]


def typed(fields):
    """What a form sends of fields nobody touched."""
    sent = {}
    for field in fields:
        if field.parts:
            sent |= {f"{field.name}.{key}": value for key, _name, value in field.parts}
        else:
            sent[field.name] = field.value
    return sent


@pytest.mark.parametrize("place", PLACES)
def test_a_form_saved_untouched_leaves_an_appraisal_that_comes_to_the_same(place):
    before = document()
    after = with_fields(before, place, typed(fields_at(before, place)))
    read, findings = appraisal_and_findings_of(before)
    again, found = appraisal_and_findings_of(after)
    assert found == findings
    assert again == read


def test_every_part_but_choices_and_preconditions_is_in_the_example():
    assert {place.partition(".")[0] for place in PLACES} == set(PART) - {
        "choices",
        "preconditions",
    }


def test_a_score_is_typed_under_its_criterion():
    fields = {one.name: one for one in fields_at(document(), "scores.mutual")}
    assert fields["community"].label == "Community benefit (points)"
    changed = with_fields(document(), "scores.mutual", typed(fields.values()) | {"quality": "35"})
    read, _ = appraisal_and_findings_of(changed)
    assert read.score("mutual", "quality").value == 35


def test_a_weigher_gives_each_criterion_points():
    fields = fields_at(document(), "weightings.cabinet")
    swings = next(one for one in fields if one.name == "swings")
    assert [name for _key, name, _value in swings.parts] == [
        "Community benefit", "Quality", "Control", "Deliverability",
    ]  # fmt: skip
    changed = with_fields(document(), "weightings.cabinet", typed(fields) | {"swings.control": "5"})
    assert changed["weightings"]["cabinet"]["swings"]["control"] == "5"


def test_an_option_chooses_its_form_from_the_catalogue():
    form = next(one for one in fields_at(document(), "options.mutual") if one.name == "form")
    assert ("outsourced", "Outsourced contract") in form.options


def test_what_is_added_is_there_to_be_filled_in():
    made = with_new(document(), "options", "joint_venture")
    assert entries(made, PART["options"])[-1].place == "options.joint_venture"
    assert toml_of(made)


@pytest.mark.parametrize(
    ("section", "key", "said"),
    [
        ("options", "mutual", "There is one called mutual already"),
        ("options", "Joint venture", "is no short name. Use small letters, digits and _"),
        ("service", "other", "Nothing is added to this part"),
        ("nothing", "other", "Nothing is added to this part"),
    ],
)
def test_what_cannot_be_added_says_why(section, key, said):
    with pytest.raises(CannotWrite, match=said):
        with_new(document(), section, key)


def test_what_is_typed_wrong_stays_out_and_says_how_it_is_written():
    sent = typed(fields_at(document(), "lines.running")) | {"distribution": "about a fifth"}
    with pytest.raises(CannotWrite, match="It is not written as in the file") as refusal:
        with_fields(document(), "lines.running", sent)
    assert list(refusal.value.found) == ["distribution"]


def test_one_thing_is_taken_out_and_the_rest_stays():
    left = without(document(), "options.mutual")
    assert "mutual" not in left["options"]
    assert "company" in left["options"]


@pytest.mark.parametrize("place", ["options.none", "options", "service", "nothing.at_all"])
def test_what_is_not_there_is_not_taken_out(place):
    with pytest.raises(NoSuchPlace, match="The appraisal has no"):
        without(document(), place)
