"""Risks, promises, results and days to keep, as programs and files read them."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from moothall.agreements.actions.performing import report_result
from moothall.agreements.tests.promises import NOW, Contract, busy_register
from moothall.values.periods import Period

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/agreements"


@pytest.fixture
def contract():
    held = Contract()
    busy_register(held.agreement, by=held.manager)
    report_result(
        indicator=held.agreement.indicators.get(), value=Decimal("93.5"), by=held.provider,
        period=Period(date(2026, 7, 1), date(2026, 10, 1)), at=NOW,
    )  # fmt: skip
    return held


def as_(person):
    client = Client()
    client.force_login(person)
    return client


def test_a_reader_of_an_agreement_reads_what_is_kept_of_it_and_the_public_does_not(contract):
    here = f"{ROOT}/{contract.agreement.pk}"
    reader = as_(contract.officer)
    (risk,) = reader.get(f"{here}/risks").json()["rows"]
    assert (risk["name"], risk["residual"], risk["expected_gbp"]) == (
        "Depot is late", 12, "50000.00",
    )  # fmt: skip
    (promise,) = reader.get(f"{here}/promises").json()["rows"]
    assert (promise["what"], promise["state"]) == ("Two apprentices", "overdue")
    score = reader.get(f"{here}/performance").json()["rows"][-1]
    assert (score["result"], score["rating"], score["is_checked"]) == (
        "93.5", "Approaching target", False,
    )  # fmt: skip
    kinds = {row["kind"] for row in reader.get(f"{here}/calendar?months=36").json()["rows"]}
    assert {"review", "notice", "end", "promise", "reminder"} <= kinds
    assert reader.get(f"{ROOT}/calendar").json()["rows"][0]["agreement"] == "Street cleaning"
    for name in ("risks", "promises", "performance", "calendar"):
        for stranger in (Client(), as_(contract.stranger)):
            answer = stranger.get(f"{here}/{name}")
            assert answer.status_code == 404
            assert "is not read here by you" in answer.json()["sentence"]
    assert as_(contract.stranger).get(f"{ROOT}/calendar").json() == {"rows": []}


def test_a_scorecard_leaves_as_csv(contract):
    page = reverse("agreements:performance", args=[contract.agreement.pk])
    text = b"".join(as_(contract.officer).get(f"{page}?format=csv").streaming_content).decode()
    assert text.splitlines()[1] == (
        "Response,,2026-07-01,2026-09-30,93.5,Approaching target,False,False,"
    )
