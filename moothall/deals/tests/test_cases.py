import pytest

from moothall.deals.cases.named import CASES
from moothall.deals.reading import deal_and_findings

OFF = {
    "lpsa-isle-of-wight": {"2.5% of the net budget requirement"},
    "troubled-families": {"England: 120,000 families"},
}


@pytest.mark.parametrize("name", CASES)
def test_a_case_comes_out_as_published_but_for_what_it_says_is_off(name):
    case = CASES[name]()
    assert case.case == name
    assert {figure.name for figure in case.disagreements()} == OFF.get(name, set())
    assert all(figure.note for figure in case.disagreements())
    assert case.source


@pytest.mark.parametrize("name", CASES)
def test_the_deal_of_a_case_is_sound(name):
    _, findings = deal_and_findings(CASES[name]().deal)
    assert [finding for finding in findings if finding.weight.value != "look at this"] == []


def computed(name):
    return {figure.name: str(figure.computed) for figure in CASES[name]().figures}


def test_figures_worked_by_hand():
    families = computed("troubled-families")
    assert families["500 funded families: fees paid whatever happens"] == "1264000"
    assert families["500 funded families: paid when 70% succeed"] == "1779200"
    assert families["Part of the £2m that depends on results"] == "36.8"
    salford = computed("salford-urban-vision")
    assert salford["Capita's part of £100.01"] == "50.11"
    assert salford["Growth a year"] == "7.538"
    assert computed("lpsa-isle-of-wight")["Reward at an outturn of 124"] == "193948.13"
    assert computed("peterborough-sib")["Payments: for a cohort, or for all together"] == "1"
    assert computed("rikers-sib")["City pays at a fall of 12.5%"] == "10.272"
