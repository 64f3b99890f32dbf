"""Reading what was typed about people, roles and interests."""

from typing import Any

from django import forms

from moothall.directory.engine.roles import Role
from moothall.directory.models import DeclaredInterest


class RoleForm(forms.Form):
    """Someone, a role, and from when until when."""

    email = forms.EmailField(
        label="E-mail address", help_text="Someone new is invited at this address."
    )
    name = forms.CharField(
        label="Name", max_length=120, required=False, help_text="Only for someone new."
    )
    role = forms.TypedChoiceField(
        label="Role",
        coerce=Role,
        choices=[("", "Choose a role"), *((role.value, role.words) for role in Role)],
    )
    starts_on = forms.DateField(label="From", widget=forms.DateInput(attrs={"type": "date"}))
    last_day = forms.DateField(
        label="Last day",
        required=False,
        help_text="Leave blank while no end is known.",
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    deputy_for = forms.TypedChoiceField(
        label="Deputy for",
        coerce=int,
        empty_value=None,
        required=False,
        help_text="Whom they stand in for, in the same role.",
    )

    def __init__(self, *args: Any, holders: tuple[tuple[int, str], ...] = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["deputy_for"].choices = [("", "Nobody"), *holders]  # type: ignore[attr-defined]  # has choices


class InterestForm(forms.Form):
    """An interest of the person who signs in."""

    body = forms.ChoiceField(label="Declared to")
    kind = forms.ChoiceField(label="Heading", choices=DeclaredInterest.Kind)
    what = forms.CharField(
        label="What it is",
        max_length=300,
        help_text="The employer, the land, the company: so that a reader knows which.",
    )
    is_sensitive = forms.BooleanField(
        label="The monitoring officer agrees that it is sensitive: the public sees no details",
        required=False,
    )

    def __init__(self, *args: Any, bodies: tuple[tuple[str, str], ...] = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["body"].choices = bodies  # type: ignore[attr-defined]  # has choices
