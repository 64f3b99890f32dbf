"""Every table that leads to a body, or to a person, is spoken for when that body leaves."""

from django.apps import apps
from django.db import models

from moothall.core import ownership
from moothall.directory.models import Organisation
from moothall.spend.actions.purging import REGISTERS, free_columns

NOBODYS = {
    "core.AuditHead": "one row for the whole log",
    "core.LakeGeneration": "a state of the whole lake",
    "core.WorkerHeard": "the service's own",
    "core.JobKey": "the service's own",
    "places.Area": "public geography",
    "places.Place": "the place of the whole installation",
    "places.LocalPostcode": "the place of the whole installation",
    "spend.Register": "a public register, of nobody here",
    "spend.RegisterAside": "a public register, of nobody here",
    "spend.RegisterEntry": "a public register, of nobody here",
}

# Tables of nobody's in which no text was ever published by a body, so that no purge looks there.
NOT_PUBLISHED = {
    "core.AuditHead": "a hash",
    "core.LakeGeneration": "the deed's name",
    "core.JobKey": "identifiers",
    "places.Area": "names of areas",
    "places.Place": "the place's name",
    "places.LocalPostcode": "a postcode district",
}


def ours() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("moothall.")]


def test_every_table_is_a_bodys_or_is_said_to_be_nobodys():
    spoken_for = {each.model.lower() for each in ownership.owned()}
    spoken_for |= {label.lower() for label in NOBODYS}
    silent = [model._meta.label for model in ours() if model._meta.label_lower not in spoken_for]
    assert not silent, (
        f"{silent} would stay behind when a body is removed, and be missing from its export. "
        "Register each in its slice's apps.py with core.ownership.register(Owned(...)), or add it "
        "to NOBODYS with the reason."
    )


def test_nothing_said_to_be_nobodys_leads_to_a_body():
    for label in NOBODYS:
        fields = apps.get_model(label)._meta.get_fields()
        assert "body_id" not in {field.name for field in fields}, label
        assert Organisation not in {
            field.related_model for field in fields if not field.auto_created
        }, label


def test_a_purge_reaches_every_table_of_nobodys_that_holds_text():
    silent = {
        label
        for label in NOBODYS
        if (model := apps.get_model(label)) not in REGISTERS and free_columns(model)
    }
    assert silent == set(NOT_PUBLISHED), (
        "Have moothall/spend/actions/purging.py look through the table too, or add it to "
        "NOT_PUBLISHED with what its text is."
    )


def test_a_passwords_hash_is_never_exported():
    (people,) = [each for each in ownership.owned() if each.model == "directory.Person"]
    assert "password" in people.left_out
