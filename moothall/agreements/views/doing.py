"""How are the deeds of a page offered, tried and refused, each with a form of its own?"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from attrs import frozen
from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from moothall.core.errors import CannotDo

if TYPE_CHECKING:
    from moothall.directory.models import Person

Act = Callable[[dict[str, Any], "Person", datetime], str]


@frozen
class Doing:
    """One deed that a page offers.

    act     : does it with what was typed, and returns what is said of it
    why_not : the sentence that stands in the button's place, where it may not be done now
    back    : where it leads when done; nothing for the page itself
    """

    key: str
    label: str
    form: Callable[..., forms.Form]
    act: Act
    why_not: str | None = None
    kind: str = ""
    back: str = ""

    @property
    def asks(self) -> bool:
        """Whether there is anything to fill in."""
        return bool(self.form().fields)


@frozen
class Tried:
    """A deed that was sent and not done: its form as it was filled in, or why it was refused."""

    key: str
    form: forms.Form
    refusal: str | None = None

    @property
    def status(self) -> int:
        return 409 if self.refusal else 422


@frozen
class Offered:
    doing: Doing
    form: forms.Form
    url: str
    is_open: bool

    @property
    def label(self) -> str:
        return self.doing.label

    @property
    def refused_because(self) -> str:
        """Why its button is not offered; one that was tried stays open with its form."""
        return "" if self.is_open else self.doing.why_not or ""


def offered(doings: Iterable[Doing], here: str, tried: Tried | None = None) -> dict[str, object]:
    """What a page needs to show its deeds: each with its form, the one tried as it was filled in.

    here : the page's address, under which each deed has one of its own
    """
    return {
        "deeds": [
            Offered(each, tried.form, f"{here}/{each.key}", True)
            if tried and tried.key == each.key
            else Offered(each, _form(each), f"{here}/{each.key}", False)
            for each in doings
        ],
        "form": tried.form if tried else None,
        "refusal": tried.refusal if tried else None,
    }


def attempted(
    request: HttpRequest,
    doings: Iterable[Doing],
    key: str,
    here: str,
    shown: Callable[[Tried], HttpResponse],
) -> HttpResponse:
    """Do what was sent and go on; or show the page with what is to be mended, or why not.

    shown : the page of the deed, with what was tried
    """
    doing = next((each for each in doings if each.key == key), None)
    if doing is None:
        raise Http404("This page offers no such deed. Go back to it.")
    form = _form(doing, request.POST, request.FILES)
    if not form.is_valid():
        return shown(Tried(key, form))
    try:
        said = doing.act(form.cleaned_data, request.user, timezone.now())  # type: ignore[arg-type]
    except CannotDo as refused:
        return shown(Tried(key, form, refused.sentence))
    messages.success(request, said)
    return redirect(doing.back or here)


def _form(doing: Doing, *data: Any) -> forms.Form:
    return partial(doing.form, auto_id=f"{doing.key}_%s")(*data)
