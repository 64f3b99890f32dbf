"""The pages that belong to no slice: front page, small print, components, and what went wrong."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from moothall.site import gallery


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "site/home.html")


@require_safe
def words(request: HttpRequest, page: str) -> HttpResponse:
    return render(request, f"site/{page}.html")


@require_safe
def components(request: HttpRequest) -> HttpResponse:
    return render(request, "site/components.html", gallery.page(request.GET or None))


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
