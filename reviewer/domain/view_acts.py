"""Views as they are recorded: what is about to be shown, and what really was. All go to the access log."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from reviewer.domain.event import Event
from reviewer.domain.timebase import Micros, TimeRange


class Visible(StrEnum):
    """Whether what a tile painted could be seen. COVERED: another of this program's windows, sheets or menus lay over
    more than a tenth of it, or the system says that the window is not to be seen."""

    YES = "visible"
    COVERED = "covered"
    MINIMISED = "minimised"
    NOT_SAID = ""  # by a version that did not look: taken as visible


class Source(StrEnum):
    """Whose frames they were."""

    ORIGINAL = "original"
    PROXY = "proxy"  # the same frames, from a small copy made on this machine
    NOT_SAID = ""  # by a version that did not say: taken as the original


@dataclass(frozen=True, slots=True)
class Crop:
    """What of the picture was in view, in thousandths of its width and height as it stood, in steps of 20 outwards."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class SpanCamera:
    """One camera in a span: what stretch of UTC, and how large, in device pixels (0 × 0: only heard). `audible`: its
    sound was chosen. An opening entry announces the most that may be seen and heard; a closing one says what was:
    `width` × `height` is the picture as it stood on the screen, `heard` whether sound came of it at that rate (None: by
    a version that did not say), `crop` what of the picture was in view where that was not the whole of it."""

    recording: str
    shown: TimeRange
    width: int
    height: int
    audible: bool
    heard: bool | None = None
    visible: Visible = Visible.NOT_SAID
    source: Source = Source.NOT_SAID
    crop: Crop | None = None


@dataclass(frozen=True, slots=True)
class ViewOpened(Event):
    """Durable before any frame of it is shown: `planned` is what may be shown (at most 10 s of footage). `player` is
    "" for the aligned wall; another player is named, and how far its times may be off."""

    KIND: ClassVar[str] = "view_opened"
    case: str
    span: str
    planned: TimeRange
    rate_milli: int  # 1000 = 1x, negative = backwards, 0 = standing still, stepped or dragged
    cameras: tuple[SpanCamera, ...]
    purpose: str
    player: str = ""


@dataclass(frozen=True, slots=True)
class ViewClosed(Event):
    """What was really shown in the span: per camera the stretches of UTC whose frames were painted."""

    KIND: ClassVar[str] = "view_closed"
    case: str
    span: str
    rate_milli: int
    cameras: tuple[SpanCamera, ...]
    purpose: str
    player: str = ""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch [start, end) of a file's own time, in µs."""

    start: Micros
    end: Micros


@dataclass(frozen=True, slots=True)
class FileViewOpened(Event):
    """Durable before any picture of a finished file (a reel, a disclosed copy) is shown: `planned` is what may be shown
    (at most 10 s). `file` is the SHA-256 of the whole file as it is shown, `width` × `height` device pixels."""

    KIND: ClassVar[str] = "file_view_opened"
    span: str
    file: str
    name: str
    planned: Stretch
    rate_milli: int
    width: int
    height: int
    audible: bool
    purpose: str
    player: str
    case: str | None = None


@dataclass(frozen=True, slots=True)
class FileViewClosed(Event):
    """What of a finished file was really shown in the span."""

    KIND: ClassVar[str] = "file_view_closed"
    span: str
    file: str
    name: str
    shown: tuple[Stretch, ...]
    rate_milli: int
    purpose: str
    player: str
    case: str | None = None


@dataclass(frozen=True, slots=True)
class FilmstripShown(Event):
    """Durable before small pictures of a recording are shown along the timeline: all are of `shown`, about one each
    `step`, `height` device pixels high."""

    KIND: ClassVar[str] = "filmstrip_shown"
    case: str
    recording: str
    shown: TimeRange
    step: Micros
    height: int
    purpose: str
