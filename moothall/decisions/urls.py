"""Every address about decisions."""

from django.urls import path

from moothall.decisions import views

app_name = "decisions"
urlpatterns = [
    path("decisions", views.home, name="home"),
    path("decisions/record/<slug:slug>", views.record, name="record"),
    path("decisions/<int:decision_id>", views.decision, name="decision"),
    path("decisions/<int:decision_id>/exempt", views.exempt, name="exempt"),
    path("decisions/<int:decision_id>/lift", views.lift, name="lift"),
]
