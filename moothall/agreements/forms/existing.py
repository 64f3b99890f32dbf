"""What someone fills in about agreements that are in force already: one, or a file of them."""

from typing import Any

from django import forms

from moothall.agreements.engine.existing import (
    ExistingAgreement,
    MemberGiven,
    NotAFile,
    Words,
    member_from,
    text_of,
)
from moothall.agreements.engine.kinds import UNKNOWN
from moothall.agreements.forms.register import AgreementForm

LARGEST_FILE = 1_500_000


class ExistingForm(AgreementForm):
    """One agreement as it was found. What is left empty is listed as missing, not refused."""

    members = forms.CharField(
        label="Its members",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=(
            "One to a line, as Lantern Care = provider. A body that is not known here is added: "
            "say what it is, as Lantern Care = provider, charity."
        ),
    )
    field_order = ("name", "kind", "reference", "members")

    def __init__(self, *args: Any, words: Words, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.words = words
        self.initial.setdefault("kind", UNKNOWN)

    def clean_members(self) -> tuple[MemberGiven, ...]:
        lines = [line for line in self.cleaned_data["members"].splitlines() if line.strip()]
        try:
            found = tuple(member_from(line, self.words) for line in lines)
        except ValueError as refusal:
            raise forms.ValidationError(str(refusal)) from None
        names = [each.name.lower() for each in found]
        if len(set(names)) < len(names):
            raise forms.ValidationError("A body stands here twice. Name each once.")
        return found

    def says(self) -> ExistingAgreement:
        held = self.said()
        return ExistingAgreement(
            reference=held.pop("reference"),
            name=held.pop("name"),
            kind=held.pop("kind"),
            members=held.pop("members"),
            fields=held,
        )


class FileForm(forms.Form):
    """A file of existing agreements."""

    file = forms.FileField(label="A CSV file, one agreement to a row")

    def clean_file(self) -> str:
        held = self.cleaned_data["file"]
        if held.size > LARGEST_FILE:
            raise forms.ValidationError("This file is larger than 1.5 MB. Split it.")
        try:
            return text_of(held.read())
        except NotAFile as refusal:
            raise forms.ValidationError(str(refusal)) from None


class SeenForm(forms.Form):
    """The text of a file whose preview was seen."""

    text = forms.CharField(
        widget=forms.HiddenInput, max_length=LARGEST_FILE, strip=False, required=True
    )
