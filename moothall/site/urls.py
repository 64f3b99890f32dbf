"""Every address of the site, by slice."""

from django.urls import include, path

urlpatterns = [
    path("account/", include("allauth.urls")),
]
