from datetime import date
from decimal import Decimal

import pytest

from moothall.core.permissions import Viewer
from moothall.directory.actions import record_succession
from moothall.directory.tests.factories import OrganisationFactory
from moothall.spend.queries.trends import trends
from moothall.spend.tests.little_place import AT, COUNCIL, HEALTH, little_place, sum_of

pytestmark = pytest.mark.django_db
MERGED_ON = date(2026, 4, 1)


@pytest.fixture(scope="module")
def merged(books_of_the_module, tmp_path_factory):
    """Ashmere Council took over three quarters of Ashmere Health, a new trust the rest."""
    place = little_place(tmp_path_factory.mktemp("place"))
    trust = OrganisationFactory(name="Ashmere Trust", slug="ashmere-trust")
    shares = {place.council: Decimal("0.75"), trust: Decimal("0.25")}
    record_succession(predecessor=place.health, shares=shares, on=MERGED_ON, by=None, at=AT)
    return place


def by_label(answer):
    return {row.label: row.spend_gbp for row in answer.rows}


@pytest.mark.parametrize("span", ["year", "month"])
def test_bodies_as_constituted_now_stand_with_what_they_took_over(merged, span):
    then = trends(Viewer(), "body", span=span)
    assert by_label(then) == {
        "Ashmere Health": sum_of(HEALTH),
        "Ashmere Council": sum_of(COUNCIL),
    }
    now = trends(Viewer(), "body-as-now", span=span, on=MERGED_ON)
    found = by_label(now)
    assert set(found) == {"Ashmere Council", "Ashmere Trust"}
    assert sum(found.values()) == sum_of(HEALTH, COUNCIL) == now.headline.gross_gbp
    assert found["Ashmere Trust"] == pytest.approx(sum_of(HEALTH) / 4, abs=Decimal("0.03"))
    for place, each in enumerate(now.spans):
        assert sum(row.amounts[place] for row in now.rows) == each.spend_gbp


def test_before_they_merge_bodies_as_now_are_the_bodies_of_then(merged):
    before = trends(Viewer(), "body-as-now", on=date(2026, 3, 31))
    assert by_label(before) == by_label(trends(Viewer(), "body"))


def test_a_short_list_keeps_the_rest_together(merged):
    (row,) = (answer := trends(Viewer(), "body-as-now", top=1, on=MERGED_ON)).rows
    assert row.label == "Ashmere Council"
    assert answer.others.spend_gbp + row.spend_gbp == answer.headline.gross_gbp
