"""Appraisals worked out as cases: their figures by hand, their files sound, their sources named."""

import pytest

from moothall.appraisal.cases.named import CASES
from moothall.appraisal.cases.working import known, worked
from moothall.appraisal.engine.reading import appraisal_and_findings, appraisal_from_toml
from moothall.appraisal.engine.result import money_findings
from moothall.appraisal.queries.rules import rule_books
from moothall.deals.deal import Weight
from moothall.deals.writing import toml_of

OFF = {"west-cheshire-cba": {"Saved less invested"}}


@pytest.mark.parametrize("name", CASES)
def test_a_case_comes_out_as_printed_but_for_what_it_says_is_off(name):
    case = CASES[name]()
    assert case.case == name
    assert {one.name for one in case.disagreements()} == OFF.get(name, set())
    assert all(one.note for one in case.disagreements())
    assert case.source
    assert case.checked_on
    assert case.story.count(". ") == 2
    assert case.story.endswith(".")


@pytest.mark.parametrize("name", CASES)
def test_the_file_of_a_case_is_sound(name):
    found, findings = appraisal_and_findings(CASES[name]().appraisal)
    assert findings == []
    assert not [one for one in money_findings(found, rule_books()) if one.weight is Weight.MUST]


@pytest.mark.parametrize("name", CASES)
def test_the_file_of_a_case_is_written_as_it_was_read(name):
    appraisal = worked(name).appraisal
    assert appraisal_from_toml(toml_of(appraisal.document)) == appraisal


@pytest.mark.parametrize("name", CASES)
def test_every_evidence_of_a_case_has_a_source_and_a_grade(name):
    evidence = worked(name).appraisal.evidence.values()
    assert evidence
    assert all(one.source and one.grade for one in evidence)


def computed(name):
    return {one.name: str(one.computed) for one in CASES[name]().figures}


def test_one_service_in_four_models_worked_by_hand():
    found = computed("wholly-own-build")
    # 5,000,000 a year for five years at 3.5%, the first not discounted: x 4.673079
    assert list(found.values())[:4] == ["23365396", "25593402", "23209945", "24017264"]
    # Set-up, overhead that stays, and client side, less leaner pay and other costs:
    # 250,000 + 266,956.52 - 60,794 x 4.673079
    assert list(found.values())[4] == "232861"


def test_rates_relief_worked_by_hand():
    # 192,000; a fifth of it; the rest; 49% of that; 153,600 - 75,264; and nothing to all together
    assert list(computed("rates-relief-trust").values()) == [
        *("192000", "38400", "153600", "75264", "78336", "0"),
    ]


def test_west_cheshire_worked_by_hand():
    found = computed("west-cheshire-cba")
    assert found["Saved for each pound invested"] == "2.634"
    assert found["Saved less invested"] == "67"
    assert found["England over five years: highest by lowest"] == "2.19"
    assert found["England in a year: highest by lowest"] == "1.88"


def test_connected_care_is_the_weakest_evidence_and_shows_why():
    found = worked("basildon-connected-care")
    assert computed("basildon-connected-care")["Of that, quality of life"] == "9.63"
    assert found.weak[0].evidence.grade == "E"
    assert found.weak[0].evidence.is_interested
    assert found.weak[0].without[-1].startswith("Without it nobody can say which is the best value")


def test_invest_to_save_worked_by_hand():
    # 19m / 12 and 2m a year for twelve years, the first not discounted, less 22m:
    # 3,583,333 x 10.001551 - 22m = 13.8m
    assert computed("salford-lighting-retrofit")["Worth in 2005/06, over twelve years (ours)"] == (
        "13.8"
    )


def test_trials_worked_by_hand():
    found = computed("behaviour-trial")
    assert found["In standard errors"] == "12.82"
    assert (found["95% interval: from"], found["95% interval: to"]) == ("0.678", "0.922")
    assert found["Visits behind 96,000 more donors a year"] == "12.0"
    assert found["Chance of as much by chance"] == "1.25"
    assert worked("behaviour-trial").trials[1].sure == (False,)


def test_ten_options_for_libraries_say_why_nine_go_on_and_what_decides():
    found = worked("libraries-ten-options")
    assert len(found.options) == 10
    assert len(found.sieve.shortlist) == 9
    assert "out of reach" in found.options["closures"].sifted.because
    assert found.options["redesigned"].rank == 1
    assert found.money.best() == ("mutual",)
    assert not [note for note in found.notes if "says nothing of" in note]
    assert {one.state for one in found.options["mutual"].routes} <= {
        *("open", "closed", "not assessed"),
    }
    assert found.robustness


def test_a_case_has_no_figure_of_what_is_not_known():
    with pytest.raises(ValueError, match="A case has no figure of what is not known"):
        known(None)
