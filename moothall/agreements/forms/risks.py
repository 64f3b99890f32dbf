"""What someone fills in about a risk, and about an uplift for optimism bias."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms

from moothall.agreements.forms.boards import DateInput
from moothall.agreements.models import UNCERTAINTIES, Risk
from moothall.values.counted_once import Uncertainty

REPUTATION = (
    "A risk to reputation stays where it is: whoever delivers, the public holds to account the "
    "body that answers for the service. Leave 100%."
)


def text(label: str, name: str, *, required: bool = True, **more: Any) -> forms.CharField:
    longest = getattr(Risk._meta.get_field(name), "max_length", None)
    return forms.CharField(label=label, required=required, max_length=longest, **more)


def pounds(label: str, **more: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        required=False,
        max_digits=15,
        decimal_places=2,
        min_value=Decimal(0),
        **more,
    )


def percent(label: str, *, required: bool = False, **more: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        required=required,
        min_value=Decimal(0),
        max_value=Decimal(100),
        max_digits=6,
        decimal_places=3,
        **more,
    )


class RiskForm(forms.Form):
    """Everything that the register says of a risk, but where it stands."""

    name = text("Short name", "name")
    cause = text("Cause", "cause", help_text="Because …")
    event = text("Event", "event", help_text="… this may happen …")
    effect = text("Effect", "effect", help_text="… which leads to this.")
    uncertainty = forms.ChoiceField(
        label="What is uncertain",
        choices=UNCERTAINTIES,
        help_text=(
            "The same uncertainty is not allowed for twice: by a quantified risk and by an uplift "
            "for optimism bias."
        ),
    )
    owner = forms.TypedChoiceField(label="Owner", required=False, coerce=int, empty_value=None)
    owner_post = text(
        "Post that owns it", "owner_post", required=False, help_text="A post, not a person’s name."
    )
    authority_percent = percent(
        "Part borne by the body that keeps this record, in per cent", required=True
    )
    proximity = forms.ChoiceField(
        label="How soon it could happen", choices=Risk.Proximity.choices, widget=forms.RadioSelect
    )
    trigger = text(
        "Trigger", "trigger", required=False, help_text="The first sign that it is happening."
    )
    inherent_likelihood = forms.TypedChoiceField(label="Likelihood before mitigation", coerce=int)
    inherent_impact = forms.TypedChoiceField(label="Impact before mitigation", coerce=int)
    inherent_chance = percent("Chance before mitigation, in per cent", help_text="If known.")
    inherent_gbp = pounds("Cost if it happens, before mitigation, in pounds")
    mitigation = forms.CharField(
        label="Mitigation",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    mitigation_gbp = pounds("What the mitigation costs, in pounds")
    residual_likelihood = forms.TypedChoiceField(label="Likelihood after mitigation", coerce=int)
    residual_impact = forms.TypedChoiceField(label="Impact after mitigation", coerce=int)
    residual_chance = percent(
        "Chance after mitigation, in per cent",
        help_text="With a cost, it enters the total that is worked out exactly.",
    )
    residual_gbp = pounds("Cost if it happens, after mitigation, in pounds")
    review_on = forms.DateField(
        label="To be looked at again on",
        required=False,
        widget=DateInput(),
    )
    is_private = forms.BooleanField(
        label="Only our own side reads it",
        required=False,
        help_text="Other members then see neither the risk nor what it adds to the total.",
    )

    def __init__(
        self,
        *args: Any,
        owners: Iterable[tuple[int, str]] = (),
        scales: tuple[list[tuple[int, str]], list[tuple[int, str]]] = ([], []),
        keeper: str = "",
        **kwargs: Any,
    ):
        super().__init__(*args, **kwargs)
        likelihood, impact = scales
        for when in ("inherent", "residual"):
            self.fields[f"{when}_likelihood"].choices = likelihood  # type: ignore[attr-defined]  # has choices
            self.fields[f"{when}_impact"].choices = impact  # type: ignore[attr-defined]  # has choices
        self.fields["owner"].choices = [("", "Nobody yet"), *owners]  # type: ignore[attr-defined]  # has choices
        borne = self.fields["authority_percent"]
        borne.label = f"Part that {keeper} bears, in per cent"
        borne.help_text = f"100 is all of it, 0 the other side’s. {REPUTATION}"

    def said(self) -> dict[str, Any]:
        """The fields of a risk: shares from 0 to 1, and pence."""
        given = dict(self.cleaned_data)
        for name in ("mitigation", "inherent", "residual"):
            amount = given.pop(f"{name}_gbp")
            given[f"{name}_pence"] = None if amount is None else int(amount * 100)
        for name in ("inherent_chance", "residual_chance"):
            given[name] = None if given[name] is None else given[name] / 100
        given["owner_id"] = given.pop("owner")
        return given


def initial_of(risk: Risk) -> dict[str, Any]:
    """What the form shows of a risk that is there."""
    held: dict[str, Any] = {name: getattr(risk, name, None) for name in RiskForm.base_fields}
    for name in ("mitigation", "inherent", "residual"):
        pence: int | None = getattr(risk, f"{name}_pence")
        held[f"{name}_gbp"] = None if pence is None else Decimal(pence) / 100
    for name in ("inherent_chance", "residual_chance"):
        chance: Decimal | None = held[name]
        held[name] = None if chance is None else f"{(chance * 100).normalize():f}"
    held["authority_percent"] = f"{risk.authority_percent.normalize():f}"
    return {**held, "owner": risk.owner_id}


class UpliftForm(forms.Form):
    """That an estimate was raised for optimism bias."""

    uncertainty = forms.TypedChoiceField(
        label="What the estimate was raised for",
        coerce=lambda name: Uncertainty[name],
        choices=UNCERTAINTIES,
    )
    percent = forms.DecimalField(
        label="By how much, in per cent", max_digits=6, decimal_places=2, min_value=Decimal("0.01")
    )
    source = forms.CharField(
        label="Where that comes from",
        max_length=300,
        help_text="The guidance, or the business case that used it.",
    )
