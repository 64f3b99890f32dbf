"""The catalogue of delivery models: what each says, and that adding one is adding a file."""

from importlib.resources import files

import pytest

from moothall.appraisal.engine.delivery_models import (
    CannotReadModel,
    delivery_models,
    model_from_toml,
    models_in,
)

FOLDER = files("moothall.appraisal") / "catalogues" / "delivery_models"
TEXTS = {one.name.removesuffix(".toml"): one.read_text("utf-8") for one in FOLDER.iterdir()}
NEW = """
kind = "form"
title = "Regional trust"
says = "A trust that several councils set up delivers for a region."
legal_forms = ["Charitable company"]
control = "Its trustees"
routes = ["competition"]
procurement = "A competition"
staff = "transfer"
risks = ["Far from each place"]
must_be_true = ["Councils want one trust"]
cases = [{ title = "Nowhere yet", says = "Invented for a test", source = "This test" }]
[tax]
vat = "often lost"
corporation_tax = "exempt on primary purpose"
business_rates = "mandatory relief"
pension = "admission agreement"
"""


def test_there_are_sixteen_forms_or_more_and_four_overlays():
    models = delivery_models().values()
    assert len([one for one in models if not one.is_overlay]) >= 16
    assert {one.key for one in models if one.is_overlay} == {
        *("payment_by_results", "social_impact_bond", "social_value_clauses", "personal_budget"),
    }


@pytest.mark.parametrize("key", sorted(TEXTS))
def test_a_model_says_everything_that_is_asked_of_one(key):
    model = delivery_models()[key].as_json()
    assert all(model[name] for name in model if name != "routes")
    assert all(one["source"] and one["says"].strip() for one in model["cases"])


def test_titles_are_not_used_twice():
    titles = [one.title for one in delivery_models().values()]
    assert len(set(titles)) == len(titles)


def test_adding_a_model_is_adding_one_file():
    with_it = models_in({**TEXTS, "regional_trust": NEW})
    assert with_it["regional_trust"].title == "Regional trust"
    assert with_it.keys() - delivery_models().keys() == {"regional_trust"}


def test_forms_stand_before_overlays():
    kinds = [one.is_overlay for one in delivery_models().values()]
    assert kinds == sorted(kinds)


def test_a_field_that_is_not_known_is_refused_with_the_nearest():
    with pytest.raises(CannotReadModel) as refusal:
        model_from_toml("regional_trust", NEW.replace("control =", "contrl ="))
    assert "There is no field 'contrl' here. Did you mean 'control'?" in str(refusal.value)


def test_a_missing_field_and_a_strange_tax_are_both_named():
    text = NEW.replace('title = "Regional trust"\n', "").replace('"often lost"', '"sometimes"')
    with pytest.raises(CannotReadModel) as refusal:
        model_from_toml("regional_trust", text)
    assert '"Title" is missing.' in str(refusal.value)
    assert "'sometimes' is none of: council recovers," in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (NEW.replace('routes = ["competition"]\n', ""), "is a form and names no route"),
        (NEW.replace('kind = "form"', 'kind = "overlay"'), "is an overlay and names routes"),
        ("title = ", "regional_trust is not TOML"),
        (NEW.replace('["Far from each place"]', "[]"), "It is a list with at least one entry"),
    ],
)
def test_a_file_that_is_no_model_says_why(text, said):
    with pytest.raises(CannotReadModel, match=said):
        model_from_toml("regional_trust", text)
