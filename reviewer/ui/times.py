"""Times as the screens show them: local and UTC, the offset named, English month names whatever the system speaks."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import QDateTime, QTimeZone

from reviewer.domain.alignment import COVERAGE
from reviewer.domain.timebase import Utc, to_datetime
from reviewer.domain.wording import clock as clock
from reviewer.domain.wording import count as count
from reviewer.domain.wording import date as date
from reviewer.domain.wording import in_file as in_file
from reviewer.domain.wording import offset_words

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_HUNDRED_MS = 100_000


@dataclass(frozen=True, slots=True)
class Zone:
    """A local time zone. `Zone()` is the system's, `Zone.named("Europe/Helsinki")` any other."""

    qt: QTimeZone = field(default_factory=QTimeZone.systemTimeZone)

    @classmethod
    def named(cls, name: str) -> Zone:
        """The zone of that IANA name; the system's for "". Raises ValueError if this system does not know it."""
        if not name:
            return cls()
        zone = QTimeZone(name.encode())
        if not zone.isValid():
            raise ValueError(f"this system knows no time zone {name!r}")
        return cls(zone)

    def offset_seconds(self, at: Utc) -> int:
        return self.qt.offsetFromUtc(QDateTime.fromMSecsSinceEpoch(at // 1000, QTimeZone.utc()))

    def offset(self, at: Utc) -> str:
        """The offset's name: "UTC+3", "UTC", "UTC−3:30"."""
        return offset_words(self.offset_seconds(at))

    def _shifted(self, at: Utc) -> Utc:
        return Utc(at + self.offset_seconds(at) * 1_000_000)

    def clock(self, at: Utc, decimals: int = 0) -> str:
        """Local time of day, "22:42:17.48"; rounded down, never ahead of the frame."""
        return clock(self._shifted(at), decimals)

    def date(self, at: Utc) -> str:
        """Local day, "13 Jun 2026"."""
        return date(self._shifted(at))

    def weekday(self, at: Utc) -> str:
        """Local day with its name, "Sat 13 Jun 2026"."""
        shifted = self._shifted(at)
        return f"{_DAYS[to_datetime(shifted).weekday()]} {date(shifted)}"

    def both(self, at: Utc) -> str:
        """A sentence's worth: "28 Jul 2026 14:00:58 local, 11:00:58 UTC"."""
        return f"{self.date(at)} {self.clock(at)} local, {clock(at)} UTC"

    def said(self, now: Utc, footage: Utc | None = None) -> str:
        """A status line's worth: in which zone a screen says its times; footage of another season than `now` has an
        offset of its own."""
        today = self.offset(now)
        then = self.offset(footage) if footage is not None else today
        if then == today:
            return f"All times local ({today}); UTC in every detail and export"
        return f"All times local (footage {then}, today {today}); UTC in every detail and export"


def plus_minus(limit: int) -> str:
    """A limit in µs: "± 12 ms", and from 100 ms on in seconds: "± 0.24 s". Never rounded down to nothing."""
    if limit >= _HUNDRED_MS:
        seconds = limit / 1_000_000
        return f"± {seconds:.2f} s" if seconds < 10 else f"± {seconds:.0f} s"
    return f"± {-(-limit // 1000)} ms"


def uncertainty(sigma: int) -> str:
    """What a person reads for a standard deviation in µs: `COVERAGE` of them, "± 24 ms" for σ = 12 ms."""
    return plus_minus(COVERAGE * sigma)


def is_wide(sigma: int) -> bool:
    """Whether the ± of a standard deviation is large enough to be drawn in the warn colour."""
    return COVERAGE * sigma >= _HUNDRED_MS


def ago(seconds: float) -> str:
    """How long ago, in words: "just now", "4 min ago", "2 h ago", "3 days ago"."""
    minutes = int(seconds // 60)
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{minutes} min ago"
    if minutes < 48 * 60:
        return f"{minutes // 60} h ago"
    return f"{minutes // (24 * 60)} days ago"
