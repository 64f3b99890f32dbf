"""Reading what was typed about facts, disputes, invoices and payments."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import uuid4

from django import forms

from moothall.agreements.models import (
    LONGEST_KEY,
    LONGEST_REFERENCE,
    LONGEST_WHY,
    Invoice,
    LineDispute,
)
from moothall.deals.deal import Deal, Fact
from moothall.deals.facts_file import CannotReadFacts, facts_of

LARGEST_FILE = 200_000
DAY = {"type": "date"}


def _day(label: str, help_text: str = "") -> forms.DateField:
    return forms.DateField(label=label, help_text=help_text, widget=forms.DateInput(attrs=DAY))


class AskFactsForm(forms.Form):
    """By when the facts of a period are asked for."""

    due_on = _day("Facts due by")


class FactsForm(forms.Form):
    """What happened in a period: a field a fact, or a file of them."""

    def __init__(
        self, *args: Any, facts: Sequence[Fact], deal: Deal, starts_on: date, **kwargs: Any
    ):
        super().__init__(*args, **kwargs)
        self.facts, self.deal, self.starts_on = facts, deal, starts_on
        for place, fact in enumerate(facts):
            self.fields[f"fact_{place}"] = forms.CharField(
                label=f"{fact.title} ({fact.unit})",
                required=False,
                max_length=40,
                widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "mh-short"}),
            )
        self.fields["file"] = forms.FileField(
            label="Or a file of them",
            required=False,
            help_text="CSV with the columns period, fact and value. What it says fills what is "
            "left empty above.",
            widget=forms.FileInput(attrs={"accept": ".csv"}),
        )
        self.fields["evidence"] = forms.CharField(
            label="Evidence",
            required=False,
            help_text="Where each number comes from: a meter, a register, a survey.",
            widget=forms.Textarea(attrs={"rows": 3}),
        )
        self.fields["key"] = forms.CharField(
            max_length=LONGEST_KEY, widget=forms.HiddenInput, initial=lambda: f"form-{uuid4().hex}"
        )

    def clean_file(self) -> dict[str, Any]:
        held = self.cleaned_data.get("file")
        if held is None:
            return {}
        if held.size > LARGEST_FILE:
            raise forms.ValidationError("This file is too large for the facts of a period.")
        try:
            text = held.read().decode("utf-8-sig")
            found, findings = facts_of(text, "csv", self.deal)
        except UnicodeDecodeError:
            raise forms.ValidationError("This file is not text. Save it as CSV, UTF-8.") from None
        except CannotReadFacts as refusal:
            raise forms.ValidationError(str(refusal)) from None
        if findings:
            raise forms.ValidationError(
                [f"{one.place}: {one.sentence} {one.mend}" for one in findings[:20]]
            )
        others = sorted({day for days in found.values() for day in days} - {self.starts_on})
        if others:
            raise forms.ValidationError(
                f"The file has facts of the period from {others[0]}. Send only those of the period "
                f"from {self.starts_on}."
            )
        return {key: days[self.starts_on] for key, days in found.items()}

    def said(self) -> dict[str, Any]:
        """What is reported: fact -> value, as typed or as the file says."""
        typed = {
            fact.key: value.strip()
            for place, fact in enumerate(self.facts)
            if (value := self.cleaned_data.get(f"fact_{place}", "")).strip()
        }
        return {**self.cleaned_data["file"], **typed}


class WhyForm(forms.Form):
    """A reason, in a sentence."""

    why = forms.CharField(
        label="Why", max_length=LONGEST_WHY, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, label: str = "Why", **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["why"].label = label


class ResolveForm(forms.Form):
    """How a dispute ends."""

    outcome = forms.ChoiceField(
        label="What becomes of the line",
        widget=forms.RadioSelect,
        choices=[
            (LineDispute.Outcome.AS_STATED.value, "It is paid as stated"),
            (
                LineDispute.Outcome.ADJUSTED.value,
                "It is paid together with an adjustment: the facts were corrected since, or the "
                "terms varied",
            ),
        ],
    )
    how = forms.CharField(
        label="What was agreed", max_length=LONGEST_WHY, widget=forms.Textarea(attrs={"rows": 3})
    )


class _PairForm(forms.Form):
    pair = forms.ChoiceField(label="Between")

    def __init__(self, *args: Any, pairs: Iterable[tuple[str, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["pair"].choices = list(pairs)  # type: ignore[attr-defined]  # has choices

    def parties(self) -> dict[str, str]:
        payer, _, payee = self.cleaned_data["pair"].partition("|")
        return {"payer": payer, "payee": payee}


class InvoiceForm(_PairForm):
    """What came for a statement, and when a valid one did."""

    kind = forms.ChoiceField(label="What it is", choices=Invoice.Kind.choices)
    reference = forms.CharField(label="Its reference", required=False, max_length=LONGEST_REFERENCE)
    arrived_on = _day(
        "A valid one arrived on", "The payment clock begins on this day, for what is not disputed."
    )


class PaymentForm(_PairForm):
    """What was paid for a statement."""

    paid_on = _day("Paid on")
    reference = forms.CharField(
        label="Reference of the payment", required=False, max_length=LONGEST_REFERENCE
    )


class KeyForm(forms.Form):
    """A key for a provider's own system."""

    name = forms.CharField(
        label="What you call it",
        max_length=LONGEST_REFERENCE,
        help_text="After the system that will use it.",
    )
    body = forms.ChoiceField(label="It reports as the word of")

    def __init__(self, *args: Any, bodies: Iterable[tuple[str, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["body"].choices = list(bodies)  # type: ignore[attr-defined]  # has choices
