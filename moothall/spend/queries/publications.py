"""What has been published and loaded, what replaced what, and what changed between the two?"""

from __future__ import annotations

from moothall.core import lake
from moothall.core.models import LakeFile, Publication
from moothall.spend.engine.corrections import REFERENCE, same_line


def line_paths(publication_id: int) -> list[str]:
    """The Parquet files that hold a publication's lines now, or held them when it stood."""
    files = LakeFile.objects.filter(publication_id=publication_id, table="lines")
    current = files.filter(removed_in=None) or files
    return [str(lake.lake_folder() / path) for path in current.values_list("path", flat=True)]


def changed_lines(old_paths: list[str], new_paths: list[str], limit: int = 1000) -> list[dict]:
    """One row per line that one side has more often than the other: what a correction changed."""
    import ibis
    from ibis import _

    old, new = lake.table_of(old_paths, "lines"), lake.table_of(new_paths, "lines")
    keys = same_line(*(bool(side[REFERENCE].count().to_pyarrow().as_py()) for side in (old, new)))
    sides = [
        side.select(*keys).mutate(change=ibis.literal(one, "int64"))
        for side, one in ((old, -1), (new, 1))
    ]
    sums = sides[0].union(sides[1]).group_by(*keys).agg(change=_.change.sum().cast("int64"))
    changed = sums.filter(_.change != 0).order_by(*keys).limit(limit).to_pyarrow().to_pylist()
    return [{REFERENCE: None, **row} for row in changed]


def standing_publications(body_id: int, kind: str) -> list[Publication]:
    """The current publications of a body, oldest first."""
    return list(
        Publication.objects.filter(
            body_id=body_id, kind=kind, state=Publication.State.CURRENT
        ).order_by("starts_on", "id")
    )
