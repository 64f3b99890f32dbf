"""What has been published and loaded, what replaced what, and what changed between the two?"""

from __future__ import annotations

from decimal import Decimal

import ibis
from attrs import frozen
from ibis import _

from moothall.core import lake
from moothall.core.models import LakeFile, Publication

# Two lines are the same line when all of these agree. Wording (purpose, department) may be mended.
SAME_LINE = ("paid_on", "supplier_name", "transaction_ref", "amount")
REFERENCE = "transaction_ref"


@frozen
class Comparison:
    """How the lines of one file stand to those of another, as multisets."""

    same: int
    only_old: int
    only_new: int
    same_gbp: Decimal
    only_old_gbp: Decimal
    only_new_gbp: Decimal

    @property
    def share_of_old(self) -> float:
        return self.same / (self.same + self.only_old) if self.same + self.only_old else 0.0

    @property
    def share_of_new(self) -> float:
        return self.same / (self.same + self.only_new) if self.same + self.only_new else 0.0


def line_paths(publication_id: int) -> list[str]:
    """The Parquet files that hold a publication's lines now, or held them when it stood."""
    files = LakeFile.objects.filter(publication_id=publication_id, table="lines")
    current = files.filter(removed_in=None) or files
    return [str(lake.lake_folder() / path) for path in current.values_list("path", flat=True)]


def compared(old_paths: list[str], new_paths: list[str]) -> Comparison:
    """Count the lines that two sets of files share, in rows and pounds."""
    row = _paired(old_paths, new_paths).aggregate(
        same=_.both.sum(),
        only_old=(_.old_count - _.both).sum(),
        only_new=(_.new_count - _.both).sum(),
        same_gbp=(_.amount * _.both).sum(),
        only_old_gbp=(_.amount * (_.old_count - _.both)).sum(),
        only_new_gbp=(_.amount * (_.new_count - _.both)).sum(),
    )
    (counts,) = row.to_pyarrow().to_pylist()
    return Comparison(
        **{
            name: Decimal(value or 0).quantize(Decimal("0.01"))
            if name.endswith("_gbp")
            else int(value or 0)
            for name, value in counts.items()
        }
    )


def changed_lines(old_paths: list[str], new_paths: list[str], limit: int = 1000) -> list[dict]:
    """One row per line that one side has more often than the other: what a correction changed."""
    paired = _paired(old_paths, new_paths)
    changed = paired.filter(_.old_count != _.new_count).mutate(
        change=_.new_count - _.old_count,
    )
    keys = [*SAME_LINE, "change"]
    return changed.select(*keys).order_by(*keys).limit(limit).to_pyarrow().to_pylist()


def _paired(old_paths: list[str], new_paths: list[str]) -> ibis.Table:
    """One row per distinct line of either side, with how often each side has it."""

    def counted(paths: list[str], old: int, new: int) -> ibis.Table:
        lines = lake.table_of(paths, "lines").select(*SAME_LINE)
        return lines.mutate(
            old_count=ibis.literal(old, "int64"), new_count=ibis.literal(new, "int64")
        )

    both = counted(old_paths, 1, 0).union(counted(new_paths, 0, 1))
    sums = both.group_by(*SAME_LINE).agg(
        old_count=_.old_count.sum().cast("int64"), new_count=_.new_count.sum().cast("int64")
    )
    return sums.mutate(both=ibis.least(sums.old_count, sums.new_count))


def standing_publications(body_id: int, kind: str) -> list[Publication]:
    """The current publications of a body, oldest first."""
    return list(
        Publication.objects.filter(
            body_id=body_id, kind=kind, state=Publication.State.CURRENT
        ).order_by("starts_on", "id")
    )
