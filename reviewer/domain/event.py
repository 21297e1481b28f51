"""What every recorded event is: its kind, and the log that it goes to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from reviewer.domain.timebase import Utc


class LogName(StrEnum):
    ACCESS = "access"
    WORK = "work"


@dataclass(frozen=True, slots=True)
class Event:
    KIND: ClassVar[str] = ""
    LOG: ClassVar[LogName] = LogName.ACCESS


@dataclass(frozen=True, slots=True)
class Written:
    """The entry that has an event: who wrote it, when by their clock, and where it stands (`index` of `origin`)."""

    user: str
    at: Utc
    lamport: int
    origin: str
    index: int

    @property
    def order(self) -> tuple[int, str, int]:
        """What comes first, for everybody alike."""
        return self.lamport, self.origin, self.index
