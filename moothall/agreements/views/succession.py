"""Pages about bodies that were abolished: what they left, and what has passed to whom."""

from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from moothall.agreements.actions.passing_on import CannotPassOn, pass_on
from moothall.agreements.forms.companies import PassForm
from moothall.agreements.queries import passing_on as queries
from moothall.agreements.views.several import GET_OR_POST, Part, answer, typed
from moothall.agreements.views.whose import PersonsRequest
from moothall.core.downloads import csv_file
from moothall.core.permissions import route
from moothall.directory.queries import body_at, viewer_for
from moothall.values.money import Money
from moothall.values.tables import Cell, Column, Download, Kind, Table


@route(signed_in=True)
@require_safe
def abolished(request: PersonsRequest) -> HttpResponseBase:
    """The abolished bodies whose things this person may pass on."""
    rows = queries.abolished(viewer_for(request.user), day=timezone.localdate())
    table = Table(
        caption="Bodies that were abolished",
        columns=(
            Column("Body"),
            Column("Ended on", Kind.DATE),
            Column("Taken over by"),
            Column("Still to pass", Kind.COUNT),
        ),
        rows=[
            (
                Cell(x.name, reverse("agreements:succession", args=[x.slug])),
                x.ended_on,
                ", ".join(x.successors),
                x.left,
            )
            for x in rows
        ],
        is_caption_quiet=True,
    )
    left = sum(x.left for x in rows)
    page = {"rows": rows, "left": left, "table": table}
    return render(request, "agreements/abolished.html", page)


@route(signed_in=True)
@GET_OR_POST
def succession(request: PersonsRequest, slug: str) -> HttpResponseBase:
    """What one abolished body left, and a form that passes it on."""
    body, viewer = body_at(slug), viewer_for(request.user)
    page = None if body is None else queries.succession_page(body, viewer=viewer)
    if body is None or page is None:
        raise Http404("No abolished body has this address. The list of bodies has them all.")
    if page.why_not:
        raise PermissionDenied(page.why_not)
    if request.GET.get("format") == "csv":
        head = ("on", "successor", "what", "share", "quantity", "how", "document")
        rows = (
            (x.on, x.successor, x.what, x.share, _how_much(x), x.how, x.document)
            for x in page.passed
        )
        return csv_file(f"novations-{slug}", head, rows)
    things = [(f"{x.thing}:{x.key}", f"{x.kind}: {x.what}") for x in page.left]
    form = PassForm(**typed(request, "pass"), things=things, heirs=page.heirs)

    def act(said: dict[str, Any]) -> str:
        thing, key = said["thing"].split(":")
        named: dict[Any, Decimal] = {body_at(x): share for x, share in form.parts().items()}
        if not named:
            raise CannotPassOn(
                "Nothing passed: no successor takes any part. Give each its percent."
            )
        name, digest = form.document_hash()
        made = pass_on(
            body=body, thing=thing, key=int(key), to=named, how=said["how"], by=request.user,
            at=timezone.now(), document_name=name, document_digest=digest,
        )  # fmt: skip
        return f"{made[0].what} passed to {', '.join(one.successor.name for one in made)}."

    shown = {
        "page": page,
        "left": _left_table(page),
        "passed": _passed_table(page),
        "trail": [("Succession", reverse("agreements:abolished")), (page.name, "")],
    }
    parts = [Part("pass", "Pass something on", "Pass it on", form, act)] if things else []
    return answer(request, "agreements/succession.html", shown, parts, request.path)


def _quantity(quantity: int | None, is_money: bool) -> str:
    if quantity is None:
        return "the whole"
    return str(Money.from_pence(quantity)) if is_money else f"{quantity:,}"


def _how_much(row: queries.NovationRow) -> str:
    return _quantity(row.quantity, row.is_money)


def _left_table(page: queries.SuccessionPage) -> Table:
    money = ("AGREEMENT", "EXPOSURE")
    return Table(
        caption="Still to pass",
        columns=(Column("Kind"), Column("What"), Column("How much")),
        rows=[(x.kind, x.what, _quantity(x.quantity, x.thing in money)) for x in page.left],
        empty="Everything has passed.",
    )


def _passed_table(page: queries.SuccessionPage) -> Table:
    return Table(
        caption="Novations",
        columns=(
            Column("On", Kind.DATE),
            Column("What"),
            Column("To"),
            Column("Part", Kind.SHARE),
            Column("How much"),
            Column("How"),
            Column("Document"),
        ),
        rows=[
            (
                x.on,
                x.what,
                x.successor,
                x.share,
                _how_much(x),
                x.how,
                x.document or "none given",
            )
            for x in page.passed
        ],
        downloads=(Download("?format=csv", "CSV"),) if page.passed else (),
        empty="Nothing has passed yet.",
    )
