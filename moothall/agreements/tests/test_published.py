"""The public reads what an agreement costs and brings, or why it does not; members read both."""

from datetime import date
from decimal import Decimal

import pytest

from moothall.agreements.actions import companies, register
from moothall.agreements.actions.performing import check_result, report_result
from moothall.agreements.models import AgreementVersion, Ending, Variation, Withholding
from moothall.agreements.queries.published import PARTS, published
from moothall.agreements.tests.company_factories import company_of
from moothall.agreements.tests.promises import NOW, Contract, busy_register
from moothall.values.periods import Period

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
GAIN = """
[facts.cost]
title = "Cost of the work"

[terms.gain]
kind = "gain_share"
label = "Share of what is saved"
payer = "council"
payee = "contractor"
actual = "cost"
baseline_gbp = 90000
ranges = [{ share = "0.5" }]
"""


@pytest.fixture
def contract():
    held = Contract()
    version = AgreementVersion.objects.get()
    version.text += GAIN
    version.save(update_fields=["text"])
    return held


def said(contract, part, is_read=False):
    found = published(contract.agreement, on=TODAY, is_read=is_read)
    return next(" ".join(each.said) for each in found if each.part == part)


def test_every_part_that_can_be_withheld_is_published_but_the_terms():
    assert {part for part, *_ in PARTS} == set(Withholding.Part) - {Withholding.Part.TERMS}


def test_the_public_reads_price_and_changes(contract):
    assert said(contract, "value") == ("£6,000,000.00 at award, over its whole life, without VAT.")
    assert said(contract, "changes").startswith("Nothing has changed since it was agreed")
    Variation.objects.create(
        agreement=contract.agreement, number=1, title="A second depot", side="supplier",
        value_pence=25_000_000, in_force_from=date(2026, 10, 1), state="IN_FORCE", legal={},
        by=contract.manager, at=NOW,
    )  # fmt: skip
    assert said(contract, "value").endswith("£6,250,000.00 now, with the changes in force.")
    assert said(contract, "changes") == (
        "A second depot, from 1 October 2026, asked for by the party that supplies: £250,000 more."
    )
    withhold(contract, "value")
    assert said(contract, "changes").endswith("asked for by the party that supplies.")


def test_the_public_reads_results_once_they_are_checked(contract):
    assert said(contract, "performance") == "No performance indicator is set."
    busy_register(contract.agreement, by=contract.manager)
    made = report_result(
        indicator=contract.agreement.indicators.get(), value=Decimal("93.5"), by=contract.provider,
        period=Period(date(2026, 7, 1), date(2026, 10, 1)), at=NOW,
    )  # fmt: skip
    assert said(contract, "performance") == "Response: no checked result yet."
    check_result(result=made, by=contract.officer, at=NOW)
    assert said(contract, "performance") == (
        "Response: 93.5 in the period from 1 July 2026, approaching target. Good is at least 95."
    )


def test_the_public_reads_how_gains_are_shared(contract):
    assert said(contract, "gain_share").startswith("Share of what is saved: ")
    AgreementVersion.objects.update(text="")
    assert "not known here" in said(contract, "gain_share")


def test_the_public_reads_who_owns_a_company_where_its_record_is_public(contract):
    assert said(contract, "ownership").startswith("No company is set up under it")
    contract.agreement.kind = "company"
    assert said(contract, "ownership") == "Who owns the company is not recorded."
    by = {"by": contract.manager, "at": NOW}
    company = company_of(
        contract.council, contract.supplier, agreement=contract.agreement, is_public=True,
        by=contract.manager,
    )  # fmt: skip
    assert said(contract, "ownership") == "Sweep Ltd: who owns it is not recorded."
    shares = companies.add_class(company=company, name="Ordinary shares", **by)
    for holder, count in ({"holder": contract.council}, 3), ({"holder_name": "Employees"}, 1):
        companies.record_holding(of_class=shares, count=count, on=TODAY, **holder, **by)
    council, employees = said(contract, "ownership").split(" Sweep Ltd: ")
    assert council == "Sweep Ltd: Norbury Council has 75% of the votes."
    assert employees == "Employees has 25% of the votes."
    company.is_public = False
    company.save(update_fields=["is_public"])
    assert said(contract, "ownership") == "Sweep Ltd: the record of who owns it is not public."


def test_the_public_reads_when_and_how_it_ends(contract):
    assert said(contract, "exit").startswith("It runs until before 1 April 2029. 1 April 2027: ")
    assert said(contract, "exit").endswith("Notice: 6 months.")
    Ending.objects.create(
        agreement=contract.agreement, ends_on=date(2027, 3, 31), why="Its time is over.",
        by=contract.manager, at=NOW,
    )  # fmt: skip
    assert said(contract, "exit").startswith("It ends on 31 March 2027. Its time is over.")


def withhold(contract, part):
    register.withhold(
        agreement=contract.agreement, part=part, why="A tender runs.",
        review_on=date(2027, 3, 31), by=contract.manager, at=NOW,
    )  # fmt: skip


@pytest.mark.parametrize("part", [part for part, *_ in PARTS])
def test_what_is_withheld_says_why_and_until_when_and_members_read_it(contract, part):
    withhold(contract, part)
    hidden = {each.part: each for each in published(contract.agreement, on=TODAY, is_read=False)}
    assert (hidden[part].said, hidden[part].why_withheld) == ((), "A tender runs.")
    assert hidden[part].asked_again == date(2027, 3, 31)
    assert all(each.said for each in hidden.values() if each.part != part)
    assert all(each.said for each in published(contract.agreement, on=TODAY, is_read=True))
