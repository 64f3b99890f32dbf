"""The spend room at work: each page in the hands of those who may, and of those who may not."""

import csv
import json
from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from moothall.core import lake
from moothall.core.models import AuditEntry, Publication
from moothall.core.permissions import Viewer
from moothall.directory.engine.roles import Role
from moothall.directory.tests.factories import OrganisationFactory, RoleHeldFactory
from moothall.spend.actions import uploads
from moothall.spend.models import (
    BodyMapping,
    CategoryCorrection,
    MatchDecision,
    RowCorrection,
    SourceFile,
    Upload,
)
from moothall.spend.queries import aside, figures
from moothall.spend.queries.uploads import upload_folder

FILE = """\
Payment Date,Supplier Name,Amount,Purpose,Ref
01/04/2025,Ashmere Highways LLP,1200.00,Road repairs,A1
02/04/2025,Brackwater Homes Ltd,5.00,Care,A2
02/04/2025,Brackwater Homes Ltd,#####,Care,A3
13/04/2025,The Lantern Trust,-20.50,Grant returned,A4
14/04/2025,Ashmere Highway LLP,99.99,Road repairs,A5
15/04/2025,Ashmere Highway LLP,99.99,Road repairs,A5
"""
OPERATOR = Viewer.operator()
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def a_lake_of_its_own(settings, tmp_path):
    settings.HOME = tmp_path / "home"
    lake._generation.cache_clear()  # generations begin at 1 again in each test


@pytest.fixture
def norbury():
    return OrganisationFactory(name="Norbury", slug="norbury")


@pytest.fixture
def officer(norbury, client):
    person = RoleHeldFactory(
        organisation=norbury, role=Role.SECTION_151_OFFICER.value, person__name="Fin Officer"
    ).person
    client.force_login(person)
    return person


def as_role(client, body, role: Role):
    person = RoleHeldFactory(organisation=body, role=role.value).person
    client.force_login(person)
    return person


def text(answer) -> str:
    return answer.content.decode()


def handed_over(client, content: str = FILE, name: str = "2025-04.csv") -> Upload:
    files = [SimpleUploadedFile(name, content.encode())]
    answer = client.post(reverse("spend:upload"), {"body": "norbury", "files": files})
    assert answer.status_code == 302, text(answer)
    return Upload.objects.latest("at")


def loaded(client, content: str = FILE, name: str = "2025-04.csv") -> SourceFile:
    upload = handed_over(client, content, name)
    answer = client.post(reverse("spend:upload_load", args=[upload.token]))
    assert answer.status_code == 302, text(answer)
    return SourceFile.objects.latest("load_id", "pk")


# ── handing over ─────────────────────────────────────────────────────────────────────────────


def test_files_are_shown_with_what_they_seem_to_say_before_anything_is_loaded(client, officer):
    upload = handed_over(client)
    page = text(client.get(reverse("spend:upload_page", args=[upload.token])))
    assert "Layout 1: 1 file, 5 columns" in page
    assert "None carries a doubt" in page
    columns = text(client.get(reverse("spend:upload_columns", args=[upload.token, 1])))
    assert "Brackwater Homes Ltd" in columns
    assert "Covers April 2025" in columns
    assert not SourceFile.objects.exists()


def test_a_person_corrects_what_a_column_means_and_it_is_remembered(client, officer, norbury):
    upload = handed_over(client)
    address = reverse("spend:upload_columns", args=[upload.token, 1])
    sent = {"paid_on": 0, "amount": 2, "supplier_name": 1, "department": 3, "kind": "spend"}
    answer = client.post(address, sent | {"date_meaning": "posted"})
    assert answer.status_code == 302
    held = BodyMapping.objects.get(body=norbury)
    assert held.mapping["columns"]["department"] == [3, "Purpose"]
    assert "purpose" not in held.mapping["columns"]
    client.post(reverse("spend:upload_load", args=[upload.token]))
    (line, *_rest) = lake.payments_for(OPERATOR).lines.to_pyarrow().to_pylist()
    assert (line["department"], line["date_meaning"]) == ("Road repairs", "posted")
    again = handed_over(client, FILE.replace("04/2025", "05/2025"), "2025-05.csv")
    page = text(client.get(reverse("spend:upload_page", args=[again.token])))
    assert "Confirmed" in page


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"paid_on": 0, "amount": ""}, "This field is required"),
        ({"amount": 2, "paid_on": 2}, "is both"),
    ],
)
def test_a_mapping_that_cannot_be_read_by_is_refused(client, officer, sent, sentence):
    upload = handed_over(client)
    address = reverse("spend:upload_columns", args=[upload.token, 1])
    answer = client.post(address, sent | {"kind": "spend", "date_meaning": "paid"})
    assert answer.status_code in (409, 422)
    assert sentence in text(answer)
    assert not BodyMapping.objects.exists()


