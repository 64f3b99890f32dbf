"""What pages that ask for one thing share: the form, the deed, and why it was refused."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from moothall.agreements.views.whose import PersonsRequest
from moothall.core.errors import CannotDo

if TYPE_CHECKING:
    Deed = Callable[[dict[str, Any]], str]


def sent_in(request: PersonsRequest) -> Any:
    """What was sent, be it nothing; None where nothing was."""
    return request.POST if request.method == "POST" else None


def asked(
    request: PersonsRequest,
    form: forms.Form,
    deed: "Deed",
    *,
    heading: str,
    label: str,
    caption: str,
    back: str,
    trail: list[tuple[str, str]],
    answer: str = "",
) -> HttpResponse:
    """Show a form; sent and sound, do the deed, say what it did, and go back."""
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            said = deed(form.cleaned_data)
        except CannotDo as refused:
            refusal = refused.sentence
        else:
            messages.success(request, said)
            return redirect(back)
    shown = {
        "form": form,
        "refusal": refusal,
        "heading": heading,
        "answer": answer,
        "label": label,
        "caption": caption,
        "back_url": back,
        "trail": trail,
    }
    status = 409 if refusal else 422 if form.errors else 200
    return render(request, "agreements/record_form.html", shown, status=status)
