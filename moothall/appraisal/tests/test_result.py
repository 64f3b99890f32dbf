"""The whole answer to an appraisal, and how far it holds."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal

import pytest

from moothall.appraisal.engine.result import CannotAppraise, money_findings, result
from moothall.appraisal.queries.rules import rule_books
from moothall.appraisal.tests.files import findings, leisure, read, said
from moothall.deals.deal import Weight
from moothall.deals.writing import plain

BENEFITS = ["as_now", "outsourced", "company", "mutual"]


def worked(appraisal=None, **more):
    return result(leisure() if appraisal is None else appraisal, rule_books(), draws=1000, **more)


@pytest.fixture(scope="module")
def found():
    return worked()


def test_net_present_values_are_worked_out_by_hand(found):
    # Five years at 3.5%, the first not discounted: 1 + 0.966184 + 0.933511 + 0.901943 + 0.871442
    # is 4.673079. In-house: (1,200,000 - 1,000,000) x 4.673079 = 934,616.
    assert round(found.options["as_now"].npv) == 934_616
    assert round(found.options["outsourced"].npv) == round(320_000 * 4.673079)
    assert round(found.options["outsourced"].against_usual) == 560_770
    assert round(found.options["as_now"].bcr, 2) == Decimal("1.20")


def test_futures_say_how_each_option_spreads_and_how_often_it_is_best(found):
    outsourced = found.options["outsourced"]
    assert list(outsourced.percentiles) == ["p10", "p20", "p50", "p80", "p90"]
    assert list(outsourced.percentiles.values()) == sorted(outsourced.percentiles.values())
    shares = [one.best_probability for one in found.options.values() if one.sifted.goes_on]
    assert sum(shares) == pytest.approx(1)
    assert outsourced.best_probability == max(shares)
    assert any(
        one.startswith("Outsourced is worth the most on average") for one in found.robustness
    )
    assert any("before choosing is worth up to" in one for one in found.robustness)


def test_an_option_is_measured_against_business_as_usual(found):
    usual, company = found.options["as_now"].measures, found.options["company"].measures
    assert (usual.against, company.against) == (None, "as_now")
    answer = {one["key"]: one for one in found.as_json()["options"]}
    # Even net worth of years 1 to 4: 934,615.84 / 3.673079, a gain, so below nought as a cost.
    assert answer["as_now"]["equivalent_annual_gbp"] == pytest.approx(-254_450, abs=2)
    # 1 - 1,000,000 / 1,200,000, and 1,200,000 / 1,000,000 - 1
    assert answer["as_now"]["switching_values"] == {"benefits_fall": 0.1667, "costs_rise": 0.2}
    assert answer["sale"]["switching_values"] is None
    assert any("is as good as the best if" in one for one in found.robustness)


def test_a_pound_may_count_by_income_beside_the_plain_result(found):
    assert found.options["mutual"].weighted is None
    poorer = worked(read(lines__health__income_gbp=15000)).options["mutual"]
    assert poorer.weighted.weighted > poorer.weighted.net
    assert round(poorer.weighted.net) == round(poorer.npv)


def test_a_discounted_option_has_its_reason_and_no_figures(found):
    sale = found.options["sale"]
    assert (sale.npv, sale.score, sale.why_no_npv) == (None, None, "It was discounted.")


def test_every_net_present_value_says_its_sign_basis_and_prices(found):
    for one in found.as_json()["options"]:
        for basis in (one["npv_basis"], one["public_sector_npv_basis"]):
            assert basis["sign"] == "benefits above nought, costs below"
            assert basis["real_or_nominal"] == "real"
            assert basis["price_year"] == "2027/28"


def test_the_answer_is_plain_json(found):
    answer = found.as_json()
    assert json.loads(json.dumps(answer)) == plain(answer)
    keys = {"name", "form", "npv_gbp", "public_sector_npv_gbp", "bcr", "score"}
    keys |= {"first_rank_probability", "best_npv_probability", "npv_percentiles"}
    assert all(keys <= one.keys() for one in answer["options"])
    assert {"options", "robustness", "weakest_evidence"} <= answer.keys()


def test_where_there_are_only_costs_nothing_is_netted():
    only = worked(read(lines__health=None, drivers=None))
    one = only.options["as_now"]
    assert (one.npv, one.public_npv, one.bcr) == (None, None, None)
    assert one.why_no_npv == "There are only costs to compare, and nothing to net them against."
    assert round(one.cost) == 4_673_079
    assert round(only.options["outsourced"].against_usual) == 560_770
    assert only.as_json()["options"][0]["npv_gbp"] is None


def test_an_unknown_amount_leaves_its_option_unknown():
    unknown = worked(read(lines__grant__amount_gbp="unknown"))
    mutual = unknown.options["mutual"]
    assert (mutual.npv, mutual.cost, mutual.against_usual) == (None, None, None)
    assert mutual.why_no_npv == "Nobody knows the amount of price of the mutual."
    assert unknown.options["company"].npv is not None
    assert unknown.money.best() == ()


def test_an_unknown_score_leaves_its_option_without_a_place():
    unknown = worked(read(scores__mutual__quality="unknown"))
    assert (unknown.options["mutual"].score, unknown.options["mutual"].rank) == (None, None)
    assert unknown.options["as_now"].rank == 1
    assert "Mutual takes no place: nobody knows how it does on quality." in unknown.notes
    assert unknown.weighed.may_be_first() == ("as_now",)
    assert (
        "Not even 100 of 100 for quality would put Mutual first, by everybody's weights."
        in unknown.notes
    )


def test_what_an_unknown_score_would_have_to_be_is_said():
    # As it is it leads by 6.5 points with 40 for quality, which counts for 28%: 17 would do.
    unknown = worked(read(scores__as_now__quality="unknown"))
    (said,) = [note for note in unknown.notes if "or more for quality" in note]
    known = worked(leisure())
    weight = known.weighed.weighing.order.weights["quality"]
    lead = known.options["as_now"].score - known.options["company"].score
    assert said == (
        f"In-house as now comes first with {40 - lead / weight:.1f} of 100 or more for quality, by "
        "everybody's weights."
    )
    sure = worked(read(scores__as_now__quality="unknown", scores__as_now__community=100))
    assert (
        "In-house as now comes first whatever it does on quality, by everybody's weights."
        in sure.notes
    )


def test_a_criterion_that_nobody_scored_counts_for_nothing_and_says_so():
    scores = {
        option: {key: value for key, value in row.items() if key != "quality"}
        for option, row in leisure().document["scores"].items()
    }
    less = worked(read(scores=scores))
    assert less.options["mutual"].rank is not None
    assert any("No option has a score for quality" in note for note in less.notes)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"criteria": {}, "scores": {}, "weightings": {}}, "There are no criteria yet."),
        ({"scores": {}}, "No option has a score yet."),
        ({"scores__mutual": {}, "scores__company": {}, "scores__outsourced": {}},
         "Fewer than two options have all their scores"),
        ({"scores__mutual__quality": 120}, "lies outside its scale"),
        ({"lines__running__title": "Control"}, "is costed already"),
    ],
)  # fmt: skip
def test_what_cannot_be_weighed_yet_says_why(changed, sentence):
    less = worked(read(**changed))
    assert isinstance(less.weighed, str)
    assert sentence in less.weighed
    assert less.weighed in less.notes
    assert less.options["mutual"].score is None


def test_without_weighers_there_are_places_over_all_weights_and_no_score():
    nobody = worked(read(weightings={}))
    assert nobody.options["mutual"].score is None
    assert nobody.options["mutual"].first_probability > 0


def test_how_far_the_answer_holds_is_said_by_weights_weighers_methods_and_cost(found):
    told = found.robustness
    assert told[0].startswith("In-house as now is first with 60.8 points of 100, 6.5 points ahead")
    assert any(
        "Without Staff side (who would be employed by Mutual), Mutual" in one for one in told
    )
    assert (
        "Outsourced, Trading company and In-house as now each bring the most benefit for what they "
        "cost."
    ) in told
    assert found.as_json()["weighing"]["options"][0]["key"] == "as_now"


def test_weak_evidence_says_what_the_answer_would_be_without_it(found):
    told = {one["key"]: one["without_it"] for one in found.as_json()["weakest_evidence"]}
    assert list(told) == ["bid", "officers", "survey"]
    assert "Without it Sale of the centres would not have been discounted." in told["bid"]
    assert told["officers"][0] == (
        "Without it Mutual would come first by score, not In-house as now."
    )


def test_an_option_says_nothing_of_a_row_or_why_it_costs_nothing(found):
    assert any(note.startswith("Mutual says nothing of ") for note in found.notes)
    zero = {"vat": "The council recovers it.", "set_up": "Nothing is set up."}
    told = worked(read(options__mutual__zero=zero))
    (note,) = [note for note in told.notes if note.startswith("Mutual says nothing of ")]
    assert "VAT" not in note
    assert "set-up" not in note


def test_a_row_that_costs_nothing_and_has_a_line_is_to_look_at():
    both = read(options__mutual__zero={"client": "None."}, lines__client={
        "option": "mutual", "title": "Client side", "kind": "client", "amount_gbp": 1})  # fmt: skip
    (finding,) = money_findings(both, rule_books())
    assert (finding.place, finding.weight) == ("options.mutual.zero.client", Weight.LOOK)


MONEY = [
    ({"lines__health__falls_on": "helth"}, "lines.health.falls_on", "which is no body of this"),
    ({"lines__grant__drivers": ["footfall"]}, "lines.grant.drivers", "is no driver of this"),
    ({"lines__grant__index": "wages"}, "lines.grant.index", "whose growth is not stated"),
    ({"appraisal__discounting": "flat"}, "appraisal", "There is no discount schedule 'flat'."),
    ({"lines__running__distribution": None}, "correlations.1", "as_now.running and outsourced"),
]


@pytest.mark.parametrize(("changed", "place", "sentence"), MONEY)
def test_money_that_must_be_mended_is_refused_with_its_place(changed, place, sentence):
    wrong = read(**changed)
    assert {one.place for one in money_findings(wrong, rule_books())} == {place}
    with pytest.raises(CannotAppraise) as refusal:
        worked(wrong)
    assert sentence in str(refusal.value)


DEAL = {
    "deal": {"name": "A fee", "starts_on": date(2027, 4, 1), "ends_before": date(2032, 4, 1),
             "every": "year"},
    "parties": {
        "council": {"name": "Council", "kind": "public body", "reference": "in-house"},
        "trust": {"name": "Trust", "kind": "mutual"},
    },
    "facts": {
        "visits": {"title": "Visits", "unit": "visits", "reported_by": "trust", "places": 0,
                   "distribution": {"kind": "fixed", "value": 1}},
    },
    "terms": {
        "fee": {"kind": "fixed_fee", "payer": "council", "payee": "trust", "amount_gbp": 900000},
        "visits": {"kind": "unit_price", "payer": "council", "payee": "trust", "volume": "visits",
                   "bands": [{"price_gbp": "0.10"}]},
    },
}  # fmt: skip


def test_a_deal_pays_for_an_option_on_the_same_futures():
    payment = {
        "deal": "fee",
        "bodies": {"council": "council"},
        "follows": {"visits": {"driver": "visits", "times": 600000}},
        "is_nominal": False,
    }
    lines = {key: one for key, one in leisure().document["lines"].items() if key != "grant"}
    paid = worked(read(deals={"fee": DEAL}, options__mutual__payment=payment, lines=lines), seed=3)
    # 900,000 and 0.10 a visit for 600,000 visits, times visits that turn out 0.983 on average.
    yearly = paid.options["mutual"].cost / Decimal("4.673079")
    assert float(yearly) == pytest.approx(959_000, abs=500)
    assert paid.options["mutual"].percentiles


def test_a_deal_in_the_file_is_held_to_the_rules_of_deals():
    wrong = {**DEAL, "terms": {"fee": {**DEAL["terms"]["fee"], "payer": "councl"}}}
    told = said(findings(deals={"fee": wrong}))
    assert (
        "There is no party 'councl'. Did you mean 'council'?" in told["deals.fee.terms.fee.payer"]
    )


def test_legal_routes_are_said_of_the_options_that_the_file_knows_something_of(found):
    company = {one.key: one.state for one in found.options["company"].routes}
    assert company["in_house"] == "closed"
    assert found.options["mutual"].routes == ()


def test_an_option_to_which_no_route_leads_says_so(found):
    assert [one.key for one in found.options["company"].ways] == ["vertical", "competition"]
    assert found.options["company"].why_no_way() is None
    staff = {"own_staff": False}
    told = worked(read(options__as_now__legal=staff)).options["as_now"].why_no_way()
    assert told == (
        "Every legal route that leads to In-house as now is closed. Somebody other than its own "
        "staff delivers it. This is not legal advice. A solicitor confirms the route before anyone "
        "relies on it."
    )


def test_the_service_and_its_duties_are_told_to_programs(found):
    answer = found.as_json()
    assert answer["service"]["level"] == "community"
    assert answer["service"]["cost_gbp"] == "1000000"
    assert answer["service"]["staff_fte"] == "62.5"
    assert answer["duties"][0].startswith("Local Government Act 1999, section 3 asks that")
    assert answer["preconditions"] == "No preconditions have been listed."


def test_an_option_without_lines_says_so():
    lines = {k: v for k, v in leisure().document["lines"].items() if k in ("running", "price")}
    bare = worked(read(lines=lines, drivers={}))
    assert bare.options["mutual"].why_no_npv == "It has no line of cost or benefit."
    nothing = worked(read(lines={}, drivers={}, correlations=[]))
    assert nothing.money.futures is None
    assert "Nothing has been costed yet." in nothing.notes


def test_what_did_not_change_is_not_worked_out_again(found):
    again = worked()
    assert again.weighed is found.weighed
    assert again.money is found.money
    reweighed = worked(read(weightings__cabinet__swings={"community": 10, "quality": 100}))
    assert reweighed.money is found.money
    assert reweighed.weighed is not found.weighed
    recosted = worked(read(lines__grant__amount_gbp=1))
    assert recosted.weighed is found.weighed
    assert recosted.money is not found.money
    assert worked(seed=2).weighed is not found.weighed


def test_several_may_ask_at_once():
    asked = [read(weightings__cabinet__swings={"community": 10 + n}) for n in range(6)]
    with ThreadPoolExecutor(4) as pool:
        ranks = list(pool.map(lambda one: worked(one).options["mutual"].rank, asked))
    assert ranks == [worked(one).options["mutual"].rank for one in asked]
