"""Every address of the spend room."""

from django.urls import include, path, register_converter
from django.urls.converters import StringConverter

from moothall.spend.views import (
    comparing,
    explorer,
    judging,
    lines,
    publishing,
    registers,
    sharing,
    suppliers,
    work,
)


class WholeNumber:
    """A whole number of up to 19 digits, below nought too: ids are hashes as often as counts."""

    regex = "-?[0-9]{1,19}"

    def to_python(self, text: str) -> int:
        number = int(text)
        if not -(2**63) <= number < 2**63:
            raise ValueError
        return number

    def to_url(self, number: int) -> str:
        return str(number)


class CategoryCode(StringConverter):
    """'social-care', or 'social-care/residential'."""

    regex = "[a-z][a-z-]*(?:/[a-z][a-z-]*)?"


register_converter(WholeNumber, "whole")
register_converter(CategoryCode, "category")

AT_WORK = [
    path("upload", work.upload, name="upload"),
    path("uploads/<slug:token>", work.upload_page, name="upload_page"),
    path("uploads/<slug:token>/columns/<int:number>", work.upload_columns, name="upload_columns"),
    path("uploads/<slug:token>/load", work.upload_load, name="upload_load"),
    path("uploads/<slug:token>/discard", work.upload_discard, name="upload_discard"),
    path("loads", work.load_list, name="load_list"),
    path("loads/<int:load_id>", work.load, name="load"),
    path("changes/<int:source_id>", work.changes, name="changes"),
    path("changes/<int:source_id>.csv", work.changes, {"suffix": "csv"}, name="changes_csv"),
    path("aside", work.aside_list, name="aside_list"),
    path("aside.csv", work.aside_csv, name="aside_csv"),
    path("aside/corrected", work.correct_rows, name="correct_rows"),
    path("aside/<int:source_id>/<int:row>", work.correct_row, name="correct_row"),
    path("corrections/<int:correction_id>/undo", work.undo_correction, name="undo_correction"),
    path("publications", sharing.publication_list, name="publication_list"),
    path("publications/<int:publication_id>", sharing.publication, name="publication"),
    path(
        "publications/<int:publication_id>/share",
        sharing.publication_share,
        name="publication_share",
    ),
    path(
        "publications/<int:publication_id>/withdraw",
        sharing.publication_withdraw,
        name="publication_withdraw",
    ),
    path("matches", judging.match_list, name="match_list"),
    path("matches/decide", judging.match_decide, name="match_decide"),
    path("matches/<int:decision_id>/undo", judging.match_undo, name="match_undo"),
    path("duplicates", judging.duplicate_list, name="duplicate_list"),
    path("duplicates.csv", judging.duplicate_csv, name="duplicate_csv"),
    path("categories", judging.category_corrections, name="category_corrections"),
    path(
        "categories/<int:correction_id>/undo",
        judging.undo_category_correction,
        name="undo_category_correction",
    ),
    path(
        "categories/line/<int:source_id>/<int:row>",
        judging.correct_line_category,
        name="correct_line_category",
    ),
    path(
        "categories/supplier/<slug:slug>/<whole:supplier_id>",
        judging.correct_supplier_category,
        name="correct_supplier_category",
    ),
]

PUBLISHING = [
    path("releases", publishing.release_list, name="release_list"),
    path("releases/signing-key.pem", publishing.signing_key, name="signing_key"),
    path("releases/<int:release_id>", publishing.release, name="release"),
    path("releases/<int:release_id>/<str:name>", publishing.release_file, name="release_file"),
    path("work/publishing", publishing.publishing_home, name="publishing_home"),
    path("work/publishing/<slug:slug>", publishing.quarters, name="publishing"),
    path("work/publishing/<slug:slug>/<str:quarter>", publishing.quarter, name="publish_quarter"),
    path("work/redactions/<slug:slug>", publishing.redactions, name="redactions"),
    path("work/redactions/<slug:slug>/decide", publishing.decide, name="decide_redaction"),
    path(
        "work/redactions/<slug:slug>/<int:decision_id>/undo",
        publishing.undo_decision,
        name="undo_redaction",
    ),
    path("work/purges/<slug:slug>", publishing.purges, name="purges"),
    path(
        "work/purges/<slug:slug>/<int:purge_id>/confirm",
        publishing.confirm_purge,
        name="confirm_purge",
    ),
    path(
        "work/purges/<slug:slug>/<int:purge_id>/refuse",
        publishing.refuse_purge,
        name="refuse_purge",
    ),
]

app_name = "spend"
urlpatterns = [
    path("", explorer.home, name="home"),
    path("by/<slug:dimension>", explorer.by, name="by"),
    path("categories", explorer.categories, name="categories"),
    path("categories/<category:code>", explorer.category, name="category"),
    path("suppliers", suppliers.supplier_list, name="supplier_list"),
    path("suppliers/<whole:supplier_id>", suppliers.supplier, name="supplier"),
    path("suppliers/<whole:supplier_id>/error", suppliers.report_error, name="report_error"),
    path("errors", suppliers.error_reports, name="error_reports"),
    path("errors/<int:report_id>", suppliers.answer_error, name="answer_error"),
    path("lines", lines.line_list, name="line_list"),
    path("lines/<whole:source_id>/<int:row>", lines.line, name="line"),
    path("trends", comparing.trends, name="trends"),
    path("bodies", comparing.bodies, name="bodies"),
    path("between", comparing.between, name="between"),
    path("together", comparing.together, name="together"),
    path("concentration", comparing.concentration, name="concentration"),
    path("local", comparing.local, name="local"),
    path("download", explorer.download, name="open_data"),
    path("registers/", registers.register_list, name="register_list"),
    path("registers/<int:register_id>/", registers.register, name="register"),
    path("registers/<int:register_id>/aside.csv", registers.register_aside, name="register_aside"),
    path("registers/<int:register_id>/remove", registers.register_remove, name="register_remove"),
    path("own-bodies/", registers.own_body_list, name="own_body_list"),
    path("own-bodies/<int:decision_id>/undo", registers.own_body_undo, name="own_body_undo"),
    path("work/", include(AT_WORK)),
    path("", include(PUBLISHING)),
]
