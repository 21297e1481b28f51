"""What is recorded beside the views themselves: why restricted footage is viewed, and that the log could not be
written for a while (CJIS Security Policy 5.9.5: audit failures are alerted and recorded)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from reviewer.domain.event import Event
from reviewer.domain.timebase import Utc


@dataclass(frozen=True, slots=True)
class RestrictedReasonStated(Event):
    """Durable before any picture of a restricted recording is shown: why it is viewed this time. `restricted` is why it
    is restricted, as its manifest says. It holds until the case is closed or the session locked."""

    KIND: ClassVar[str] = "restricted_reason_stated"
    case: str
    recording: str
    reason: str
    note: str
    restricted: str


@dataclass(frozen=True, slots=True)
class LogWasUnwritable(Event):
    """The first entry after a while in which the log took none: since `since` (UTC by this machine's clock), because of
    `why`; `refused` events were turned away, and what they would have shown or done did not happen."""

    KIND: ClassVar[str] = "log_was_unwritable"
    since: Utc
    why: str
    refused: int
