"""The life of an agreement, from a draft to its end."""

from __future__ import annotations

from moothall.values.state_table import StateTable, moves, states

LIFE = StateTable(
    "agreement",
    states(
        DRAFT="a draft",
        AGREED="agreed in principle",
        EXECUTING="being executed",
        IN_FORCE="in force",
        VARIED="in force as varied",
        ENDING="ending",
        ENDED="ended",
    ),
    moves(
        ("AGREE", "DRAFT", "AGREED", "agree it in principle"),
        ("RECONSIDER", "AGREED", "DRAFT", "go back to the draft"),
        ("EXECUTE", "AGREED", "EXECUTING", "record that a party executed it"),
        ("EXECUTE", "EXECUTING", "EXECUTING", "record that a party executed it"),
        ("RECONSIDER", "EXECUTING", "DRAFT", "go back to the draft"),
        ("COMMENCE", "EXECUTING", "IN_FORCE", "bring it into force"),
        ("VARY", "IN_FORCE", "VARIED", "vary it"),
        ("VARY", "VARIED", "VARIED", "vary it"),
        ("END", "IN_FORCE", "ENDING", "begin to end it"),
        ("END", "VARIED", "ENDING", "begin to end it"),
        ("CLOSE", "ENDING", "ENDED", "close it"),
        ("DROP", "DRAFT", "ENDED", "drop it"),
        ("DROP", "AGREED", "ENDED", "drop it"),
    ),
)
RUNNING = frozenset({"IN_FORCE", "VARIED", "ENDING"})
