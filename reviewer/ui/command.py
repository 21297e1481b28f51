"""What a command is: its words, the key it has at first, where that holds. `action_table` lists them all."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Where(Enum):
    """Where a key holds. Two commands may share a key if neither holds everywhere and they hold in different places."""

    EVERYWHERE = "Everywhere"
    REVIEW = "Review"
    LISTS = "Queue and log"
    RECORDINGS = "Recordings"
    INTAKE = "Intake"
    STORE = "Store"
    LOG = "Log"
    CASE = "Case"
    DASHBOARD = "Dashboard"
    REELS = "Reels"
    DISCLOSE = "Disclose"
    PRESENT = "Presenting"


@dataclass(frozen=True, slots=True)
class Command:
    """`key` is the default in Qt's portable words ("Ctrl+L"); `group` is its heading in the sheet."""

    id: str
    words: str
    key: str
    group: str
    where: Where = Where.REVIEW
