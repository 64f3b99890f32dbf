"""The demonstration place is invented, always the same, and shows every room real work."""

import hashlib
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from django.utils import timezone

from moothall.agreements.models import (
    Agreement,
    Draft,
    Elector,
    LineDispute,
    RefusedDecision,
    Settlement,
    Trial,
    Variation,
)
from moothall.agreements.queries import drafts
from moothall.core import lake
from moothall.core.models import AuditEntry, Publication
from moothall.core.permissions import PUBLIC
from moothall.directory.engine.roles import Role
from moothall.directory.models import Organisation, Person
from moothall.directory.queries import viewer_for
from moothall.directory.tests.factories import OrganisationFactory, PersonFactory
from moothall.site.demo import place
from moothall.site.demo.files import write_files
from moothall.site.demo.load import (
    CannotLoadDemonstration,
    load_demonstration,
    open_the_doors,
    reset_demonstration,
)
from moothall.site.demo.payments import Spend, invented_spend
from moothall.site.demo.stamp import is_loaded, stamp_file, write_stamp
from moothall.site.demo.trades import TRADES
from moothall.spend.analysis.payments import Filters
from moothall.spend.engine.founding_table import ROWS
from moothall.spend.engine.registration_numbers import charity_number, company_number, vat_number
from moothall.spend.models import CategoryCorrection, Load, MatchDecision, Release, SourceFile
from moothall.spend.queries import figures

# The founding table's rows, by the codes of our scheme.
GROUPS = (
    *("construction", "social-care", "professional-services", "waste", "travel"),
    *("business-services", "facilities", "ict", "financial", "utilities", "other"),
)


TUTORIAL = Path(__file__).resolve().parents[1] / "docs/tutorial/first-hour.md"


@pytest.fixture(scope="module")
def spend() -> Spend:
    return invented_spend()


@pytest.fixture
def stamp(home) -> Path:
    """The folder for the demonstration's stamp and files, empty before and after."""
    stamp_file().unlink(missing_ok=True)
    yield stamp_file()
    stamp_file().unlink(missing_ok=True)


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.slow
def test_one_seed_gives_the_same_files_to_the_byte(spend, tmp_path):
    write_files(tmp_path / "first", spend)
    write_files(tmp_path / "again", invented_spend())
    assert digests(tmp_path / "first") == digests(tmp_path / "again")


def test_three_years_of_five_bodies_load_in_seconds_so_there_are_not_too_many_lines(spend):
    assert 60_000 <= len(spend.payments) <= 120_000
    assert {payment.body for payment in spend.payments} == set(range(5))
    days = [payment.paid_on for payment in spend.payments]
    assert date(2023, 4, 1) <= min(days)
    assert max(days) < date(2026, 4, 1)


def test_the_councils_buy_in_the_shares_of_the_founding_table(spend):
    bought: Counter[str] = Counter()
    for payment in spend.payments:
        if payment.body < 2 and payment.supplier >= 0:
            code = TRADES[spend.suppliers[payment.supplier].trade].code
            bought[code.split("/")[0]] += payment.pence
    printed = {group: float(share) for group, (_, share, _) in zip(GROUPS, ROWS, strict=True)}
    shares = {group: 100 * pence / bought.total() for group, pence in bought.items()}
    assert shares == pytest.approx(printed, abs=1.0)


def test_registration_numbers_have_the_right_form_and_were_never_given_out(spend):
    for supplier in spend.suppliers:
        if supplier.company_number:
            assert company_number(supplier.company_number) == supplier.company_number
            assert int(supplier.company_number) >= 90_000_000
        if supplier.charity_number:
            assert charity_number(supplier.charity_number) == supplier.charity_number
            assert int(supplier.charity_number) >= 9_000_000
        if supplier.vat_number:
            assert vat_number(supplier.vat_number) == supplier.vat_number
            assert 9_490_001 <= int(supplier.vat_number[:7]) <= 9_700_000
    for numbers in ("company_number", "charity_number", "vat_number"):
        given = [number for each in spend.suppliers if (number := getattr(each, numbers))]
        assert len(given) == len(set(given)) > 30


