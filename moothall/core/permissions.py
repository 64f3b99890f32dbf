"""Who is looking, and at whose rows?"""

from __future__ import annotations

from attrs import frozen


@frozen
class Viewer:
    """Whose rows a reader may see. The public is `Viewer()`."""

    person_id: int | None = None
    bodies_read: frozenset[int] = frozenset()  # bodies whose every line this person may read
    reads_all: bool = False  # the operator at the command line, who holds the files anyway

    @classmethod
    def operator(cls) -> Viewer:
        return cls(reads_all=True)

    def reads(self, body_id: int) -> bool:
        return self.reads_all or body_id in self.bodies_read


PUBLIC = Viewer()
