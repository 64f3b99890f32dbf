"""Several forms on one page: each is sent to the page's own address, and says which it is."""

from collections.abc import Callable, Sequence
from typing import Any

from attrs import frozen
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from moothall.core.errors import CannotDo

GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


@frozen
class Part:
    """One form: its name in the address, heading, button, and what sending it does.

    act : does the deed with what was read, and returns what was done as a sentence
    """

    key: str
    heading: str
    label: str
    form: forms.Form
    act: Callable[[dict[str, Any]], str]
    why_not: str | None = None
    back: str = ""

    @property
    def action(self) -> str:
        return f"?do={self.key}"


def typed(request: HttpRequest, key: str) -> dict[str, Any]:
    """What a form of a page is filled with: `Form(**typed(request, "plan"), ...)`."""
    given: dict[str, Any] = {"auto_id": f"{key}_%s"}
    if request.method == "POST" and request.GET.get("do") == key:
        given |= {"data": request.POST, "files": request.FILES}
    return given


def answer(
    request: HttpRequest, template: str, page: dict[str, Any], parts: Sequence[Part], back: str
) -> HttpResponse:
    """Show a page with its forms; or do what the form that was sent asks, and go back."""
    status, shown = 200, {**page, "parts": parts}
    sent = next((part for part in parts if part.form.is_bound), None)
    if request.method == "POST" and sent is None:
        status, shown["refusal"] = 400, "Nothing was done: no form of this page was sent."
    if sent is not None:
        shown["form"], status = sent.form, 422
        if sent.form.is_valid():
            try:
                said = sent.act(sent.form.cleaned_data)
            except CannotDo as refused:
                shown["refusal"], status = refused.sentence, 409
            else:
                messages.success(request, said)
                return redirect(sent.back or back)
    return render(request, template, shown, status=status)
