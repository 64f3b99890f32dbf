"""What an elected member reads about an agreement, on one page that prints."""

from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from moothall.agreements import permissions
from moothall.agreements.queries.one_page import one_page as page_of
from moothall.agreements.views.whose import PersonsRequest, agreement_for, agreement_trail
from moothall.core.downloads import json_file
from moothall.core.permissions import route
from moothall.directory.engine.roles import Deed
from moothall.directory.queries import viewer_for


@route(deed=Deed.READ_AGREEMENT)
@require_safe
def one_page(request: PersonsRequest, agreement_id: int) -> HttpResponseBase:
    """What was promised, what it costs, who carries the risk, what has changed, what to ask."""
    held = agreement_for(agreement_id, who=request.user, why_not=permissions.why_not_read_agreement)
    page = page_of(held, viewer=viewer_for(request.user), on=timezone.localdate())
    if request.GET.get("format") == "json":
        return json_file(f"agreement-{agreement_id}-on-one-page", page.as_json())
    shown = {"page": page, "trail": agreement_trail(held, ("On one page", ""))}
    return render(request, "agreements/one_page.html", shown)
