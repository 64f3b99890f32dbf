"""From longlist to shortlist: who is dropped, why, and who always stays."""

from moothall.appraisal.engine.longlist import Outcome, sifted
from moothall.appraisal.tests.files import leisure, read

FAIL = {"answer": "fail", "because": "nobody would bid"}
ALL = {
    "strategic_fit": "pass",
    "value_for_money": "pass",
    "supplier_capacity": "pass",
    "affordability": "pass",
    "achievability": "pass",
}


def of(key, appraisal):
    return next(one for one in sifted(appraisal).options if one.key == key)


def test_a_fail_drops_the_option_with_its_reason():
    sale = of("sale", leisure())
    assert (sale.outcome, sale.because) == (
        Outcome.DISCOUNTED,
        "Strategic fit: the pools would close.",
    )
    assert "sale" not in sifted(leisure()).shortlist


def test_business_as_usual_and_do_minimum_stay_whatever_they_fail():
    usual = of("as_now", leisure())
    assert usual.goes_on
    assert usual.because == (
        "It stays to compare with, though it fails: Potential affordability: it costs more than "
        "the budget."
    )
    assert of("outsourced", read(options__outsourced__success={"supplier_capacity": FAIL})).goes_on


def test_what_nobody_judged_drops_nothing_and_is_listed():
    mutual = of("mutual", leisure())
    assert mutual.goes_on
    assert len(mutual.unknown) == 5
    assert mutual.because.startswith("Nothing rules it out; not judged yet: strategic fit, ")
    known = of("mutual", read(options__mutual__success=ALL))
    assert (known.unknown, known.because) == ((), "It fails no critical success factor.")


def test_what_the_law_rules_out_is_dropped_whatever_it_scores():
    barred = of("mutual", read(options__mutual__barred="the services may not be reserved"))
    assert barred.because == "The law rules it out: the services may not be reserved."
    assert not barred.goes_on


def test_an_option_that_rests_on_a_dropped_choice_is_dropped_with_it():
    sieve = sifted(
        read(
            choices={
                "abroad": {
                    "dimension": "delivery",
                    "title": "Staff from abroad",
                    "success": {"achievability": FAIL},
                },
                "now": {"dimension": "delivery", "title": "As now", "role": "business as usual",
                        "success": {"affordability": FAIL}},
            },
            options__mutual__choices={"delivery": "abroad"},
            options__as_now__choices={"delivery": "now"},
        )
    )  # fmt: skip
    mutual = next(one for one in sieve.options if one.key == "mutual")
    assert mutual.because == (
        "It rests on staff from abroad, which was discounted: Potential achievability: nobody "
        "would bid."
    )
    assert [one.goes_on for one in sieve.choices] == [False, True]


def test_a_shortlist_says_what_it_lacks():
    assert sifted(leisure()).lacks == (
        "The preferred way forward.",
        "An option that is less, or more, ambitious than the preferred one.",
    )
    whole = read(
        options__mutual__is_preferred=True, options__company__role="more ambitious",
    )  # fmt: skip
    assert sifted(whole).lacks == ()
    assert of("mutual", whole).outcome is Outcome.PREFERRED


def test_without_usual_or_minimum_it_lacks_them():
    alone = read(options__outsourced__role="option")
    assert "A do-minimum: the least that meets what is asked." in sifted(alone).lacks


def test_the_sieve_is_written_for_programs():
    assert of("sale", leisure()).as_json()["outcome"] == "discounted"
