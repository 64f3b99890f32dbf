"""What someone fills in of the health check."""

from typing import Any

from django import forms

from moothall.agreements.engine.health import Answer, questions
from moothall.agreements.models import HealthAnswer


class HealthForm(forms.Form):
    """An answer and its evidence to each question; one left at "not answered" changes nothing."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for key, each in questions().items():
            self.fields[f"{key}.answer"] = forms.ChoiceField(
                label=each.asks,
                required=False,
                choices=[
                    ("", "Not answered"),
                    *((answer.value, answer.words.capitalize()) for answer in Answer),
                ],
            )
            self.fields[f"{key}.evidence"] = forms.CharField(
                label="What shows it",
                required=False,
                help_text=each.evidence,
                max_length=HealthAnswer._meta.get_field("evidence").max_length,
            )

    def answered(self) -> list[tuple[str, str, str]]:
        """(question, answer, evidence) of each that is answered."""
        said = self.cleaned_data
        return [
            (key, said[f"{key}.answer"], said[f"{key}.evidence"])
            for key in questions()
            if said[f"{key}.answer"]
        ]
