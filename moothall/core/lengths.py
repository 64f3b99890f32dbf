"""Does a text fit where the books keep it? SQLite would take any length, PostgreSQL refuses."""

from django.db import models


def why_too_long(model: type[models.Model], **texts: str) -> str | None:
    """Return which text is longer than its field, and by how much, or None when all fit."""
    for name, text in texts.items():
        held = model._meta.get_field(name)
        most = getattr(held, "max_length", None)
        if most is not None and len(text) > most:
            called = str(getattr(held, "verbose_name", name)).replace("gss", "GSS")
            return (
                f"The {called} has {len(text)} letters, and at most {most} fit. Give a shorter one."
            )
    return None
