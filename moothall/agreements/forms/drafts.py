"""Reading what was typed about drafts and trials."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import attrs
from django import forms

from moothall.agreements.models import LONGEST_NAME, LONGEST_NOTE
from moothall.core.typed_forms import TypedForm
from moothall.deals.solving import MEASURES
from moothall.deals.terms.term import Term

LARGEST_FILE = 500_000
LARGEST_POWER = 15  # of ten, of a number that is typed
COMMON = frozenset(field.name for field in attrs.fields(Term))


class DraftFilter(forms.Form):
    """Which drafts: everything given must hold."""

    is_search = True

    words = forms.CharField(label="Words in the name", required=False, max_length=100)
    body = forms.ChoiceField(label="Drafted by", required=False)
    away = forms.ChoiceField(
        label="Put away or not", required=False, choices=[("", "In use"), ("yes", "Put away")]
    )

    def __init__(self, *args: Any, bodies: Iterable[tuple[str, str]] = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["body"].choices = [("", "Every body"), *bodies]  # type: ignore[attr-defined]  # has choices


class BeginForm(forms.Form):
    """From what a draft begins: a case, a file, or a bare frame."""

    name = forms.CharField(label="What you call it", max_length=LONGEST_NAME)
    case = forms.ChoiceField(label="Begin from", required=False)
    file = forms.FileField(
        label="Or from a deal file",
        required=False,
        help_text="A TOML file, as `moothall deal export` writes it.",
    )

    def __init__(self, *args: Any, cases: Iterable[tuple[str, str]] = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["case"].choices = [  # type: ignore[attr-defined]  # has choices
            ("", "A bare frame: a council, a provider, a fee"),
            *((name, f"Case: {title}") for name, title in cases),
        ]

    def clean_file(self) -> str:
        held = self.cleaned_data["file"]
        if held is None:
            return ""
        if held.size > LARGEST_FILE:
            raise forms.ValidationError("This file is too large to be a deal. Choose another.")
        try:
            text: str = held.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            raise forms.ValidationError(
                "This file is not text. Save it as UTF-8 and choose it again."
            ) from None
        return text


class TextForm(forms.Form):
    """A draft's whole text."""

    text = forms.CharField(
        label="The deal as text",
        widget=forms.Textarea(attrs={"rows": 28, "class": "mh-code", "spellcheck": "false"}),
        strip=False,
    )
    note = forms.CharField(
        label="What changed",
        required=False,
        max_length=LONGEST_NOTE,
        help_text="For whoever reads the list of versions.",
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)


class PlaceForm(TypedForm):
    """The fields of one party, fact or term."""

    def own(self) -> list[forms.BoundField]:
        """What this kind of thing asks for itself."""
        return [field for field in self if field.name not in COMMON]

    def common(self) -> list[forms.BoundField]:
        """What any term may have."""
        return [field for field in self if field.name in COMMON]


