"""Reading what was typed about appraisals."""

from collections.abc import Iterable
from typing import Any

from django import forms

from moothall.appraisal.models import LONGEST_NAME, LONGEST_NOTE

LARGEST_FILE = 1_000_000


class AppraisalFilter(forms.Form):
    """Which appraisals: everything given must hold."""

    is_search = True

    words = forms.CharField(label="Words in the name", required=False, max_length=100)
    body = forms.ChoiceField(label="Of", required=False)
    away = forms.ChoiceField(
        label="Put away or not", required=False, choices=[("", "In use"), ("yes", "Put away")]
    )

    def __init__(self, *args: Any, bodies: Iterable[tuple[str, str]] = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["body"].choices = [("", "Every body"), *bodies]  # type: ignore[attr-defined]  # has choices


class BeginForm(forms.Form):
    """From what an appraisal begins: a case, a file, or a bare frame."""

    name = forms.CharField(label="What you call it", max_length=LONGEST_NAME)
    case = forms.ChoiceField(label="Begin from", required=False)
    file = forms.FileField(
        label="Or from an appraisal’s file",
        required=False,
        help_text="A TOML file, as its page gives it.",
    )

    def __init__(self, *args: Any, cases: Iterable[tuple[str, str]] = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["case"].choices = [  # type: ignore[attr-defined]  # has choices
            ("", "A bare frame: as it is now, and the least that the law asks"),
            *((name, f"Case: {title}") for name, title in cases),
        ]

    def clean_file(self) -> str:
        held = self.cleaned_data["file"]
        if held is None:
            return ""
        if held.size > LARGEST_FILE:
            raise forms.ValidationError(
                "This file is too large to be an appraisal. Choose another."
            )
        try:
            text: str = held.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            raise forms.ValidationError(
                "This file is not text. Save it as UTF-8 and choose it again."
            ) from None
        return text


class TextForm(forms.Form):
    """An appraisal's whole text."""

    text = forms.CharField(
        label="The appraisal as text",
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
