"""Every address of the spend room at work, below /spending/work/."""

from django.urls import path

from moothall.spend.views import work

urlpatterns = [
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
    path("publications", work.publication_list, name="publication_list"),
    path("publications/<int:publication_id>", work.publication, name="publication"),
    path(
        "publications/<int:publication_id>/share", work.publication_share, name="publication_share"
    ),
    path(
        "publications/<int:publication_id>/withdraw",
        work.publication_withdraw,
        name="publication_withdraw",
    ),
]
