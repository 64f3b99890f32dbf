"""Which fields does the component gallery show?"""

from django import forms


class ExampleForm(forms.Form):
    """One of every kind of field, as every form of Moothall shows it."""

    name = forms.CharField(label="Name of the body", help_text="As it signs its own letters.")
    notes = forms.CharField(label="What changed", widget=forms.Textarea(attrs={"rows": 3}))
    amount = forms.DecimalField(label="Amount in pounds", required=False)
    paid_on = forms.DateField(
        label="Paid on",
        help_text="For example, 4 April 2026 is 2026-04-04.",
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    kind = forms.ChoiceField(
        label="Kind of body",
        choices=[("council", "Council"), ("health", "Health body"), ("fire", "Fire authority")],
    )
    basis = forms.ChoiceField(
        label="What the date means",
        widget=forms.RadioSelect,
        choices=[("paid", "The day it was paid"), ("posted", "The day it was posted")],
    )
    columns = forms.MultipleChoiceField(
        label="Columns to keep",
        widget=forms.CheckboxSelectMultiple,
        choices=[("supplier", "Supplier"), ("purpose", "Purpose"), ("reference", "Reference")],
    )
    file = forms.FileField(
        label="Published file", help_text="CSV, Excel, OpenDocument, or a ZIP of these."
    )
    is_public = forms.BooleanField(
        label="Show it to everyone", required=False, help_text="You can withdraw it later."
    )


class ExampleSearch(forms.Form):
    """A short search, as filter panels show it."""

    is_search = True
    words = forms.CharField(label="Supplier or purpose", required=False)
    body = forms.ChoiceField(
        label="Body", required=False, choices=[("", "Every body"), ("b", "Ashmere Council")]
    )
    year = forms.ChoiceField(
        label="Financial year", required=False, choices=[("", "Every year"), ("2025", "2025/26")]
    )
