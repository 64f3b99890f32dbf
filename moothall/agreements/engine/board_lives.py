"""The lives of what a board does: its meetings, its motions and the elections to it."""

from __future__ import annotations

from moothall.agreements.engine.voting import Result
from moothall.values.state_table import StateTable, moves, states

MEETING = StateTable(
    "meeting",
    states(
        CALLED="called",
        OPEN="open",
        CLOSED="closed",
        MINUTED="closed, its minutes approved",
        CANCELLED="cancelled",
    ),
    moves(
        ("OPEN", "CALLED", "OPEN", "open the meeting"),
        ("CANCEL", "CALLED", "CANCELLED", "cancel the meeting"),
        ("CLOSE", "OPEN", "CLOSED", "close the meeting"),
        ("APPROVE", "CLOSED", "MINUTED", "approve the minutes"),
    ),
)
MOTION = StateTable(
    "motion",
    states(
        MOVED="open to votes",
        TIED="tied",
        CARRIED="carried",
        LOST="lost",
        INQUORATE="not decided for want of a quorum",
        WITHDRAWN="withdrawn",
    ),
    moves(
        ("CARRY", "MOVED", "CARRIED", "declare the result"),
        ("LOSE", "MOVED", "LOST", "declare the result"),
        ("TIE", "MOVED", "TIED", "declare the result"),
        ("LEAVE", "MOVED", "INQUORATE", "declare the result"),
        ("CARRY", "TIED", "CARRIED", "give a casting vote"),
        ("LOSE", "TIED", "LOST", "give a casting vote"),
        ("WITHDRAW", "MOVED", "WITHDRAWN", "withdraw the motion"),
    ),
)
DECLARES = {
    Result.CARRIED: "CARRY",
    Result.LOST: "LOSE",
    Result.TIED: "TIE",
    Result.INQUORATE: "LEAVE",
}
ELECTION = StateTable(
    "election",
    states(
        NOMINATIONS="open to candidates",
        VOTING="open to votes",
        COUNTED="counted",
        CALLED_OFF="called off",
    ),
    moves(
        ("OPEN", "NOMINATIONS", "VOTING", "close nominations and take votes"),
        ("COUNT", "VOTING", "COUNTED", "count the papers"),
        ("CALL_OFF", "NOMINATIONS", "CALLED_OFF", "call the election off"),
        ("CALL_OFF", "VOTING", "CALLED_OFF", "call the election off"),
    ),
)
