"""Every address of the site, by slice."""

from django.urls import include, path

from moothall.site import views
from moothall.site.api import addresses

CASES = [
    path("cases", views.case_list, name="home"),
    path("cases/<slug:name>", views.case, name="case"),
]
AT_WORK = [path("", views.attention, name="home")]
urlpatterns = [
    path("", views.home, name="home"),
    path("needs-attention/", include((AT_WORK, "attention"))),
    path("demonstration", views.demonstration, name="demonstration"),
    path("components", views.components, name="components"),
    path("accessibility", views.words, {"page": "accessibility"}, name="accessibility"),
    path("privacy", views.words, {"page": "privacy"}, name="privacy"),
    path("cookies", views.words, {"page": "cookies"}, name="cookies"),
    path("health", views.health, name="health"),
    path("ready", views.ready, name="ready"),
    path("", include((CASES, "cases"))),
    path("api/", views.api_page, name="api"),
    path("api/v1/", addresses()),
    path("account/", include("allauth.urls")),
    path("spending/", include("moothall.spend.urls")),
    path("appraisals/", include("moothall.appraisal.urls")),
    path("agreements/", include("moothall.agreements.urls")),
    path("", include("moothall.decisions.urls")),
    path("", include("moothall.directory.urls")),
]

handler400 = "moothall.site.views.not_understood"
handler403 = "moothall.site.views.not_allowed"
handler404 = "moothall.site.views.not_found"
handler500 = "moothall.site.views.went_wrong"
