"""Pages of the elections to a board, and of its deadlocks."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from moothall.agreements import permissions
from moothall.agreements.actions import ballots, deadlocks
from moothall.agreements.actions import elections as actions
from moothall.agreements.engine.board_lives import ELECTION
from moothall.agreements.engine.deadlock import LADDER
from moothall.agreements.forms import boards as forms
from moothall.agreements.queries import elections as queries
from moothall.agreements.views.boards import NO_BOARD, board_trail, refuse_others
from moothall.agreements.views.doing import Doing, Tried, attempted, offered
from moothall.agreements.views.whose import PersonsRequest
from moothall.core.downloads import json_file
from moothall.core.permissions import route
from moothall.directory.queries import viewer_for
from moothall.values.tables import Column, Download, Kind, Table
from moothall.values.wording import listed, number_of

if TYPE_CHECKING:
    from moothall.agreements.models import Deadlock, Election


# ── an election ──────────────────────────────────────────────────────────────────────────────


@route(public=True)
@require_safe
def election(
    request: HttpRequest, agreement_id: int, board_id: int, election_id: int
) -> HttpResponseBase:
    """One election: who stands, who is elected, and the count stage by stage."""
    held = _election_for(request, agreement_id, board_id, election_id)
    if request.GET.get("format") == "json":
        page = queries.election_page(held, viewer=viewer_for(request.user))
        return json_file(f"election-{election_id}", page.as_json())
    return _election(request, held)


@route(signed_in=True)
@require_POST
def election_do(
    request: PersonsRequest, agreement_id: int, board_id: int, election_id: int, deed: str
) -> HttpResponse:
    """Nominate, open the vote, enter papers, count, call off."""
    held = _election_for(request, agreement_id, board_id, election_id)
    here = reverse("agreements:election", args=[agreement_id, board_id, election_id])
    return attempted(
        request, _election_doings(request, held), deed, here, partial(_election, request, held)
    )


def _election_for(
    request: HttpRequest, agreement_id: int, board_id: int, election_id: int
) -> Election:
    held = queries.election_of(agreement_id, board_id, election_id)
    if held is None:
        raise Http404(NO_BOARD)
    refuse_others(request, permissions.why_not_read_election(request.user, held))
    return held


def _election(request: HttpRequest, held: Election, tried: Tried | None = None) -> HttpResponse:
    page = queries.election_page(held, viewer=viewer_for(request.user))
    doings = _election_doings(request, held) if page.is_at_work else []
    here = reverse("agreements:election", args=[page.agreement_id, page.board_id, held.pk])
    shown = {
        "page": page,
        **offered(doings, here, tried),
        "trail": board_trail(held.board, ("Election", "")),
        "candidates": _candidates_table(page),
        "stages": _stages_table(page),
        "rejected": _rejected_table(page),
        "roll": _roll_table(page),
        "life": ELECTION,
    }
    return render(request, "agreements/election.html", shown, status=tried.status if tried else 200)


def _election_doings(request: HttpRequest, election: Election) -> list[Doing]:
    keep = permissions.why_not_keep_agreement(request.user, election.board.agreement)

    def nominate(said: dict[str, Any], by: Any, at: Any) -> str:
        made = actions.nominate(election=election, **said, by=by, at=at)
        return f"{made} stands."

    def open_(_said: dict[str, Any], by: Any, at: Any) -> str:
        actions.open_voting(election=election, by=by, at=at)
        return "Nominations are closed and the lot is drawn. Papers may be entered."

    def vote(said: dict[str, Any], by: Any, at: Any) -> str:
        ballots.cast_ballot(election=election, preferences=said["preferences"], by=by, at=at)
        return "Your paper is in. That you voted is kept; what you voted is kept apart from it."

    def join(said: dict[str, Any], by: Any, at: Any) -> str:
        people, unknown = queries.people_for_roll(election, said["emails"], said["who_sits"])
        made = ballots.put_on_roll(election=election, people=people, by=by, at=at)
        said_so = f"{number_of(len(made), 'person', 'people')} put on the roll."
        if unknown:
            said_so += f" Nobody signs in here as {listed(unknown)}: invite them first."
        return said_so

    def strike(said: dict[str, Any], by: Any, at: Any) -> str:
        elector = election.roll.get(pk=said["elector"])
        ballots.take_off_roll(elector=elector, by=by, at=at)
        return f"{elector} is off the roll."

    def papers(said: dict[str, Any], by: Any, at: Any) -> str:
        found = actions.enter_papers(election=election, text=said["text"], by=by, at=at)
        aside = sum(count for count, _why in found.rejected)
        return f"{found.counted:,} papers count, and {aside:,} are set aside with the reason."

    def count(_said: dict[str, Any], by: Any, at: Any) -> str:
        found = actions.count_election(election=election, by=by, at=at)
        return f"{len(found.elected)} are elected, in {len(found.stages)} stages."

    def off(_said: dict[str, Any], by: Any, at: Any) -> str:
        actions.call_off(election=election, by=by, at=at)
        return "The election is called off."

    def seat(said: dict[str, Any], by: Any, at: Any) -> str:
        made = actions.seat_elected(election=election, **said, by=by, at=at)
        return f"{len(made)} sit from that day."

    if election.state == "COUNTED" and election.seated_on is None:
        form = partial(forms.SeatThemForm, initial={"starts_on": timezone.localdate()})
        return [Doing("seat", "Seat those elected", form, seat, keep)]
    ending = Doing("off", "Call it off", forms.NothingForm, off, keep, "warning")
    joining = [Doing("roll", "Put people on the roll", forms.RollForm, join, keep)]
    if waiting := queries.roll_choices(election):
        roll = partial(forms.OffRollForm, choices={"elector": waiting})
        joining.append(Doing("off-roll", "Take somebody off the roll", roll, strike, keep))
    if election.state == "NOMINATIONS":
        label = "Close nominations and draw the lot"
        return [
            Doing("nominate", "Enter a candidate", forms.NomineeForm, nominate, keep),
            Doing("open", label, forms.NothingForm, open_, keep),
            *joining,
            ending,
        ]
    if election.state == "VOTING":
        ballot = partial(forms.BallotForm, candidates=queries.candidate_choices(election))
        why_not = ballots.why_not_cast(request.user, election, timezone.localdate())  # type: ignore[arg-type]
        return [
            Doing("vote", "Vote", ballot, vote, why_not),
            *joining,
            Doing("papers", "Enter papers", forms.PapersForm, papers, keep),
            Doing("count", "Count the papers", forms.NothingForm, count, keep),
            ending,
        ]
    return []


def _candidates_table(page: queries.ElectionPage) -> Table:
    return Table(
        caption="Candidates",
        columns=(Column("Name"), Column("What they say"), Column("Result")),
        rows=[
            (
                x.name, x.statement,
                ("Elected" if x.is_elected else "Not elected") if page.quota else "Not counted yet",
            )
            for x in page.candidates
        ],
        empty="Nobody stands yet.",
        empty_next="Candidates are entered until nominations close.",
    )  # fmt: skip


def _stages_table(page: queries.ElectionPage) -> Table:
    """A row a stage; votes to four places, and the exact fractions in the JSON beside it."""
    return Table(
        caption="The count",
        columns=(
            Column("Stage"), *(Column(name) for name in page.lot), Column("Set aside"),
            Column("Elected"),
        ),
        rows=[
            (
                f"{x.number}. {x.did}", *(f"{votes:f}" for votes in x.votes), f"{x.set_aside:f}",
                x.elected,
            )
            for x in page.stages
        ],
        downloads=(Download("?download=the-count", "CSV"), Download("?format=json", "JSON")),
        note="Votes are shown to four decimals and counted in exact fractions, which JSON has.",
        empty="Nothing is counted yet.",
        empty_next="Papers are counted, once and for all, from the day on which votes close.",
    )  # fmt: skip


def _roll_table(page: queries.ElectionPage) -> Table:
    return Table(
        caption="The roll of those who vote from their own sign-in",
        columns=(Column("Who"), Column("Whether they have voted")),
        rows=[(name, "Voted" if voted else "Not yet") for name, voted in page.roll],
        empty="Nobody is on the roll.",
        empty_next="Whoever is put on it votes here, and in secret. The others vote on paper.",
    )


def _rejected_table(page: queries.ElectionPage) -> Table:
    return Table(
        caption="Papers set aside",
        columns=(Column("Why"), Column("Papers", Kind.COUNT)),
        rows=[(why, count) for count, why in page.rejected],
        empty="No paper is set aside.",
    )


# ── a deadlock ───────────────────────────────────────────────────────────────────────────────


@route(signed_in=True)
@require_safe
def deadlock(
    request: PersonsRequest, agreement_id: int, board_id: int, deadlock_id: int
) -> HttpResponse:
    """One deadlock: the step on which it stands, its clock, and what is ahead."""
    return _deadlock(request, _deadlock_for(request, agreement_id, board_id, deadlock_id))


@route(signed_in=True)
@require_POST
def deadlock_do(
    request: PersonsRequest, agreement_id: int, board_id: int, deadlock_id: int, deed: str
) -> HttpResponse:
    """Take a deadlock a step up, or record how it was resolved."""
    held = _deadlock_for(request, agreement_id, board_id, deadlock_id)
    here = reverse("agreements:deadlock", args=[agreement_id, board_id, deadlock_id])
    return attempted(
        request, _deadlock_doings(request, held), deed, here, partial(_deadlock, request, held)
    )


def _deadlock_for(
    request: PersonsRequest, agreement_id: int, board_id: int, deadlock_id: int
) -> Deadlock:
    held = queries.deadlock_of(agreement_id, board_id, deadlock_id)
    if held is None:
        raise Http404(NO_BOARD)
    refuse_others(request, permissions.why_not_read_board(request.user, held.board))
    return held


def _deadlock(request: PersonsRequest, held: Deadlock, tried: Tried | None = None) -> HttpResponse:
    today = timezone.localdate()
    page = queries.deadlock_page(held, viewer=viewer_for(request.user), today=today)
    here = reverse("agreements:deadlock", args=[page.agreement_id, page.board_id, held.pk])
    shown = {
        "page": page,
        **offered(_deadlock_doings(request, held), here, tried),
        "trail": board_trail(held.board, ("Deadlock", "")),
        "steps": _steps_table(page),
        "ladder": LADDER,
    }
    return render(request, "agreements/deadlock.html", shown, status=tried.status if tried else 200)


def _deadlock_doings(request: PersonsRequest, deadlock: Deadlock) -> list[Doing]:
    page = queries.deadlock_page(
        deadlock, viewer=viewer_for(request.user), today=timezone.localdate()
    )
    if not page.moves:
        return []

    def climb(said: dict[str, Any], by: Any, at: Any) -> str:
        deadlocks.move_deadlock(deadlock=deadlock, **said, by=by, at=at)
        return "The step is recorded."

    form = partial(forms.ClimbForm, choices={"move": page.moves})
    return [Doing("climb", "Record the next step", form, climb, page.why_not_keep)]


def _steps_table(page: queries.DeadlockPage) -> Table:
    return Table(
        caption="The steps so far",
        columns=(
            Column("Step"), Column("Since", Kind.DATE), Column("Its days end on", Kind.DATE),
            Column("What was said"), Column("Recorded by"),
        ),
        rows=[
            (
                x.words.capitalize(), x.began_on, "" if x.due_on is None else x.due_on, x.note,
                x.by,
            )
            for x in page.steps
        ],
    )  # fmt: skip
