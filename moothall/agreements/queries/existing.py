"""Which words may a file of existing agreements use, and which of its bodies are known?"""

from __future__ import annotations

from attrs import frozen

from moothall.agreements.engine.existing import ReadRow, Words, read_existing
from moothall.agreements.models import Agreement, Member
from moothall.directory.models import AlternativeName, Organisation


def words_of_files() -> Words:
    return Words(
        regimes=dict(Agreement.Regime.choices),
        roles=dict(Member.Role.choices),
        bodies=dict(Organisation.Kind.choices),
    )


class KnownBodies:
    """Every body by its name, address or other name: asked once for a whole file."""

    def __init__(self) -> None:
        self._held: dict[str, Organisation | None] = {}
        for other in AlternativeName.objects.select_related("organisation"):
            key = other.name.lower()
            # A name of two bodies is the name of neither.
            self._held[key] = None if key in self._held else other.organisation
        for body in Organisation.objects.all():
            self.add(body)

    def add(self, body: Organisation) -> None:
        self._held[body.slug] = self._held[body.name.lower()] = body

    def named(self, name: str) -> Organisation | None:
        return self._held.get(" ".join(name.lower().split()))


@frozen
class PreviewRow:
    """What recording a file would do with one of its rows."""

    number: int
    reference: str
    name: str
    will: str  # 'enter', 'already' or 'aside'
    said: str


def preview(body: Organisation, text: str) -> tuple[PreviewRow, ...]:
    """What recording a file would do, row by row; nothing is changed.

    :raises NotAFile: when nothing of it can be read.
    """
    known = KnownBodies()
    held = set(Agreement.objects.filter(body=body).values_list("reference", flat=True))
    rows = []
    for row in read_existing(text, words_of_files()):
        if row.trouble:
            will, said = "aside", " ".join(row.trouble)
        elif row.reference in held:
            will, said = "already", "It is in the register already, and stays as it is."
        else:
            will, said = "enter", _said(row, known)
        rows.append(PreviewRow(row.number, row.reference, row.name, will, said))
    return tuple(rows)


def _said(row: ReadRow, known: KnownBodies) -> str:
    members = row.says.members if row.says else ()
    new = [each.name for each in members if known.named(each.name) is None]
    if not members:
        return "Entered as in force, with no member named."
    said = f"Entered as in force, with {len(members)} of its members."
    return f"{said} New to this place’s list of bodies: {'; '.join(new)}." if new else said
