"""What the forms that keep an agreement's record share: ask, do it, or say why not."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from moothall.agreements.views.whose import PersonsRequest, agreement_trail
from moothall.core.errors import CannotDo

if TYPE_CHECKING:
    from moothall.agreements.models import Agreement

Trail = tuple[str, str]


def kept(
    request: PersonsRequest,
    agreement: "Agreement",
    form: forms.Form,
    deed: Callable[[], str],
    *,
    heading: str,
    answer: str,
    back: str,
    trail: tuple[Trail, ...],
) -> HttpResponse:
    """Show a form; sent and sound, do the deed, say what it did, and go back."""
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            said = deed()
        except CannotDo as refused:
            refusal = refused.sentence
        else:
            messages.success(request, said)
            return redirect(back)
    shown = {
        "agreement": agreement,
        "form": form,
        "refusal": refusal,
        "heading": heading,
        "answer": answer,
        "back": back,
        "trail": agreement_trail(agreement, *trail),
    }
    status = 409 if refusal else 422 if form.errors else 200
    return render(request, "agreements/keep_form.html", shown, status=status)


def number_in(text: str) -> int:
    """The number that a form sent; 0, which nothing has, for anything else."""
    return int(text) if text.isdecimal() and len(text) < 10 else 0
