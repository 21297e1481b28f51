"""What is done to the tables beside a log, as it is recorded in that log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from reviewer.domain.event import Event


@dataclass(frozen=True, slots=True)
class RecordsRebuilt(Event):
    """A person had their tables on this machine made again from `entries` of their logs. `differed` names those that
    had not said what the logs say; `sealed` bodies open to this person no more."""

    KIND: ClassVar[str] = "records_rebuilt"
    user: str
    workstation: str
    entries: int
    sealed: int
    differed: tuple[str, ...] = ()
