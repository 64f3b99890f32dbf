"""What an appraisal's file says, what is refused of it, and that it is written as it was read."""

from datetime import date
from decimal import Decimal

import pytest

from moothall.appraisal.engine.appraisal import Answer, Level, Role
from moothall.appraisal.engine.criteria import Range
from moothall.appraisal.engine.reading import (
    CannotReadAppraisal,
    appraisal_and_findings,
    appraisal_from_toml,
)
from moothall.appraisal.engine.weights import Tie
from moothall.appraisal.tests.files import document, findings, leisure, read, said, text_of
from moothall.deals.writing import canonical, toml_of

HEAD = '[appraisal]\nname = "A"\nbody = "B"\non = 2026-11-24\nfirst_year = "2027/28"\n'


def test_a_sound_file_has_no_findings():
    assert appraisal_and_findings(text_of())[1] == []


def test_the_file_says_what_stands_in_it():
    found = leisure()
    assert (found.first_year, found.years, found.price_year) == (2027, 5, 2027)
    assert found.service.level is Level.COMMUNITY
    assert found.service.staff_fte == Decimal("62.5")
    assert found.usual.name == "In-house as now"
    assert found.options["outsourced"].overlays == ("social_value_clauses",)
    assert found.options["sale"].success["strategic_fit"].answer is Answer.FAILS
    assert found.options["outsourced"].legal.value_pence == 90_000_000
    assert found.options["outsourced"].legal.began_on == date(2026, 11, 24)
    assert found.score("mutual", "quality").value == 100
    assert found.weightings[1].interests[0].tie is Tie.EMPLOYED
    assert found.weightings[0].interests == ()
    assert [line.option for line in found.lines if line.key == "health"] == [
        *("as_now", "outsourced", "company", "mutual"),
    ]


def test_an_appraisal_is_written_as_it_was_read():
    document_read = leisure().document
    again = appraisal_from_toml(toml_of(document_read))
    assert canonical(again.document) == canonical(document_read)
    assert again == leisure()


def test_a_swing_keeps_the_range_it_was_asked_on():
    weighing = read(
        weightings__cabinet__swings={"community": {"points": 100, "worst": 0, "best": 50}}
    ).weightings[0]
    assert weighing.swings[0].asked_on == Range(0.0, 50.0, "points")


def test_a_criterion_may_have_a_value_function():
    points = [{"figure": 0, "worth": 0}, {"figure": 40, "worth": 80}, {"figure": 100, "worth": 100}]
    quality = read(criteria__quality__value=points).criteria[1]
    assert quality.value == ((0.0, 0.0), (40.0, 80.0), (100.0, 100.0))
    told = said(findings(criteria__quality__value=points[:2]))["criteria.quality"]
    assert told.startswith("The value function of 'Quality' does not go from 0, worth 0, to 100")


def test_who_was_never_asked_for_an_interest_differs_from_who_has_none():
    assert read(weightings__cabinet__has_no_interest=None).weightings[0].interests is None


def test_unknown_is_no_nought():
    found = read(scores__mutual__quality="unknown", lines__grant__amount_gbp="unknown")
    assert found.score("mutual", "quality").value is None
    assert [(one.option, one.title) for one in found.unknown_lines] == [
        ("mutual", "Price of the mutual")
    ]
    assert "grant" not in {line.key for line in found.lines}


def test_an_unknown_score_may_say_why():
    found = read(scores__mutual__quality={"value": "unknown", "because": "No mutual runs yet."})
    assert found.score("mutual", "quality").value is None
    assert found.score("mutual", "quality").because == "No mutual runs yet."


