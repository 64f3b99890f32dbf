"""Reading what was typed about redactions and purges."""

from django import forms

from moothall.spend.queries.purges import REASONS


class RedactionForm(forms.Form):
    """Supplier ids and names that are ticked, and what is to become of them."""

    redact = forms.TypedChoiceField(
        choices=[("yes", "Withhold"), ("no", "Show")], coerce=lambda word: word == "yes"
    )
    ref = forms.MultipleChoiceField(required=False)
    name = forms.MultipleChoiceField(required=False)

    def __init__(self, *args, refs: tuple[str, ...] = (), names: tuple[str, ...] = (), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["ref"].choices = [(ref, ref) for ref in refs]  # type: ignore[attr-defined]  # has choices
        self.fields["name"].choices = [(one, one) for one in names]  # type: ignore[attr-defined]  # has choices


class PurgeForm(forms.Form):
    """A value to purge, and why."""

    value = forms.CharField(
        label="The name or text that must go",
        max_length=300,
        help_text="As it was published. It is found whatever its capitals and spaces.",
    )
    reason = forms.ChoiceField(label="Why", choices=[("", "Choose a reason"), *REASONS.items()])
