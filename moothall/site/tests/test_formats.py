"""A day that is known stands in its field as a browser shows it, and is read as people type it."""

from datetime import date

import pytest
from django import forms


class DayForm(forms.Form):
    day = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}))


def test_a_day_that_is_known_is_shown_by_a_browser_and_so_sent_back():
    assert 'value="2026-10-01"' in str(DayForm(initial={"day": date(2026, 10, 1)})["day"])


@pytest.mark.parametrize("typed", ["2026-10-01", "01/10/2026", "1 October 2026"])
def test_a_day_is_read_however_it_is_typed(typed):
    form = DayForm({"day": typed})
    assert form.is_valid()
    assert form.cleaned_data["day"] == date(2026, 10, 1)
