"""Which payments does a reader want to see? Read from the address, never from anywhere else."""

from datetime import date, timedelta
from typing import Any

from django import forms

from moothall.spend.analysis.payments import Filters
from moothall.spend.queries.explorer import Choices, default_year
from moothall.values.periods import Period


class PaymentFilter(forms.Form):
    """The filters of every page of payments; each is one part of the address."""

    is_search = True
    year = forms.ChoiceField(label="Financial year", required=False)
    body = forms.MultipleChoiceField(
        label="Bodies", required=False, widget=forms.CheckboxSelectMultiple
    )
    category = forms.ChoiceField(label="Category", required=False)
    text = forms.CharField(label="Supplier or purpose", required=False, max_length=80)
    department = forms.CharField(label="Department", required=False, max_length=120)
    starts = forms.DateField(
        label="From", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    ends = forms.DateField(
        label="To", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    least = forms.DecimalField(
        label="At least (£)", required=False, max_digits=16, decimal_places=2
    )
    most = forms.DecimalField(label="At most (£)", required=False, max_digits=16, decimal_places=2)

    def __init__(self, data: Any, *, choices: Choices) -> None:
        super().__init__(data)
        self.known = choices
        self.fields["year"].choices = [
            ("", "The latest complete year"),
            ("all", "Every year"),
            *((str(year), f"{year}/{(year + 1) % 100:02d}") for year in choices.years),
        ]
        self.fields["body"].choices = [(slug, name) for slug, name, _id in choices.bodies]
        self.fields["category"].choices = [("", "Every category"), *choices.categories]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        starts, ends = cleaned.get("starts"), cleaned.get("ends")
        if starts and ends and ends < starts:
            self.add_error("ends", "The last day is before the first. Change one of the two.")
        least, most = cleaned.get("least"), cleaned.get("most")
        if least is not None and most is not None and most < least:
            self.add_error("most", "The most is less than the least. Change one of the two.")
        return cleaned

    @property
    def period(self) -> Period | None:
        """The days asked for: given days, else a year, else the latest complete year."""
        asked = self.cleaned_data
        starts, ends = asked.get("starts"), asked.get("ends")
        if starts or ends:
            first = starts or date(1990, 1, 1)
            return Period(first, (ends or date(2199, 12, 31)) + timedelta(days=1))
        if asked.get("year") == "all":
            return None
        year = int(asked["year"]) if asked.get("year") else default_year(self.known)
        return Period.financial_year(year) if year else None

    @property
    def filters(self) -> Filters:
        """The same, as the questions take them. Call only when the form is valid."""
        asked = self.cleaned_data
        ids = {slug: body_id for slug, _name, body_id in self.known.bodies}
        period = self.period
        return Filters(
            bodies=tuple(ids[slug] for slug in asked.get("body") or ()),
            starts_on=period.starts_on if period else None,
            ends_before=period.ends_before if period else None,
            categories=(asked["category"],) if asked.get("category") else (),
            departments=(asked["department"],) if asked.get("department") else (),
            text=asked.get("text") or None,
            least_gbp=asked.get("least"),
            most_gbp=asked.get("most"),
        )
