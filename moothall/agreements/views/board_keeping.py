"""The page that changes a board: its rules, classes, seats and what it may not decide."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from moothall.agreements.actions import boards as actions
from moothall.agreements.engine.matters import Decided
from moothall.agreements.forms import boards as forms
from moothall.agreements.queries import boards as queries
from moothall.agreements.views import board_tables as tables
from moothall.agreements.views.boards import RULE_CHOICES, board_kept, board_trail
from moothall.agreements.views.doing import Doing, Tried, attempted, offered
from moothall.agreements.views.whose import PersonsRequest
from moothall.core.permissions import route
from moothall.directory.engine.roles import Deed
from moothall.directory.queries import body_at, viewer_for

if TYPE_CHECKING:
    from moothall.agreements.models import Board


@route(deed=Deed.KEEP_AGREEMENT)
@require_safe
def board_change(request: PersonsRequest, agreement_id: int, board_id: int) -> HttpResponse:
    """The forms that change a board: rules, classes, seats, what it may not decide."""
    return _change(request, board_kept(request, agreement_id, board_id))


@route(deed=Deed.KEEP_AGREEMENT)
@require_POST
def board_change_do(
    request: PersonsRequest, agreement_id: int, board_id: int, deed: str
) -> HttpResponse:
    """Change a board's rules, classes, seats or ring-fence."""
    held = board_kept(request, agreement_id, board_id)
    here = reverse("agreements:board_change", args=[agreement_id, board_id])
    return attempted(request, _change_doings(held), deed, here, partial(_change, request, held))


def _change(request: HttpRequest, held: Board, tried: Tried | None = None) -> HttpResponse:
    page = queries.board_page(held, viewer=viewer_for(request.user), today=timezone.localdate())
    here = reverse("agreements:board_change", args=[held.agreement_id, held.pk])
    shown = {
        "page": page,
        **offered(_change_doings(held), here, tried),
        "trail": board_trail(held, ("Change the board", "")),
        "classes": tables.classes_table(page),
        "seats": tables.seats_table(page),
    }
    return render(
        request, "agreements/board_change.html", shown, status=tried.status if tried else 200
    )


def _change_doings(board: Board) -> list[Doing]:
    today = timezone.localdate()
    carried = (("", "No motion"), *queries.rule_motion_choices(board))
    classes, seats = queries.class_choices(board), queries.seat_choices(board, today)

    def add_class(said: dict[str, Any], by: Any, at: Any) -> str:
        said["motion"] = queries.motion_in(board, said["motion"])
        actions.add_class(board=board, **said, by=by, at=at)
        return "The class is added. Say who sits."

    def change_class(said: dict[str, Any], by: Any, at: Any) -> str:
        said["motion"] = queries.motion_in(board, said["motion"])
        said["seat_class"] = queries.class_in(board, said["seat_class"])
        actions.change_class(**said, by=by, at=at)
        return "The class is changed."

    def fill(said: dict[str, Any], by: Any, at: Any) -> str:
        said["seat_class"] = queries.class_in(board, said["seat_class"])
        said["person"] = queries.person_with(said["person"])
        said["organisation"] = body_at(said["organisation"])
        actions.fill_seat(**said, by=by, at=at)
        return "The seat is filled."

    def end(said: dict[str, Any], by: Any, at: Any) -> str:
        said["seat"] = queries.seat_in(board, said["seat"])
        actions.end_seat(**said, by=by, at=at)
        return "The seat ends on that day."

    def matter(said: dict[str, Any], by: Any, at: Any) -> str:
        actions.set_matter(
            board=board, matter=said["matter"], decided=Decided(said["decided"]), by=by, at=at
        )
        return "That is how it is taken from now on."

    def rules(said: dict[str, Any], by: Any, at: Any) -> str:
        motion = queries.motion_in(board, said.pop("motion"))
        actions.change_rules(board=board, motion=motion, **said, by=by, at=at)
        return "The rules are changed."

    initial = {name: getattr(board, name) for name in actions.RULES}
    initial["has_asset_lock"] = {True: "yes", False: "no", None: ""}[board.has_asset_lock]
    bodies = (("", "No body"), *queries.body_choices(board))
    people = (forms.NOBODY, *queries.person_choices(board))
    no_class = None if classes else "There is no class yet. Add one first."
    return [
        Doing("class", "Add a class", partial(forms.ClassForm, choices={"motion": carried}),
              add_class),
        Doing(
            "fill", "Fill a seat",
            partial(
                forms.FillSeatForm, initial={"starts_on": today},
                choices={"seat_class": classes, "person": people, "organisation": bodies},
            ),
            fill, no_class,
        ),
        Doing(
            "end", "End a seat", partial(forms.EndSeatForm, choices={"seat": seats}), end,
            None if seats else "Nobody holds a seat today.",
        ),
        Doing(
            "weigh", "Change what a class counts for",
            partial(forms.ChangeClassForm, choices={"seat_class": classes, "motion": carried}),
            change_class, no_class,
        ),
        Doing(
            "matter", "Say how a kind of decision is taken",
            partial(forms.MatterForm, choices={"matter": queries.matter_choices()}), matter,
        ),
        Doing(
            "rules", "Change the rules",
            partial(
                forms.ChangeRulesForm, initial=initial, choices=RULE_CHOICES | {"motion": carried}
            ),
            rules,
        ),
    ]  # fmt: skip
