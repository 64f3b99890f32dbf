"""Which payments does a reader want to see? Read from the address, never from anywhere else."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import QueryDict

from moothall.core.lake import WITHHELD_ID
from moothall.spend.analysis.payments import NOT_CLASSIFIED, Filters
from moothall.spend.queries.explorer import Choices, default_year
from moothall.spend.queries.rulebook import scheme
from moothall.values.periods import Period, year_words
from moothall.values.wording import plain_date, pounds_in_words

EARLIEST, LATEST = date(1990, 1, 1), date(2199, 12, 31)
LARGEST_NUMBER = 2**63 - 1
NAMES = (
    "year",
    "body",
    "category",
    "supplier",
    "text",
    "department",
    "starts",
    "ends",
    "least",
    "most",
)


def _day(label: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": "This is not a day. Give it as 31/03/2026."},
    )


def _pounds(label: str) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        required=False,
        max_digits=16,
        decimal_places=2,
        error_messages={"invalid": "This is not an amount. Give pounds, such as 500 or 1250.50."},
    )


def _unknown(what: str) -> dict[str, str]:
    return {"invalid_choice": f"There is no {what} “%(value)s” here. Choose one of the list."}


class PaymentFilter(forms.Form):
    """The filters of every page of payments; each is one part of the address."""

    is_search = True
    text = forms.CharField(label="Supplier or purpose", required=False, max_length=80)
    year = forms.ChoiceField(
        label="Financial year", required=False, error_messages=_unknown("year")
    )
    category = forms.ChoiceField(
        label="Category", required=False, error_messages=_unknown("category")
    )
    department = forms.CharField(label="Department as published", required=False, max_length=120)
    starts = _day("Paid from")
    ends = _day("Paid to")
    least = _pounds("At least (£)")
    most = _pounds("At most (£)")
    body = forms.MultipleChoiceField(
        label="Bodies",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages=_unknown("body"),
    )
    supplier = forms.IntegerField(
        required=False,
        min_value=-LARGEST_NUMBER,
        max_value=LARGEST_NUMBER,
        widget=forms.HiddenInput,
        error_messages={
            "invalid": "A supplier is asked for by its number. Open its page from the list of them."
        },
    )

    def __init__(self, data: Any, *, choices: Choices, every_year: bool = False) -> None:
        super().__init__(data)
        self.known = choices
        self.every_year = every_year
        self.fields["year"].choices = [  # type: ignore[attr-defined]  # has choices
            *([] if every_year else [("", "Latest full year")]),
            ("all", "Every year"),
            *((str(year), year_words(year)) for year in choices.years),
        ]
        bodies = [(slug, name) for slug, name, _id in choices.bodies]
        self.fields["body"].choices = bodies  # type: ignore[attr-defined]  # has choices
        there = {code for code, _label in choices.categories}
        self.fields["category"].choices = [  # type: ignore[attr-defined]  # has choices
            ("", "Every category"),
            *(
                (
                    group.label,
                    [
                        (group.code, f"All of {group.label}"),
                        *((kind.code, kind.label) for kind in group.kinds),
                    ],
                )
                for group in scheme().groups
                if group.code in there
            ),
            (NOT_CLASSIFIED, "Not classified"),
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        starts, ends = cleaned.get("starts"), cleaned.get("ends")
        if starts and ends and ends < starts:
            self.add_error("ends", "The last day is before the first. Change one of the two.")
        least, most = cleaned.get("least"), cleaned.get("most")
        if least is not None and most is not None and most < least:
            self.add_error("most", "The most is less than the least. Change one of the two.")
        for name in ("starts", "ends"):
            day = cleaned.get(name)
            if day and not EARLIEST <= day <= LATEST:
                self.add_error(
                    name,
                    f"{day} is outside the years {EARLIEST.year} to {LATEST.year}. Choose another.",
                )
        return cleaned

    @property
    def period(self) -> Period | None:
        """The days asked for: given days, else a year, else the latest complete year."""
        asked = self.cleaned_data
        starts, ends = asked.get("starts"), asked.get("ends")
        if starts or ends:
            return Period(starts or EARLIEST, (ends or LATEST) + timedelta(days=1))
        if asked.get("year"):
            return None if asked["year"] == "all" else Period.financial_year(int(asked["year"]))
        year = None if self.every_year else default_year(self.known)
        return Period.financial_year(year) if year else None

    @property
    def period_words(self) -> str:
        """Such as 'in 2025/26', 'from 1 May 2025 to 3 June 2025', 'in all the years published'."""
        asked = self.cleaned_data
        starts, ends = asked.get("starts"), asked.get("ends")
        if starts and ends:
            return f"from {plain_date(starts)} to {plain_date(ends)}"
        if starts:
            return f"from {plain_date(starts)}"
        if ends:
            return f"up to {plain_date(ends)}"
        period = self.period
        return f"in {year_words(period.starts_on.year)}" if period else "in all the years published"

    @property
    def filters(self) -> Filters:
        """The same, as the questions take them. Call only when the form is valid."""
        asked = self.cleaned_data
        ids = {slug: body_id for slug, _name, body_id in self.known.bodies}
        period = self.period
        supplier = asked.get("supplier")
        return Filters(
            bodies=tuple(ids[slug] for slug in asked.get("body") or ()),
            starts_on=period.starts_on if period else None,
            ends_before=period.ends_before if period else None,
            categories=(asked["category"],) if asked.get("category") else (),
            suppliers=() if supplier in (None, WITHHELD_ID) else (supplier,),
            departments=(asked["department"],) if asked.get("department") else (),
            text=asked.get("text") or None,
            least_gbp=asked.get("least"),
            most_gbp=asked.get("most"),
        )

    @property
    def query(self) -> QueryDict:
        """The filters given, as the address has them: what a link to another page carries on."""
        query = QueryDict(mutable=True)
        for name in NAMES:
            given = self.data.getlist(name) if isinstance(self.data, QueryDict) else ()
            values = [value for value in given if value]
            if values:
                query.setlist(name, values)
        return query

    @property
    def chosen(self) -> list[tuple[str, str]]:
        """Each filter given in words, and the address without it."""
        asked = self.cleaned_data
        names = {slug: name for slug, name, _id in self.known.bodies}
        chosen = []
        for name in NAMES:
            value = asked.get(name)
            if value in (None, "", []) or (self.every_year and value == "all"):
                continue
            if name == "body":
                chosen += [(names[slug], self._without("body", slug)) for slug in value]
            else:
                chosen.append((self._words(name, value), self._without(name)))
        return chosen

    def _words(self, name: str, value: Any) -> str:
        if name == "year":
            return "Every year" if value == "all" else year_words(int(value))
        if name == "category":
            return scheme().label(value)
        if name in ("starts", "ends"):
            return f"{'From' if name == 'starts' else 'To'} {plain_date(value)}"
        if name in ("least", "most"):
            return f"{'At least' if name == 'least' else 'At most'} {pounds_in_words(value)}"
        return {"supplier": "One supplier", "text": f"“{value}”"}.get(name, str(value))

    def _without(self, name: str, value: str | None = None) -> str:
        query = self.query
        left = [each for each in query.getlist(name) if value is not None and each != value]
        query.setlist(name, left)
        if not left:
            del query[name]
        return f"?{query.urlencode()}"
