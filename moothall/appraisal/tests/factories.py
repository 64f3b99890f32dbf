"""An appraisal that a body keeps, for tests."""

from django.utils import timezone

from moothall.appraisal.actions.appraising import begin_appraisal
from moothall.appraisal.models import Appraisal
from moothall.appraisal.tests.files import text_of
from moothall.directory.engine.roles import Role
from moothall.directory.models import Organisation, Person
from moothall.directory.tests.factories import PersonFactory, RoleHeldFactory


def commissioner(body: Organisation) -> Person:
    person = PersonFactory()
    RoleHeldFactory(person=person, organisation=body, role=Role.COMMISSIONER.value)
    return person


def appraisal_of(body: Organisation, by: Person, name: str = "leisure") -> Appraisal:
    return begin_appraisal(
        body=body, name=name.capitalize(), by=by, at=timezone.now(), text=text_of(name)
    )
