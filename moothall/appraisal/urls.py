"""Every address about appraisals."""

from django.urls import path

from moothall.appraisal.views import appraisals, editing

app_name = "appraisal"
APPRAISAL = "<slug:slug>/<int:appraisal_id>"
urlpatterns = [
    path("", appraisals.home, name="home"),
    path("begin/<slug:slug>", appraisals.begin, name="begin"),
    path(APPRAISAL, appraisals.appraisal, name="appraisal"),
    path(f"{APPRAISAL}/text", appraisals.text, name="text"),
    path(f"{APPRAISAL}/papers/<slug:name>", appraisals.paper, name="paper"),
    path(f"{APPRAISAL}/parts/<str:place>", editing.place, name="place"),
    path(f"{APPRAISAL}/parts/<str:place>/remove", editing.remove, name="remove"),
    path(f"{APPRAISAL}/add/<str:section>", editing.add, name="add"),
    path(f"{APPRAISAL}/versions/<int:number>", appraisals.restore, name="restore"),
    path(f"{APPRAISAL}/put-away", appraisals.put_away, name="put_away"),
]
