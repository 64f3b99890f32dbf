"""What someone fills in about a change to an agreement, its law, and who approves it."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms

from moothall.agreements.engine.change_ledger import ASKED_IN_WORDS, Effect
from moothall.agreements.engine.variation import Level
from moothall.agreements.models import Variation
from moothall.core.rules import rules_of
from moothall.directory.models import Role

TITLE = Variation._meta.get_field("title").max_length
LARGEST_DOCUMENT = 50_000_000
YES_NO = [("", "Not answered"), ("no", "No"), ("yes", "Yes")]
POUNDS: dict[str, Any] = {"max_digits": 15, "decimal_places": 2, "required": False}


def day(label: str, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}), **more)


def long(label: str, rows: int = 3, **more: Any) -> forms.CharField:
    given = {"required": False, "max_length": 4000, **more}
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": rows}), **given)


def _answer(label: str) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=YES_NO, required=False)


class VariationForm(forms.Form):
    """What is asked for: in words, as a deal file, and what a person judges of it."""

    title = forms.CharField(label="What changes, in a few words", max_length=TITLE)
    side = forms.ChoiceField(
        label="Who wants it",
        choices=[(who.value, words.capitalize()) for who, words in ASKED_IN_WORDS.items()],
        help_text="It is kept in the ledger: who asks drives what a change is worth to whom.",
    )
    organisation = forms.ChoiceField(label="Asked for on behalf of", required=False)
    in_force_from = day("From which day")
    splits_period = forms.BooleanField(
        label="The period of that day goes by days",
        required=False,
        help_text="Otherwise it begins with the first period that starts on that day or later.",
    )
    what = long("What changes, in full")
    why = long("Why")
    effects = forms.MultipleChoiceField(
        label="What it does",
        required=False,
        choices=[(one.value, one.value.capitalize()) for one in Effect],
        widget=forms.CheckboxSelectMultiple,
    )
    text = forms.CharField(
        label="The deal as it would be",
        required=False,
        strip=False,
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 20, "class": "mh-code", "spellcheck": "false"}),
        help_text=(
            "The deal file in force stands here: change what changes. Empty, nothing is priced."
        ),
    )
    value_gbp = forms.DecimalField(
        label="Change in value over the whole life, in pounds",
        help_text="Without VAT; below nought where it falls. Empty: as running the deal says.",
        **POUNDS,
    )
    term_months = forms.DecimalField(
        label="Change of term, in months",
        required=False,
        max_digits=7,
        decimal_places=2,
        help_text="Empty: as the deal file says.",
    )
    risk = long("What becomes riskier or safer, and for whom")
    scope_is_material = _answer("Does it change the scope materially?")
    favours_supplier = _answer("Does it shift the balance in the supplier’s favour?")
    ground = forms.ChoiceField(
        label="Ground that is claimed",
        required=False,
        help_text="Left open, the first ground that numbers show is taken.",
    )

    def __init__(
        self,
        *args: Any,
        bodies: Iterable[tuple[str, str]] = (),
        grounds: Iterable[tuple[str, str]] = (),
        **kwargs: Any,
    ):
        super().__init__(*args, **kwargs)
        if bodies:
            self.fields["organisation"].choices = list(bodies)  # type: ignore[attr-defined]  # has choices
        else:
            del self.fields["organisation"]
        self.fields["ground"].choices = [("", "None"), *grounds]  # type: ignore[attr-defined]  # has choices

    def said(self) -> dict[str, Any]:
        """What is asked for, as the deed takes it."""
        held = dict(self.cleaned_data)
        held.pop("organisation", None)
        value = held.pop("value_gbp")
        answers = {"": None, "no": False, "yes": True}
        return held | {
            "value_pence": None if value is None else int(value * 100),
            "term_months": held["term_months"] or Decimal(0),
            "scope_is_material": answers[held["scope_is_material"]],
            "favours_supplier": answers[held["favours_supplier"]],
        }


class NothingForm(forms.Form):
    """A deed that asks for nothing more."""


class AgreeForm(forms.Form):
    decision = forms.CharField(
        label="Reference of the recorded decision",
        required=False,
        max_length=TITLE,
        help_text="Where your level of approval asks for one.",
    )


class DocumentForm(forms.Form):
    """The word of a member that gave it on paper."""

    document = forms.FileField(
        label="What was signed", help_text="Its name and hash are kept; the file is not."
    )

    def clean_document(self) -> Any:
        held = self.cleaned_data["document"]
        if held.size > LARGEST_DOCUMENT:
            raise forms.ValidationError("This file is larger than 50 MB. Choose another.")
        return held


class AdviceForm(forms.Form):
    said = long("What the solicitor said", required=True)
    solicitor = forms.CharField(label="Who said it", max_length=TITLE)
    on = day("When")


class CloseForm(forms.Form):
    why = long("Why", required=True, help_text="It stays in the ledger.")


class BasisForm(forms.Form):
    """What was awarded, as the law on changes asks it."""

    what = forms.ChoiceField(label="What was bought, and by whom")
    is_light_touch = forms.BooleanField(label="It is a light-touch contract", required=False)
    vat_rate = forms.DecimalField(
        label="VAT on its price",
        required=False,
        max_digits=5,
        decimal_places=4,
        help_text="A share: 0.2 is 20%. The law tests values with VAT.",
    )
    term_months = forms.DecimalField(
        label="Longest term at award, in months",
        required=False,
        max_digits=7,
        decimal_places=2,
        min_value=Decimal(0),
        help_text="With every extension that it provides for.",
    )
    reading = forms.ChoiceField(
        label="How earlier changes are added up",
        required=False,
        choices=[
            ("", "Nobody has advised on it"),
            ("net", "Net: rises less falls"),
            ("gross", "Gross: rises and falls alike"),
        ],
    )
    advised_by = forms.CharField(label="Who advised on that", required=False, max_length=TITLE)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["what"].choices = [  # type: ignore[attr-defined]  # has choices
            (key, rule.label) for key, rule in rules_of("directory", "thresholds").items()
        ]


class NeedForm(forms.Form):
    """A volume that is paid for by activity, and the need it should follow."""

    fact = forms.ChoiceField(label="Volume that is paid for")
    title = forms.CharField(
        label="The need it should follow",
        max_length=TITLE,
        help_text="As people over 75, or lamps older than ten years.",
    )
    source = forms.CharField(label="Where that count is from", max_length=TITLE)
    readings = long(
        "Readings",
        rows=6,
        required=True,
        help_text=(
            "One to a line: the first day of the period, the need, and the volume where nobody "
            "reports it, as 2026-04-01, 50500, 260."
        ),
    )

    def __init__(self, *args: Any, facts: Iterable[tuple[str, str]] = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["fact"].choices = list(facts)  # type: ignore[attr-defined]  # has choices

    def clean_readings(self) -> list[tuple[date, Decimal, Decimal | None]]:
        found = []
        for number, line in enumerate(self.cleaned_data["readings"].splitlines(), start=1):
            if not line.strip():
                continue
            parts = [part.strip() for part in line.split(",")]
            try:
                on, *counts = parts
                need, *volume = [Decimal(one) for one in counts if one]
                row = date.fromisoformat(on), need, volume[0] if volume else None
                sound = len(volume) <= 1 and all(
                    one.is_finite() and one >= 0 for one in row[1:] if one
                )
            except (ValueError, InvalidOperation):
                sound = False
            if not sound:
                raise forms.ValidationError(
                    f"Line {number} is no reading. Write it as 2026-04-01, 50500, 260."
                )
            found.append(row)
        return found


class LevelsForm(forms.Form):
    """Up to which size each role approves, by the body's own scheme."""

    def __init__(self, *args: Any, roles: Iterable[str] = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.roles = tuple(roles)
        for role in self.roles:
            words = Role(role).words.capitalize()
            self.fields[f"{role}.may"] = forms.ChoiceField(
                label=f"{words} approves",
                choices=[("no", "Nothing"), ("up_to", "Up to a size"), ("any", "Any size")],
            )
            self.fields[f"{role}.gbp"] = forms.DecimalField(
                label=f"{words}: up to, in pounds", min_value=Decimal(0), **POUNDS
            )
            self.fields[f"{role}.share"] = forms.DecimalField(
                label=f"{words}: and up to this share of the value at award",
                required=False,
                max_digits=5,
                decimal_places=4,
                help_text="0.1 is a tenth.",
            )
            self.fields[f"{role}.decision"] = forms.BooleanField(
                label=f"{words}: by a recorded decision", required=False
            )

    def clean(self) -> dict[str, Any]:
        held = super().clean() or {}
        for role in self.roles:
            limits = (held.get(f"{role}.gbp"), held.get(f"{role}.share"))
            if held.get(f"{role}.may") == "up_to" and limits == (None, None):
                self.add_error(f"{role}.gbp", "Give the size up to which it approves.")
        return held

    def levels(self) -> tuple[Level, ...]:
        """The levels, the narrowest first."""
        held = self.cleaned_data
        found = []
        for role in self.roles:
            may = held[f"{role}.may"]
            if may != "no":
                is_limited = may == "up_to"
                found.append(
                    Level(
                        role,
                        Role(role).words,
                        held[f"{role}.gbp"] if is_limited else None,
                        held[f"{role}.share"] if is_limited else None,
                        held[f"{role}.decision"],
                    )
                )
        return tuple(sorted(found, key=lambda one: one.up_to_gbp or Decimal("Infinity")))
