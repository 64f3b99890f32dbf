"""Reading what was typed about a board: its rules, seats, meetings, votes, elections, deadlocks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from moothall.agreements.engine.matters import Decided
from moothall.agreements.engine.principles import SCORES
from moothall.agreements.engine.voting import Choice
from moothall.directory.models import DeclaredInterest
from moothall.values.wording import listed

Choices = Iterable[tuple[str, str]]
NOBODY = ("", "Nobody named")
LARGEST_FILE = 2_000_000
DECIDED = [(each.value, each.words.capitalize()) for each in Decided]
VOTES = [
    (each.value, word) for each, word in zip(Choice, ("For", "Against", "Abstain"), strict=True)
]


class DateInput(forms.DateInput):
    input_type = "date"


class DateTimeInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class ChoosingForm(forms.Form):
    """A form whose fields of choices are given what there is to choose, by the field's name."""

    def __init__(self, *args: Any, choices: Mapping[str, Choices] | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for name, given in (choices or {}).items():
            self.fields[name].choices = tuple(given)  # type: ignore[attr-defined]  # has choices


# ── setting up ───────────────────────────────────────────────────────────────────────────────

RULE_MOTION = (
    "Once the board has met, a change of its rules takes a motion that it carried. Name it here."
)


class RulesForm(ChoosingForm):
    """How a board decides, and what it does when it cannot."""

    method = forms.ChoiceField(label="How votes are counted")
    majority = forms.ChoiceField(label="An ordinary motion takes")
    reserved_majority = forms.ChoiceField(label="A reserved matter takes")
    change_majority = forms.ChoiceField(label="A change of the rules takes")
    quorum = forms.IntegerField(
        label="Quorum", min_value=0, max_value=500, help_text="How many must be there, of all."
    )
    chair_casts = forms.BooleanField(label="On a tie the chair has a casting vote", required=False)
    has_asset_lock = forms.TypedChoiceField(
        label="Asset lock",
        required=False,
        empty_value=None,
        coerce=lambda said: said == "yes",
        choices=[("", "It is no mutual"), ("yes", "It has one"), ("no", "It has none")],
    )
    officer_days = forms.IntegerField(
        label="In a deadlock, days for the officers", min_value=0, max_value=1000
    )
    chief_executive_days = forms.IntegerField(
        label="Days for the chief executives", min_value=0, max_value=1000
    )
    mediation_days = forms.IntegerField(label="Days for mediation", min_value=0, max_value=1000)
    expert_days = forms.IntegerField(label="Days for an expert", min_value=0, max_value=1000)
    last_step = forms.ChoiceField(
        label="The last step",
        choices=[("WIND_UP", "Winding up"), ("BUY_SELL", "One side buys or sells")],
    )


class NewBoardForm(RulesForm):
    name = forms.CharField(label="What the board is called", max_length=200)
    field_order = ("name",)


class ChangeRulesForm(RulesForm):
    motion = forms.ChoiceField(label="Carried by", required=False, help_text=RULE_MOTION)


class NumbersForm(ChoosingForm):
    """What a class counts for."""

    seats = forms.IntegerField(label="Seats", min_value=1, max_value=500)
    weight = forms.IntegerField(
        label="Weight",
        min_value=0,
        max_value=2_000_000_000,
        initial=1,
        help_text="What it counts for in an electoral college, or the shares it holds.",
    )
    quorum = forms.IntegerField(
        label="Quorum of its own",
        min_value=0,
        max_value=500,
        initial=0,
        help_text="How many of this class must be there, so that none meets alone.",
    )
    motion = forms.ChoiceField(label="Carried by", required=False, help_text=RULE_MOTION)


class ClassForm(NumbersForm):
    name = forms.CharField(label="Whose seats", max_length=120)
    is_public = forms.BooleanField(label="They are public bodies’ seats", required=False)
    is_elected = forms.BooleanField(label="Its members elect whoever sits", required=False)
    field_order = ("name",)


class ChangeClassForm(NumbersForm):
    seat_class = forms.ChoiceField(label="Which class")
    field_order = ("seat_class",)


class FillSeatForm(ChoosingForm):
    seat_class = forms.ChoiceField(label="In which class")
    person = forms.ChoiceField(
        label="Somebody who signs in here",
        required=False,
        help_text="They vote and declare their interests themselves.",
    )
    name = forms.CharField(
        label="Or somebody else’s name",
        required=False,
        max_length=120,
        help_text="You record their votes as they were given at the meeting.",
    )
    organisation = forms.ChoiceField(label="They sit for", required=False)
    is_chair = forms.BooleanField(label="They take the chair", required=False)
    starts_on = forms.DateField(label="From", widget=DateInput())


class EndSeatForm(ChoosingForm):
    seat = forms.ChoiceField(label="Whose seat")
    ends_before = forms.DateField(label="They hold it until the day before", widget=DateInput())


class MatterForm(ChoosingForm):
    matter = forms.ChoiceField(label="Kind of decision")
    decided = forms.ChoiceField(label="How it is taken", choices=DECIDED)


class ScoreForm(ChoosingForm):
    principle = forms.TypedChoiceField(label="Principle", coerce=int)
    score = forms.TypedChoiceField(
        label="How far it is met",
        coerce=int,
        choices=[(score, f"{score}: {words}") for score, words in SCORES.items()],
    )
    evidence = forms.CharField(
        label="Evidence",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The rule, minute, figure or document that shows it.",
    )


# ── meetings ─────────────────────────────────────────────────────────────────────────────────


class CallForm(ChoosingForm):
    held_at = forms.DateTimeField(label="When", widget=DateTimeInput())
    place = forms.CharField(label="Where", required=False, max_length=200)
    is_public = forms.BooleanField(
        label="Everybody may read its agenda, results and minutes", required=False
    )


class ItemForm(ChoosingForm):
    title = forms.CharField(label="What it is about", max_length=200)
    matter = forms.ChoiceField(
        label="Kind of decision",
        help_text="It says by what majority the board decides it, or that it cannot.",
    )
    paper = forms.CharField(
        label="What the board is told",
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class InterestForm(ChoosingForm):
    item = forms.ChoiceField(label="On which item")
    seat = forms.ChoiceField(label="Whose interest")
    kind = forms.ChoiceField(
        label="What kind",
        choices=[(x.value, x.label[:1].upper() + x.label[1:]) for x in DeclaredInterest.Kind],
    )
    what = forms.CharField(label="What it is", max_length=300)
    takes_part = forms.BooleanField(
        label="It does not keep them from taking part",
        required=False,
        help_text="Otherwise they have no vote on the item, and do not count for its quorum.",
    )


class MotionForm(ChoosingForm):
    item = forms.ChoiceField(label="Under which item")
    text = forms.CharField(
        label="That the board",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    mover = forms.ChoiceField(label="Moved by")
    seconder = forms.ChoiceField(label="Seconded by", required=False)
    owner = forms.ChoiceField(
        label="On whose own ground it falls, if on one body’s", required=False
    )


class AttendanceForm(ChoosingForm):
    seats = forms.MultipleChoiceField(
        label="Who is there", required=False, widget=forms.CheckboxSelectMultiple
    )


class MinutesForm(ChoosingForm):
    text = forms.CharField(
        label="Minutes", max_length=100_000, widget=forms.Textarea(attrs={"rows": 10})
    )


class VoteForm(ChoosingForm):
    seat = forms.ChoiceField(label="Whose vote")
    choice = forms.TypedChoiceField(
        label="Vote", coerce=Choice, choices=VOTES, widget=forms.RadioSelect
    )


class CastingForm(ChoosingForm):
    choice = forms.TypedChoiceField(
        label="Casting vote", coerce=Choice, choices=VOTES[:2], widget=forms.RadioSelect
    )


# ── elections and deadlocks ──────────────────────────────────────────────────────────────────


class CallElectionForm(ChoosingForm):
    seat_class = forms.ChoiceField(label="To the seats of")
    seats = forms.IntegerField(label="How many seats", min_value=1, max_value=500)
    electors = forms.IntegerField(label="How many may vote", min_value=1, max_value=2_000_000_000)
    closes_on = forms.DateField(label="Votes are counted from", widget=DateInput())


class NomineeForm(ChoosingForm):
    name = forms.CharField(label="Name", max_length=120)
    statement = forms.CharField(
        label="What they say for themselves",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class SeatThemForm(ChoosingForm):
    starts_on = forms.DateField(
        label="They sit from",
        widget=DateInput(),
        help_text="End the seats of those they follow first.",
    )


class PapersForm(ChoosingForm):
    text = forms.CharField(
        label="Papers",
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=(
            "A line for each way of voting: how many papers, then the names in order of "
            "preference. For example: 12, Ann Ashe, Bob Birch"
        ),
    )
    file = forms.FileField(label="Or a CSV file of such lines", required=False)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        file = said.get("file")
        if file is not None:
            if file.size > LARGEST_FILE:
                raise forms.ValidationError("This file is too large. Enter the papers in parts.")
            try:
                said["text"] = file.read().decode("utf-8-sig")
            except UnicodeDecodeError:
                raise forms.ValidationError(
                    "This file is not text. Save it as UTF-8 and choose it again."
                ) from None
        if not said.get("text", "").strip():
            raise forms.ValidationError("Type the papers, or choose a file with them.")
        return said


class BallotForm(ChoosingForm):
    """A paper: a place for each candidate, or none."""

    def __init__(
        self, *args: Any, candidates: Iterable[tuple[int, str, str]] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.candidates = {key: name for key, name, _said in candidates}
        places = [(0, "No preference"), (1, "1, the first preference")]
        places += [(n, str(n)) for n in range(2, len(self.candidates) + 1)]
        for key, name, said in candidates:
            self.fields[f"place.{key}"] = forms.TypedChoiceField(
                label=name, choices=places, coerce=int, help_text=said
            )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        at: dict[int, list[int]] = {}
        for key in self.candidates:
            if place := said.get(f"place.{key}"):
                at.setdefault(place, []).append(key)
        if not at:
            raise forms.ValidationError("Give at least one candidate a place: 1 for the first.")
        for place in range(1, max(at) + 1):
            names = [self.candidates[key] for key in at.get(place, ())]
            if not names:
                raise forms.ValidationError(
                    f"Nobody has place {place}, and somebody has place {max(at)}. Leave none out."
                )
            if len(names) > 1:
                raise forms.ValidationError(
                    f"{listed(names)} all have place {place}. Give each a place of their own."
                    if len(names) > 2
                    else f"{listed(names)} both have place {place}. Give each one of their own."
                )
        return {"preferences": tuple(at[place][0] for place in sorted(at))}


class RollForm(ChoosingForm):
    emails = forms.CharField(
        label="Their e-mail addresses, one a line",
        required=False,
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Those with which they sign in here.",
    )
    who_sits = forms.BooleanField(
        label="Also whoever sits on this board today and signs in here", required=False
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        emails = dict.fromkeys(line.strip() for line in said.get("emails", "").splitlines())
        said["emails"] = [email for email in emails if email]
        if not (said["emails"] or said.get("who_sits")):
            raise forms.ValidationError("Say who: give an address, or tick the box.")
        return said


class OffRollForm(ChoosingForm):
    elector = forms.ChoiceField(label="Who is taken off, and votes on paper or not at all")


class DeadlockForm(ChoosingForm):
    about = forms.CharField(label="What the board cannot agree on", max_length=300)


class ClimbForm(ChoosingForm):
    move = forms.ChoiceField(label="What is done", widget=forms.RadioSelect)
    note = forms.CharField(
        label="What came of the step", max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
    all_agree = forms.BooleanField(
        label="Every side agrees to go on before its days are over", required=False
    )


class NothingForm(ChoosingForm):
    """A deed that asks nothing more."""
