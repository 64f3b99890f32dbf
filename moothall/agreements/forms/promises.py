"""What someone fills in about promises, results, steps, checks of partners, and the calendar."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from moothall.agreements.engine.obligations import EVERY, obligation_kinds
from moothall.agreements.engine.performance import TRIGGERS
from moothall.agreements.forms.boards import DateInput
from moothall.agreements.forms.risks import pounds
from moothall.agreements.models import DueDiligence, PerformanceIndicator
from moothall.agreements.queries import calendar
from moothall.values.periods import Period

Choices = Iterable[tuple[Any, str]]


def day(label: str, *, required: bool = False, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, required=required, widget=DateInput(), **more)


def long(label: str, *, required: bool = True, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        **more,
    )


def choose(form: forms.Form, name: str, choices: Choices) -> None:
    form.fields[name].choices = list(choices)  # type: ignore[attr-defined]  # has choices


class PromiseForm(forms.Form):
    """A promise that is not a payment."""

    kind = forms.ChoiceField(label="Kind")
    what = forms.CharField(label="What was promised", max_length=300)
    measure = forms.CharField(
        label="How it is measured",
        max_length=200,
        help_text="What has no measure cannot be found kept.",
    )
    owner = forms.TypedChoiceField(
        label="Who promised it", required=False, coerce=int, empty_value=None
    )
    first_due_on = day("First due on", required=True)
    every = forms.ChoiceField(label="Due again", required=False, choices=EVERY)
    ends_before = day("No longer due from", help_text="Left empty, it ends with the agreement.")

    def __init__(self, *args: Any, owners: Choices = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        choose(self, "kind", [(kind.key, kind.label) for kind in obligation_kinds().values()])
        choose(self, "owner", [("", "Nobody yet"), *owners])


class ReportForm(forms.Form):
    """How a promise was kept on a day it was due."""

    due_on = forms.TypedChoiceField(label="Due on", coerce=date.fromisoformat)
    said = long("How it was kept")
    evidence = forms.CharField(
        label="Where the evidence lies", max_length=300, help_text="A link or a reference."
    )

    def __init__(self, *args: Any, days: Choices = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        choose(self, "due_on", days)


class EndForm(forms.Form):
    """From when a promise falls due no more."""

    on = day("No longer due from", required=True)


class CheckForm(forms.Form):
    """What is found of a promise on a day it was due."""

    due_on = forms.TypedChoiceField(label="Due on", coerce=date.fromisoformat)
    move = forms.ChoiceField(label="What you find", widget=forms.RadioSelect)
    why = forms.CharField(
        label="Why", required=False, max_length=300, help_text="Needed unless you accept it."
    )

    def __init__(self, *args: Any, days: Choices = (), moves: Choices = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        choose(self, "due_on", days)
        choose(self, "move", moves)


class IndicatorForm(forms.Form):
    """What performance is rated by."""

    name = forms.CharField(label="Name", max_length=120)
    unit = forms.CharField(label="Unit", required=False, max_length=40, help_text="% or days.")
    measure = forms.ChoiceField(
        label="Fact of the deal",
        required=False,
        help_text="Service credits read the results of an indicator that is their fact.",
    )
    better = forms.ChoiceField(
        label="Direction of good",
        choices=PerformanceIndicator.Better.choices,
        widget=forms.RadioSelect,
    )
    target = forms.DecimalField(label="Good from", max_digits=18, decimal_places=4)
    approaching = forms.DecimalField(
        label="Approaching target from", max_digits=18, decimal_places=4
    )
    improve = forms.DecimalField(
        label="Requires improvement from",
        max_digits=18,
        decimal_places=4,
        help_text="Beyond it, a result is inadequate.",
    )
    is_critical = forms.BooleanField(
        label="It is critical", required=False, help_text="Missed too often, it may bring step-in."
    )

    def __init__(self, *args: Any, facts: Choices = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        choose(self, "measure", [("", "None of them"), *facts])


class ResultForm(forms.Form):
    """What an indicator came to in a period."""

    indicator = forms.TypedChoiceField(label="Indicator", coerce=int)
    period = forms.TypedChoiceField(label="Period", coerce=date.fromisoformat)
    value = forms.DecimalField(label="Result", required=False, max_digits=18, decimal_places=4)
    said = forms.CharField(
        label="Remark",
        required=False,
        max_length=300,
        help_text="Needed where there is no figure: say why.",
    )

    def __init__(
        self, *args: Any, indicators: Choices = (), periods: Iterable[Period] = (), **kwargs: Any
    ):
        super().__init__(*args, **kwargs)
        choose(self, "indicator", indicators)
        choose(self, "period", _as_choices(periods))


class StepForm(forms.Form):
    """A step from an early warning to stepping in."""

    move = forms.ChoiceField(label="Step", widget=forms.RadioSelect)
    on = day("Taken on", required=True)
    why = long("Why")
    answer_by = day("An answer is due by")
    period = forms.TypedChoiceField(
        label="Period whose credits are taken",
        required=False,
        coerce=date.fromisoformat,
        empty_value=None,
        help_text="Only for credits. The deal says how much; nobody types it.",
    )
    trigger = forms.ChoiceField(
        label="What brings stepping in about",
        required=False,
        choices=[("", "Not stepping in"), *TRIGGERS.items()],
    )

    def __init__(
        self, *args: Any, moves: Choices = (), periods: Iterable[Period] = (), **kwargs: Any
    ):
        super().__init__(*args, **kwargs)
        choose(self, "move", moves)
        choose(self, "period", [("", "None"), *_as_choices(periods)])


class DueDiligenceForm(forms.Form):
    """That a partner was looked into."""

    partner = forms.TypedChoiceField(label="Partner", coerce=int)
    kind = forms.ChoiceField(label="Check")
    checked_on = day("Checked on", required=True)
    outcome = forms.ChoiceField(
        label="What came of it", choices=DueDiligence.Outcome.choices, widget=forms.RadioSelect
    )
    said = long("What was found", required=False, help_text="Needed unless nothing was.")
    evidence = forms.CharField(label="Where the evidence lies", required=False, max_length=300)
    turnover_gbp = pounds("Turnover in a year, in pounds", help_text="From its last accounts.")
    current_assets_gbp = pounds("Current assets, in pounds")
    current_liabilities_gbp = pounds("Current liabilities, in pounds")

    def __init__(self, *args: Any, partners: Choices = (), kinds: Choices = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        choose(self, "partner", partners)
        choose(self, "kind", kinds)


def in_pence(said: dict[str, Any]) -> dict[str, Any]:
    """What was typed about a partner, its amounts in pence."""
    given = dict(said)
    for name in ("turnover", "current_assets", "current_liabilities"):
        amount: Decimal | None = given.pop(f"{name}_gbp")
        given[f"{name}_pence"] = None if amount is None else int(amount * 100)
    return given


class CalendarFilter(forms.Form):
    """Which days: everything given must hold."""

    is_search = True

    words = forms.CharField(label="Words", required=False, max_length=100)
    kind = forms.ChoiceField(label="Kind", required=False, choices=calendar.KINDS)
    ahead = forms.ChoiceField(label="How far ahead", required=False, choices=calendar.AHEAD)


def _as_choices(periods: Iterable[Period]) -> list[tuple[str, str]]:
    return [(period.starts_on.isoformat(), str(period)) for period in periods]
