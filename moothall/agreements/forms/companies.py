"""Reading what was typed about companies, exposures and what passes to successors."""

import hashlib
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms

from moothall.agreements.engine.company_year import QUARTERS
from moothall.agreements.engine.exposure import Standing
from moothall.agreements.models import DirectorConflict, Novation

Choices = Iterable[tuple[str, str]]
LARGEST_DOCUMENT = 20_000_000
MOST_POUNDS = Decimal(10) ** 12
YES_NO = [("", "Not known"), ("yes", "Yes"), ("no", "No")]


def yes_or_no(text: str) -> bool | None:
    return {"yes": True, "no": False}.get(text)


class YesNoField(forms.ChoiceField):
    """Yes, no, or not known: three different answers."""

    def __init__(self, label: str, **given: Any) -> None:
        super().__init__(label=label, required=False, choices=YES_NO, **given)

    def clean(self, value: Any) -> bool | None:
        return yes_or_no(super().clean(value))

    def prepare_value(self, value: Any) -> Any:
        return {True: "yes", False: "no", None: ""}.get(value, value)


class PoundsField(forms.DecimalField):
    """Pounds as typed; whole pence once read."""

    def __init__(self, label: str, *, least: Decimal | int | None = 0, **given: Any) -> None:
        super().__init__(
            label=label, min_value=least, max_value=MOST_POUNDS, decimal_places=2, **given
        )

    def clean(self, value: Any) -> Any:
        pounds = super().clean(value)
        return None if pounds is None else int(pounds * 100)

    def prepare_value(self, value: Any) -> Any:
        return Decimal(value) / 100 if isinstance(value, int) else value


def day_field(label: str, **given: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}), **given)


def _choose(form: forms.Form, name: str, choices: Choices, first: str = "Choose one") -> None:
    form.fields[name].choices = [("", first), *choices]  # type: ignore[attr-defined]  # has choices


class NothingForm(forms.Form):
    """A deed that asks for nothing more."""


