"""The page of one member's leaving while the others go on."""

from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone

from moothall.agreements import permissions
from moothall.agreements.actions import leaving as deeds
from moothall.agreements.engine.leaving import MEMBERSHIP
from moothall.agreements.forms.register import HasLeftForm, NoticeForm, StaysForm
from moothall.agreements.queries import leaving, record
from moothall.agreements.views.several import GET_OR_POST, Part, answer, typed
from moothall.agreements.views.whose import PersonsRequest, agreement_for, agreement_trail
from moothall.core.permissions import route
from moothall.directory.engine.roles import Deed


@route(deed=Deed.KEEP_AGREEMENT)
@GET_OR_POST
def leave(request: PersonsRequest, agreement_id: int, member_id: int) -> HttpResponse:
    """What a member's leaving means; and, sent, record its notice, or that it left."""
    held = agreement_for(agreement_id, who=request.user, why_not=permissions.why_not_keep_agreement)
    member = record.member_of(held, member_id)
    if member is None:
        raise Http404("This agreement has no such member today. Its page lists them all.")
    today, now = timezone.localdate(), timezone.now()
    page = leaving.leaving_page(member, on=today)
    here = reverse("agreements:leave", args=[agreement_id, member_id])

    def notice(said: dict[str, Any]) -> str:
        deeds.give_notice(member=member, **said, by=request.user, at=now)
        return "Its notice is recorded."

    def stays(said: dict[str, Any]) -> str:
        deeds.take_notice_back(member=member, **said, by=request.user, at=now)
        return f"{page.name} stays."

    def left(said: dict[str, Any]) -> str:
        heir = record.member_of(held, int(said.pop("heir") or 0))
        deeds.leave(member=member, heir=heir, **said, by=request.user, at=now)
        return f"{page.name} is a member no longer."

    record_url = reverse("agreements:agreement", args=[agreement_id])
    gone = HasLeftForm(
        **typed(request, "left"), heirs=page.heirs if page.needs_heir else (),
        initial={"left_on": page.leaves_on},
    )  # fmt: skip
    no = page.why_not
    parts = [Part("left", "It has left", "Record that it left", gone, left, no, record_url)]
    if page.state == "MEMBER":
        first = NoticeForm(
            **typed(request, "notice"), initial={"notice_on": today, "leaves_on": page.earliest}
        )
        parts.insert(0, Part("notice", "It gives notice", "Record its notice", first, notice, no))
    else:
        form = StaysForm(**typed(request, "stays"))
        parts.append(Part("stays", "It stays after all", "Take the notice back", form, stays))
    shown = {
        "page": page,
        "caption": held.name,
        "heading": f"{page.name} leaves, and the others go on",
        "life": MEMBERSHIP,
        "trail": agreement_trail(held, (f"{page.name} leaves", "")),
    }
    return answer(request, "agreements/leave.html", shown, parts, here)
