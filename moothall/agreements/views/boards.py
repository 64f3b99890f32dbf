"""Pages of an agreement's boards: who sits, under which rules, and whether those are safe."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from moothall.agreements import permissions
from moothall.agreements.actions import boards as actions
from moothall.agreements.actions import deadlocks, elections, meetings
from moothall.agreements.forms import boards as forms
from moothall.agreements.queries import boards as queries
from moothall.agreements.views import board_tables as tables
from moothall.agreements.views.doing import Doing, Tried, attempted, offered
from moothall.agreements.views.whose import PersonsRequest, agreement_trail
from moothall.core.errors import CannotDo
from moothall.core.permissions import route
from moothall.directory.engine.roles import Deed
from moothall.directory.queries import viewer_for

if TYPE_CHECKING:
    from moothall.agreements.models import Agreement, Board

NO_BOARD = "No board of this number is read here. The agreement's page lists its boards."
RULE_CHOICES = {
    "method": queries.METHODS,
    **dict.fromkeys(("majority", "reserved_majority", "change_majority"), queries.MAJORITIES),
}
NEW = {
    "method": "MEMBERS", "majority": "MORE_THAN_HALF", "reserved_majority": "EVERYONE",
    "change_majority": "THREE_QUARTERS", "quorum": 2, "officer_days": 10,
    "chief_executive_days": 10, "mediation_days": 30, "expert_days": 30, "last_step": "WIND_UP",
}  # fmt: skip


# ── whose it is ──────────────────────────────────────────────────────────────────────────────


def board_for(request: HttpRequest, agreement_id: int, board_id: int) -> Board:
    """The board of an address, for whoever reads anything of it."""
    board = queries.board_of(agreement_id, board_id)
    if board is None:
        raise Http404(NO_BOARD)
    if not board.agreement.is_public:
        refuse_others(request, permissions.why_not_read_board(request.user, board))
    return board


def refuse_others(request: HttpRequest, reason: str | None) -> None:
    """The public is told that nothing is there; who has signed in, why they may not read it."""
    if reason and not request.user.is_authenticated:
        raise Http404(NO_BOARD)
    if reason:
        raise PermissionDenied(reason)


def board_kept(request: PersonsRequest, agreement_id: int, board_id: int) -> Board:
    held = board_for(request, agreement_id, board_id)
    if reason := permissions.why_not_keep_agreement(request.user, held.agreement):
        raise PermissionDenied(reason)
    return held


def board_trail(board: Board, *more: tuple[str, str]) -> list[tuple[str, str]]:
    here = reverse("agreements:board", args=[board.agreement_id, board.pk])
    home = reverse("agreements:boards", args=[board.agreement_id])
    ours = (("Boards", home), (board.name, here if more else ""))
    return agreement_trail(board.agreement, *ours, *more)


def _agreement_for(request: HttpRequest, agreement_id: int) -> Agreement:
    agreement = queries.agreement_with(agreement_id)
    if agreement is None:
        raise Http404("No agreement of this number is read here.")
    return agreement


# ── an agreement's boards ────────────────────────────────────────────────────────────────────


@route(public=True)
@require_safe
def boards(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """The boards of an agreement, what each may not decide, and where to set one up."""
    agreement, viewer = _agreement_for(request, agreement_id), viewer_for(request.user)
    held = queries.boards_of(agreement, viewer)
    if not held and not agreement.is_public:
        refuse_others(request, permissions.why_not_read_agreement(request.user, agreement))
    today = timezone.localdate()
    rows = [queries.board_page(each, viewer=viewer, today=today) for each in held]
    page = {
        "agreement": agreement.name,
        "agreement_id": agreement_id,
        "rows": rows,
        "table": tables.boards_table(rows),
        "why_not_keep": permissions.why_not_keep_agreement(request.user, agreement),
        "is_at_work": not viewer.is_public,
        "trail": agreement_trail(agreement, ("Boards", "")),
    }
    return render(request, "agreements/board_list.html", page)


@route(deed=Deed.KEEP_AGREEMENT)
@require_http_methods(["GET", "HEAD", "POST"])
def new_board(request: PersonsRequest, agreement_id: int) -> HttpResponse:
    """Ask how a board decides; and, sent, set it up."""
    agreement = _agreement_for(request, agreement_id)
    if reason := permissions.why_not_keep_agreement(request.user, agreement):
        raise PermissionDenied(reason)
    form = forms.NewBoardForm(request.POST or None, initial=NEW, choices=RULE_CHOICES)
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.set_up_board(
                agreement=agreement, **form.cleaned_data, by=request.user, at=timezone.now()
            )
        except CannotDo as refused:
            refusal = refused.sentence
        else:
            return redirect("agreements:board_change", agreement_id, made.pk)
    home = reverse("agreements:boards", args=[agreement_id])
    page = {
        "agreement": agreement.name,
        "form": form,
        "refusal": refusal,
        "back_url": home,
        "trail": agreement_trail(agreement, ("Boards", home), ("Set up a board", "")),
    }
    status = 409 if refusal else 422 if form.errors else 200
    return render(request, "agreements/board_form.html", page, status=status)


# ── one board ────────────────────────────────────────────────────────────────────────────────


@route(public=True)
@require_safe
def board(request: HttpRequest, agreement_id: int, board_id: int) -> HttpResponse:
    """One board: who sits on it, its rules, its meetings, and what it was refused."""
    return _board(request, board_for(request, agreement_id, board_id))


@route(signed_in=True)
@require_POST
def board_do(request: PersonsRequest, agreement_id: int, board_id: int, deed: str) -> HttpResponse:
    """Call a meeting or an election, or declare a deadlock."""
    held = board_for(request, agreement_id, board_id)
    here = reverse("agreements:board", args=[agreement_id, board_id])
    return attempted(
        request, _board_doings(request, held), deed, here, partial(_board, request, held)
    )


def _board(request: HttpRequest, held: Board, tried: Tried | None = None) -> HttpResponse:
    page = queries.board_page(held, viewer=viewer_for(request.user), today=timezone.localdate())
    doings = _board_doings(request, held) if page.is_read and page.is_at_work else []
    here = reverse("agreements:board", args=[held.agreement_id, held.pk])
    shown = {
        "page": page,
        **offered(doings, f"{here}/do", tried),
        "trail": board_trail(held),
        "classes": tables.classes_table(page),
        "seats": tables.seats_table(page),
        "meetings": tables.meetings_table(page),
        "refused": tables.refused_table(page),
        "deadlocks": tables.deadlocks_table(page),
        "elections": tables.elections_table(page),
        "matters": tables.matters_table(page),
    }
    return render(request, "agreements/board.html", shown, status=tried.status if tried else 200)


def _board_doings(request: HttpRequest, board: Board) -> list[Doing]:
    keep = permissions.why_not_keep_agreement(request.user, board.agreement)
    sits = None if permissions.holds_a_seat(request.user, board) else keep

    def call(said: dict[str, Any], by: Any, at: Any) -> str:
        meetings.call_meeting(board=board, **said, by=by, at=at)
        return "The meeting is called. Put items on its agenda."

    def deadlock(said: dict[str, Any], by: Any, at: Any) -> str:
        deadlocks.declare_deadlock(board=board, **said, by=by, at=at)
        return "The deadlock is declared, and its clock runs."

    def election(said: dict[str, Any], by: Any, at: Any) -> str:
        said["seat_class"] = queries.class_in(board, said["seat_class"])
        elections.call_election(**said, by=by, at=at)
        return "The election is called. Enter its candidates."

    elected = queries.class_choices(board, elected=True)
    nobody = None if elected else "No class of this board is elected. Its classes say which are."
    return [
        Doing("call", "Call a meeting", forms.CallForm, call, keep),
        Doing(
            "elect",
            "Call an election",
            partial(forms.CallElectionForm, choices={"seat_class": elected}),
            election,
            keep or nobody,
        ),
        Doing("deadlock", "Declare a deadlock", forms.DeadlockForm, deadlock, sits),
    ]


# ── checks ───────────────────────────────────────────────────────────────────────────────────


@route(public=True)
@require_safe
def checks(request: HttpRequest, agreement_id: int, board_id: int) -> HttpResponse:
    """Whether one class can take the board, and how far the seven principles are met."""
    return _checks(request, board_for(request, agreement_id, board_id))


@route(deed=Deed.KEEP_AGREEMENT)
@require_POST
def checks_do(request: PersonsRequest, agreement_id: int, board_id: int, deed: str) -> HttpResponse:
    """Score one principle."""
    held = board_kept(request, agreement_id, board_id)
    here = reverse("agreements:board_checks", args=[agreement_id, board_id])
    return attempted(request, _checks_doings(held), deed, here, partial(_checks, request, held))


def _checks(request: HttpRequest, held: Board, tried: Tried | None = None) -> HttpResponse:
    viewer = viewer_for(request.user)
    page = queries.checks_page(held, viewer=viewer, today=timezone.localdate())
    doings = _checks_doings(held) if page.board.why_not_keep is None else []
    here = reverse("agreements:board_checks", args=[held.agreement_id, held.pk])
    shown = {
        "page": page,
        **offered(doings, here, tried),
        "trail": board_trail(held, ("Checks", "")),
        "checks": tables.checks_table(page),
        "principles": tables.principles_table(page),
        "classes": tables.classes_table(page.board),
    }
    return render(
        request, "agreements/board_checks.html", shown, status=tried.status if tried else 200
    )


def _checks_doings(board: Board) -> list[Doing]:
    choices = tuple((str(n), f"{n}. {label}") for n, label in queries.principle_choices())

    def score(said: dict[str, Any], by: Any, at: Any) -> str:
        actions.score_principle(board=board, **said, by=by, at=at)
        return "The score is kept, and stands until the next."

    form = partial(forms.ScoreForm, choices={"principle": choices})
    return [Doing("score", "Score a principle", form, score)]
