"""What is wrong on a page, and what came of it?"""

from django import forms


class ErrorReportForm(forms.Form):
    """What anyone may write, without signing in."""

    said = forms.CharField(
        label="What is wrong on this page?",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="For example: two firms are shown as one, or this is a private person.",
    )
    email = forms.EmailField(
        label="Your e-mail address",
        required=False,
        help_text="Only if you want an answer. It is used for nothing else.",
    )


class AnswerForm(forms.Form):
    """What the body's officer found and did."""

    answer = forms.CharField(
        label="What was found and done", max_length=2000, widget=forms.Textarea(attrs={"rows": 5})
    )
