"""Every address about agreements, and about deals that are drafted and tried."""

from django.urls import path

from moothall.agreements.views import comparing, drafts, editing, register, results

app_name = "agreements"
DRAFT = "<slug:slug>/drafts/<int:draft_id>"
RESULT = "<slug:slug>/results/<int:trial_id>"
AGREEMENT = "<int:agreement_id>"
urlpatterns = [
    # The register
    path("", register.home, name="home"),
    path("add/<slug:slug>", register.add, name="add_agreement"),
    path(AGREEMENT, register.agreement, name="agreement"),
    path(f"{AGREEMENT}/change", register.change, name="change_agreement"),
    path(f"{AGREEMENT}/members/add", register.add_member, name="add_member"),
    path(f"{AGREEMENT}/members/<int:member_id>", register.member, name="member"),
    path(f"{AGREEMENT}/members/<int:member_id>/leave", register.leave, name="leave"),
    path(f"{AGREEMENT}/withhold", register.withhold, name="withhold"),
    # Deals that are drafted and tried
    path("drafts", drafts.home, name="drafts"),
    path("<slug:slug>/drafts/begin", drafts.begin, name="begin"),
    path(DRAFT, drafts.draft, name="draft"),
    path(f"{DRAFT}/save", drafts.save, name="save"),
    path(f"{DRAFT}/versions/<int:number>/restore", drafts.restore, name="restore"),
    path(f"{DRAFT}/compare", comparing.compare, name="compare"),
    path(f"{DRAFT}/settle", drafts.settle, name="settle"),
    path(f"{DRAFT}/settings", drafts.settings, name="settings"),
    path(f"{DRAFT}/share", drafts.share, name="share"),
    path(f"{DRAFT}/put-away", drafts.put_away, name="put_away"),
    path(f"{DRAFT}/copy", drafts.copy, name="copy"),
    path(f"{DRAFT}/add/<str:section>", editing.add, name="add"),
    path(f"{DRAFT}/edit/<str:place>", editing.place, name="place"),
    path(f"{DRAFT}/remove/<str:place>", editing.remove, name="remove"),
    path(f"{DRAFT}/simulate", results.simulate, name="simulate"),
    path(f"{DRAFT}/solve", results.solve, name="solve"),
    path(RESULT, results.result, name="result"),
    path(f"{RESULT}/fairness", results.fairness, name="fairness"),
    path(f"{RESULT}/apply", results.apply, name="apply"),
    path(f"{RESULT}/release", results.release, name="release"),
]
