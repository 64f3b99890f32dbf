"""Pages of leaving: the plan and what it costs by date, and its ending item by item."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from attrs import frozen
from django import forms as django_forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from moothall.agreements import permissions
from moothall.agreements.actions import ending, exits
from moothall.agreements.engine.exit_plan import parts
from moothall.agreements.forms import exits as forms
from moothall.agreements.forms.variations import NothingForm
from moothall.agreements.queries import exit_pages
from moothall.agreements.queries import exits as queries
from moothall.agreements.views.asking import asked, sent_in
from moothall.agreements.views.whose import PersonsRequest, agreement_for, agreement_trail
from moothall.core.downloads import csv_file, json_file
from moothall.core.permissions import route
from moothall.directory.engine.roles import Deed
from moothall.values.tables import Cell, Column, Download, Kind, Table

if TYPE_CHECKING:
    from moothall.agreements.models import Agreement

GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])
HEAD = ("party", "name", "on", "p50", "p90", "paid_p50", "stakes", "is_punitive")


@route(deed=Deed.READ_AGREEMENT)
@require_safe
def plan(request: PersonsRequest, agreement_id: int) -> HttpResponseBase:
    """What leaving costs by date and party, and how far the plan and its ending are."""
    held = agreement_for(agreement_id, who=request.user, why_not=permissions.why_not_read_agreement)
    page = exit_pages.exit_page(held)
    if (wanted := request.GET.get("format")) == "json":
        return json_file(f"exit-{agreement_id}", page.as_json())
    if wanted == "csv":
        rows = page.as_json()["costs"]
        return csv_file(f"exit-{agreement_id}", HEAD, [[row[key] for key in HEAD] for row in rows])
    keeps = permissions.why_not_keep_agreement(request.user, held) is None
    may_keep = keeps and held.state != "ENDED"
    shown = {
        "page": page,
        "agreement": held,
        "trail": agreement_trail(held, ("Leaving", "")),
        "costs": _costs_table(page, timezone.localdate()),
        "lines": _lines_table(page, held if may_keep else None),
        "stakes": _stakes_table(page, held if may_keep else None),
        "may_keep": may_keep,
        "deeds": [
            (key, step.label, reverse("agreements:exit_deed", args=[held.pk, key]))
            for key, step in _steps(request.user, held).items()
        ]
        if keeps
        else [],
    }
    return render(request, "agreements/exit.html", shown)


@frozen
class Step:
    """Something that may be added to the plan or done about the ending now."""

    label: str
    form: Callable[..., django_forms.Form]
    deed: Callable[[Any], str]
    answer: str = ""


def _steps(person: Any, held: "Agreement") -> dict[str, Step]:
    given: dict[str, Any] = {"agreement": held, "by": person, "at": timezone.now()}
    members = queries.keys_of(held)
    by_id = {str(one.pk): one for one in members.values()}
    names = [(key, one.organisation.name) for key, one in by_id.items()]
    keyed = [(key, one.organisation.name) for key, one in members.items()]

    def begin(_form: Any) -> str:
        count = exits.begin_plan(**given)
        return f"The plan begins from {count} prompts: answer each, or take it out."

    def add_item(form: Any) -> str:
        typed = dict(form.cleaned_data)
        owner = by_id.get(typed.pop("member"))
        exits.add_exit_item(**given, owner=owner, **typed)
        return "The plan says it."

    def add_cost(form: Any) -> str:
        typed = form.cleaned_data
        exits.add_exit_cost(
            **given,
            **{key: typed[key] for key in ("what", "low_gbp", "mode_gbp", "high_gbp")},
            shares=form.shares(),
            written_off_from=typed["written_off_from"],
            months=typed["months"] or 0,
        )
        return "The cost is in the plan."

    def add_stake(form: Any) -> str:
        typed = dict(form.cleaned_data)
        typed["months"] = typed["months"] or 0
        exits.add_stake(**given, **typed | {"member": by_id[typed["member"]]})
        return "It is recorded."

    def rehearse(form: Any) -> str:
        exits.record_rehearsal(
            **given,
            held_on=form.cleaned_data["held_on"],
            note=form.cleaned_data["note"],
            answers=form.answers(),
        )
        return "The rehearsal is recorded."

    def end(form: Any) -> str:
        typed = form.cleaned_data
        ending.begin_ending(
            **given, ends_on=typed["ends_on"], why=typed["why"], leaver=by_id.get(typed["member"])
        )
        return "It is ending: each item of the plan has its day."

    def close(_form: Any) -> str:
        ending.close_agreement(**given)
        return "It has ended."

    def with_names(of: Any) -> Callable[..., django_forms.Form]:
        return lambda *args, **more: of(*args, members=names, **more)

    if held.state == "ENDED":
        return {}
    found = {
        "begin": Step("Begin the plan from what plans usually say", NothingForm, begin,
                      "Parts that say something are left as they are."),
        "item": Step("Add an item", with_names(forms.ItemForm), add_item),
        "cost": Step("Add a cost of leaving",
                     lambda *args, **more: forms.CostForm(*args, members=keyed, **more), add_cost,
                     "Beside what the deal’s own terms charge."),
        "stake": Step("Record what a member has at stake", with_names(forms.StakeForm), add_stake,
                      "An exit payment above what the other side has left in it, and loses with "
                      "evidence, is punitive."),
        "rehearsal": Step("Record a rehearsal", forms.RehearsalForm, rehearse),
    }  # fmt: skip
    if held.state in ("IN_FORCE", "VARIED"):
        found["end"] = Step("Begin to end it", with_names(forms.EndForm), end)
    if held.state == "ENDING":
        del found["begin"]
        found["close"] = Step("Say that it has ended", NothingForm, close)
    return found


@route(deed=Deed.KEEP_AGREEMENT)
@GET_OR_POST
def deed(request: PersonsRequest, agreement_id: int, deed: str) -> HttpResponse:
    """Ask what is to be added to the plan, or done about the ending; and, sent, do it."""
    held = _kept(request, agreement_id)
    step = _steps(request.user, held).get(deed)
    if step is None:
        raise Http404("Nothing of this kind is to be done with this plan now. Its page says what.")
    form = step.form(sent_in(request))
    return _asked(request, held, form, lambda _: step.deed(form), step.label, step.answer)


@route(deed=Deed.KEEP_AGREEMENT)
@GET_OR_POST
def part(request: PersonsRequest, agreement_id: int, part: str) -> HttpResponse:
    """Ask whether a part of the plan still holds, or has nothing in it; and, sent, say so."""
    held = _kept(request, agreement_id)
    if part not in parts():
        raise Http404("An exit plan has no such part. Its page lists them all.")

    def act(typed: dict[str, Any]) -> str:
        given: dict[str, Any] = {"agreement": held, "part": part, "by": request.user}
        if typed["because"].strip():
            exits.say_nothing_of_the_kind(because=typed["because"], at=timezone.now(), **given)
            return "There is nothing of the kind, and the plan says why."
        exits.check_part(at=timezone.now(), **given)
        return "The part is checked."

    one = parts()[part]
    form = forms.PartForm(sent_in(request))
    return _asked(request, held, form, act, f"Check: {one.label.lower()}", one.asks)


@route(deed=Deed.READ_AGREEMENT)
@GET_OR_POST
def item(request: PersonsRequest, agreement_id: int, item_id: int) -> HttpResponse:
    """Ask what an item should say or, once the agreement is ending, whether it is done."""
    held = agreement_for(agreement_id, who=request.user, why_not=permissions.why_not_read_agreement)
    one = queries.item_of(held, item_id)
    if one is None:
        raise Http404("This exit plan has no item of this number. Its page lists them all.")
    if reason := permissions.why_not_carry_out(request.user, one):
        raise PermissionDenied(reason)
    if held.state == "ENDING":

        def carry(typed: dict[str, Any]) -> str:
            given: dict[str, Any] = {"item": one, "by": request.user, "at": timezone.now()}
            if typed["because"]:
                ending.set_aside(because=typed["because"], **given)
                return "It is set aside."
            ending.carry_out(done_on=typed["done_on"], evidence=typed["evidence"], **given)
            return "It is done."

        form: django_forms.Form = forms.CarryOutForm(sent_in(request))
        return _asked(request, held, form, carry, one.what, one.detail)
    by_id = {str(member.pk): member for member in queries.keys_of(held).values()}
    form = forms.ChangeItemForm(
        sent_in(request),
        members=[(key, member.organisation.name) for key, member in by_id.items()],
        initial={
            "what": one.what,
            "detail": one.detail,
            "member": one.owner_id or "",
            "days_before": one.days_before,
        },
    )

    def change(typed: dict[str, Any]) -> str:
        if typed.pop("is_taken_out"):
            exits.drop_exit_item(item=one, by=request.user, at=timezone.now())
            return "The item is taken out."
        owner = by_id.get(typed.pop("member"))
        exits.set_exit_item(item=one, owner=owner, by=request.user, at=timezone.now(), **typed)
        return "The item is changed."

    return _asked(request, held, form, change, one.what, parts()[one.part].asks)


@route(deed=Deed.KEEP_AGREEMENT)
@GET_OR_POST
def drop_cost(request: PersonsRequest, agreement_id: int, line_id: int) -> HttpResponse:
    """Ask whether a cost is to be taken out of the plan; and, sent, take it out."""
    held = _kept(request, agreement_id)
    line = queries.cost_of(held, line_id)
    if line is None:
        raise Http404("This exit plan has no cost of this number. Its page lists them all.")

    def act(_typed: dict[str, Any]) -> str:
        exits.drop_exit_cost(line=line, by=request.user, at=timezone.now())
        return "The cost is taken out."

    form = NothingForm(sent_in(request))
    answer = "It no longer counts towards what leaving costs. The log keeps that it did."
    return _asked(request, held, form, act, f"Take out: {line.what}", answer, "Take it out")


@route(deed=Deed.KEEP_AGREEMENT)
@GET_OR_POST
def drop_stake(request: PersonsRequest, agreement_id: int, stake_id: int) -> HttpResponse:
    """Ask whether a stake is to be taken out; and, sent, take it out."""
    held = _kept(request, agreement_id)
    stake = queries.stake_of(held, stake_id)
    if stake is None:
        raise Http404("No stake of this number is recorded here. The page of leaving has them all.")

    def act(_typed: dict[str, Any]) -> str:
        exits.drop_stake(stake=stake, by=request.user, at=timezone.now())
        return "It is taken out."

    form = NothingForm(sent_in(request))
    answer = "What others pay for leaving is no longer held against it."
    return _asked(request, held, form, act, f"Take out: {stake.what}", answer, "Take it out")


def _kept(request: PersonsRequest, agreement_id: int) -> "Agreement":
    return agreement_for(agreement_id, who=request.user, why_not=permissions.why_not_keep_agreement)


def _asked(
    request: PersonsRequest,
    held: "Agreement",
    form: django_forms.Form,
    act: Callable[[dict[str, Any]], str],
    heading: str,
    answer: str,
    label: str = "Record it",
) -> HttpResponse:
    here = reverse("agreements:exit", args=[held.pk])
    return asked(
        request, form, act, heading=heading, label=label, caption=held.name, back=here,
        trail=agreement_trail(held, ("Leaving", here), (heading, "")), answer=answer,
    )  # fmt: skip


def _costs_table(page: exit_pages.ExitPage, today: date) -> Table:
    """From today on; all days that are told where none is ahead."""
    ahead = [cost for cost in page.costs.costs if cost.on >= today]
    return Table(
        caption="What leaving costs, by party and date",
        columns=(
            Column("Who leaves"),
            Column("On", Kind.DATE),
            Column("As likely as not", Kind.ESTIMATE),
            Column("Nine in ten", Kind.ESTIMATE),
            Column("Of it, paid to others by the terms", Kind.ESTIMATE),
            Column("What the others have at stake", Kind.ESTIMATE),
        ),
        rows=[
            (
                page.costs.names[cost.party],
                cost.on,
                *(Decimal(round(value)) for value in (cost.p50, cost.p90, cost.paid_p50)),
                "Nobody has said" if cost.stakes is None else Decimal(round(cost.stakes)),
            )
            for cost in ahead or page.costs.costs
        ],
        downloads=(Download("?format=csv", "CSV"), Download("?format=json", "JSON")),
        note="The deal’s terms run with the party leaving then, and its share of the plan’s costs. "
        "Days that are past are in the files.",
        empty=page.costs.why_not or "Nobody has said what leaving costs.",
    )


def _lines_table(page: exit_pages.ExitPage, kept: "Agreement | None") -> Table:
    return Table(
        caption="Costs in the plan, beside the deal’s terms",
        columns=(
            Column("Cost"),
            Column("Least", Kind.POUNDS),
            Column("Most likely", Kind.POUNDS),
            Column("Most", Kind.POUNDS),
            Column("Who bears it"),
            *_take_out_column(kept),
        ),
        rows=[
            (
                *(each.what, each.low_gbp, each.mode_gbp, each.high_gbp, each.borne_by),
                *_take_out(kept, "exit_cost_drop", each.id, each.what),
            )
            for each in page.lines
        ],
        empty="The plan has no costs of its own.",
    )


def _stakes_table(page: exit_pages.ExitPage, kept: "Agreement | None") -> Table:
    return Table(
        caption="What members have at stake",
        columns=(
            Column("Member"),
            Column("What"),
            Column("Amount", Kind.POUNDS),
            Column("Evidence"),
            *_take_out_column(kept),
        ),
        rows=[
            (
                *(each.member, each.what, each.gbp, each.evidence),
                *_take_out(kept, "exit_stake_drop", each.id, each.what),
            )
            for each in page.stakes
        ],
        empty="Nobody has recorded what it has at stake, so no exit is called punitive or not.",
    )


def _take_out_column(kept: "Agreement | None") -> tuple[Column, ...]:
    return (Column("Change"),) if kept else ()


def _take_out(kept: "Agreement | None", name: str, key: int, what: str) -> tuple[Cell, ...]:
    if kept is None:
        return ()
    return (Cell("Take it out", reverse(f"agreements:{name}", args=[kept.pk, key]), what),)
