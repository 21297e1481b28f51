"""What every recorded event is: its kind, and the log that it goes to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar


class LogName(StrEnum):
    ACCESS = "access"
    WORK = "work"


@dataclass(frozen=True, slots=True)
class Event:
    KIND: ClassVar[str] = ""
    LOG: ClassVar[LogName] = LogName.ACCESS
