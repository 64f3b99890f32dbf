import pytest

from moothall.deals.cases.named import CASES
from moothall.deals.drawing import who_pays_whom
from moothall.deals.reading import deal_and_findings, deal_from_toml

OFF = {
    "essex-mst-sib": {
        "Families who completed the therapy",
        "Fall against the fall that was aimed for",
    },
    "greenwich-leisure": {"Business rates that a charity pays on a bill of £192,000"},
    "london-rough-sleepers-sib": {"People on the list"},
    "southwest-one": {"Losses, as printed in 2012"},
    "outcome-contracts": {
        "Ambition: payments",
        "Aspire: payments",
        "Reboot West: payments",
    },
    "outcomes-advance": {"One person who reaches every outcome: paid"},
    "outcomes-ambition": {"Price times results, within the most that could be paid"},
    "outcomes-aspire": {"Price times results, within the most that could be paid"},
    "outcomes-gloucestershire": {"What the payers committed at most"},
    "outcomes-links-for-life": {"One person who reaches every outcome: paid"},
    "outcomes-reboot-west": {
        "Price times results, within the most that could be paid",
        "Education or training agreed",
        "At least one steady relationship",
        "Feels safe",
        "Manages accommodation and costs",
        "Outcome of own choice",
        "Begins a course",
        "Completes a quarter of a course",
        "Completes half of a course",
        "Level 1 qualification",
        "Level 3 qualification",
    },
    "tri-borough": {"Saved by March 2017, on the plan of 2012"},
    "west-cheshire": {"Saved less invested"},
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
    bond = computed("peterborough-sib")
    assert bond["Repaid in the seventh year, for 3% a year on £5m drawn over four"] == "5885886"
    assert bond["Yearly return on that"] == "3"
    assert computed("rikers-sib")["City pays at a fall of 12.5%"] == "10.272"
    boroughs = computed("tri-borough")
    assert boroughs["Saved over ten years"] == "301.65"
    assert boroughs["The same, at 2011/12 values (3.5% a year)"] == "248.99"
    assert boroughs["Leaving after two years of five, on invented figures"] == "157200.00"
    assert computed("essex-mst-sib")["Days in care avoided"] == "156576"
    catering = computed("shropshire-trading-company")
    assert catering["Catering: work for the council"] == "68.63"
    assert catering["Most it could sell outside beside £7.0m for the council"] == "1750000"
    leisure = computed("greenwich-leisure")
    assert leisure["Gain to society and council together"] == "78336"
    families = computed("west-cheshire")
    assert families["The council, on invented figures: receives"] == "575000"
    assert families["Against England's £75,000 a family"] == "0.95"
    assert computed("goodwin-trust")["People above the number expected, at 60%"] == "91.2"
    assert computed("essex-cares")["Satisfied, at the least: 99% of 100 asked"] == "94.55"
    prizes = computed("laa-tournament")
    assert [prizes[f"Prize of {name}"] for name in ("East", "North", "South", "West")] == [
        *("1.6", "1.2", "0.8", "0.4")
    ]
    assert prizes["Prizes that a shock of 3 points to all four changes"] == "0"
    assert computed("southwest-one")["Gain share on £22m saved before the settlement"] == "11.00"
    # 406 x 500 + 351 x 500 + 302 x 200 + ... = 3,155,150, of which the contract lets 2,944,525 by
    ambition = computed("outcomes-ambition")
    assert ambition["Price times results"] == "3155150"
    assert ambition["Price times results, within the most that could be paid"] == "2944525"
    again = computed("outcomes-reboot-west")
    assert again["Price times results"] == "1617330"
    assert again["With as many outcomes as payments"] == "1871540"
    quarters = computed("outcomes-gloucestershire")
    assert quarters["Price of a quarter"] == "10250"
    assert quarters["Quarters paid for, against results"] == "75"
    assert quarters["Price times results, within the most that could be paid"] == "768750"
    person = computed("outcomes-capitalise")
    assert person["One person who reaches every outcome: by the tariffs"] == "20200"
    assert person["One person who reaches every outcome: paid"] == "11700"


@pytest.mark.parametrize("name", CASES)
def test_a_case_tells_its_story_in_three_sentences_and_is_dated(name):
    case = CASES[name]()
    assert case.story.count(". ") == 2
    assert case.story.endswith(".")
    assert case.checked_on


@pytest.mark.parametrize("name", CASES)
def test_the_picture_of_a_case_has_every_term_and_only_its_parties(name):
    deal = deal_from_toml(CASES[name]().deal)
    arrows = who_pays_whom(deal)
    assert [arrow.term for arrow in arrows] == [term.key for term in deal.terms]
    assert all(arrow.pairs for arrow in arrows)
    assert {key for arrow in arrows for pair in arrow.pairs for key in pair} <= set(deal.parties)
