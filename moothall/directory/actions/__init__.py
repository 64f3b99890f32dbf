"""The deeds of the directory: about bodies, people, the roles they hold, and interests."""

from moothall.directory.actions.bodies import (
    CannotAddBody,
    CannotRecordSuccession,
    CannotRemoveBody,
    add_body,
    export_body,
    record_succession,
    remove_body,
)
from moothall.directory.actions.interests import (
    CannotDeclareInterest,
    declare_interest,
    end_interest,
)
from moothall.directory.actions.people import (
    SEALED,
    CannotInvitePerson,
    Invitation,
    add_to_body,
    invite_person,
    note_person,
    part_with_people,
    reseal_second_factors,
    send_invitation,
)
from moothall.directory.actions.roles import (
    CannotEndRole,
    CannotGrantRole,
    end_role,
    grant_role,
)

__all__ = [
    "SEALED",
    "CannotAddBody",
    "CannotDeclareInterest",
    "CannotEndRole",
    "CannotGrantRole",
    "CannotInvitePerson",
    "CannotRecordSuccession",
    "CannotRemoveBody",
    "Invitation",
    "add_body",
    "add_to_body",
    "declare_interest",
    "end_interest",
    "end_role",
    "export_body",
    "grant_role",
    "invite_person",
    "note_person",
    "part_with_people",
    "record_succession",
    "remove_body",
    "reseal_second_factors",
    "send_invitation",
]
