"""Reports leave the program, and somebody whose footage is awaited is named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from reviewer.domain.event import Event, LogName


@dataclass(frozen=True, slots=True)
class ReportExported(Event):
    """Durable before the file is there: a report on a case (`subject`: "Camera coverage of an incident"), in `form`
    ("pdf", "csv", "json"). `sha256` is that of the file, so that whoever holds one can tell that it is this."""

    KIND: ClassVar[str] = "report_exported"
    case: str
    subject: str
    form: str
    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class StatisticsExported(Event):
    """A year's numbers left the program, of all the cases that somebody sees: durable before the file is written.
    `version` is "agency" or "public", `sha256` and `bytes` are the file's."""

    KIND: ClassVar[str] = "statistics_exported"
    year: int
    version: str
    form: str
    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class CameraExpected(Event):
    """A person states that somebody was there with a camera whose footage has not come, and how they know."""

    KIND: ClassVar[str] = "camera_expected"
    LOG: ClassVar[LogName] = LogName.WORK
    case: str
    id: str
    officer: str
    why: str


@dataclass(frozen=True, slots=True)
class CameraNotExpected(Event):
    """It came, or was never there: the statement is withdrawn and stays in the log."""

    KIND: ClassVar[str] = "camera_not_expected"
    LOG: ClassVar[LogName] = LogName.WORK
    case: str
    id: str


REPORT_ACTS: tuple[type[Event], ...] = (ReportExported, StatisticsExported, CameraExpected, CameraNotExpected)