class CompanyFilter(forms.Form):
    """Which companies: everything given must hold."""

    is_search = True

    words = forms.CharField(label="Words in the name", required=False, max_length=100)
    form = forms.ChoiceField(label="Form", required=False)

    def __init__(self, *args: Any, kinds: Choices = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        _choose(self, "form", kinds, "Every form")


class CompanyForm(forms.Form):
    """What is said of a company or a mutual."""

    organisation = forms.ChoiceField(
        label="Company or mutual",
        help_text="A body of the directory. Add it there first where it is missing.",
    )
    form = forms.ChoiceField(label="Form")
    agreement = forms.ChoiceField(label="Set up under the agreement", required=False)
    registered_number = forms.CharField(label="Registered number", required=False, max_length=20)
    began_on = day_field("Began on", required=False)
    purpose = forms.CharField(
        label="What it is for",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    reserved_matters = forms.IntegerField(
        label="Matters reserved to the public owners",
        required=False,
        min_value=0,
        max_value=999,
        help_text="How many decisions need their consent. Leave empty where it is not known.",
    )
    delivers_services = YesNoField("It is there mainly to deliver public services")
    shares_profit_outside = YesNoField("It shares profit with others than its members")
    employees_control = YesNoField("Its employees manage and control it")
    is_public = forms.BooleanField(
        label="Show its owners to everyone",
        required=False,
        help_text="Plans, accounts and amounts at risk stay with those who read its agreements.",
    )

    def __init__(
        self,
        *args: Any,
        kinds: Choices = (),
        agreements: Choices = (),
        bodies: Choices | None = None,
        **kwargs: Any,
    ):
        super().__init__(*args, **kwargs)
        _choose(self, "form", kinds)
        _choose(self, "agreement", agreements, "None that is recorded here")
        if bodies is None:
            del self.fields["organisation"]
        else:
            _choose(self, "organisation", bodies)


class ClassForm(forms.Form):
    """A class of shares or members."""

    name = forms.CharField(label="Name of the class", max_length=80)
    is_share = forms.ChoiceField(
        label="What it holds",
        choices=[("share", "Shares, counted by share"), ("member", "Members, counted by head")],
    )
    votes = forms.IntegerField(
        label="Votes that each carries", min_value=0, max_value=1_000_000, initial=1
    )


class HoldingForm(forms.Form):
    """What a holder has from a day on."""

    of_class = forms.ChoiceField(label="Class")
    holder = forms.ChoiceField(label="Holder", required=False)
    holder_name = forms.CharField(
        label="Or a holder who is no body here",
        required=False,
        max_length=200,
        help_text="As ‘Employees’ or ‘Service users’: never a private person’s name.",
    )
    count = forms.IntegerField(
        label="How many it has then",
        min_value=0,
        max_value=10**12,
        help_text="The whole of it, not what is added. 0 ends the holding.",
    )
    on = day_field("From")

    def __init__(self, *args: Any, classes: Choices = (), bodies: Choices = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        _choose(self, "of_class", classes)
        _choose(self, "holder", bodies, "No body of the directory")


class DirectorForm(forms.Form):
    """Who joins the board, named by whom."""

    name = forms.CharField(label="Director", max_length=120)
    appointed_by = forms.ChoiceField(label="Named by", required=False)
    on = day_field("From")

    def __init__(self, *args: Any, bodies: Choices = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        _choose(self, "appointed_by", bodies, "Nobody: elected or independent")


class LeaveForm(forms.Form):
    """Who leaves the board."""

    seat = forms.ChoiceField(label="Director")
    on = day_field("Left on")

    def __init__(self, *args: Any, seats: Choices = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        _choose(self, "seat", seats)


class ConflictForm(forms.Form):
    """An interest declared in one item."""

    seat = forms.ChoiceField(label="Director")
    item = forms.CharField(label="What was decided", max_length=200)
    met_on = day_field("At the meeting on")
    interest = forms.CharField(label="Interest declared", max_length=300)
    done = forms.ChoiceField(label="What was done", choices=DirectorConflict.Done.choices)
    allowed_by = forms.CharField(
        label="Who allowed a vote, under what", required=False, max_length=200
    )

    def __init__(self, *args: Any, seats: Choices = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        _choose(self, "seat", seats)


class YearForm(forms.Form):
    """A company's year."""

    ends_on = day_field("Year that ends on")
    own_pence = PoundsField("Turnover from the bodies that control it, in pounds")
    other_pence = PoundsField("Turnover from others, in pounds")
    is_projection = forms.BooleanField(label="It is a projection", required=False)
    distributable_pence = PoundsField(
        "Distributable profit at its end, in pounds", least=None, required=False
    )
    net_assets_pence = PoundsField("Net assets, in pounds", least=None, required=False)
    paid_pence = PoundsField("Paid to it by the body that keeps this record", required=False)
    grants_and_shares_pence = PoundsField(
        "Grants and shares of the body that keeps this record", required=False
    )
    has_cheap_land = YesNoField("It has that body’s land for less than the best price")


class DividendForm(forms.Form):
    """A dividend out of a year's profit."""

    year = forms.ChoiceField(label="Out of the year to")
    pence = PoundsField("Dividend in pounds", least=Decimal("0.01"))
    on = day_field("Declared on")

    def __init__(self, *args: Any, years: Choices = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        _choose(self, "year", years)


class PlanForm(forms.Form):
    """A plan, its lines typed one to a row."""

    name = forms.CharField(label="What it is called", max_length=120)
    starts_on = day_field("First day of the year")
    lines = forms.CharField(
        label="Lines",
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 8, "class": "mh-code", "spellcheck": "false"}),
        help_text=(
            "One to a row: income or cost, its title, and pounds for each quarter, with ; between. "
            "As: income; Rents; 250000; 250000; 260000; 260000"
        ),
    )

    def clean_lines(self) -> list[tuple[str, bool, list[int]]]:
        found = []
        for number, row in enumerate(filter(str.strip, self.cleaned_data["lines"].splitlines()), 1):
            kind, *rest = (part.strip() for part in row.split(";"))
            if kind.lower() not in ("income", "cost") or len(rest) != 1 + QUARTERS or not rest[0]:
                raise forms.ValidationError(
                    f"Row {number} is not ‘income’ or ‘cost’, a title and four amounts. Mend it."
                )
            try:
                planned = [_pence(text) for text in rest[1:]]
            except (ArithmeticError, ValueError):
                raise forms.ValidationError(
                    f"Row {number} has an amount that is not pounds and pence. Mend it."
                ) from None
            found.append((rest[0], kind.lower() == "income", planned))
        return found


def _pence(text: str) -> int:
    pounds = Decimal(text.replace(",", "").lstrip("£"))
    if not pounds.is_finite() or abs(pounds) > MOST_POUNDS or pounds * 100 % 1:
        raise ValueError(text)
    return int(pounds * 100)


class QuarterForm(forms.Form):
    """What came of each line in a quarter."""

    quarter = forms.ChoiceField(
        label="Quarter", choices=[(str(i + 1), f"Quarter {i + 1}") for i in range(QUARTERS)]
    )

    def __init__(self, *args: Any, lines: Iterable[tuple[int, str]] = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        for key, title in lines:
            self.fields[f"line_{key}"] = PoundsField(f"{title}, in pounds", least=None)

    def actual(self) -> dict[int, int]:
        return {
            int(name.removeprefix("line_")): pence
            for name, pence in self.cleaned_data.items()
            if name.startswith("line_")
        }


class DecideForm(forms.Form):
    """Whether the owners approve a plan."""

    answer = forms.ChoiceField(
        label="The owners", choices=[("approve", "Approve it"), ("refuse", "Refuse it")]
    )
    why = forms.CharField(
        label="Why",
        required=False,
        max_length=300,
        help_text="A refusal says what would have to change.",
    )


class ExposureForm(forms.Form):
    """What a body stands to lose."""

    company = forms.ChoiceField(label="Company")
    standing = forms.ChoiceField(
        label="What it is", choices=[(each.value, each.words) for each in Standing]
    )
    pence = PoundsField("Amount in pounds", least=Decimal("0.01"))
    what = forms.CharField(label="More about it", required=False, max_length=200)
    on = day_field("From")

    def __init__(self, *args: Any, companies: Choices = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        _choose(self, "company", companies)


class EndExposureForm(forms.Form):
    """What is at risk no longer."""

    exposure = forms.ChoiceField(label="Exposure")
    on = day_field("Until")

    def __init__(self, *args: Any, rows: Choices = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        _choose(self, "exposure", rows)


class ReservesForm(forms.Form):
    """Usable reserves on a day."""

    pence = PoundsField("Usable reserves in pounds", least=None)
    on = day_field("On")
    source = forms.CharField(label="Where the figure is from", max_length=200)


class StressForm(forms.Form):
    """What part of each kind is lost when a company fails."""

    is_search = True

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for standing in Standing:
            self.fields[standing.value.lower()] = forms.DecimalField(
                label=f"Percent of {standing.words} lost",
                required=False,
                min_value=0,
                max_value=100,
                decimal_places=2,
            )

    def percents(self) -> dict[Standing, Decimal]:
        found = {each: self.cleaned_data.get(each.value.lower()) for each in Standing}
        return {each: part for each, part in found.items() if part is not None}


class PassForm(forms.Form):
    """What passes, to whom in what parts, by what document."""

    thing = forms.ChoiceField(label="What passes")
    how = forms.ChoiceField(label="How", choices=Novation.How.choices)
    document = forms.FileField(
        label="Deed or order",
        required=False,
        help_text="Only its name and hash are kept. A deed of novation must be given.",
    )

    def __init__(
        self,
        *args: Any,
        things: Choices = (),
        heirs: Iterable[tuple[str, str, Decimal]] = (),
        **kwargs: Any,
    ):
        super().__init__(*args, **kwargs)
        _choose(self, "thing", things)
        for slug, name, share in heirs:
            self.fields[f"part_{slug}"] = forms.DecimalField(
                label=f"Percent to {name}",
                required=False,
                min_value=0,
                max_value=100,
                decimal_places=4,
                initial=f"{(share * 100).normalize():f}",
            )

    def parts(self) -> dict[str, Decimal]:
        """Successor's slug -> part of 1, for each that takes any."""
        return {
            name.removeprefix("part_"): percent / 100
            for name, percent in self.cleaned_data.items()
            if name.startswith("part_") and percent
        }

    def document_hash(self) -> tuple[str, str]:
        """Name and sha256 of the document given, or two empty texts."""
        given = self.cleaned_data["document"]
        if given is None:
            return "", ""
        digest = hashlib.sha256()
        for chunk in given.chunks():
            digest.update(chunk)
        return given.name[:200], digest.hexdigest()

    def clean_document(self) -> Any:
        given = self.cleaned_data["document"]
        if given is not None and given.size > LARGEST_DOCUMENT:
            raise forms.ValidationError("This file is too large. Choose one of at most 20 MB.")
        return given
