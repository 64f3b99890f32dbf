"""How is the real program asked over a generated lake? Its bodies and files are named in books.

Twelve bodies publish everything openly; the lake's files are those that `generate_lake` wrote.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq

AT = datetime(2026, 5, 1, 9, 0, tzinfo=UTC)


def opened(home: Path) -> None:
    """Start Django on the books of `home`, made where there are none."""
    os.environ |= {
        "MOOTHALL_HOME": str(home),
        "MOOTHALL_SECRET_KEY": "generated-" * 6,
        "DJANGO_SETTINGS_MODULE": "moothall.site.settings",
    }
    os.environ.pop("DATABASE_URL", None)
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)


def generate_place(home: Path, *, lines: int, files: str) -> None:
    """A lake of so many lines and the books that name its files; Django must have been started."""
    from django.db import transaction

    from benchmarks.generate_lake import generate_lake, publications
    from moothall.core import lake
    from moothall.core.models import Publication
    from moothall.directory.models import Organisation

    written = generate_lake(home / "lake", lines=lines, files=files)
    published = publications(files)
    Organisation.objects.bulk_create(
        Organisation(pk=body, name=name, slug=f"body-{body}")
        for body, name in sorted(set(published.select("body_id", "body").iter_rows()))
    )
    Publication.objects.bulk_create(
        Publication(
            pk=row["publication_id"],
            body_id=row["body_id"],
            kind=row["kind"],
            starts_on=row["starts_on"],
            ends_before=row["ends_before"],
            sharing=Publication.Sharing.PUBLIC,
        )
        for row in published.iter_rows(named=True)
    )
    new = [
        lake.NewFile(
            table=table,
            path=Path(path),
            row_count=pq.read_metadata(path).num_rows,
            publication_id=int(Path(path).stem) if table == "lines" else None,
        )
        for table, paths in written.items()
        for path in paths
        if table != "publications"
    ]
    with transaction.atomic():
        lake.next_generation(add=new, why="spend.generated", at=AT)
