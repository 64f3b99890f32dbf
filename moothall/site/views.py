"""The pages that belong to no slice: front page, small print, components, and what went wrong."""

from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseServerError,
    JsonResponse,
)
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_safe

from moothall.agreements.queries import waiting as agreements
from moothall.agreements.queries.drafts import bodies_drafted_for
from moothall.core.health import is_ready, readiness
from moothall.core.permissions import route
from moothall.deals.explaining import explained
from moothall.deals.reading import deal_from_toml
from moothall.directory.queries import viewer_for
from moothall.site import cases, gallery
from moothall.site.api import endpoints
from moothall.site.demo import place
from moothall.site.demo.stamp import is_loaded
from moothall.site.home import front
from moothall.site.navigation import ways_to_people
from moothall.spend.queries.attention import waiting_for, ways_for

if TYPE_CHECKING:
    from moothall.directory.models import Person


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The place's front page: where the money goes, and the ways on."""
    shown = front(viewer_for(request.user))
    return render(request, "site/home.html", {"front": shown})


@route(signed_in=True)
@require_safe
def attention(request: HttpRequest) -> HttpResponse:
    """What waits for whoever signed in, and the rooms that their roles open."""
    person = cast("Person", request.user)
    today = timezone.localdate()
    of_agreements = agreements.waiting_for(person, on=today)
    shown = {
        "waiting": waiting_for(person, on=today),
        "agreements": of_agreements,
        "agreement_count": len(of_agreements),
        "ways": ways_for(person),
        "people": ways_to_people(person),
    }
    return render(request, "site/attention.html", shown)


@require_safe
def case_list(request: HttpRequest) -> HttpResponse:
    """Published cases, worked out again."""
    return render(request, "cases/case_list.html", {"cases": cases.case_list()})


@require_safe
def case(request: HttpRequest, name: str) -> HttpResponse:
    """One case: each figure as printed and as computed."""
    try:
        found = cases.case_named(name)
    except cases.NoSuchCase as missing:
        raise Http404(missing.sentence) from None
    file = found.deal or found.appraisal
    if file and request.GET.get("format") == "toml":
        return HttpResponse(
            file.lstrip(),
            content_type="application/toml; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{found.case}.toml"'},
        )
    trail = [("Front page", "/"), ("Cases", "/cases"), (found.title, "")]
    deal = deal_from_toml(found.deal) if found.deal else None
    page = {
        "case": found,
        "off": found.disagreements(),
        "trail": trail,
        "deal": deal,
        "said": explained(deal) if deal else {},
        "contact": settings.CONTACT,
        "begin_for": bodies_drafted_for(viewer_for(request.user)) if deal else (),
    }
    return render(request, "cases/case.html", page)


@require_safe
def api_page(request: HttpRequest) -> HttpResponse:
    """What programs may ask, in words."""
    return render(request, "site/api.html", {"endpoints": endpoints()})


@require_safe
def demonstration(request: HttpRequest) -> HttpResponse:
    """How to sign in as each invented person; nothing of the kind outside a demonstration."""
    if not settings.DEMONSTRATION:
        raise Http404(
            "This is not a demonstration: its people sign in with passwords of their own."
        )
    shown = {
        "posts": [(post, place.body_named(post.body).name) for post in place.POSTS],
        "bodies": place.BODIES,
        "password": place.PASSWORD,
        "to_find": place.TO_FIND,
        "is_loaded": is_loaded(),
    }
    return render(request, "site/demonstration.html", shown)


@require_safe
def words(request: HttpRequest, page: str) -> HttpResponse:
    return render(request, f"site/{page}.html")


@require_safe
def components(request: HttpRequest) -> HttpResponse:
    """Every component in every state; nothing on the page is real."""
    shown = gallery.page(request.GET.get("order", ""), request.GET.get("page", "1"))
    return render(request, "site/components.html", shown)


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """This process answers; nothing else is asked of it."""
    return JsonResponse({"status": "alive"}, headers={"Cache-Control": "no-store"})


@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """What this process needs is there; 503 when it is not."""
    checks = readiness(timezone.now())
    fit = is_ready(checks)
    found = {check.name: {"passed": check.passed, "says": check.sentence} for check in checks}
    return JsonResponse(
        {"status": "ready" if fit else "not ready", "checks": found},
        status=200 if fit else 503,
        headers={"Cache-Control": "no-store"},
    )


def not_understood(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "400.html", status=400)


def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", {"reason": str(exception)}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    # A slice may say in its own sentence what is not there; Django's own words name code.
    said = str(exception) if isinstance(exception, Http404) and exception.args else ""
    own = said and "{" not in said and "Resolver" not in type(exception).__name__
    return render(request, "404.html", {"reason": said if own else ""}, status=404)


def went_wrong(request: HttpRequest) -> HttpResponse:
    # No context processor runs here: what failed may be the very books that they read.
    return HttpResponseServerError(render_to_string("500.html"))