class AddForm(forms.Form):
    """One more party, fact or term."""

    key = forms.CharField(
        label="Short name in the file",
        max_length=60,
        help_text="Small letters, digits and _, as in care_fee.",
    )
    kind = forms.ChoiceField(label="Kind of term", required=False)

    def __init__(self, *args: Any, kinds: Iterable[tuple[str, str]] = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        if kinds:
            self.fields["kind"].choices = [("", "Choose one"), *kinds]  # type: ignore[attr-defined]  # has choices
        else:
            del self.fields["kind"]


class SettingsForm(forms.Form):
    """What is said about a draft, beside its text."""

    name = forms.CharField(label="What you call it", max_length=LONGEST_NAME)
    party = forms.ChoiceField(label="Your body is this party of the deal", required=False)
    is_competition = forms.BooleanField(
        label="Bidders in a live competition read it",
        required=False,
        help_text=(
            "Every bidder then reads the same file, to the byte: without any fact that is private "
            "to one party. No result is released while it lasts."
        ),
    )

    def __init__(self, *args: Any, parties: Iterable[tuple[str, str]] = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["party"].choices = [("", "Not said"), *parties]  # type: ignore[attr-defined]  # has choices


class ShareForm(forms.Form):
    """Who else reads a draft, and which party they are."""

    body = forms.ChoiceField(label="Body")
    party = forms.ChoiceField(label="It is this party of the deal", required=False)

    def __init__(
        self,
        *args: Any,
        bodies: Iterable[tuple[str, str]] = (),
        parties: Iterable[tuple[str, str]] = (),
        **kwargs: Any,
    ):
        super().__init__(*args, **kwargs)
        self.fields["body"].choices = [("", "Choose one"), *bodies]  # type: ignore[attr-defined]  # has choices
        self.fields["party"].choices = [("", "None of them"), *parties]  # type: ignore[attr-defined]  # has choices


class SimulateForm(forms.Form):
    draws = forms.IntegerField(
        label="How many futures", initial=10_000, min_value=1_000, max_value=200_000
    )
    seed = forms.IntegerField(
        label="Seed",
        initial=1,
        min_value=0,
        max_value=2**31 - 1,
        help_text="The same seed draws the same futures.",
    )


class SolveForm(forms.Form):
    """Which number to look for, so that whose result comes to what."""

    place = forms.ChoiceField(label="Which number may change")
    low = forms.DecimalField(label="Lowest value to try", max_digits=18, decimal_places=6)
    high = forms.DecimalField(label="Highest value to try", max_digits=18, decimal_places=6)
    party = forms.ChoiceField(label="Whose result")
    measure = forms.ChoiceField(
        label="Which result",
        initial="loss_probability",
        choices=[(name, words.capitalize()) for name, words in MEASURES.items()],
    )
    target = forms.DecimalField(
        label="What it should come to",
        initial=Decimal("0.10"),
        max_digits=18,
        decimal_places=6,
        help_text="Pounds, or a chance or share from 0 to 1: 0.10 is one future in ten.",
    )
    beside_party = forms.ChoiceField(label="Follow along: whose result", required=False)
    beside_measure = forms.ChoiceField(
        label="Follow along: which result",
        required=False,
        initial="mean",
        choices=[(name, words.capitalize()) for name, words in MEASURES.items()],
    )

    def __init__(
        self,
        *args: Any,
        places: Iterable[tuple[str, str]] = (),
        parties: Iterable[tuple[str, str]] = (),
        **kwargs: Any,
    ):
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = [("", "Choose one"), *places]  # type: ignore[attr-defined]  # has choices
        self.fields["party"].choices = [("", "Choose one"), *parties]  # type: ignore[attr-defined]  # has choices
        self.fields["beside_party"].choices = [("", "Nobody's"), *parties]  # type: ignore[attr-defined]  # has choices


class ReleaseForm(forms.Form):
    body = forms.ChoiceField(label="Show it to")
    why = forms.CharField(label="Why", max_length=LONGEST_NOTE)

    def __init__(self, *args: Any, bodies: Iterable[tuple[str, str]] = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["body"].choices = [("", "Choose one"), *bodies]  # type: ignore[attr-defined]  # has choices


class CompareForm(forms.Form):
    """Which two deals stand side by side: two versions of this one, or another and this one."""

    is_search = True

    other = forms.TypedChoiceField(label="Another deal", required=False, coerce=int)
    was = forms.TypedChoiceField(label="Or this deal, version", required=False, coerce=int)
    now = forms.TypedChoiceField(label="Beside version", required=False, coerce=int)

    def __init__(
        self,
        *args: Any,
        versions: Iterable[int] = (),
        others: Iterable[tuple[str, str]] = (),
        **kwargs: Any,
    ):
        super().__init__(*args, **kwargs)
        numbers = [(str(number), str(number)) for number in versions]
        self.fields["other"].choices = [("", "None: versions of this one"), *others]  # type: ignore[attr-defined]  # has choices
        self.fields["was"].choices = numbers  # type: ignore[attr-defined]  # has choices
        self.fields["now"].choices = numbers  # type: ignore[attr-defined]  # has choices


class SettleForm(forms.Form):
    """The facts of a period and of those before it, to see what would be paid."""

    is_search = True

    def __init__(
        self,
        *args: Any,
        periods: Iterable[tuple[str, str]] = (),
        facts: Iterable[tuple[str, str]] = (),
        **kwargs: Any,
    ):
        super().__init__(*args, **kwargs)
        choices = list(periods)
        self.days = [day for day, _name in choices]
        self.fields["period"] = forms.ChoiceField(label="Period", choices=choices)
        for key, title in facts:
            self.fields[f"fact.{key}"] = forms.CharField(
                label=title,
                required=False,
                max_length=2000,
                help_text=""
                if len(self.days) == 1
                else "One number for every period so far, or one for each: 800; 1200; 950.",
            )

    def clean(self) -> None:
        super().clean()
        if "period" not in self.cleaned_data:
            return
        days = self.days[: self.days.index(self.cleaned_data["period"]) + 1]
        for name, text in list(self.cleaned_data.items()):
            if name.startswith("fact.") and text:
                try:
                    self.cleaned_data[name] = _numbers_each(text, len(days))
                except ValueError as refusal:
                    self.add_error(name, str(refusal))

    def known(self) -> dict[str, tuple[Decimal, ...]]:
        """Fact -> its numbers, one for each period up to the one asked for."""
        return {
            name.removeprefix("fact."): numbers
            for name, numbers in self.cleaned_data.items()
            if name.startswith("fact.") and numbers
        }


def _numbers_each(text: str, count: int) -> tuple[Decimal, ...]:
    """Read one number, which holds for every period, or one for each."""
    numbers = []
    for part in text.split(";"):
        try:
            number = Decimal(part.strip().replace(",", ""))
        except ArithmeticError:
            number = Decimal("NaN")
        if not number.is_finite() or abs(number.adjusted()) > LARGEST_POWER:
            raise ValueError(f"{part.strip()!r} is not a number. Write it as 1200 or 0.5.")
        numbers.append(number)
    if len(numbers) == 1:
        return (numbers[0],) * count
    if len(numbers) != count:
        raise ValueError(
            f"These are {len(numbers)} numbers, and there are {count} periods so far. Give one "
            f"number for all of them, or {count}."
        )
    return tuple(numbers)
