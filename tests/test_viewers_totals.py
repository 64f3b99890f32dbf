"""What a person may read adds up, at every door, to the publications that they may read."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser

from moothall.core import lake
from moothall.core.models import Publication
from moothall.core.permissions import Viewer
from moothall.directory.engine.roles import MAY, Deed, Role
from moothall.directory.models import Organisation
from moothall.directory.queries import viewer_for
from moothall.directory.tests.factories import (
    OrganisationFactory,
    PersonFactory,
    RoleHeldFactory,
)
from moothall.spend.actions.loading import load_files
from moothall.spend.actions.projecting import project
from moothall.spend.actions.sharing import (
    restore_publication,
    share_publication,
    withdraw_publication,
)
from moothall.spend.models import SourceFile
from moothall.spend.queries import figures

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_lake")]
NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
# One file of each standing at each body. The amounts are different powers, so that a total names
# the files it is the sum of.
STANDINGS = ("PRIVATE", "NAMED", "PUBLIC", "WITHDRAWN")


@pytest.fixture
def place(tmp_path: Path) -> list[Organisation]:
    """Three bodies; what is shared by name is shared with the next body round."""
    bodies = [OrganisationFactory(is_of_the_place=True) for _ in range(3)]
    for number, body in enumerate(bodies):
        for month, standing in enumerate(STANDINGS, start=1):
            pounds = 4 ** (number * len(STANDINGS) + month - 1)
            path = tmp_path / f"{body.slug} {date(2024, month, 1):%B} 2024.csv"
            path.write_text(
                "Supplier,Date,Amount\n"
                f"QUARRY ROADS LTD,0{month}/0{month}/2024,{pounds}.01\n"
                f"MR A N OTHER,0{month}/0{month}/2024,{pounds}.02\n"
                f"REDACTED,0{month}/0{month}/2024,-0.03\n"
            )
            load_files([path], body=body, by=None, at=NOW)
            publication = SourceFile.objects.get(name=path.name).publication
            if standing == "WITHDRAWN":
                share_publication(publication_id=publication.pk, sharing="PUBLIC", by=None, at=NOW)
                withdraw_publication(publication_id=publication.pk, by=None, at=NOW)
            elif standing != "PRIVATE":
                other = bodies[(number + 1) % len(bodies)]
                share_publication(
                    publication_id=publication.pk,
                    sharing=standing,
                    by=None,
                    at=NOW,
                    with_bodies=[other.pk] if standing == "NAMED" else [],
                )
    project(at=NOW)
    return bodies


def permitted(place: list[Organisation], reads: Organisation | None, all_: bool = False) -> Decimal:
    """The sum of what may be read, by the rules as sentences: no code of ours is asked."""
    total = 0
    for source in SourceFile.objects.select_related("publication"):
        publication, body = source.publication, place.index(source.body)
        if publication.state != "CURRENT":
            continue
        own = reads is not None and source.body == reads
        lent = (
            publication.sharing == "NAMED"
            and reads is not None
            and place[(body + 1) % len(place)] == reads
        )
        if all_ or own or lent or publication.sharing == "PUBLIC":
            total += source.kept_pence
    return Decimal(total).scaleb(-2)


def doors(viewer: Viewer) -> dict[str, Decimal]:
    """The total of everything, as each way to the lake gives it."""
    held = lake.payments_for(viewer)
    totals = {
        name: table.aggregate(total=total).to_pyarrow().to_pylist()[0]["total"] or Decimal("0.00")
        for name, table, total in (
            ("lines", held.lines, held.lines.amount.sum()),
            *((name, cube, cube.spend.sum()) for name, cube in held.cubes.items()),
        )
    }
    for by in figures.BY:
        answer = figures.summary(viewer, by)
        totals[f"by {by}"] = answer.total_gbp
        totals[f"rows by {by}"] = sum((row.spend_gbp for row in answer.rows), Decimal("0.00"))
    return totals


def assert_all(totals: dict[str, Decimal], expected: Decimal) -> None:
    assert {name: total for name, total in totals.items() if total != expected} == {}


def test_each_role_reads_at_every_door_what_its_publications_add_up_to(place):
    for role in Role:
        person = PersonFactory()
        RoleHeldFactory(person=person, organisation=place[0], role=role.value)
        reads = place[0] if Deed.READ_LINES in MAY[role] else None
        assert_all(doors(viewer_for(person)), permitted(place, reads))


def test_the_public_and_whoever_holds_no_role_read_what_is_public(place):
    public = permitted(place, None)
    assert public > 0
    assert_all(doors(viewer_for(AnonymousUser())), public)
    assert_all(doors(viewer_for(PersonFactory())), public)


def test_the_operator_reads_everything_that_stands(place):
    assert_all(doors(Viewer.operator()), permitted(place, None, all_=True))


def test_what_is_withdrawn_leaves_every_answer_at_once_and_comes_back_whole(place):
    operator, anyone = Viewer.operator(), Viewer()
    before, public = doors(operator), doors(anyone)
    shown = Publication.objects.filter(sharing="PUBLIC", state="CURRENT").first()
    withdraw_publication(publication_id=shown.pk, by=None, at=NOW)
    assert_all(doors(anyone), permitted(place, None))
    assert_all(doors(operator), permitted(place, None, all_=True))
    assert doors(anyone)["lines"] < public["lines"]
    restore_publication(publication_id=shown.pk, by=None, at=NOW)
    assert (doors(operator), doors(anyone)) == (before, public)


def test_a_withdrawn_publication_is_in_no_row_that_anyone_reads(place):
    shown = Publication.objects.filter(sharing="PUBLIC", state="CURRENT").first()
    withdraw_publication(publication_id=shown.pk, by=None, at=NOW)
    for viewer in (Viewer.operator(), Viewer(), Viewer(bodies_read=frozenset({shown.body_id}))):
        held = lake.payments_for(viewer)
        for table in (held.lines, *held.cubes.values(), held.publications):
            found = table.filter(table.publication_id == shown.pk).count()
            assert found.to_pyarrow().as_py() == 0
        assert lake.asides_for(viewer).count().to_pyarrow().as_py() == 0


def test_the_public_read_no_published_name_and_one_payee_for_all_that_is_withheld(place):
    held = lake.payments_for(Viewer())
    lines = held.lines.to_pyarrow().to_pylist()
    assert lines
    assert {line["supplier_name"] for line in lines} == {None}
    names = held.names.to_pyarrow().to_pylist()
    shown = {line["name_key"] for line in lines}
    assert {row["supplier"] for row in names if row["name_key"] in shown} == {
        "QUARRY ROADS LTD",
        lake.WITHHELD_NAME,
    }
