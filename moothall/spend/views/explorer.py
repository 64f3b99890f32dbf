"""Where does the money go? The public face of spending."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from moothall.core.permissions import route
from moothall.directory.queries import viewer_for
from moothall.spend.forms.explorer import PaymentFilter
from moothall.spend.queries import explorer


@route(public=True)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The explorer: filters in the address, one headline, one chart, the largest, the newest."""
    viewer = viewer_for(request.user)
    form = PaymentFilter(request.GET, choices=explorer.choices_for(viewer))
    page = {"form": form}
    if form.is_valid():
        page |= {"period": form.period, "answer": explorer.explorer(viewer, form.filters)}
    return render(request, "spend/explorer.html", page, status=200 if form.is_valid() else 400)
