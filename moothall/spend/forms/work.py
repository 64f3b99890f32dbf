"""Reading what was sent from the pages at work: files, mappings, corrected rows, decisions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from moothall.spend.queries.aside import CellAsked
from moothall.spend.queries.uploads import (
    FIELD_WORDS,
    KIND_WORDS,
    MEANING_WORDS,
    USUAL_FIELDS,
    Layout,
)
from moothall.values.periods import year_words

LARGEST_RETURNED = 50 * 1024**2  # bytes
ACCEPTED = ".csv,.tsv,.txt,.xls,.xlsx,.ods,.zip,.gz,.xz"


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Any number of files, at least one."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        given = data if isinstance(data, list | tuple) else [data]
        return [super(ManyFilesField, self).clean(each, initial) for each in given]


class UploadForm(forms.Form):
    """Whose files, and the files."""

    body = forms.ChoiceField(label="Which body published them")
    files = ManyFilesField(  # type: ignore[assignment]  # the stub claims the name
        label="The files, as downloaded",
        allow_empty_file=True,
        help_text=(
            "CSV, Excel (XLS, XLSX), ODS, or ZIP, GZ and XZ of these. Choose as many as you like: "
            "five years of monthly files can go in one go."
        ),
        error_messages={"required": "Choose at least one file."},
    )

    def __init__(self, *args: Any, bodies: tuple[tuple[str, str], ...] = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["body"].choices = bodies  # type: ignore[attr-defined]  # has choices
        self.fields["files"].widget.attrs |= {"multiple": True, "accept": ACCEPTED}


class MappingForm(forms.Form):
    """For each field, the column that holds it; and what the file and its date are."""

    is_search = True  # every field but one may be left out: no need to say so beside each

    def __init__(self, *args: Any, layout: Layout, **kwargs: Any):
        mapping = layout.mapping
        initial: dict[str, Any] = {name: str(c.index) for name, c in mapping.columns.items()}
        initial |= {"kind": mapping.kind, "date_meaning": mapping.date_meaning}
        super().__init__(*args, **kwargs | {"initial": initial})
        columns = [(str(place), _short(words)) for place, words in enumerate(layout.columns)]
        for name, words in FIELD_WORDS.items():
            is_needed = name == "amount"
            self.fields[name] = forms.TypedChoiceField(
                label=words,
                required=is_needed,
                coerce=int,
                empty_value=None,
                choices=[("", "Choose a column" if is_needed else "No such column"), *columns],
            )
        self.fields["date_meaning"] = forms.ChoiceField(
            label="What the date means", choices=list(MEANING_WORDS.items())
        )
        self.fields["kind"] = forms.ChoiceField(
            label="What the file holds", choices=list(KIND_WORDS.items())
        )

    @property
    def usual(self) -> list[forms.BoundField]:
        """The fields most files have, and any other that was found in this one."""
        found = {name for name in FIELD_WORDS if self[name].value() not in (None, "")}
        return [self[name] for name in FIELD_WORDS if name in {*USUAL_FIELDS, *found}]

    @property
    def others(self) -> list[forms.BoundField]:
        shown = {field.name for field in self.usual}
        return [self[name] for name in FIELD_WORDS if name not in shown]

    @property
    def columns(self) -> dict[str, int]:
        """Field -> place of its column, of those given. Call only when the form is valid."""
        given = {name: self.cleaned_data[name] for name in FIELD_WORDS}
        return {name: place for name, place in given.items() if place is not None}


def _short(words: str) -> str:
    return words if len(words) <= 70 else words[:69] + "…"


class RowForm(forms.Form):
    """Every cell of a set-aside row."""

    is_search = True  # any cell may be blank

    def __init__(self, *args: Any, cells: tuple[CellAsked, ...], may_accept: bool, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.width = len(cells)
        for place, cell in enumerate(cells):
            self.fields[f"cell_{place}"] = forms.CharField(
                label=cell.label,
                help_text=cell.meaning,
                initial=cell.value,
                required=False,
                max_length=4000,
                strip=False,
            )
        if may_accept:
            self.fields["accept_date"] = forms.BooleanField(
                label="The date is right, although it lies outside the file's period",
                required=False,
            )

    @property
    def cells(self) -> tuple[str, ...]:
        """The cells as sent. Call only when the form is valid."""
        return tuple(self.cleaned_data[f"cell_{place}"] for place in range(self.width))


class ReturnedForm(forms.Form):
    """A file of set-aside rows, mended and sent back."""

    file = forms.FileField(
        label="The file you downloaded, with its cells mended",
        widget=forms.FileInput(attrs={"accept": ".csv"}),
    )

    def clean_file(self) -> UploadedFile:
        """The file, unless it is larger than rows mended by hand could be."""
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > LARGEST_RETURNED:
            raise forms.ValidationError(
                f"The file is larger than {LARGEST_RETURNED // 1024**2} MB. Send only the rows "
                "you mended."
            )
        return file


class SharingForm(forms.Form):
    """Who may read a publication."""

    sharing = forms.ChoiceField(
        label="Who may read it",
        widget=forms.RadioSelect,
        choices=[
            ("PRIVATE", "Nobody else: only the body's own people"),
            ("NAMED", "The bodies chosen below"),
            ("PUBLIC", "Everyone"),
        ],
    )
    with_bodies = forms.TypedMultipleChoiceField(
        label="Share with",
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, bodies: tuple[tuple[str, str], ...] = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["with_bodies"].choices = bodies  # type: ignore[attr-defined]  # has choices


class CategoryForm(forms.Form):
    """What a kind of payment really is, and what that is said of."""

    about = forms.ChoiceField(label="What this is said of", widget=forms.RadioSelect)
    category = forms.ChoiceField(label="What it really is")

    def __init__(
        self,
        *args: Any,
        about: list[tuple[str, str]],
        categories: list[tuple[str, list[tuple[str, str]]]],
        **kwargs: Any,
    ):
        super().__init__(*args, **kwargs)
        self.fields["about"].choices = about  # type: ignore[attr-defined]  # has choices
        choices = [("", "Choose a category"), *categories]
        self.fields["category"].choices = choices  # type: ignore[attr-defined]  # has choices


class VerdictForm(forms.Form):
    """Two names, and whether they are one supplier."""

    left = forms.IntegerField()
    right = forms.IntegerField()
    verdict = forms.ChoiceField(choices=[("same", "same"), ("different", "different")])
    why = forms.CharField(required=False, max_length=500)


class DuplicateFilter(forms.Form):
    """Which candidates to show; lives in the address."""

    is_search = True
    body = forms.ChoiceField(label="Body", required=False)
    year = forms.ChoiceField(label="Financial year", required=False)
    key = forms.ChoiceField(label="How they are alike", required=False)
    status = forms.ChoiceField(label="Where it stands", required=False)
    ledger = forms.BooleanField(label="Look in extracts of the ledger instead", required=False)

    def __init__(
        self,
        data: Any,
        *,
        bodies: tuple[tuple[str, str], ...],
        years: tuple[int, ...],
        keys: dict[str, str],
        statuses: dict[str, str],
    ):
        super().__init__(data)
        self.years = years
        chosen: dict[str, list[tuple[str, str]]] = {
            "body": [("", "Every body of mine"), *bodies],
            "year": [
                ("", "The latest year"),
                ("all", "Every year"),
                *((str(year), year_words(year)) for year in years),
            ],
            "key": [("", "In any way"), *keys.items()],
            "status": [("", "Anywhere"), *statuses.items()],
        }
        for name, choices in chosen.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]  # has choices

    @property
    def year_asked(self) -> int | None:
        """The financial year asked for; None for every year. Call only when valid."""
        asked = self.cleaned_data["year"]
        if asked == "all" or not self.years:
            return None
        return int(asked) if asked else max(self.years)