def test_a_layout_in_doubt_is_confirmed_before_it_is_loaded(client, officer):
    upload = handed_over(client, FILE.replace("Payment Date", "When"))
    page = client.get(reverse("spend:upload_page", args=[upload.token]))
    assert "Not yet: 1 layout has a doubt" in text(page)
    refused = client.post(reverse("spend:upload_load", args=[upload.token]))
    assert refused.status_code == 409
    assert not SourceFile.objects.exists()


def test_a_file_that_is_not_spend_is_named_with_its_reason(client, officer):
    upload = handed_over(client, "<html><body>Not found</body></html>", "april.csv")
    page = text(client.get(reverse("spend:upload_page", args=[upload.token])))
    assert "april.csv" in page
    assert "None of these files can be loaded" in page


def test_loading_says_what_was_kept_and_the_uploaded_copies_go(client, officer):
    upload = handed_over(client)
    client.post(reverse("spend:upload_load", args=[upload.token]))
    page = text(client.get(reverse("spend:upload_page", args=[upload.token])))
    assert "<strong>5</strong> of 6 rows were kept, <strong>£1,384.48</strong>" in page
    assert "1 amount not a number" in page
    assert not upload_folder(upload.token).exists()
    upload.refresh_from_db()
    assert upload.state == "DONE"
    address = reverse("spend:load", args=[upload.load_id])
    assert "£1,384.48" in text(client.get(address))
    sent = b"".join(client.get(f"{address}?format=csv")).decode()
    (row,) = csv.DictReader(sent.removeprefix("\ufeff").splitlines())
    assert (row["rows_kept"], row["kept_gbp"]) == ("5", "1384.48")


def test_files_handed_over_are_thrown_away_on_request(client, officer):
    upload = handed_over(client)
    assert upload_folder(upload.token).exists()
    client.post(reverse("spend:upload_discard", args=[upload.token]))
    assert not Upload.objects.exists()
    assert not upload_folder(upload.token).exists()


def rows_of(answer) -> list[dict[str, str]]:
    whole = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return list(csv.DictReader(whole.decode("utf-8-sig").splitlines()))


def test_loads_and_publications_are_sorted_and_downloaded(client, officer):
    loaded(client)
    more = "Payment Date,Supplier Name,Amount\n01/05/2025,The Lantern Trust,7.00\n"
    loaded(client, more, "2025-05.csv")
    kept = [row["kept_gbp"] for row in rows_of(client.get("/spending/work/loads?format=csv"))]
    assert kept == ["7.00", "1384.48"]
    path = "/spending/work/publications?format=csv"
    assert [row["files"] for row in rows_of(client.get(path))] == ["2025-05.csv", "2025-04.csv"]
    largest = rows_of(client.get(f"{path}&order=-amount"))
    assert [(row["kept_gbp"], row["who_may_read_it"]) for row in largest] == [
        ("1384.48", "Private"),
        ("7.00", "Private"),
    ]
    page = text(client.get("/spending/work/publications?order=-amount"))
    assert page.index("2025-04.csv") < page.index("2025-05.csv")
    assert 'aria-sort="descending"' in page


def test_nobody_hands_over_files_for_a_body_where_they_hold_no_role(client, officer):
    OrganisationFactory(name="Southwold", slug="southwold")
    files = [SimpleUploadedFile("a.csv", FILE.encode())]
    answer = client.post(reverse("spend:upload"), {"body": "southwold", "files": files})
    assert answer.status_code == 422
    assert not Upload.objects.exists()


def test_a_corrected_file_says_line_by_line_what_it_changed(client, officer):
    loaded(client)
    source = loaded(client, FILE.replace("1200.00", "1250.00"), "2025-04 corrected.csv")
    page = text(client.get(reverse("spend:changes", args=[source.pk])))
    assert "takes away <strong>1</strong> (£1,200.00) and adds <strong>1</strong>" in page
    rows = text(client.get(reverse("spend:changes_csv", args=[source.pk])))
    assert "2025-04-01,Ashmere Highways LLP,A1,1250.00,1" in rows


# ── rows set aside ───────────────────────────────────────────────────────────────────────────


