"""Who keeps the risk register, and what it refuses."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from moothall.agreements.actions.risks import (
    CannotKeepRisk,
    change_risk,
    move_risk,
    raise_for_optimism,
    record_risk,
    take_off_uplift,
)
from moothall.agreements.models import OptimismUplift, Risk
from moothall.agreements.queries import risks
from moothall.agreements.tests.factories import agreement_of
from moothall.agreements.tests.promises import NOW, Contract
from moothall.core.models import AuditEntry
from moothall.directory.queries import viewer_for
from moothall.directory.tests.factories import OrganisationFactory
from moothall.values.counted_once import Uncertainty

pytestmark = pytest.mark.django_db
K = 100_000
SAID = {
    "name": "Depot is late",
    "cause": "Ground conditions are not surveyed",
    "event": "The depot opens late",
    "effect": "Vehicles are hired meanwhile",
    "uncertainty": "WORKS_DURATION",
    "proximity": "year",
    "inherent_likelihood": 4,
    "inherent_impact": 4,
    "residual_likelihood": 3,
    "residual_impact": 3,
}


@pytest.fixture
def contract():
    return Contract()


def keep(contract, **said):
    return record_risk(
        agreement=contract.agreement, by=contract.manager, at=NOW, **{**SAID, **said}
    )


def test_a_risk_is_recorded_with_who_bears_it_and_the_log_holds_no_word_of_it(contract):
    risk = keep(contract, owner=contract.member, authority_percent=Decimal(40))
    assert (risk.state, risk.owner.organisation.name) == ("OPEN", "Sweep Ltd")
    entry = AuditEntry.objects.get(did="agreements.risk_recorded")
    assert entry.body_id == contract.council.pk
    assert "depot" not in entry.detail.casefold()


@pytest.mark.parametrize("who", ["provider", "stranger", "officer"])
def test_only_those_who_keep_the_agreement_keep_its_risks(contract, who):
    with pytest.raises(CannotKeepRisk, match=r"keep the agreements of Norbury Council"):
        record_risk(agreement=contract.agreement, by=getattr(contract, who), at=NOW, **SAID)
    assert not Risk.objects.exists()


@pytest.mark.parametrize("percent", [Decimal(0), Decimal(50)])
def test_a_risk_to_reputation_is_not_put_on_the_supplier(contract, percent):
    with pytest.raises(
        CannotKeepRisk, match=r"not passed on: .* it is Norbury Council that is held to account"
    ):
        keep(contract, uncertainty="REPUTATION", authority_percent=percent)


def test_a_risk_to_reputation_cannot_be_passed_on_by_a_later_change_or_past_the_deed(contract):
    risk = keep(contract, uncertainty="REPUTATION", authority_percent=Decimal(100))
    with pytest.raises(CannotKeepRisk, match=r"A risk to reputation is not passed on"):
        change_risk(risk=risk, by=contract.manager, at=NOW, authority_percent=Decimal(99))
    with pytest.raises(IntegrityError), transaction.atomic():
        Risk.objects.filter(pk=risk.pk).update(authority_percent=0)


QUANTIFIED = {"residual_chance": Decimal("0.2"), "residual_pence": 250 * K}


def uplift(contract, uncertainty=Uncertainty.WORKS_DURATION, **given):
    return raise_for_optimism(
        agreement=contract.agreement,
        uncertainty=uncertainty,
        **{"percent": Decimal(20), "source": "Outline business case", **given},
        by=contract.manager,
        at=NOW,
    )


def test_a_quantified_risk_is_refused_where_the_estimate_is_raised_for_the_same(contract):
    made = uplift(contract)
    with pytest.raises(CannotKeepRisk, match=r"about how long works take would be counted twice"):
        keep(contract, **QUANTIFIED)
    keep(contract, name="Unquantified")
    keep(contract, name="Another", uncertainty="DEMAND", **QUANTIFIED)
    take_off_uplift(uplift=made, by=contract.manager, at=NOW)
    keep(contract, **QUANTIFIED)


def test_an_uplift_is_refused_where_an_open_risk_is_quantified_for_the_same(contract):
    risk = keep(contract, **QUANTIFIED)
    with pytest.raises(CannotKeepRisk, match=r"Take the uplift off, or leave the risk unquantifie"):
        uplift(contract)
    uplift(contract, Uncertainty.DEMAND)
    move_risk(risk=risk, move="CLOSE", by=contract.manager, at=NOW)
    uplift(contract)
    with pytest.raises(CannotKeepRisk, match=r"counted twice"):
        move_risk(risk=risk, move="REOPEN", by=contract.manager, at=NOW)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"percent": Decimal(0)}, r"^An uplift of 0% is none"),
        ({"source": " "}, r"without saying where it comes from"),
        ({"source": "x" * 301}, r"has 301 letters, and at most 300 fit"),
    ],
)
def test_an_uplift_says_how_much_and_from_where(contract, given, words):
    with pytest.raises(CannotKeepRisk, match=words):
        uplift(contract, **given)
    assert not OptimismUplift.objects.exists()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"cause": " ", "effect": ""}, r"without its cause, the effect\. Say what may happen"),
        ({"event": "x" * 301}, r"event has 301 letters, and at most 300 fit"),
        ({"uncertainty": "WEATHER"}, r"Choose one of the list"),
        ({"inherent_impact": 6}, r"scored from 1 to 5"),
        ({"residual_likelihood": None}, r"scored from 1 to 5"),
        ({"authority_percent": Decimal(101)}, r"lies from 0% to 100%"),
        ({"residual_chance": Decimal("0.1")}, r"after mitigation by both its chance and its cost"),
        ({"inherent_pence": 5}, r"before mitigation by both its chance and its cost"),
        ({"residual_chance": Decimal(2), "residual_pence": 5}, r"A chance lies from 0% to 100%"),
        ({"mitigation_pence": -1}, r"What a mitigation costs is not below £0"),
    ],
)
def test_what_a_risk_says_is_whole(contract, given, words):
    with pytest.raises(CannotKeepRisk, match=words):
        keep(contract, **given)


def test_a_risk_is_owned_by_a_member_of_its_own_agreement(contract):
    other = agreement_of(contract.council, OrganisationFactory(name="Elsewhere"), text=None)
    stranger = other.members.get(organisation__name="Elsewhere")
    with pytest.raises(CannotKeepRisk, match=r"^Elsewhere is no member of this agreement"):
        keep(contract, owner=stranger)


def test_a_risk_that_is_closed_does_not_happen(contract):
    risk = keep(contract)
    move_risk(risk=risk, move="CLOSE", by=contract.manager, at=NOW)
    with pytest.raises(CannotKeepRisk, match=r"You cannot say that it happened: the risk is clos"):
        move_risk(risk=risk, move="HAPPEN", by=contract.manager, at=NOW)


def test_the_page_adds_up_what_its_reader_may_see(contract):
    four = [("0.10", 500), ("0.40", 300), ("0.20", 250), ("0.15", 120)]
    for number, (chance, cost) in enumerate(four):
        keep(
            contract,
            name=f"Risk {number}",
            residual_chance=Decimal(chance),
            residual_pence=cost * K,
            authority_percent=Decimal(50),
            is_private=number == 0,
        )
    page = risks.risks_page(
        contract.agreement, viewer=viewer_for(contract.manager), on=date(2026, 11, 24)
    )
    assert page.quantified.expected_gbp == 238_000
    assert page.quantified.deviation_gbp == Decimal("236507.93")
    assert [(name, whole, kept) for name, whole, kept in page.quantified.parts] == [
        ("P50", 250_000, 125_000),
        ("P80", 420_000, 210_000),
        ("P90", 550_000, 275_000),
    ]
    assert (page.quantified.nothing, page.quantified.most_gbp) == ("36.7%", 1_170_000)
    assert page.quantified.check == 1
    assert sum(chance for _, chance in page.quantified.columns) == pytest.approx(1)
    theirs = risks.risks_page(
        contract.agreement, viewer=viewer_for(contract.provider), on=date(2026, 11, 24)
    )
    assert (len(theirs.rows), theirs.hidden) == (3, 1)
    assert theirs.quantified.expected_gbp == 188_000


def test_a_page_without_figures_says_how_many_lack_them(contract):
    keep(contract)
    page = risks.risks_page(
        contract.agreement, viewer=viewer_for(contract.manager), on=date(2026, 11, 24)
    )
    assert page.quantified is None
    assert page.unquantified == 1
