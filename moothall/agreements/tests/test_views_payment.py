"""A payment is tried with the facts of its period and of those before."""

from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from moothall.agreements.tests.factories import draft_of, manager_of
from moothall.deals.tests.test_settlement import DEAL
from moothall.directory.tests.factories import OrganisationFactory

pytestmark = pytest.mark.django_db
SECOND = "2026-07-01"


@pytest.fixture
def asked():
    """Lamps at £1.25, together at most £3,000, and a fee of £1,000 each quarter."""
    norbury = OrganisationFactory(slug="norbury")
    manager = manager_of(norbury)
    draft = draft_of(norbury, by=manager, text=DEAL.format(fee=1000, cap=3000))
    client = Client()
    client.force_login(manager)
    address = reverse("agreements:settle", args=["norbury", draft.pk])

    def ask(lamps: str, period: str = SECOND):
        return client.get(address, {"period": period, "fact.lamps": lamps})

    return ask


def test_the_facts_of_earlier_periods_may_differ_from_those_of_this_one(asked):
    # The cap of £3,000 leaves what the first quarter has not used.
    for lamps, due in (("1800", "£750.00"), ("400; 1,800", "£2,250.00"), ("2000; 1800", "£500.00")):
        answer = asked(lamps)
        assert answer.status_code == 200
        assert f'numeric">{due}' in answer.text, lamps
        assert answer.text.count("A fixed fee of") == 1  # the quarter before was stated


def test_numbers_that_do_not_match_the_periods_are_refused_and_stay_in_the_form(asked):
    answer = asked("1; 2; 3")
    assert answer.status_code == 400
    page = unescape(answer.text)
    assert "These are 3 numbers, and there are 2 periods so far." in page
    assert "Give one number for all of them, or 2." in page
    assert 'value="1; 2; 3"' in page


@pytest.mark.parametrize("typed", ["many", "1; ", "NaN", "1e99", "1; inf"])
def test_what_is_no_number_is_refused(asked, typed):
    answer = asked(typed)
    assert answer.status_code == 400
    assert "is not a number. Write it as 1200 or 0.5." in unescape(answer.text)