def test_a_row_set_aside_is_mended_on_its_page_and_undone_from_the_list(client, officer):
    source = loaded(client)
    page = text(client.get(reverse("spend:aside_list")))
    assert "Amount not a number: &quot;#####&quot;." in page
    address = reverse("spend:correct_row", args=[source.pk, 4])
    assert "Brackwater Homes Ltd" in text(client.get(address))
    cells = ["02/04/2025", "Brackwater Homes Ltd", "10.00", "Care", "A3"]
    answer = client.post(address, {f"cell_{n}": cell for n, cell in enumerate(cells)})
    assert answer.status_code == 302, text(answer)
    source.refresh_from_db()
    assert (source.rows_kept, source.rows_set_aside) == (6, 0)
    made = RowCorrection.objects.get()
    client.post(reverse("spend:undo_correction", args=[made.pk]))
    source.refresh_from_db()
    assert (source.rows_kept, source.rows_set_aside) == (5, 1)


def test_a_row_that_still_cannot_be_read_says_so(client, officer):
    source = loaded(client)
    address = reverse("spend:correct_row", args=[source.pk, 4])
    answer = client.post(address, {"cell_2": "lots", "cell_0": "02/04/2025", "cell_1": "B"})
    assert answer.status_code == 409
    assert "Row 4 stays set aside. Amount not a number" in text(answer)


def test_rows_are_downloaded_mended_and_sent_back(client, officer):
    loaded(client)
    rows = text(client.get(reverse("spend:aside_csv")))
    assert "#####" in rows
    back = SimpleUploadedFile("rows.csv", rows.replace("#####", "10.00", 2).encode())
    client.post(reverse("spend:correct_rows"), {"file": back})
    assert aside.aside_count(OPERATOR) == 0


def test_another_bodys_officer_neither_sees_nor_mends_a_row(client, officer, norbury):
    source = loaded(client)
    as_role(client, OrganisationFactory(name="Southwold"), Role.FINANCE_OFFICER)
    assert "#####" not in text(client.get(reverse("spend:aside_list")))
    assert client.get(reverse("spend:correct_row", args=[source.pk, 4])).status_code == 404
    report = client.get(reverse("spend:load", args=[source.load_id]))
    assert report.status_code == 403


# ── matches ──────────────────────────────────────────────────────────────────────────────────


def pair() -> dict[str, int]:
    (row,) = lake.private_table(OPERATOR, "candidates").limit(1).to_pyarrow().to_pylist()
    return {"left": row["left_key"], "right": row["right_key"]}


def suppliers() -> set[str]:
    return {row.label for row in figures.summary(OPERATOR, "supplier").rows}


def test_a_match_is_accepted_then_undone(client, officer):
    loaded(client)
    assert "1</strong> pair waits" in text(client.get(reverse("spend:match_list")))
    before = suppliers()
    client.post(reverse("spend:match_decide"), pair() | {"verdict": "same"})
    assert len(suppliers()) == len(before) - 1
    assert "No pair of names waits" in text(client.get(reverse("spend:match_list")))
    client.post(reverse("spend:match_undo", args=[MatchDecision.objects.get().pk]))
    assert suppliers() == before
    assert "1</strong> pair waits" in text(client.get(reverse("spend:match_list")))


def test_a_refused_match_waits_no_more(client, officer):
    loaded(client)
    client.post(reverse("spend:match_decide"), pair() | {"verdict": "different"})
    assert "No pair of names waits" in text(client.get(reverse("spend:match_list")))


def test_an_auditor_sees_the_queue_and_decides_nothing(client, officer, norbury):
    loaded(client)
    as_role(client, norbury, Role.INTERNAL_AUDITOR)
    page = text(client.get(reverse("spend:match_list")))
    assert "1</strong> pair waits" in page
    assert "They are one supplier" not in page
    answer = client.post(reverse("spend:match_decide"), pair() | {"verdict": "same"})
    assert answer.status_code == 403
    assert not MatchDecision.objects.exists()


def test_evidence_is_hidden_from_those_who_may_not_read_its_body(client, officer):
    loaded(client)
    asked = pair()
    as_role(client, OrganisationFactory(name="Southwold"), Role.FINANCE_OFFICER)
    assert "No pair of names waits" in text(client.get(reverse("spend:match_list")))
    answer = client.post(reverse("spend:match_decide"), asked | {"verdict": "same"})
    assert answer.status_code == 404


# ── duplicates ───────────────────────────────────────────────────────────────────────────────


