"""Reading what was sent about registers of organisations, and about payees that are our bodies."""

from __future__ import annotations

from typing import Any

from django import forms

NONE = "none"


class RegisterForm(forms.Form):
    """A register, its name, and what holds for every organisation in it."""

    name = forms.CharField(
        label="Name of the register",
        max_length=80,
        help_text="A register of the same name is replaced whole.",
    )
    file = forms.FileField(
        label="The file",
        allow_empty_file=True,
        help_text="CSV, Excel or ODS with a header, or one of these in ZIP, GZ or XZ.",
        error_messages={"required": "Choose the file with the organisations."},
    )
    every = forms.MultipleChoiceField(
        label="Every organisation in it is",
        required=False,
        choices=[
            ("third-sector", "a charity, or another of the third sector"),
            ("mutual", "a mutual or co-operative"),
            ("public-body", "a public body"),
        ],
        widget=forms.CheckboxSelectMultiple,
        help_text="Only what holds for each of them. A column can say it of single ones.",
    )


class OwnBodyForm(forms.Form):
    """A payee of one body, and which body of the place it is."""

    paid_by = forms.SlugField(widget=forms.HiddenInput)
    name = forms.CharField(widget=forms.HiddenInput, max_length=300)
    body = forms.ChoiceField(label="It is")

    def __init__(self, *args: Any, bodies: tuple[tuple[str, str], ...] = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["body"].choices = [  # type: ignore[attr-defined]  # has choices
            *bodies,
            (NONE, "None of the place's bodies"),
        ]