def test_every_role_has_someone_to_try_it_as():
    assert {post.role for post in place.POSTS} == set(Role)
    emails = [post.email for post in place.POSTS]
    assert len(emails) == len(set(emails))


# ── loaded ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_loading_shows_every_room_real_work_and_is_done_once(stamp, settings):
    settings.DEMONSTRATION = True
    said: list[str] = []
    assert load_demonstration(at=timezone.now(), say=said.append)
    reports = {
        file["file"]: file for load in Load.objects.order_by("pk") for file in load.report["files"]
    }

    wrong_files = {"2024-11b.csv", "may-2024-old-link.csv", "fire-2024-02-copy.csv"}
    refused = {name for name, file in reports.items() if file["status"] == "refused"}
    assert refused == wrong_files
    superseded = {name for name, file in reports.items() if file["status"] == "superseded"}
    assert superseded == {"2024-07_revised.csv"}
    off = [
        (name, total["printed"], total["computed"])
        for name, file in reports.items()
        for total in file["control_totals"]
        if not total["agrees"]
    ]
    assert [name for name, _, _ in off] == ["aldermoor-spend-over-500-2023-11.csv"]
    assert sum(len(file["control_totals"]) for file in reports.values()) == 24
    assert reports["fire-2024-12.csv"]["reasons"] == {"amount_not_a_number": 2}
    assert reports["fire-2025-09.csv"]["reasons"] == {"outside_period": 1}
    assert "also stand in" in reports["fire-2025-11.csv"]["warnings"][0]
    encodings = {
        source.reading["encoding"] for source in SourceFile.objects.filter(status="loaded")
    }
    assert {"cp850", "cp1252", "utf-8"} <= encodings

    bodies = {body.key: Organisation.objects.get(name=body.name) for body in place.BODIES}
    stand = Publication.objects.filter(state="CURRENT")
    assert set(stand.filter(body_id=bodies["fire"].pk).values_list("sharing", flat=True)) == {
        "PRIVATE",
        "NAMED",
    }
    assert list(stand.filter(kind="ap_extract").values_list("sharing", flat=True)) == ["PRIVATE"]
    assert Publication.objects.filter(state="WITHDRAWN").count() == 1
    public = figures.summary(viewer_for(None), "body")
    assert len(public.rows) == 4
    officer = Person.objects.get(email="finn@aldermoor.example.org")
    assert len(figures.summary(viewer_for(officer), "body").rows) == 5

    verdicts = Counter(MatchDecision.objects.values_list("verdict", flat=True))
    assert verdicts == {"SAME": 4, "DIFFERENT": 1}
    assert CategoryCorrection.objects.get().body == bodies["county"]
    tried = Trial.objects.filter(state=Trial.State.DONE)
    assert (Draft.objects.count(), tried.count()) == (8, 7)
    assert any("far more reward than risk" in str(trial.result["fairness"]) for trial in tried)
    assert any("a charity that carries it" in str(trial.result["fairness"]) for trial in tried)
    waiting = drafts.draft_page(
        Draft.objects.get(name="Street lights by saving"), bodies["county"], viewer=PUBLIC
    )
    assert [finding.place for finding in waiting.to_mend] == ["terms.fee.payee"]
    states = Counter(Settlement.objects.values_list("state", flat=True))
    assert states == {"PAID": 28, "SUBMITTED": 3, "PART_PAID": 1}
    assert LineDispute.objects.get().line.term == "results"
    assert RefusedDecision.objects.get().owner == bodies["county"]
    found = Agreement.objects.filter(is_existing=True)
    assert (Agreement.objects.count(), found.count()) == (16, 12)
    assert Agreement.objects.get(state="ENDING").name == "Street lighting"
    changes = Counter(Variation.objects.values_list("state", flat=True))
    assert changes == {"IN_FORCE": 1, "ASSESSED": 1}
    assert not Elector.objects.get().has_voted
    assert Release.objects.get().body == bodies["district"]
    headline = figures.summary(viewer_for(None), "category")
    assert 0.97 < headline.coverage.classified_share < 1

    last_year = Filters(starts_on=date(2025, 4, 1), ends_before=date(2026, 4, 1))
    said_first = figures.headline(viewer_for(None), last_year)
    told = " ".join(TUTORIAL.read_text(encoding="utf-8").replace("> ", "").split())
    published, to_each_other = said_first.gross_gbp, said_first.between_own_gbp
    assert f"{said_first.body_count} public bodies of this place published" in told
    assert f"£{published / 1_000_000:.1f}m of payments to" in told
    assert f"£{to_each_other / 1_000_000:.1f}m of it to each other." in told
    assert f"{len(reports)} files" in told

    entries, generation = AuditEntry.objects.count(), lake.current_generation().number
    assert not load_demonstration(at=timezone.now(), say=said.append)
    # A start that was cut short just before its end finds everything done but the stamp.
    stamp.unlink()
    assert load_demonstration(at=timezone.now(), say=said.append)
    assert is_loaded()
    assert AuditEntry.objects.count() == entries
    assert lake.current_generation().number <= generation + 1


