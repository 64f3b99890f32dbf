"""What someone fills in about leaving an agreement: its plan, costs, rehearsal and ending."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms

from moothall.agreements.engine.exit_plan import parts, rehearsal_checks
from moothall.agreements.forms.variations import day, long
from moothall.agreements.models import ExitItem

WHAT = ExitItem._meta.get_field("what").max_length
SAID = ExitItem._meta.get_field("evidence").max_length
Choices = Iterable[tuple[str, str]]


def _pounds(label: str) -> forms.DecimalField:
    return forms.DecimalField(label=label, max_digits=15, decimal_places=2, min_value=Decimal(0))


class _OfMembers(forms.Form):
    """A form with a choice of members under `member`."""

    def __init__(self, *args: Any, members: Choices = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        if "member" in self.fields:
            first = [] if self.fields["member"].required else [("", "Nobody yet")]
            self.fields["member"].choices = [*first, *members]  # type: ignore[attr-defined]  # has choices


class ItemForm(_OfMembers):
    part = forms.ChoiceField(
        label="Part of the plan", choices=[(key, one.label) for key, one in parts().items()]
    )
    what = forms.CharField(label="What is done", max_length=WHAT)
    detail = long("How, where it is written, what is agreed")
    member = forms.ChoiceField(label="Who carries it out", required=False)
    days_before = forms.IntegerField(
        label="Days before the last day by which it is done",
        initial=30,
        help_text="Below nought: after the last day.",
    )


class ChangeItemForm(ItemForm):
    part = None  # type: ignore[assignment]  # it stays in its part
    is_taken_out = forms.BooleanField(
        label="Take it out of the plan", required=False, help_text="Whatever else stands here."
    )


class PartForm(forms.Form):
    """A part of the plan still holds, or has nothing in it."""

    because = long(
        "Why there is nothing of the kind",
        help_text="Left empty, the part is checked: what it says still holds today.",
    )


class _WrittenOff(forms.Form):
    written_off_from = day("Written off from", required=False)
    months = forms.IntegerField(
        label="Over so many months", required=False, min_value=0, max_value=1200
    )


class CostForm(_WrittenOff):
    what = forms.CharField(label="What it is for", max_length=WHAT)
    low_gbp = _pounds("Least, in pounds")
    mode_gbp = _pounds("Most likely, in pounds")
    high_gbp = _pounds("Most, in pounds")

    def __init__(self, *args: Any, members: Choices = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.shared = tuple(key for key, _ in members)
        for key, name in members:
            self.fields[f"share.{key}"] = forms.DecimalField(
                label=f"Part that {name} bears, in per cent",
                required=False,
                max_digits=5,
                decimal_places=2,
                min_value=Decimal(0),
                max_value=Decimal(100),
                help_text="All parts make 100.",
            )
        self.order_fields(
            ["what", "low_gbp", "mode_gbp", "high_gbp", *(f"share.{key}" for key in self.shared)]
        )

    def shares(self) -> dict[str, Decimal]:
        held = self.cleaned_data
        return {key: (held[f"share.{key}"] or Decimal(0)) / 100 for key in self.shared}


class StakeForm(_OfMembers, _WrittenOff):
    member = forms.ChoiceField(label="Who has it at stake")
    what = forms.CharField(label="What it put in, or stands to lose", max_length=WHAT)
    gbp = _pounds("Amount, in pounds")
    evidence = forms.CharField(
        label="What shows it",
        required=False,
        max_length=SAID,
        help_text="Without evidence it does not count.",
    )
    field_order = ("member", "what", "gbp", "evidence", "written_off_from", "months")


class RehearsalForm(forms.Form):
    held_on = day("Held on")
    note = long("What was learnt")

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for check in rehearsal_checks():
            self.fields[f"passed.{check.key}"] = forms.ChoiceField(
                label=check.asks, choices=[("", "Choose"), ("yes", "Yes"), ("no", "No")]
            )
            self.fields[f"note.{check.key}"] = forms.CharField(
                label="What was missing, where it is no", required=False, max_length=500
            )

    def answers(self) -> dict[str, tuple[bool, str]]:
        held = self.cleaned_data
        return {
            check.key: (held[f"passed.{check.key}"] == "yes", held[f"note.{check.key}"])
            for check in rehearsal_checks()
        }


class EndForm(_OfMembers):
    ends_on = day("Its last day")
    why = forms.CharField(label="Why it ends", max_length=SAID)
    member = forms.ChoiceField(label="By whose leaving", required=False)


class CarryOutForm(forms.Form):
    """An item is done, with what shows it; or it is not needed, and why."""

    done_on = day("Done on", required=False)
    evidence = forms.CharField(label="What shows it", required=False, max_length=SAID)
    because = forms.CharField(
        label="Or why it is not needed after all", required=False, max_length=SAID
    )

    def clean(self) -> dict[str, Any]:
        held = super().clean() or {}
        if bool(held.get("done_on")) == bool(held.get("because")):
            self.add_error(
                "done_on",
                "Give the day on which it was done, or why it is not needed: one of both.",
            )
        return held
