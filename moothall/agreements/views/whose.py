"""What the pages of this room share: whose things are, and what is refused."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.urls import reverse

from moothall.agreements import permissions
from moothall.agreements.queries import drafts, register
from moothall.directory.queries import body_at, viewer_for

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from moothall.agreements.models import Agreement, Draft, DraftVersion
    from moothall.directory.models import Organisation, Person

NO_DRAFT = "No draft of this number is read here. The list of drafts has them all."


class PersonsRequest(HttpRequest):
    """What comes through a route that is not public."""

    user: "Person"


def body_for(slug: str, *, who: "Person", why_not: "permissions.WhyNot") -> "Organisation":
    """The body of an address, for whoever may do this there."""
    body = body_at(slug)
    if body is None:
        raise Http404("No body has this address. The list of bodies has them all.")
    if reason := why_not(who, body):
        raise PermissionDenied(reason)
    return body


def own_draft(body: "Organisation", draft_id: int) -> "Draft":
    draft = drafts.draft_of(body, draft_id)
    if draft is None:
        raise Http404(NO_DRAFT)
    return draft


def read_draft(body: "Organisation", draft_id: int) -> "Draft":
    draft = drafts.draft_read_by(body, draft_id)
    if draft is None:
        raise Http404(NO_DRAFT)
    return draft


def latest(draft: "Draft") -> "DraftVersion":
    version = drafts.version_of(draft)
    if version is None:
        raise Http404(NO_DRAFT)
    return version


def trail(slug: str, draft: "Draft", *more: tuple[str, str]) -> list[tuple[str, str]]:
    home = reverse("agreements:drafts")
    here = reverse("agreements:draft", args=[slug, draft.pk])
    return [("Deals", home), (draft.name, here if more else ""), *more]


NO_AGREEMENT = "No agreement of this number is read here. The list of agreements has them all."


def agreement_read(agreement_id: int, *, who: "Person | AnonymousUser") -> "Agreement":
    """The agreement of an address, for whoever reads anything of it: what is public, or all."""
    agreement = register.agreement_read_by(viewer_for(who), agreement_id)
    if agreement is None:
        raise Http404(NO_AGREEMENT)
    return agreement


def agreement_for(
    agreement_id: int, *, who: "Person", why_not: "Callable[[Person, Agreement], str | None]"
) -> "Agreement":
    """The agreement of an address, for whoever may do this about it."""
    agreement = agreement_read(agreement_id, who=who)
    if reason := why_not(who, agreement):
        raise PermissionDenied(reason)
    return agreement


def agreement_trail(agreement: "Agreement", *more: tuple[str, str]) -> list[tuple[str, str]]:
    here = reverse("agreements:agreement", args=[agreement.pk]) if more else ""
    return [("Agreements", reverse("agreements:home")), (agreement.name, here), *more]
