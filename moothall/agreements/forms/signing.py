"""Reading what was typed on the way from a draft to an agreement in force."""

from __future__ import annotations

import hashlib
from typing import Any

from django import forms

from moothall.agreements.forms.boards import ChoosingForm, DateInput
from moothall.agreements.models import CommentLimit, Execution

LARGEST_DOCUMENT = 30_000_000


def _long(label: str, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=4000, widget=forms.Textarea(attrs={"rows": 3}), **more
    )


class AgreeForm(ChoosingForm):
    """Which draft's terms."""

    draft = forms.ChoiceField(
        label="Take the terms of",
        required=False,
        help_text="As the draft stands now. What is changed in it afterwards is not taken.",
    )


class WhyForm(forms.Form):
    why = _long("Why")


class ClocksForm(forms.Form):
    """Until when a call-in and a standstill run."""

    call_in_ends_on = forms.DateField(
        label="Last day of the call-in", required=False, widget=DateInput()
    )
    standstill_ends_on = forms.DateField(
        label="Last day of the standstill", required=False, widget=DateInput()
    )


class CommentForm(forms.Form):
    text = _long("Your comment")


class DecisionForm(ChoosingForm):
    """A public party's decision to enter into the agreement."""

    body = forms.ChoiceField(label="Whose decision")
    why = _long("Why")
    authority = forms.CharField(
        label="Delegation it rests on",
        max_length=200,
        help_text="The scheme or minute that lets whoever decided decide this.",
    )


class ExecutionForm(ChoosingForm):
    """How a party executed the agreement, by whom, with the document that shows it."""

    signatory = forms.ChoiceField(label="Who signed", required=False)
    signatory_name = forms.CharField(
        label="Their name, where they do not sign in here", required=False, max_length=120
    )
    authority = forms.CharField(
        label="What entitles them to sign",
        required=False,
        max_length=200,
        help_text="Director, or a resolution with its date.",
    )
    method = forms.ChoiceField(label="How", choices=Execution.Method.choices)
    signed_on = forms.DateField(label="On", widget=DateInput())
    document = forms.FileField(
        label="The executed document",
        required=False,
        help_text="Its name and hash are kept, not the document.",
    )
    document_name = forms.CharField(label="Or its name", required=False, max_length=200)
    document_digest = forms.RegexField(
        r"^[0-9A-Fa-f]{64}$",
        label="and its sha256",
        required=False,
        error_messages={"invalid": "A sha256 has 64 letters from 0 to 9 and a to f."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """A public body's signatory is one of those who may: there, no other is asked for."""
        super().__init__(*args, **kwargs)
        if "" not in dict(self.fields["signatory"].choices):  # type: ignore[attr-defined]
            self.fields["signatory"].required = True
            del self.fields["signatory_name"], self.fields["authority"]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        file = said.pop("document", None)
        if file is not None and file.size > LARGEST_DOCUMENT:
            self.add_error(
                "document", "The document is larger than 30 MB. Give its sha256 instead."
            )
        elif file is not None:
            digest = hashlib.sha256()
            for chunk in file.chunks():
                digest.update(chunk)
            said["document_name"], said["document_digest"] = file.name[:200], digest.hexdigest()
        return said


class CommenceForm(forms.Form):
    in_force_from = forms.DateField(label="In force from", widget=DateInput())


class LimitForm(forms.Form):
    """Above which value the statutory officers comment before anything is signed."""

    above_gbp = forms.DecimalField(
        label="They comment above this value, in pounds",
        min_value=0,
        max_digits=14,
        decimal_places=2,
    )
    source = forms.CharField(
        label="Where that is said",
        max_length=CommentLimit._meta.get_field("source").max_length,
        help_text="The part of the constitution or of the financial regulations.",
    )
