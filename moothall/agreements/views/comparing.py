"""The page that sets two deals side by side: two versions of a draft, or two drafts."""

from django.http import Http404, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_safe

from moothall.agreements import permissions
from moothall.agreements.forms import drafts as forms
from moothall.agreements.queries import drafts
from moothall.agreements.queries.comparing import SideBySide, side_by_side, side_of
from moothall.agreements.views.whose import (
    PersonsRequest,
    body_for,
    latest,
    own_draft,
    read_draft,
    trail,
)
from moothall.core.downloads import csv_file
from moothall.core.permissions import route
from moothall.directory.engine.roles import Deed
from moothall.values.tables import Column, Download, Table

NO_VERSION = "This draft has no such version. Its page lists them all."


@route(deed=Deed.READ_DEAL)
@require_safe
def compare(request: PersonsRequest, slug: str, draft_id: int) -> HttpResponseBase:
    """Two versions, or this deal and another: what differs, and what that does to whom."""
    body = body_for(slug, who=request.user, why_not=permissions.why_not_read_deal)
    held = own_draft(body, draft_id)
    newest = latest(held).number
    form = forms.CompareForm(
        request.GET or None,
        versions=range(1, newest + 1),
        others=drafts.others_read(body, held),
        initial={"was": max(newest - 1, 1), "now": newest},
    )
    if form.is_bound and not form.is_valid():
        raise Http404(NO_VERSION)
    said = form.cleaned_data if form.is_bound else {}
    now = said.get("now") or newest
    version = drafts.version_of(held, now)
    if said.get("other"):
        other = read_draft(body, said["other"])
        first = side_of(other, latest(other), body, other.name)
        second = side_of(held, version or latest(held), body, held.name)
        heading = f"{other.name} and {held.name}"
    else:
        was = drafts.version_of(held, said.get("was") or max(now - 1, 1))
        if was is None or version is None:
            raise Http404(NO_VERSION)
        first = side_of(held, was, body, f"Version {was.number}")
        second = side_of(held, version, body, f"Version {now}")
        heading = f"Versions {was.number} and {now}"
    found = side_by_side(first, second)
    if request.GET.get("format") == "csv":
        head = ("what", "place", "was", "now")
        return csv_file(f"deal-{draft_id}-differences", head, found.differences)
    page = {
        "found": found,
        "heading": heading,
        "form": form,
        "draft": held,
        "trail": trail(slug, held, ("Compare", "")),
        "table": _differences_table(found, request.GET.copy()),
        "results": _results_table(found),
    }
    return render(request, "agreements/compare.html", page)


def _differences_table(found: SideBySide, query: QueryDict) -> Table:
    query["format"] = "csv"
    return Table(
        caption="What differs",
        columns=(Column("What"), Column("Where in the file"), Column(found.was), Column(found.now)),
        rows=found.differences,
        downloads=(Download(f"?{query.urlencode()}", "CSV"),),
        empty="Nothing differs in what the two say.",
        is_caption_quiet=True,
    )


def _results_table(found: SideBySide) -> Table:
    return Table(
        caption="What it does to whom",
        columns=(Column("Party"), Column("Result"), Column(found.was), Column(found.now)),
        rows=found.results,
        is_caption_quiet=True,
    )
