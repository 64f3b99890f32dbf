from django.apps import AppConfig
from django.db.models import Q


class DirectoryConfig(AppConfig):
    name = "moothall.directory"
    label = "directory"

    def ready(self) -> None:
        from moothall.core.ownership import Owned, register, register_farewell
        from moothall.directory.actions import part_with_people
        from moothall.directory.models import RoleHeld

        register(
            Owned("directory.Organisation", "id"),
            Owned("directory.AlternativeName", "organisation_id"),
            Owned(
                "directory.Succession",
                lambda body_id: Q(predecessor_id=body_id) | Q(successor_id=body_id),
            ),
            Owned("directory.RoleHeld", "organisation_id"),
            Owned("directory.DeclaredInterest", "organisation_id"),
            Owned(
                "directory.Person",
                lambda body_id: Q(
                    pk__in=RoleHeld.objects.filter(organisation=body_id).values("person")
                ),
                kept=True,  # who has a role elsewhere stays; the others leave with the body
                left_out=frozenset({"password"}),
            ),
        )
        register_farewell(part_with_people)
