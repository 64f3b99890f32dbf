"""Every address about bodies and people."""

from django.urls import path

from moothall.directory import views

app_name = "directory"
urlpatterns = [
    path("bodies", views.home, name="home"),
    path("bodies/<slug:slug>", views.body, name="body"),
    path("bodies/<slug:slug>/interests", views.interests, name="interests"),
    path("bodies/<slug:slug>/people", views.people, name="people"),
    path("bodies/<slug:slug>/people/<int:role_id>/end", views.end_role, name="end_role"),
    path("my-account", views.my_account, name="my_account"),
    path("my-account/interests/<int:interest_id>/end", views.end_interest, name="end_interest"),
]
