"""What someone fills in about an agreement's record, its members, and what is withheld."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms

from moothall.agreements.engine.kinds import UNKNOWN, kinds
from moothall.agreements.engine.life import LIFE
from moothall.agreements.models import Agreement, Member, Withholding
from moothall.directory.models import Organisation

LARGEST_VALUE = Decimal(10**13)


def kind_choices() -> list[tuple[str, str]]:
    return [(kind.key, kind.label) for kind in kinds().values()]


def _day(label: str, **more: Any) -> forms.DateField:
    return forms.DateField(
        label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}), **more
    )


def _text(label: str, name: str, **more: Any) -> forms.CharField:
    longest = getattr(Agreement._meta.get_field(name), "max_length", None)
    return forms.CharField(label=label, required=False, max_length=longest, **more)


def _long(label: str, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        **more,
    )


class AgreementFilter(forms.Form):
    """Which agreements: everything given must hold."""

    is_search = True

    words = forms.CharField(
        label="Words in its name, purpose or members", required=False, max_length=100
    )
    kind = forms.ChoiceField(label="Kind", required=False)
    state = forms.ChoiceField(
        label="Where it stands",
        required=False,
        choices=[
            ("", "Anywhere"),
            ("running", "Running"),
            *((state.key, state.words.capitalize()) for state in LIFE.states),
        ],
    )
    member = forms.ChoiceField(label="A member is", required=False)
    sector = forms.ChoiceField(
        label="A member’s sector is",
        required=False,
        choices=[
            ("", "Any"),
            *((key, said.capitalize()) for key, said in Organisation.Kind.choices),
        ],
    )
    place = forms.CharField(label="It acts in", required=False, max_length=100)
    ends_within = forms.ChoiceField(
        label="It ends within",
        required=False,
        choices=[("", "Any time"), *((str(each), f"{each} months") for each in (6, 12, 18))],
    )

    lacks = forms.ChoiceField(
        label="Its record lacks",
        required=False,
        choices=[("", "Something or nothing"), ("yes", "Something")],
    )

    def __init__(self, *args: Any, bodies: Iterable[tuple[str, str]] = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", "Every kind"), *kind_choices()]  # type: ignore[attr-defined]  # has choices
        self.fields["member"].choices = [("", "Any body"), *bodies]  # type: ignore[attr-defined]  # has choices


class AgreementForm(forms.Form):
    """What the register says of an agreement."""

    name = forms.CharField(label="Name", max_length=Agreement._meta.get_field("name").max_length)
    kind = forms.ChoiceField(label="Kind")
    role = forms.ChoiceField(label="Your body’s part in it", required=False)
    reference = _text(
        "Your own reference", "reference", help_text="As your contracts register has it."
    )
    purpose = _long("What it is for")
    outcomes = _long("Outcomes it is to bring", help_text="One to a line.")
    area = _text("Where it acts", "area")
    power = _text(
        "Legal power it rests on",
        "power",
        help_text="Its Act and section. Left empty, it is listed as missing.",
    )
    answers_to = _text(
        "Who it answers to", "answers_to", help_text="A cabinet, a board, a committee."
    )
    starts_on = _day("First day")
    ends_before = _day("Ends before", help_text="The day after its last day.")
    review_on = _day("To be reviewed on")
    notice_months = forms.IntegerField(
        label="Months of notice to leave it", required=False, min_value=0, max_value=600
    )
    leaving_terms = _long("How a member leaves, and what that costs")
    value_gbp = forms.DecimalField(
        label="Value at award, in pounds",
        required=False,
        max_digits=15,
        decimal_places=2,
        min_value=Decimal(0),
        help_text="Over its whole life, without VAT.",
    )
    regime = forms.ChoiceField(
        label="Procurement law that governs it",
        required=False,
        choices=[("", "Not recorded"), *Agreement.Regime.choices],
        help_text="The law under which it was bought also says how it may be changed.",
    )
    regime_began_on = _day("Its procurement commenced on")
    prevails = forms.ChoiceField(
        label="Where the two differ, what prevails",
        required=False,
        choices=[
            ("", "Not said"),
            *((key, said.capitalize()) for key, said in Agreement.Prevails.choices),
        ],
    )
    is_public = forms.BooleanField(
        label="Everybody may read it",
        required=False,
        help_text="What must be kept back can be withheld part by part, with a reason.",
    )

    def __init__(self, *args: Any, is_new: bool = False, **kwargs: Any):
        super().__init__(*args, **kwargs)
        known = [each for each in kind_choices() if not (is_new and each[0] == UNKNOWN)]
        self.fields["kind"].choices = [("", "Choose one"), *known]  # type: ignore[attr-defined]  # has choices
        if is_new:
            self.fields["role"].choices = [  # type: ignore[attr-defined]  # has choices
                ("", "None: it only keeps the record"),
                *((key, said.capitalize()) for key, said in Member.Role.choices),
            ]
        else:
            del self.fields["role"]

    def said(self) -> dict[str, Any]:
        """What was filled in, as the register takes it."""
        held = dict(self.cleaned_data)
        value = held.pop("value_gbp")
        return held | {"value_pence": None if value is None else int(value * 100)}


class MemberForm(forms.Form):
    """A body's part in an agreement."""

    organisation = forms.ChoiceField(label="Body")
    role = forms.ChoiceField(
        label="Its part",
        choices=[
            ("", "Choose one"),
            *((key, said.capitalize()) for key, said in Member.Role.choices),
        ],
    )
    party = forms.ChoiceField(label="It is this party of the deal", required=False)
    gets = forms.CharField(
        label="What is in it for that body",
        required=False,
        max_length=Member._meta.get_field("gets").max_length,
    )
    joined_on = _day("Member since")

    def __init__(
        self,
        *args: Any,
        bodies: Iterable[tuple[str, str]] | None = None,
        parties: Iterable[tuple[str, str]] = (),
        **kwargs: Any,
    ):
        super().__init__(*args, **kwargs)
        self.fields["party"].choices = [("", "None of them"), *parties]  # type: ignore[attr-defined]  # has choices
        if bodies is None:
            del self.fields["organisation"]
        else:
            self.fields["organisation"].choices = [("", "Choose one"), *bodies]  # type: ignore[attr-defined]  # has choices