def test_a_payment_that_may_have_been_made_twice_leads_to_its_lines(client, officer):
    source = loaded(client)
    page = text(client.get(reverse("spend:duplicate_list")))
    assert "<strong>1</strong> candidate is open: <strong>£99.99</strong>" in page
    assert reverse("spend:line", args=[source.pk, 6]) in page
    rows = text(client.get(reverse("spend:duplicate_csv")))
    assert f"2025-04-15,99.99,99.99,{source.pk},,7" in rows


@pytest.mark.parametrize("role", [Role.SCRUTINY_MEMBER, Role.COMMISSIONER])
def test_those_without_the_role_for_it_see_no_duplicates(client, officer, norbury, role):
    loaded(client)
    as_role(client, norbury, role)
    assert client.get(reverse("spend:duplicate_list")).status_code == 403


def test_another_bodys_public_payments_are_not_searched_for_duplicates(client, officer):
    source = loaded(client)
    Publication.objects.filter(pk=source.publication_id).update(sharing="PUBLIC")
    as_role(client, OrganisationFactory(name="Southwold"), Role.FINANCE_OFFICER)
    assert "No candidate is open" in text(client.get(reverse("spend:duplicate_list")))


# ── categories ───────────────────────────────────────────────────────────────────────────────


def test_what_a_person_says_of_a_line_moves_it_and_holds_for_files_to_come(client, officer):
    source = loaded(client)
    address = reverse("spend:correct_line_category", args=[source.pk, 2])
    page = text(client.get(address))
    assert "Everything from Ashmere Highways LLP" in page
    about = page.split('name="about" value="SUPPLIER:')[1].split('"')[0]
    sent = {"about": f"SUPPLIER:{about}", "category": "ict/software"}
    answer = client.post(address, sent)
    assert answer.status_code == 302, text(answer)

    def of_ashmere() -> set[str]:
        held = lake.payments_for(OPERATOR)
        joined = held.lines.join(held.categories, "category_key")
        rows = joined.filter(joined.supplier_name == "Ashmere Highways LLP")
        return set(rows.to_pyarrow()["category"].to_pylist())

    assert of_ashmere() == {"ict/software"}
    loaded(client, FILE.replace("04/2025", "05/2025"), "2025-05.csv")
    assert of_ashmere() == {"ict/software"}
    client.post(
        reverse("spend:undo_category_correction", args=[CategoryCorrection.objects.get().pk])
    )
    assert of_ashmere() != {"ict/software"}


# ── sharing ──────────────────────────────────────────────────────────────────────────────────


def test_withdrawing_hides_at_once_and_showing_again_brings_it_back(client, officer):
    source = loaded(client)
    address = reverse("spend:publication_withdraw", args=[source.publication_id])
    client.post(address)
    assert figures.headline(OPERATOR).payment_count == 0
    client.post(address)
    assert figures.headline(OPERATOR).payment_count == 5


def test_a_publication_is_private_then_shared_then_public(client, officer):
    source = loaded(client)
    southwold = OrganisationFactory(name="Southwold")
    member = as_role(client, southwold, Role.FINANCE_OFFICER)
    client.force_login(officer)
    address = reverse("spend:publication_share", args=[source.publication_id])

    def seen_by(viewer: Viewer) -> int:
        return figures.headline(viewer).payment_count

    from moothall.directory.queries import viewer_for

    assert (seen_by(Viewer()), seen_by(viewer_for(member))) == (0, 0)
    client.post(address, {"sharing": "NAMED", "with_bodies": [southwold.pk]})
    assert (seen_by(Viewer()), seen_by(viewer_for(member))) == (0, 5)
    client.post(address, {"sharing": "PUBLIC"})
    assert (seen_by(Viewer()), seen_by(viewer_for(member))) == (5, 5)


def test_a_finance_officer_may_not_share_and_reads_why(client, officer, norbury):
    source = loaded(client)
    as_role(client, norbury, Role.FINANCE_OFFICER)
    page = text(client.get(reverse("spend:publication", args=[source.publication_id])))
    assert "You cannot share a publication of Norbury" in page
    address = reverse("spend:publication_share", args=[source.publication_id])
    assert client.post(address, {"sharing": "PUBLIC"}).status_code == 403


# ── needs attention ──────────────────────────────────────────────────────────────────────────


def test_what_waits_depends_on_what_a_person_may_do(client, officer, norbury):
    loaded(client)
    page = text(client.get(reverse("attention:home")))
    assert "1 row set aside" in page
    assert "1 pair of names that may be one supplier" in page
    as_role(client, norbury, Role.PROCUREMENT_OFFICER)
    page = text(client.get(reverse("attention:home")))
    assert "row set aside" not in page
    assert "1 pair of names" in page
    as_role(client, norbury, Role.SCRUTINY_MEMBER)
    assert "Nothing waits for you" in text(client.get(reverse("attention:home")))


