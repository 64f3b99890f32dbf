"""Claims about persons, judged before anything is counted. Sums worked by hand."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moothall.deals.claims import CannotJudge, Claim, Rule, judged, not_simulated, with_reported
from moothall.deals.reading import CannotReadDeal
from moothall.deals.tests.settling import amounts, the_deal

START = date(2026, 4, 1)
HOMES = """
    kind = "rate_card"
    payer = "council"
    payee = "contractor"
    person_cap_gbp = 15000

    [[terms.it.tariffs]]
    outcome = "entry"
    price_gbp = 6000

    [[terms.it.tariffs]]
    outcome = "held"
    price_gbp = 6000
    over_person_cap = "over"
    sustained_weeks = 13
    within_weeks = 15
    claim_within_days = 60
    evidence_within_days = 14

    [[terms.it.tariffs]]
    outcome = "work"
    price_gbp = 2000
    group = "work"

    [[terms.it.tariffs]]
    outcome = "training"
    price_gbp = 1000
    group = "work"
    most_a_person = 2
"""


def homes(**more):
    return the_deal(HOMES, facts=["entry", "held", "work", "training", "over"], **more)


def claim(name, outcome="entry", *, person="P1", day=0, made=0, **more):
    """A claim that starts so many days into the deal, made so many days after that."""
    start = START + timedelta(days=day)
    return Claim(name, person, outcome, start, start + timedelta(days=made), **more)


def held(name, *, person="P1", day=0, made=110, weeks=13, evidence=104):
    on = START + timedelta(days=day + evidence)
    return claim(
        name, "held", person=person, day=day, made=made, weeks_held=Decimal(weeks), evidence_on=on
    )


def told(*claims, deal=None):
    return [(one.rule, one.sentence) for one in judged(deal or homes(), claims).claims]


def test_a_person_who_claims_one_outcome_twice_counts_once():
    assert told(claim("A"), claim("B", day=9)) == [
        (Rule.COUNTED, "Claim A counts: entry, reached on 1 April 2026, £6,000."),
        (
            Rule.MOST_A_PERSON,
            "Claim B is refused: entry: 1 of 1 a person counted already (A).",
        ),
    ]


def test_two_people_count_twice_and_two_may_be_allowed_of_one():
    assert {rule for rule, _ in told(claim("A"), claim("B", person="P2"))} == {Rule.COUNTED}
    rules = [rule for rule, _ in told(*(claim(n, "training", day=d) for d, n in enumerate("ABC")))]
    assert rules == [Rule.COUNTED, Rule.COUNTED, Rule.MOST_A_PERSON]


def test_one_name_is_one_claim():
    (_, (rule, sentence)) = told(claim("A"), claim("A", person="P2", day=3))
    assert rule is Rule.TWICE
    assert sentence == "Claim A is refused: a claim of that name is counted already."


def test_of_a_group_a_person_counts_once():
    _, (rule, sentence) = told(claim("A", "training"), claim("B", "work", day=1))
    assert rule is Rule.GROUP
    assert sentence == "Claim B is refused: work: of work a person counts once, and A does."


@pytest.mark.parametrize(
    ("made", "rule", "said"),
    [
        # 15 weeks from 1 April end on 14 July
        (held("A"), Rule.COUNTED, "counts: held, reached on 14 July 2026, £6,000."),
        (held("A", weeks=12), Rule.NOT_SUSTAINED, "held for 12 of the 13 weeks that are asked."),
        (held("A", made=103), Rule.EARLY, "it was made on 13 July 2026, before 14 July 2026"),
        (held("A", made=165), Rule.LATE, "made 61 days after it was reached; 60 are allowed."),
        (held("A", evidence=89), Rule.EVIDENCE, "is 15 days from 14 July 2026; 14 are allowed."),
        (
            claim("A", "held", made=110, weeks_held=Decimal(13)),
            Rule.EVIDENCE,
            "it gives no date of its evidence.",
        ),
        (held("A", day=300), Rule.OUTSIDE, "is not within the deal, 1 April 2026 to 31 March 2027"),
        (claim("A", "jobs"), Rule.NOT_ON_CARD, "no rate card has the outcome 'jobs'."),
    ],
)
def test_a_claim_is_held_to_its_weeks_its_evidence_and_its_day(made, rule, said):
    ((found, sentence),) = told(made)
    assert found is rule
    assert said in sentence


def test_the_last_day_on_which_a_claim_may_be_made_still_counts():
    ((rule, _),) = told(held("A", made=164))
    assert rule is Rule.COUNTED


def test_a_cap_a_person_pays_a_part_where_the_card_says_where_it_goes():
    # £6,000 and £6,000 leave £3,000 of £15,000; a held home of another £6,000 pays half
    deal = homes()
    done = judged(deal, [claim("A"), claim("B", "work"), held("C"), claim("D", "training", day=2)])
    by_name = {one.claim.claim: one for one in done.claims}
    assert by_name["D"].rule is Rule.GROUP
    assert [by_name[name].worth_gbp for name in "ABC"] == [6000, 2000, 6000]
    more = HOMES.replace("person_cap_gbp = 15000", "person_cap_gbp = 11000")
    deal = the_deal(more, facts=["entry", "held", "work", "training", "over"])
    done = judged(deal, [claim("A"), claim("B", "work"), held("C")])
    last = done.claims[-1]
    assert last.rule is Rule.IN_PART
    assert last.sentence == (
        "Claim C counts in part: held, the cap of £11,000 a person leaves £3,000."
    )
    facts = {key: list(values.values()) for key, values in done.facts.items()}
    assert facts["over"] == [3000]
    assert amounts(deal, **facts) == [Decimal("11000.00")]  # the card pays what the judge let by


def test_what_is_wholly_above_the_cap_a_person_is_refused():
    more = HOMES.replace("person_cap_gbp = 15000", "person_cap_gbp = 7000")
    deal = the_deal(more, facts=["entry", "held", "work", "training", "over"])
    _, (rule, sentence) = told(claim("A"), claim("B", "work", day=1), deal=deal)
    assert rule is Rule.PERSON_CAP
    assert (
        sentence == "Claim B is refused: work: the cap of £7,000 a person leaves £1,000 of £2,000."
    )


def test_the_fair_chance_fund_had_a_cap_two_and_a_half_times_what_a_person_was_to_cost():
    # £15m for 2,500 young people is £6,000 each; the cap announced was about £15,000
    assert Decimal(15_000_000) / 2500 == 6000
    card = HOMES.replace("price_gbp = 6000", "price_gbp = 6000\n    most_a_person = 4", 1)
    card = card.replace("price_gbp = 6000", 'price_gbp = 6000\n    over_person_cap = "cut"', 1)
    deal = the_deal(card, facts=["entry", "held", "work", "training", "over", "cut"])
    done = judged(deal, [claim(name, day=day) for day, name in enumerate("ABCD")])
    assert [one.worth_gbp for one in done.claims] == [6000, 6000, 3000, 0]
    assert done.claims[3].rule is Rule.PERSON_CAP


def test_what_is_reached_later_waits_and_what_is_claimed_later_counts_where_it_was_reached():
    deal = homes(periods=2)
    late = claim("A", made=500)
    next_year = claim("B", person="P2", day=365)
    done = judged(deal, [next_year, late], up_to=deal.periods[0])
    assert [one.rule for one in done.claims] == [Rule.COUNTED, Rule.NOT_YET]
    assert "it is reached on 1 April 2027, after 2026/27. It waits." in done.claims[1].sentence
    assert done.facts["entry"] == {START: 1}
    both = judged(deal, [next_year, late]).facts["entry"]
    assert list(both.values()) == [1, 1]


def test_an_outcome_is_either_reported_or_claimed():
    deal = homes()
    done = judged(deal, [claim("A")])
    merged = with_reported(done, {"held": {START: Decimal(7)}})
    assert (merged["entry"], merged["held"]) == ({START: 1}, {START: 7})
    with pytest.raises(CannotJudge, match="entry is reported as a number and claimed person by"):
        with_reported(done, {"entry": {START: Decimal(7)}})


def test_a_deal_without_a_rate_card_judges_nothing():
    fee = 'kind = "fixed_fee"\npayer = "council"\npayee = "contractor"\namount_gbp = 1'
    with pytest.raises(CannotJudge, match="no rate card to judge claims by"):
        judged(the_deal(fee), [])


def test_an_outcome_on_two_cards_is_not_judged_by_both():
    other = "\n[terms.other]" + HOMES.replace("terms.it", "terms.other")
    facts = ["entry", "held", "work", "training", "over"]
    with pytest.raises(CannotJudge, match="Entry stands on two rate cards"):
        judged(the_deal(HOMES, facts=facts, more=other), [])


def test_weeks_that_do_not_hold_the_weeks_asked_are_a_finding():
    with pytest.raises(CannotReadDeal, match="12 weeks do not hold the 13 weeks that are asked"):
        the_deal(
            HOMES.replace("within_weeks = 15", "within_weeks = 12"),
            facts=["entry", "held", "work", "training", "over"],
        )


def test_what_the_cap_takes_off_is_not_taken_off_twice():
    twice = HOMES.replace('"entry"', '"entry"\n    over_person_cap = "over"')
    with pytest.raises(CannotReadDeal, match="Two tariffs name the same fact for what the cap"):
        the_deal(twice, facts=["entry", "held", "work", "training", "over"])


def test_what_no_draw_of_numbers_knows_is_said():
    (said,) = not_simulated(homes())
    assert said.startswith("Rate card: outcomes are drawn as numbers already counted. ")
    assert "Rules about one person are not simulated: the cap a person, groups" in said


def test_a_card_reads_back_what_one_person_is_judged_by():
    said = homes().term("it").in_words(homes())
    assert "once held for 13 weeks of 15, claimed within 60 days" in said


some_claims = st.lists(
    st.builds(
        lambda number, outcome, person, day, made, weeks: claim(
            f"C{number}",
            outcome,
            person=person,
            day=day,
            made=made,
            weeks_held=Decimal(weeks),
            evidence_on=START + timedelta(days=day + 100),
        ),
        st.integers(1, 30),
        st.sampled_from(["entry", "held", "work", "training", "jobs"]),
        st.sampled_from(["P1", "P2", "P3"]),
        st.integers(-5, 400),
        st.integers(0, 200),
        st.integers(10, 16),
    ),
    max_size=14,
)
PLAIN = settings(deadline=None, max_examples=60)
CARD = homes()


@PLAIN
@given(some_claims, st.randoms())
def test_the_order_of_a_file_changes_nothing(claims, shuffler):
    shuffled = list(claims)
    shuffler.shuffle(shuffled)
    assert judged(CARD, shuffled) == judged(CARD, claims)


@PLAIN
@given(some_claims)
def test_nothing_counted_exceeds_a_rule_about_one_person(claims):
    counted = [one for one in judged(CARD, claims).claims if one.is_counted]
    assert len({one.claim.claim for one in counted}) == len(counted)
    for person in ("P1", "P2", "P3"):
        own = [one for one in counted if one.claim.person == person]
        assert sum(one.worth_gbp for one in own) <= 15000
        outcomes = [one.claim.outcome for one in own]
        assert outcomes.count("entry") <= 1
        assert not {"work", "training"} <= set(outcomes)


@PLAIN
@given(some_claims)
def test_a_refused_claim_is_as_if_it_had_not_been_made(claims):
    done = judged(CARD, claims)
    good = [one.claim for one in done.claims if one.is_counted]
    assert judged(CARD, good).facts == done.facts


@PLAIN
@given(some_claims)
def test_what_the_card_pays_is_what_the_judge_let_by(claims):
    done = judged(CARD, claims)
    facts = {key: list(values.values()) for key, values in done.facts.items()}
    worth = sum((one.worth_gbp for one in done.claims if one.is_counted), Decimal(0))
    assert sum(amounts(CARD, **facts)) == worth
