from datetime import timedelta

import pytest

from moothall.core.permissions import Viewer
from moothall.directory.queries import viewer_for
from moothall.spend.actions.categorising import correct_category
from moothall.spend.actions.matching import decide_match
from moothall.spend.queries.lines import line_page, lines_page
from moothall.spend.tests.little_place import AT, little_place, officer_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_lake")]


@pytest.fixture
def decided(tmp_path):
    """A line of the council, of whose supplier and category its finance officer has decided."""
    place = little_place(tmp_path)
    officer = officer_of(place.council)
    (line,) = [
        each
        for each in lines_page(Viewer.operator()).lines
        if each.supplier.startswith("Bright Lantern") and each.amount < 0
    ]
    whole = line_page(Viewer.operator(), source_id=line.source_id, row=line.row)
    low, high = sorted((whole.name_key, whole.name_key + 1))
    decide_match(
        name_key=low,
        other_key=high,
        same=False,
        rests_on=[place.council.pk],
        by=officer,
        at=AT + timedelta(hours=1),
    )
    correct_category(
        body=place.council,
        scope="SIGNATURE",
        matches=str(whole.category_key),
        category="ict/hardware",
        by=officer,
        at=AT + timedelta(hours=2),
    )
    return line, officer


def history(reader, line):
    page = line_page(reader, source_id=line.source_id, row=line.row)
    return [what for _at, what in page.history]


def test_whoever_reads_a_line_in_full_sees_who_decided_what_of_it(decided):
    line, officer = decided
    assert history(viewer_for(officer), line) == [
        "Loaded from ashmere-council-payments-2025-26.csv",
        f"The supplier was kept apart from a likely name by {officer.name}",
        f"Category set to Hardware by {officer.name}",
    ]


def test_the_public_sees_only_what_was_done_with_the_publication(decided):
    line, _officer = decided
    assert history(Viewer(), line) == ["Loaded from ashmere-council-payments-2025-26.csv"]