def _needed_day(label: str, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}), **more)


def _because(label: str) -> forms.CharField:
    longest = Member._meta.get_field("leaving_because").max_length
    return forms.CharField(label=label, required=False, max_length=longest)


class NoticeForm(forms.Form):
    """That a member gives notice."""

    notice_on = _needed_day("Notice given on")
    leaves_on = _needed_day("Last day as a member")
    why = _because("Why less notice than the agreement asks for is enough")


class StaysForm(forms.Form):
    why = forms.CharField(label="Why it stays", max_length=300)


class HasLeftForm(forms.Form):
    """That a member has left. heirs: who may take over what it leaves behind, if anything."""

    left_on = _needed_day("Last day as a member")
    heir = forms.ChoiceField(label="Who takes over its promises and its part of the exit plan")
    why = _because("Why less notice than the agreement asks for was enough")

    def __init__(self, *args: Any, heirs: Iterable[tuple[str, str]] = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        choices = list(heirs)
        self.fields["heir"].choices = [("", "Choose one"), *choices]  # type: ignore[attr-defined]  # has choices
        if not choices:
            self.fields["heir"].required = False
            self.fields["heir"].widget = forms.HiddenInput()


class WithholdForm(forms.Form):
    """What is kept from the public."""

    part = forms.ChoiceField(label="What is withheld")
    why = forms.CharField(
        label="Why",
        max_length=Withholding._meta.get_field("why").max_length,
        help_text="Everybody reads this in its place.",
    )
    review_on = forms.DateField(
        label="Asked again on", widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, *args: Any, parts: Iterable[tuple[str, str]] = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["part"].choices = [("", "Choose one"), *((k, w.capitalize()) for k, w in parts)]  # type: ignore[attr-defined]  # has choices
