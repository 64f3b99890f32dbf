"""The page from a draft to an agreement in force: the checks, the parties, and each next deed."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from moothall.agreements import permissions
from moothall.agreements.actions import signing as actions
from moothall.agreements.engine.life import LIFE
from moothall.agreements.forms import signing as forms
from moothall.agreements.queries import signing as queries
from moothall.agreements.views.doing import Doing, Tried, attempted, offered
from moothall.agreements.views.whose import PersonsRequest, agreement_for, agreement_trail
from moothall.core.downloads import file_answer
from moothall.core.permissions import route
from moothall.directory.engine.roles import Deed
from moothall.directory.queries import body_at, viewer_for

if TYPE_CHECKING:
    from moothall.agreements.models import Agreement

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@route(deed=Deed.READ_AGREEMENT)
@require_safe
def signing(request: PersonsRequest, agreement_id: int) -> HttpResponse:
    """What stands in the way of an agreement, who has signed, and the next deed."""
    return _signing(request, _read(request, agreement_id))


@route(deed=Deed.READ_AGREEMENT)
@require_POST
def signing_do(request: PersonsRequest, agreement_id: int, deed: str) -> HttpResponse:
    """Agree in principle, comment, decide, record an execution, or bring into force."""
    held = _read(request, agreement_id)
    here = reverse("agreements:signing", args=[agreement_id])
    return attempted(request, _doings(request, held), deed, here, partial(_signing, request, held))


@route(deed=Deed.READ_AGREEMENT)
@require_safe
def schedule(request: PersonsRequest, agreement_id: int) -> HttpResponse:
    """The payment schedule that is annexed to the document, in Word, with the deal's hash."""
    from moothall.deals.schedule import schedule_docx

    held = _read(request, agreement_id)
    found = queries.deal_to_annex(held)
    if found is None:
        raise Http404("There is no schedule yet: agree terms without findings in principle first.")
    deal, digest = found
    name = f"payment-schedule-{agreement_id}.docx"
    return file_answer(schedule_docx(deal, digest=digest), name, DOCX)


def _read(request: PersonsRequest, agreement_id: int) -> Agreement:
    return agreement_for(agreement_id, who=request.user, why_not=permissions.why_not_read_agreement)


def _signing(request: HttpRequest, held: Agreement, tried: Tried | None = None) -> HttpResponse:
    page = _page(request, held)
    here = reverse("agreements:signing", args=[held.pk])
    shown = {
        "page": page,
        "life": LIFE,
        "tasks": [
            {
                "label": each.label,
                "state": "Met" if each.is_met else "Not met",
                "colour": "green" if each.is_met else "red",
                "hint": each.refusal,
            }
            for each in page.checks
        ],
        "has_schedule": queries.deal_to_annex(held) is not None,
        **offered(_doings(request, held), here, tried),
        "trail": agreement_trail(held, ("Signing", "")),
    }
    return render(request, "agreements/signing.html", shown, status=tried.status if tried else 200)


def _page(request: HttpRequest, held: Agreement) -> queries.SigningPage:
    return queries.signing_page(held, viewer=viewer_for(request.user), on=timezone.localdate())


def _doings(request: HttpRequest, held: Agreement) -> list[Doing]:
    """What can be done where the agreement stands, the likeliest first."""
    page = _page(request, held)
    return [*_parties(held, page), *_keeping(held, page), *_officers(held, page)]


def _parties(held: Agreement, page: queries.SigningPage) -> Iterator[Doing]:
    if not page.may("EXECUTE"):
        return
    refusal = next((each.refusal for each in page.checks if not each.is_met), None)
    for party in page.parties:
        if party.execution is not None:
            continue

        def execute(said: dict[str, Any], by: Any, at: Any, party_id: int = party.id) -> str:
            member = queries.party_numbered(held, party_id)
            assert member is not None  # noqa: S101  # the page lists them
            said["signatory"] = queries.person_chosen(said["signatory"])
            actions.record_execution(agreement=held, member=member, **said, by=by, at=at)
            return "The execution is recorded."

        nobody = ("", "Nobody who signs in here")
        choices = [(str(key), name) for key, name in party.signatories]
        form = partial(
            forms.ExecutionForm,
            choices={"signatory": choices if party.is_public else [nobody, *choices]},
        )
        yield Doing(
            f"execute-{party.id}",
            f"Record that {party.name} executed it",
            form,
            execute,
            why_not=party.why_not_record or refusal,
        )


