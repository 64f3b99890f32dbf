"""Who sits in which agreement, and which of those agreements do much the same?"""

from __future__ import annotations

from attrs import frozen

from moothall.agreements.engine.life import RUNNING
from moothall.agreements.engine.overlaps import Overlap, Partnership, groups, overlaps
from moothall.agreements.models import Agreement, Member
from moothall.agreements.queries.register import agreements_read
from moothall.core.permissions import Viewer
from moothall.values.wording import listed, number_of

MOST_COLUMNS = 24


@frozen
class Matrix:
    """Bodies down, agreements across.

    agreements : (number, name), those with the most members first
    rows       : (body, its address, its sector, its part in each agreement or '')
    left_out   : how many agreements did not fit on a page
    """

    agreements: tuple[tuple[int, str], ...]
    rows: tuple[tuple[str, str, str, tuple[str, ...]], ...]
    left_out: int


@frozen
class OverlapRow:
    first: tuple[int, str]
    second: tuple[int, str]
    members: tuple[str, ...]
    outcomes: tuple[str, ...]
    area: str
    ways: int

    @property
    def said(self) -> str:
        same = [
            number_of(len(self.members), "member") if self.members else "",
            number_of(len(self.outcomes), "outcome") if self.outcomes else "",
            "the place" if self.area else "",
        ]
        return listed(filter(None, same))

    def as_json(self) -> dict[str, object]:
        return {
            "first": {"id": self.first[0], "name": self.first[1]},
            "second": {"id": self.second[0], "name": self.second[1]},
            "members": list(self.members),
            "outcomes": list(self.outcomes),
            "area": self.area,
        }


@frozen
class OverlapsPage:
    """compared: how many agreements were compared. groups: names of those that hang together."""

    compared: int
    rows: tuple[OverlapRow, ...]
    groups: tuple[tuple[str, ...], ...]


def matrix(viewer: Viewer, *, most: int | None = MOST_COLUMNS) -> Matrix:
    """Who sits in which running agreement that this reader reads."""
    held = _running(viewer)
    shown = sorted(held, key=lambda each: (-len(_members(each)), each.name, each.pk))[:most]
    bodies = {part.organisation_id: part.organisation for each in shown for part in _members(each)}
    parts = {
        (part.organisation_id, each.pk): part.get_role_display()
        for each in shown
        for part in _members(each)
    }
    seats = {key: sum((key, each.pk) in parts for each in shown) for key in bodies}
    order = sorted(bodies.values(), key=lambda body: (-seats[body.pk], body.name))
    return Matrix(
        agreements=tuple((each.pk, each.name) for each in shown),
        rows=tuple(
            (
                body.name,
                body.slug,
                body.get_kind_display(),
                tuple(parts.get((body.pk, each.pk), "") for each in shown),
            )
            for body in order
        ),
        left_out=len(held) - len(shown),
    )


def overlaps_page(viewer: Viewer) -> OverlapsPage:
    """Which running agreements that this reader reads have members, outcomes or place in common."""
    held = _running(viewer)
    names = {
        part.organisation_id: part.organisation.name for each in held for part in _members(each)
    }
    found = overlaps([_partnership(each) for each in held])
    called = {each.pk: each.name for each in held}
    return OverlapsPage(
        compared=len(held),
        rows=tuple(_row(each, names) for each in found),
        groups=tuple(tuple(sorted(called[key] for key in group)) for group in groups(found)),
    )


def _running(viewer: Viewer) -> list[Agreement]:
    held = agreements_read(viewer).filter(state__in=RUNNING).order_by("name", "pk")
    return list(held.prefetch_related("members__organisation"))


def _members(agreement: Agreement) -> list[Member]:
    return [part for part in agreement.members.all() if part.left_on is None]


def _partnership(agreement: Agreement) -> Partnership:
    return Partnership(
        id=agreement.pk,
        name=agreement.name,
        members=frozenset(part.organisation_id for part in _members(agreement)),
        outcomes=tuple(line.strip() for line in agreement.outcomes.splitlines() if line.strip()),
        area=agreement.area.strip(),
    )


def _row(each: Overlap, names: dict[int, str]) -> OverlapRow:
    return OverlapRow(
        first=(each.first.id, each.first.name),
        second=(each.second.id, each.second.name),
        members=tuple(sorted(names[key] for key in each.members)),
        outcomes=each.outcomes,
        area=each.area,
        ways=each.ways,
    )
