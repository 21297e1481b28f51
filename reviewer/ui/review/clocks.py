"""What the screen says of clocks: where a camera's time comes from, how far it was off; and a time a person typed."""

from __future__ import annotations

import re
from datetime import date, timedelta

from reviewer.domain.alignment import COVERAGE
from reviewer.domain.errors import ReviewerError
from reviewer.domain.recording import Clock, ClockSource
from reviewer.domain.timebase import SECOND, Micros, TimeRange, Utc, from_datetime, to_datetime
from reviewer.ui.times import Zone

_DAY = 86_400 * SECOND
_TYPED = re.compile(
    r"(?:(?P<date>\d{4}-\d{2}-\d{2})[T ])?(?P<h>\d{1,2}):(?P<m>\d{2})"
    r"(?::(?P<s>\d{2})(?:[.,](?P<f>\d{1,6}))?)?\s*(?P<utc>z|utc)?",
    re.IGNORECASE,
)
_EXAMPLE = "Type 22:44:02, or 19:44:02 UTC."

SOURCES: dict[ClockSource, tuple[str, str, str]] = {  # words, words where it is tight, icon
    ClockSource.GPS: ("GPS clock", "GPS clock", "satellite"),
    ClockSource.MANIFEST: ("Manifest clock", "Manif. clock", "certificate"),
    ClockSource.CONTAINER: ("Camera’s own clock", "Camera only", "clock-exclamation"),
    ClockSource.FILE: ("File date only", "File date", "clock-exclamation"),
    ClockSource.DEVICE: ("Known clock offset", "Known offset", "clock-edit"),
    ClockSource.SOUND: ("Aligned by sound", "By sound", "wave-sine"),
    ClockSource.CUE: ("Aligned by a marked event", "By an event", "click"),
}


class NotATime(ReviewerError):
    """What was typed names no instant."""


def place(zone: Zone, at: TimeRange) -> str:
    """A moment or a range in local time: "22:42:15.2", "22:42:14.9 – 22:42:17.5"."""
    first = zone.clock(at.start, 1)
    return first if at.start == at.end else f"{first} – {zone.clock(at.end, 1)}"


def typed(zone: Zone, text: str, near: Utc) -> Utc:
    """The instant a person typed: 22:44:02, 22:44, 2026-06-13 22:44:02.5, 19:44:02 UTC (or Z). Without a date it is
    the one nearest to `near`. Raises NotATime."""
    found = _TYPED.fullmatch(text.strip())
    if found is None:
        raise NotATime("That is not a time.", _EXAMPLE)
    hour, minute, second = int(found["h"]), int(found["m"]), int(found["s"] or 0)
    if hour > 23 or minute > 59 or second > 59:
        raise NotATime("There is no such time of day.", _EXAMPLE)
    offset = Micros(0) if found["utc"] else Micros(zone.offset_seconds(near) * SECOND)
    of_day = ((hour * 60 + minute) * 60 + second) * SECOND + int((found["f"] or "0").ljust(6, "0"))
    if found["date"]:
        return Utc(_midnight(found["date"]) + of_day - offset)
    today = (near + offset) // _DAY * _DAY + of_day - offset
    return min((Utc(today + shift) for shift in (-_DAY, 0, _DAY)), key=lambda each: abs(each - near))


def _midnight(text: str) -> Utc:
    try:
        day = date.fromisoformat(text)
    except ValueError as wrong:
        raise NotATime("There is no such day.", "Type 2026-06-13 22:44:02.") from wrong
    return from_datetime(to_datetime(Utc(0)) + timedelta(days=day.toordinal() - date(1970, 1, 1).toordinal()))


def _seconds(length: int, clock: Clock) -> str:
    """No digit beyond the ±: hundredths, tenths from ± 1 s on."""
    return f"{length / SECOND:.{1 if COVERAGE * clock.uncertainty >= SECOND else 2}f}"


def correction_short(clock: Clock) -> str:
    """What was added to the camera's own clock: "−37.00 s"."""
    sign = "−" if clock.correction < 0 else "+" if clock.correction > 0 else ""
    return f"{sign}{_seconds(abs(clock.correction), clock)} s"


def correction_words(clock: Clock) -> str:
    """ "Camera clock was 37.00 s fast; corrected"."""
    if clock.correction == 0:
        unchecked = clock.source in (ClockSource.CONTAINER, ClockSource.FILE)
        return "Not compared with any other clock" if unchecked else "No correction needed"
    way = "fast" if clock.correction < 0 else "slow"
    return f"Camera clock was {_seconds(abs(clock.correction), clock)} s {way}; corrected"


def length_words(length: Micros) -> str:
    """ "1.4 s", "29 s", "12 min", "1 h 05"."""
    seconds = length / SECOND
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 120:
        return f"{seconds:.0f} s"
    if seconds < 3600:
        return f"{seconds / 60:.0f} min"
    return f"{seconds // 3600:.0f} h {seconds % 3600 // 60:02.0f}"
