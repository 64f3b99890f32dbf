"""Every address of the spend room."""

from django.urls import path

from moothall.spend.views import explorer

app_name = "spend"
urlpatterns = [
    path("", explorer.home, name="home"),
]
