"""People and bodies by the keyboard."""

import json

import pytest
from typer.testing import CliRunner

from moothall.directory.commands import body, people
from moothall.directory.models import Organisation, Person, RoleHeld

pytestmark = pytest.mark.django_db


def run(app, *words: str):
    return CliRunner().invoke(app, [*words])


def test_a_first_body_and_its_administrator_are_two_commands():
    assert run(body, "add", "Norbury", "--gss-code", "E07000999").exit_code == 0
    added = run(
        people,
        *("add", "ada@example.org", "--name", "Ada"),
        *("--body", "norbury", "--role", "system administrator"),
    )
    assert added.exit_code == 0
    assert added.stdout.strip().startswith("/account/password/reset/key/")
    listed = json.loads(run(people, "roles", "--body", "Norbury", "--format", "json").stdout)
    assert [(row["person"], row["role"]) for row in listed["rows"]] == [
        ("Ada", "system administrator")
    ]


def test_a_refusal_leaves_with_4_and_changes_nothing():
    Organisation.objects.create(name="Norbury", slug="norbury")
    again = run(body, "add", "Norbury")
    assert again.exit_code == 4
    assert again.stdout == ""
    assert "There is already a body called Norbury" in again.stderr
    lost = run(
        people,
        *("add", "ada@example.org", "--name", "Ada", "--body", "Nowhere", "--role", "provider"),
    )
    assert lost.exit_code == 4
    assert not Person.objects.exists()


def test_a_role_that_is_none_is_usage():
    Organisation.objects.create(name="Norbury", slug="norbury")
    Person.objects.create_user("ada@example.org", name="Ada")
    wrong = run(people, "grant", "ada@example.org", "king", "--body", "norbury")
    assert wrong.exit_code == 2
    half = run(people, "add", "b@example.org", "--name", "B", "--body", "norbury")
    assert half.exit_code == 2


def test_a_role_is_given_deputised_and_ended():
    Organisation.objects.create(name="Norbury", slug="norbury")
    for email in ("ada@example.org", "bo@example.org"):
        Person.objects.create_user(email, name=email[:2])
    given = ("--body", "norbury", "--from", "2020-04-01")
    assert run(people, "grant", "ada@example.org", "finance officer", *given).exit_code == 0
    principal = RoleHeld.objects.get()
    deputy = ("--deputy-for", str(principal.pk), "--until", "2999-04-01")
    assert run(people, "grant", "bo@example.org", "finance-officer", *given, *deputy).exit_code == 0
    listed = run(people, "roles", "--format", "csv").stdout.splitlines()
    assert len(listed) == 3
    assert run(people, "end", str(principal.pk)).exit_code == 0
    assert run(people, "roles", "--format", "csv").stdout == ""
    missing = run(people, "end", "99")
    assert (missing.exit_code, "No role has the number 99" in missing.stderr) == (4, True)
    unknown = run(people, "grant", "cy@example.org", "provider", "--body", "norbury")
    assert "Nobody signs in with cy@example.org. Invite them first" in unknown.stderr


def test_empty_lists_say_what_to_do():
    assert "`moothall body add NAME` adds one" in run(body, "list").stderr
    assert "`moothall people grant` gives one" in run(people, "roles").stderr
    Organisation.objects.create(name="Norbury", slug="norbury")
    assert "Norbury" in run(body, "list").stdout


def test_a_succession_is_recorded_in_shares():
    for name in ("Old County", "East", "West"):
        run(body, "add", name)
    shares = ("--to", "East=0.432", "--to", "West=0.568", "--on", "2023-04-01")
    assert run(body, "succeed", "Old County", *shares).exit_code == 0
    assert str(Organisation.objects.get(name="Old County").ended_on) == "2023-03-31"
    again = run(body, "succeed", "Old County", *shares)
    assert (again.exit_code, "add up to 2" in again.stderr) == (4, True)
    wrong = run(body, "succeed", "Old County", "--to", "East", "--on", "2023-04-01")
    assert wrong.exit_code in {2, 4}
    half = run(body, "succeed", "Old County", "--to", "East=half", "--on", "2023-04-01")
    assert half.exit_code == 2
