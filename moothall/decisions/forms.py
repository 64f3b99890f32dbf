"""Reading what was typed about decisions: a search, a new one, and what is exempt of it."""

from typing import Any

from django import forms

from moothall.decisions.models import LONGEST_AUTHORITY, LONGEST_WHAT
from moothall.directory.models import ExemptUnder

PARAGRAPHS = [(str(each.value), each.words[:1].upper() + each.words[1:]) for each in ExemptUnder]
NOT_EXEMPT = ("", "Not exempt: everybody reads it")
IN_THE_PUBLIC_INTEREST = (
    "Why, in all the circumstances, the public interest in keeping it outweighs the public "
    "interest in disclosing it. Everybody reads this: say nothing in it that is itself exempt."
)


def _paragraph(value: str) -> ExemptUnder:
    return ExemptUnder(int(value))


class DecisionFilter(forms.Form):
    """Which decisions: everything given must hold."""

    is_search = True

    words = forms.CharField(label="Words", required=False, max_length=100)
    body = forms.ChoiceField(label="Body", required=False)
    kept = forms.ChoiceField(
        label="Exempt or not",
        required=False,
        choices=[("", "All"), ("open", "Read by everybody"), ("exempt", "Exempt")],
    )

    def __init__(self, *args: Any, bodies: tuple[tuple[str, str], ...] = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["body"].choices = [("", "Every body"), *bodies]  # type: ignore[attr-defined]  # has choices


class DecisionForm(forms.Form):
    """A decision, and whether it is kept from the public from the start."""

    what = forms.CharField(label="What was decided", max_length=LONGEST_WHAT)
    why = forms.CharField(label="Why", widget=forms.Textarea(attrs={"rows": 5}))
    authority = forms.CharField(
        label="On whose authority",
        max_length=LONGEST_AUTHORITY,
        help_text=(
            "The minute, delegation or role that it rests on, such as “Minute 14, Cabinet, 3 May "
            "2026”. Everybody reads this, also when the rest is exempt."
        ),
    )
    exempt_under = forms.TypedChoiceField(
        label="Exempt under Schedule 12A of the Local Government Act 1972",
        required=False,
        coerce=_paragraph,
        empty_value=None,
        choices=[NOT_EXEMPT, *PARAGRAPHS],
        help_text=(
            "The schedule is for councils and the bodies to which the Act applies it. "
            "Not legal advice."
        ),
    )
    why_exempt = forms.CharField(
        label="If it is exempt, why",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=IN_THE_PUBLIC_INTEREST,
    )


class ExemptForm(forms.Form):
    """The paragraph under which a decision is exempt, and why."""

    paragraph = forms.TypedChoiceField(
        label="Paragraph of Schedule 12A",
        coerce=_paragraph,
        choices=PARAGRAPHS,
        widget=forms.RadioSelect,
    )
    why = forms.CharField(
        label="Why", widget=forms.Textarea(attrs={"rows": 3}), help_text=IN_THE_PUBLIC_INTEREST
    )