REFUSED = [
    (
        {"optons": {"a": {}}},
        "optons",
        "There is no table 'optons' in an appraisal. Did you mean 'options'?",
    ),
    (
        {"options__mutual__form": "public_servce_mutual"},
        "options.mutual.form",
        "There is no delivery model 'public_servce_mutual'. Did you mean 'public_service_mutual'?",
    ),
    (
        {"options__mutual__form": "personal_budget"},
        "options.mutual.form",
        "There is no delivery model 'personal_budget'.",
    ),
    (
        {"options__mutual__overlays": ["outsourced"]},
        "options.mutual.overlays",
        "There is no overlay 'outsourced'.",
    ),
    (
        {"options__mutual__naem": "x"},
        "options.mutual.naem",
        "There is no field 'naem' here. Did you mean 'name'?",
    ),
    ({"options__mutual__name": None}, "options.mutual.name", '"Name" is missing. Add it.'),
    (
        {"appraisal__first_year": "2027"},
        "appraisal.first_year",
        "'2027' is no financial year such as 2026/27.",
    ),
    ({"appraisal__years": 0}, "appraisal.years", "0 years are appraised. Appraise from 1 to 60"),
    (
        {"gates__shuold": {}},
        "gates.shuold",
        "There is no gate 'shuold'. Did you mean 'should'? The three are should, model, who.",
    ),
    (
        {"scores__mutul": {"community": 1}},
        "scores.mutul",
        "There is no option 'mutul' to score. Did you mean 'mutual'?",
    ),
    (
        {"scores__mutual__comunity": 1},
        "scores.mutual.comunity",
        "There is no criterion 'comunity'. Did you mean 'community'?",
    ),
    (
        {"scores__mutual__quality": "good"},
        "scores.mutual.quality",
        """'good' is not a number. Give a number, or "unknown".""",
    ),
    (
        {"options__sale__success": {"strategic_fit": "fail"}},
        "options.sale.success.strategic_fit.because",
        'A "fail" says why: { answer = "fail", because = "..." }.',
    ),
    (
        {"options__sale__success": {"strategic_fti": "pass"}},
        "options.sale.success.strategic_fti",
        "There is no 'strategic_fti' here. Did you mean 'strategic_fit'?",
    ),
    (
        {"criteria__cost": {"title": "Cost to the council", "group": "viability"}},
        "criteria.cost",
        "reads like money",
    ),
    (
        {"criteria__law": {"title": "Statutory duty is met", "group": "viability"}},
        "criteria.law",
        "is a duty in law",
    ),
    (
        {"weightings__cabinet__swings": {"community": -1}},
        "weightings.cabinet.swings.community.points",
        "-1 is below 0.",
    ),
    (
        {"weightings__cabinet__swings": {"community": 0}},
        "weightings.cabinet",
        "Cabinet gives no swing any points.",
    ),
    ({"lines__grant__option": "mutul"}, "lines.grant.option", "There is no option 'mutul'. Did"),
    ({"lines__grant__option": None}, "lines.grant.option", '"Option" is missing. Name one'),
    (
        {"lines__grant__evidence": "bidd"},
        "lines.grant.evidence",
        "There is no evidence 'bidd'. Did you mean 'bid'?",
    ),
    (
        {"drivers__visits__evidence": "returns"},
        "drivers.visits.evidence",
        "There is no evidence 'returns'. Name some of the evidence, or add it.",
    ),
    ({"lines__grant__kind": "gift"}, "lines.grant.kind", "'gift' is none of: pay, non_pay"),
    ({"indices": {"wages": "a lot"}}, "indices.wages", "'a lot' is not a number. Give its growth"),
    (
        {"correlations": [{"between": ["as_now.running", "prize"], "rank": "0.5"}]},
        "correlations.1",
        "as_now.running and prize at 0.5 is no correlation of two lines or drivers.",
    ),
    ({"correlations": [{"rank": "0.5"}]}, "correlations.1", "A correlation is between two lines"),
    (
        {"options__mutual__role": "business as usual"},
        "options",
        "2 options are business as usual; every other is compared with that one.",
    ),
    (
        {"options__mutual__is_preferred": True, "options__company__is_preferred": True},
        "options",
        "Trading company and Mutual are both the preferred way forward.",
    ),
    (
        {
            "choices": {"all": {"dimension": "scope", "title": "Every centre"}},
            "options__mutual__choices": {"delivery": "all"},
        },
        "options.mutual.choices.delivery",
        "Every centre is a choice of scope, not of delivery. Name another.",
    ),
    (
        {"evidence__bid__grade": "F"},
        "evidence.bid.grade",
        "'F' is none of: A, B, C, D, E.",
    ),
    (
        {"options__mutual__success": {"affordability": {"answer": "pass", "evidence": ["bidd"]}}},
        "options.mutual.success.affordability.evidence",
        "There is no evidence 'bidd'. Did you mean 'bid'?",
    ),
    ({"service": None}, "service.name", '"The service" is missing. Add it.'),
    ({"options": {}}, "options", "The appraisal has no options. Add [options.as_now]"),
    ({"drivers__visits__unti": "x"}, "drivers.visits.unti", "Did you mean 'unit'?"),
]


@pytest.mark.parametrize(("changed", "place", "sentence"), REFUSED)
def test_what_is_wrong_is_said_at_its_place_with_what_to_do(changed, place, sentence):
    assert sentence in said(findings(**changed)).get(place, "nothing")


def test_everything_is_said_at_once():
    found = said(
        findings(options__mutual__form="nothing", appraisal__first_year="x", lines__grant__kind="y")
    )
    assert {"options.mutual.form", "appraisal.first_year", "lines.grant.kind"} <= found.keys()


def test_a_file_that_is_no_toml_is_refused_with_the_place():
    with pytest.raises(CannotReadAppraisal, match="This is not TOML"):
        appraisal_from_toml("[appraisal")


def test_a_refusal_carries_its_findings():
    with pytest.raises(CannotReadAppraisal) as refusal:
        appraisal_from_toml(HEAD)
    assert {"appraisal.price_year", "service.name", "options"} <= {
        one.place for one in refusal.value.findings
    }


def test_role_of_an_option_is_one_of_a_few():
    assert {one.role for one in leisure().options.values()} == {
        *(Role.USUAL, Role.MINIMUM, Role.OPTION),
    }
    assert document()["options"]["as_now"]["role"] == Role.USUAL
