"""Which words may a file of existing agreements use, and which of its bodies are known?"""

from __future__ import annotations

from attrs import frozen

from moothall.agreements.engine.existing import ExistingAgreement, Words, key_of, read_existing
from moothall.agreements.models import Agreement, Member
from moothall.core.lengths import why_too_long
from moothall.directory.models import AlternativeName, Organisation
from moothall.values.wording import number_of


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


def held_keys(body: Organisation) -> set[tuple[str, str]]:
    """What tells each agreement of a body from its others."""
    held = Agreement.objects.filter(body=body).values_list("reference", "name")
    return {key_of(reference, name) for reference, name in held}


def preview(body: Organisation, text: str) -> tuple[PreviewRow, ...]:
    """What recording a file would do, row by row; nothing is changed.

    :raises NotAFile: when nothing of it can be read.
    """
    known, held = KnownBodies(), held_keys(body)
    rows = []
    for row in read_existing(text, words_of_files()):
        if row.says is None:
            will, said = "aside", " ".join(row.trouble)
        elif row.key in held:
            will, said = "already", "It is in the register already, and stays as it is."
        elif why := why_does_not_fit(row.says):
            will, said = "aside", why
        else:
            will, said = "enter", _said(row.says, known)
        rows.append(PreviewRow(row.number, row.reference, row.name, will, said))
    return tuple(rows)


def why_does_not_fit(says: ExistingAgreement) -> str | None:
    """Return which text of an agreement, or which name of a member, is too long; or None."""
    texts = {name: value for name, value in says.fields.items() if isinstance(value, str)}
    said = why_too_long(Agreement, name=says.name, reference=says.reference, **texts)
    for member in says.members:
        said = said or why_too_long(Organisation, name=member.name)
    return said


def _said(says: ExistingAgreement, known: KnownBodies) -> str:
    if not says.members:
        return "Entered as in force, with no member named."
    said = f"Entered as in force, with {number_of(len(says.members), 'member')}."
    new = [each for each in says.members if known.named(each.name) is None]
    names = "; ".join(f"{each.name} ({each.kind or 'taken for a company'})" for each in new)
    return f"{said} New to this place’s list of bodies: {names}." if new else said
