"""Past statements are worked out again at the keyboard."""

import json

import pytest
from typer.testing import CliRunner

from moothall.agreements.commands import agreements
from moothall.agreements.models import Statement
from moothall.agreements.tests.lamps import SECOND, lamp_place

pytestmark = pytest.mark.django_db


def asked(*words):
    return CliRunner().invoke(agreements, ["rerun", *words])


def test_every_statement_or_those_asked_for_are_worked_out_again():
    place = lamp_place()
    place.stated(800, depots=2)
    place.stated(810, SECOND)
    whole = asked()
    assert whole.exit_code == 0
    assert whole.stdout.count("comes out the same to the byte.") == 2
    assert "2 worked out again; 0 do not hold." in whole.stderr
    one = asked("--agreement", str(place.agreement.pk), "--statement", "2", "--format", "json")
    assert json.loads(one.stdout)["statements"][0]["statement"] == 2


def test_one_that_does_not_hold_is_named_and_ends_with_3():
    place = lamp_place()
    made = place.stated(800, depots=2)
    Statement.objects.update(text=made.text.replace('"800"', '"801"', 1))
    answer = asked("--format", "json")
    assert answer.exit_code == 3
    assert json.loads(answer.stdout)["statements"][0]["holds"] is False
    assert "no longer comes out as it was stated" in answer.stderr
