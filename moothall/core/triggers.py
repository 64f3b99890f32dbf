"""What must the database itself refuse to do to the audit log, and does it still refuse it?

Django rebuilds a SQLite table on most changes of a column, and the table's triggers are gone
without a word. So they are defined here once, placed again after every migrate, and compared with
the database's own catalogue whenever a process says that it is ready.
"""

import re
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

ENTRIES, HEAD = "core_auditentry", "core_audithead"

KEPT = "The audit log is append-only: entries are never changed or removed."
NUMBERED = "The audit log is append-only: a new entry takes the number after the last."
FORWARD = "The head of the audit log only moves forward, one entry at a time."


def _sqlite(name: str, event: str, table: str, when: str, sentence: str) -> str:
    condition = f" WHEN {when}" if when else ""
    return (
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW{condition} "
        f"BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
    )


SQLITE_TRIGGERS = {
    name: _sqlite(name, event, table, when, sentence)
    for name, event, table, when, sentence in [
        ("audit_entry_is_never_changed", "UPDATE", ENTRIES, "", KEPT),
        ("audit_entry_is_never_deleted", "DELETE", ENTRIES, "", KEPT),
        (
            "audit_entry_comes_next",
            "INSERT",
            ENTRIES,
            "NEW.seq <> (SELECT COALESCE(MAX(seq), 0) + 1 FROM core_auditentry)",
            NUMBERED,
        ),
        ("audit_head_moves_forward", "UPDATE", HEAD, "NEW.seq <> OLD.seq + 1", FORWARD),
        ("audit_head_is_never_deleted", "DELETE", HEAD, "", FORWARD),
    ]
}

POSTGRES_FUNCTION = "audit_log_refuses"
POSTGRES_BODY = f"""
BEGIN
  IF TG_TABLE_NAME = 'core_audithead' THEN
    IF TG_OP = 'UPDATE' AND NEW.seq = OLD.seq + 1 THEN RETURN NEW; END IF;
    RAISE EXCEPTION '{FORWARD}';
  END IF;
  IF TG_OP = 'INSERT' THEN
    IF NEW.seq = (SELECT COALESCE(MAX(seq), 0) + 1 FROM core_auditentry) THEN RETURN NEW; END IF;
    RAISE EXCEPTION '{NUMBERED}';
  END IF;
  RAISE EXCEPTION '{KEPT}';
END
"""  # noqa: S608 (three sentences of ours)
POSTGRES_TRIGGERS = {
    "audit_entry_by_row": (
        f"CREATE TRIGGER audit_entry_by_row BEFORE INSERT OR UPDATE OR DELETE ON {ENTRIES} "
        f"FOR EACH ROW EXECUTE FUNCTION {POSTGRES_FUNCTION}()"
    ),
    "audit_entry_truncated": (
        f"CREATE TRIGGER audit_entry_truncated BEFORE TRUNCATE ON {ENTRIES} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {POSTGRES_FUNCTION}()"
    ),
    "audit_head_by_row": (
        f"CREATE TRIGGER audit_head_by_row BEFORE UPDATE OR DELETE ON {HEAD} "
        f"FOR EACH ROW EXECUTE FUNCTION {POSTGRES_FUNCTION}()"
    ),
    "audit_head_truncated": (
        f"CREATE TRIGGER audit_head_truncated BEFORE TRUNCATE ON {HEAD} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {POSTGRES_FUNCTION}()"
    ),
}


def place(connection: BaseDatabaseWrapper) -> None:
    """Put every trigger in place, whatever was there before."""
    if not {ENTRIES, HEAD} <= set(connection.introspection.table_names()):
        return
    remove(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                f"CREATE OR REPLACE FUNCTION {POSTGRES_FUNCTION}() RETURNS trigger "
                f"LANGUAGE plpgsql AS $audit${POSTGRES_BODY}$audit$"
            )
        for statement in _wanted(connection).values():
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take the triggers away: for a test's clean-up, never in a running service."""
    with connection.cursor() as cursor:
        for name, statement in _wanted(connection).items():
            table = ENTRIES if f" ON {ENTRIES} " in statement else HEAD
            of_table = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{of_table}")


def missing(connection: BaseDatabaseWrapper) -> tuple[str, ...]:
    """The names of triggers that are absent, switched off, or not as defined here."""
    return (
        _missing_postgres(connection)
        if connection.vendor == "postgresql"
        else _missing_sqlite(connection)
    )


def _wanted(connection: BaseDatabaseWrapper) -> dict[str, str]:
    return POSTGRES_TRIGGERS if connection.vendor == "postgresql" else SQLITE_TRIGGERS


def _missing_sqlite(connection: BaseDatabaseWrapper) -> tuple[str, ...]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        found = {name: _bare(sql) for name, sql in cursor.fetchall()}
    return tuple(name for name, sql in SQLITE_TRIGGERS.items() if found.get(name) != _bare(sql))


def _missing_postgres(connection: BaseDatabaseWrapper) -> tuple[str, ...]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.tgname, t.tgenabled, pg_get_triggerdef(t.oid), p.prosrc FROM pg_trigger t "
            "JOIN pg_proc p ON p.oid = t.tgfoid WHERE NOT t.tgisinternal "
            "AND t.tgrelid = ANY (ARRAY[to_regclass(%s), to_regclass(%s)]::oid[])",
            [ENTRIES, HEAD],
        )
        found: dict[str, tuple[Any, ...]] = {row[0]: row[1:] for row in cursor.fetchall()}

    def stands(name: str, statement: str) -> bool:
        enabled, definition, source = found.get(name, ("D", "", ""))
        return (
            enabled in {"O", "A"}
            and _events(definition) == _events(statement)
            and _bare(source) == _bare(POSTGRES_BODY)
        )

    return tuple(name for name, sql in POSTGRES_TRIGGERS.items() if not stands(name, sql))


def _events(definition: str) -> set[str]:
    """The events named between BEFORE and ON; PostgreSQL prints them in an order of its own."""
    before = re.search(r"BEFORE (.+?) ON ", definition)
    return set(before.group(1).split(" OR ")) if before else set()


def _bare(sql: str) -> str:
    return " ".join(sql.split())
