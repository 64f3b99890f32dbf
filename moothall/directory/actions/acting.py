"""Who acts, and on what authority?"""

from datetime import date

from moothall.core.permissions import Viewer
from moothall.directory.engine.roles import Deed, roles_that_may
from moothall.directory.models import Organisation, Person

# Below and in every deed here `by` is the person who acts, or None for the operator at the
# keyboard, who holds the files and the books in any case.


def asker(by: Person | None) -> Person | Viewer:
    return by if by is not None else Viewer.operator()


def authority(by: Person | None, deed: Deed, body: Organisation, *, on: date) -> str:
    """The role that allows the deed, and the body where it is held: 'finance_officer:3'."""
    if by is None:
        return "operator"
    held = set(by.roles.filter(organisation=body).in_force(on).values_list("role", flat=True))
    role = next(role for role in roles_that_may(deed) if role.value in held)
    return f"{role.value.lower()}:{body.pk}"