def _keeping(held: Agreement, page: queries.SigningPage) -> Iterator[Doing]:
    def agree(said: dict[str, Any], by: Any, at: Any) -> str:
        draft = queries.draft_to_take(held, int(said["draft"])) if said["draft"] else None
        actions.agree_in_principle(agreement=held, draft=draft, by=by, at=at)
        return "It is agreed in principle."

    def decide(said: dict[str, Any], by: Any, at: Any) -> str:
        body = body_at(said.pop("body"))
        assert body is not None  # noqa: S101  # the form lists them
        actions.decide_to_sign(agreement=held, body=body, **said, by=by, at=at)
        return "The decision is recorded."

    def clocks(said: dict[str, Any], by: Any, at: Any) -> str:
        actions.set_clocks(agreement=held, **said, by=by, at=at)
        return "The clocks are recorded."

    def commence(said: dict[str, Any], by: Any, at: Any) -> str:
        actions.commence(agreement=held, **said, by=by, at=at)
        return "It is in force."

    def again(said: dict[str, Any], by: Any, at: Any) -> str:
        actions.reconsider(agreement=held, **said, by=by, at=at)
        return "It is a draft again."

    def give_up(said: dict[str, Any], by: Any, at: Any) -> str:
        actions.drop(agreement=held, **said, by=by, at=at)
        return "It is dropped; its record stays."

    no = page.why_not_keep
    if page.may("AGREE"):
        drafts = [("", "No terms"), *((str(key), name) for key, name in page.drafts)]
        form = partial(forms.AgreeForm, choices={"draft": drafts})
        yield Doing("agree", "Agree it in principle", form, agree, why_not=no)
    if page.undecided:
        whose = partial(forms.DecisionForm, choices={"body": page.undecided})
        yield Doing("decide", "Record a decision to enter into it", whose, decide)
    if page.may("COMMENCE"):
        reason = no or queries.why_not_all_signed(held, page.version)
        yield Doing("commence", "Bring it into force", forms.CommenceForm, commence, why_not=reason)
    if page.may("AGREE") or page.may("EXECUTE"):
        until = partial(
            forms.ClocksForm,
            initial={
                "call_in_ends_on": page.signing.call_in_ends_on,
                "standstill_ends_on": page.signing.standstill_ends_on,
            },
        )
        yield Doing("clocks", "Record call-in and standstill", until, clocks, why_not=no)
    if page.may("RECONSIDER"):
        yield Doing(
            "reconsider", "Go back to the draft", forms.WhyForm, again, why_not=no, kind="secondary"
        )
    if page.may("DROP"):
        yield Doing("drop", "Give it up", forms.WhyForm, give_up, why_not=no, kind="warning")


def _officers(held: Agreement, page: queries.SigningPage) -> Iterator[Doing]:
    def comment(said: dict[str, Any], by: Any, at: Any) -> str:
        actions.comment(agreement=held, **said, by=by, at=at)
        return "Your comment is recorded."

    def waive(said: dict[str, Any], by: Any, at: Any) -> str:
        actions.waive_reserved_matters(agreement=held, **said, by=by, at=at)
        return "The waiver is recorded."

    def limit(said: dict[str, Any], by: Any, at: Any) -> str:
        actions.set_comment_limit(body=held.body, **said, by=by, at=at)
        return "The limit is set, for everything that your body signs from now on."

    if page.may("AGREE") or page.may("EXECUTE"):
        label = "Set the limit above which the statutory officers comment"
        yield Doing("limit", label, forms.LimitForm, limit, page.why_not_comment, "secondary")
    if page.may("EXECUTE"):
        no = page.why_not_comment
        yield Doing("comment", "Comment as a statutory officer", forms.CommentForm, comment, no)
        if page.needs_waiver:
            no = page.why_not_waive
            yield Doing("waive", "Waive reserved matters", forms.WhyForm, waive, no, "secondary")
