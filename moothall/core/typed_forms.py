"""A form with the fields of one part of a file, each as text, as the file would write it."""

from collections.abc import Iterable
from typing import Any

from django import forms

from moothall.deals.typed import LINES, FieldAt

LONG = frozenset({"rows", "budgets", "distribution", "value", "table", "by_key", LINES})
HELP = {
    "gbp": "Pounds.",
    "share": "A share from 0 to 1: 0.25 is a quarter.",
    "rate": "A rate: 0.035 is 3.5%.",
    "day": "A date, as 2027-04-01.",
    "financial_year": "A financial year, as 2027/28.",
    "facts": 'A list of facts, as ["cost", "volume"].',
    "terms": 'A list of terms above this one, as ["fee", "share"].',
    "parties": 'A list of parties, as ["council", "charity"].',
    "numbers": "A list of numbers, as [1, 2, 3].",
    "rows": 'A list of tables, as [{ above = 0, price_gbp = "1.25" }].',
    "table": 'A table, as { fact = "volume", at_least = 100 }.',
    "budgets": 'A table, as { council = { kind = "revenue", ring_fence = "General Fund" } }.',
    "value": "A number, or a list with one for each period.",
    "distribution": 'As { kind = "pert", low = 80, mode = 90, high = 120 }.',
    LINES: "One on each line.",
}


class TypedForm(forms.Form):
    """The fields of one part of a file, as its kind declares them."""

    def __init__(self, *args: Any, held: Iterable[FieldAt] = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        for each in held:
            if each.parts:
                for key, name, value in each.parts:
                    self.fields[f"{each.name}.{key}"] = forms.CharField(
                        label=f"{each.label}: {name}", required=False, initial=value
                    )
                continue
            self.fields[each.name] = _field(each)

    def typed(self) -> dict[str, str]:
        return {name: str(value or "") for name, value in self.cleaned_data.items()}

    def refuse(self, found: dict[str, str]) -> None:
        for name, sentence in found.items():
            self.add_error(name if name in self.fields else None, sentence)


def _field(each: FieldAt) -> forms.Field:
    if each.options:
        return forms.ChoiceField(
            label=each.label,
            required=each.is_required,
            initial=each.value,
            choices=[("", "Nothing said"), *each.options],
        )
    return forms.CharField(
        label=each.label,
        required=each.is_required,
        initial=each.value,
        help_text=HELP.get(each.kind, ""),
        widget=forms.Textarea(attrs={"rows": 4, "class": "mh-code", "spellcheck": "false"})
        if each.kind in LONG
        else forms.TextInput(),
    )