@pytest.mark.django_db
def test_it_is_refused_where_real_bodies_are(stamp):
    OrganisationFactory(name="Norbury Council")
    with pytest.raises(CannotLoadDemonstration, match="already hold Norbury Council"):
        load_demonstration(at=timezone.now(), say=print)


@pytest.mark.django_db
def test_a_folder_without_the_demonstration_is_never_reset(stamp):
    with pytest.raises(CannotLoadDemonstration, match="does not say that it holds"):
        reset_demonstration(at=timezone.now(), say=print)


# ── the way in ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.django_db
def test_the_page_offers_everyone_in_a_demonstration(client, settings):
    settings.DEMONSTRATION = True
    page = client.get("/demonstration").content.decode()
    assert all(post.email in page for post in place.POSTS)
    assert place.PASSWORD in page


@pytest.mark.django_db
def test_until_all_of_it_is_there_every_page_says_so(client, settings, stamp):
    settings.DEMONSTRATION = True
    assert "still being loaded" in client.get("/").content.decode()
    write_stamp(at=timezone.now())
    assert "still being loaded" not in client.get("/").content.decode()


@pytest.mark.django_db
def test_there_is_no_such_page_elsewhere(client, settings):
    settings.DEMONSTRATION = False
    answer = client.get("/demonstration")
    assert answer.status_code == 404
    assert place.PASSWORD not in answer.content.decode()


@pytest.mark.django_db
def test_the_shared_password_is_given_in_a_demonstration_only(settings):
    person = PersonFactory(email=place.POSTS[0].email)
    person.set_unusable_password()
    person.save()
    settings.DEMONSTRATION = False
    open_the_doors()
    person.refresh_from_db()
    assert not person.has_usable_password()
    settings.DEMONSTRATION = True
    open_the_doors()
    person.refresh_from_db()
    assert person.check_password(place.PASSWORD)


@pytest.mark.django_db
@pytest.mark.parametrize(("is_one", "status"), [(True, 302), (False, 200)])
def test_the_shared_password_opens_nothing_but_a_demonstration(client, settings, is_one, status):
    settings.DEMONSTRATION = True
    PersonFactory(email=place.POSTS[0].email).set_unusable_password()
    Person.objects.update(password="!")
    open_the_doors()
    settings.DEMONSTRATION = is_one
    answer = client.post(
        "/account/login/", {"login": place.POSTS[0].email, "password": place.PASSWORD}
    )
    assert answer.status_code == status
    if not is_one:
        assert "only where it runs" in answer.content.decode()
