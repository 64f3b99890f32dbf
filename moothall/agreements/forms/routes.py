"""Reading what is known of a service, for the legal-route helper."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django import forms

from moothall.agreements.forms.companies import PoundsField, YesNoField, day_field
from moothall.core.errors import CannotDo
from moothall.directory.engine.routes import Facts

GROUPS = (
    ("The service", ("began_on", "kind", "value_pence", "term_months", "own_staff")),
    (
        "Public bodies among themselves",
        ("only_authorities", "shared_function", "public_interest_only", "market_percent"),
    ),
    (
        "A body that the authority controls",
        (
            "is_controlled",
            "outside_influence",
            "owners_percent",
            "share_is_averaged",
            "is_joint",
            "each_on_board",
        ),
    ),
    (
        "A public service mutual",
        (
            "is_reservable",
            "is_mutual",
            "shares_profit_outside",
            "employees_control",
            "had_comparable",
        ),
    ),
    ("A grant", ("binds_delivery", "grant_pence", "earlier_help_pence")),
)


def _percent(label: str) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, required=False, min_value=0, max_value=100, decimal_places=4
    )


class RouteForm(forms.Form):
    """Everything that a route may ask; what is left empty is not known."""

    began_on = day_field("Procurement begins, or began, on")
    kind = forms.ChoiceField(label="What is bought")
    value_pence = PoundsField("Estimated value with VAT, in pounds", required=False)
    term_months = forms.IntegerField(
        label="Longest it may last, in months", required=False, min_value=1, max_value=1200
    )
    own_staff = YesNoField("The authority’s own staff would deliver it")
    only_authorities = YesNoField("Only contracting authorities take part")
    shared_function = YesNoField("They share the public function")
    public_interest_only = YesNoField("It serves the public interest alone")
    market_percent = _percent("Percent of the activities on the open market")
    is_controlled = YesNoField("The authority controls the body, alone or with others")
    outside_influence = YesNoField("Somebody else has decisive influence over it")
    owners_percent = _percent("Percent of its activities for those who control it")
    share_is_averaged = forms.BooleanField(
        label="That percent is an average of several years", required=False
    )
    is_joint = YesNoField("Several control it together")
    each_on_board = YesNoField("Each of them sits on its board")
    is_reservable = YesNoField("The services may be reserved to mutuals")
    is_mutual = YesNoField("The body is there mainly to deliver such public services")
    shares_profit_outside = YesNoField("It shares profit with others than its members")
    employees_control = YesNoField("Its employees manage and control it")
    had_comparable = YesNoField(
        "This authority reserved such a contract to it in the three years before"
    )
    binds_delivery = YesNoField("Somebody would be bound to deliver a service")
    grant_pence = PoundsField("Grant in pounds", required=False)
    earlier_help_pence = PoundsField(
        "Help it had in this and the two financial years before, in pounds", required=False
    )

    def __init__(self, *args: Any, kinds: list[tuple[str, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]  # has choices

    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        return [(title, [self[name] for name in names]) for title, names in GROUPS]

    def facts(self) -> Facts:
        """What is known. :raises KeyError: before the form is found valid."""
        said = dict(self.cleaned_data)
        market, owners = (_part(said.pop(f"{name}_percent")) for name in ("market", "owners"))
        day: date = said.pop("began_on")
        return Facts(began_on=day, market_share=market, share_for_owners=owners, **said)


def _part(percent: Decimal | None) -> Fraction | None:
    return None if percent is None else Fraction(percent) / 100


class CannotReadFacts(CannotDo):
    """What was typed is no answer to what the helper asks."""


def facts_typed(said: dict[str, str], pairs: list[str], *, kinds: list[tuple[str, str]]) -> Facts:
    """Facts from 'name=value' as a keyboard gives them; amounts may be named _pounds.

    :raises CannotReadFacts: with what was not understood.
    """
    typed = {"kind": kinds[0][0]} | said
    for pair in pairs:
        name, equals, value = pair.partition("=")
        name = name.strip().replace("_pounds", "_pence")
        if not equals or name not in RouteForm.base_fields:
            names = ", ".join(each.replace("_pence", "_pounds") for each in RouteForm.base_fields)
            raise CannotReadFacts(f"{pair} is no fact that is asked. Give one of: {names}.")
        typed[name] = value.strip()
    form = RouteForm(typed, kinds=kinds)
    if not form.is_valid():
        name, errors = next(iter(form.errors.items()))
        shown = name.replace("_pence", "_pounds")
        raise CannotReadFacts(f"{shown}={typed.get(name, '')} cannot be read: {errors[0]}")
    return form.facts()


class KeepRouteForm(forms.Form):
    """Under what name, and for which body, an answer is kept."""

    body = forms.ChoiceField(label="Kept by")
    name = forms.CharField(label="The service it is about", max_length=200)

    def __init__(self, *args: Any, bodies: list[tuple[str, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["body"].choices = bodies  # type: ignore[attr-defined]  # has choices


class ConfirmForm(forms.Form):
    """What a solicitor said."""

    solicitor = forms.CharField(label="Solicitor", max_length=120)
    on = day_field("On")
    said = forms.CharField(
        label="What they confirm, and on what conditions",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
