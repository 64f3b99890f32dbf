"""Who is looking, at whose rows, and what does each address of the site ask of them?"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Any

from attrs import frozen
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase


@frozen
class Viewer:
    """Whose rows a reader may see. The public is `Viewer()`."""

    person_id: int | None = None
    bodies_read: frozenset[int] = frozenset()  # bodies whose every line this person may read
    reads_all: bool = False  # the operator at the command line, who holds the files anyway
    roles: tuple[tuple[str, int], ...] = ()  # each role held today, and the body where it is held
    deeds: frozenset[tuple[str, int]] = frozenset()  # what those roles allow, and at which body

    @classmethod
    def operator(cls) -> Viewer:
        return cls(reads_all=True)

    @property
    def is_public(self) -> bool:
        return self.person_id is None and not self.reads_all

    def reads(self, body_id: int) -> bool:
        return self.reads_all or body_id in self.bodies_read

    def holds(self, deed: str, on: int) -> bool:
        """Whether a role held at the body `on` allows `deed`."""
        return (deed, on) in self.deeds


PUBLIC = Viewer()


class Door(StrEnum):
    """How far an address is open."""

    PUBLIC = "PUBLIC"
    SIGNED_IN = "SIGNED_IN"
    DEED = "DEED"  # whoever holds a role that allows the deed at the body concerned


@frozen
class Needs:
    """What an address asks of whoever comes to it."""

    door: Door
    deed: str | None = None

    def __str__(self) -> str:
        return self.deed or self.door.value


class UnregisteredRoute(LookupError):
    """An address that says nothing of whom it is for."""


View = Callable[..., HttpResponseBase]


def route(
    *, public: bool = False, signed_in: bool = False, deed: str | None = None
) -> Callable[[View], View]:
    """Put a view in the register of routes: exactly one of public, signed_in or deed.

    Whoever has not signed in is sent to do so, unless the route is public. For a deed, the view
    itself asks the permission function, which knows the body and has the sentence; a test then
    comes to every route as each role and holds the view to what is declared here.
    """
    if [public, signed_in, deed is not None].count(True) != 1:
        raise ValueError(
            "A route is public, for anyone signed in, or for one deed. Give exactly one of them."
        )
    door = Door.PUBLIC if public else Door.SIGNED_IN if signed_in else Door.DEED
    needs = Needs(door, None if deed is None else str(deed))

    def registered(view: View) -> View:
        @wraps(view)
        def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if needs.door is not Door.PUBLIC and not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            return view(request, *args, **kwargs)

        asked.needs = needs  # type: ignore[attr-defined]  # read by needs_of
        return asked

    return registered


def needs_of(name: str, view: View, listed: dict[str, Needs]) -> Needs:
    """What the route called `name` needs: from its view, or from the list of libraries' routes.

    :raises UnregisteredRoute: when neither says so.
    """
    held = getattr(view, "needs", None) or listed.get(name)
    if held is None:
        raise UnregisteredRoute(
            f"The route {name} is not in the register. Put @route(public=True), "
            "@route(signed_in=True) or @route(deed=...) on its view; list a library's route in "
            "moothall/site/routes.py."
        )
    return held