def test_every_deed_at_work_is_on_record(client, officer):
    source = loaded(client)
    client.post(reverse("spend:match_decide"), pair() | {"verdict": "same"})
    client.post(reverse("spend:publication_withdraw", args=[source.publication_id]))
    assert [entry.did for entry in AuditEntry.objects.order_by("seq")] == [
        "spend.files_received",
        "spend.loaded",
        "spend.loading_started",
        "spend.match_accepted",
        "spend.publication_withdrawn",
    ]
    assert AuditEntry.objects.latest("seq").at > datetime(2025, 1, 1, tzinfo=UTC)


# ── by the keyboard ──────────────────────────────────────────────────────────────────────────


def test_a_mapping_is_shown_and_changed_by_the_keyboard(client, officer, norbury, tmp_path):
    from typer.testing import CliRunner

    from moothall.spend.commands import app

    path = tmp_path / "2025-04.csv"
    path.write_text(FILE)
    run = CliRunner().invoke
    assert "files are read as proposed" in run(app, ["mapping", "Norbury"]).output
    changed = ["mapping", "Norbury", "--like", str(path), "--set", "service=Purpose"]
    refused = run(app, changed)
    assert isinstance(refused.exception, uploads.CannotUpload)
    assert "is both" in refused.exception.sentence
    said = run(app, [*changed, "--set", "purpose="])
    assert "service" in said.output
    assert BodyMapping.objects.get().mapping["columns"]["service"] == [3, "Purpose"]
    layout = BodyMapping.objects.get().header[:8]
    run(app, ["mapping", "Norbury", "--layout", layout, "--forget"])
    assert not BodyMapping.objects.exists()


def test_rows_set_aside_and_duplicates_are_listed_by_the_keyboard(client, officer, tmp_path):
    from typer.testing import CliRunner

    from moothall.spend.commands import app

    loaded(client)
    run = CliRunner().invoke
    listed = run(app, ["aside", "--format", "csv"])
    assert listed.exit_code == 3
    path = tmp_path / "rows.csv"
    path.write_text(listed.stdout.replace("#####", "10.00"))
    assert run(app, ["aside", "--mended", str(path)]).exit_code == 0
    assert run(app, ["aside"]).exit_code == 0
    twice = run(app, ["duplicates", "--format", "json"])
    assert twice.exit_code == 3
    assert '"open_gbp": "99.99"' in twice.stdout


def test_a_publication_is_withdrawn_shown_again_and_shared_by_the_keyboard(client, officer):
    from typer.testing import CliRunner

    from moothall.spend.commands import app

    number = str(loaded(client).publication_id)
    OrganisationFactory(name="Southwold")
    run = CliRunner().invoke

    def listed(*said: str) -> list[tuple[str, str]]:
        answer = run(app, ["publications", "list", *said, "--format", "json"])
        rows = json.loads(answer.stdout)["rows"]
        return [(str(row["id"]), row["who_may_read_it"]) for row in rows]

    assert listed("--body", "Norbury") == [(number, "Private")]
    assert listed("--body", "Southwold") == []
    said = run(app, ["publications", "withdraw", number]).stderr
    assert "Withdrawn: no answer counts it. Norbury, April 2025" in said
    assert figures.headline(OPERATOR).payment_count == 0
    assert listed("--withdrawn") == [(number, "Withdrawn")]
    refused = run(app, ["publications", "withdraw", number]).exception
    assert "This publication is withdrawn. Only a current one" in refused.sentence
    run(app, ["publications", "restore", number])
    assert figures.headline(OPERATOR).payment_count == 5
    run(app, ["publications", "share", number, "--to", "named", "--with", "Southwold"])
    assert listed() == [(number, "Shared with named bodies: Southwold")]
    unknown = run(app, ["publications", "restore", "7"]).exception
    assert "There is no publication 7. `moothall spend publications list`" in unknown.sentence


def test_a_room_at_work_without_rows_counts_no_noughts(client, officer):
    own = text(client.get("/spending/own-bodies/"))
    assert "No payment that you read went to a body of the place" in own
    assert "£0" not in own
    assert "0 supplier ids" not in text(client.get("/spending/work/redactions/norbury"))
    assert "No report waits for an answer." in text(client.get("/spending/errors"))
