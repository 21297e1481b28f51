"""How times and numbers are said, on screen and on paper: UTC times of day, English days, numbers with a noun."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Protocol
from zoneinfo import ZoneInfo

from reviewer.domain.timebase import Utc, to_datetime

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Local(Protocol):
    """A local time zone as words need it: the window's (Qt knows the system's zones) or `LocalZone`."""

    def clock(self, at: Utc, decimals: int = 0) -> str:
        """Local time of day, "22:42:17.48"; rounded down."""

    def date(self, at: Utc) -> str:
        """Local day, "13 Jun 2026"."""

    def offset(self, at: Utc) -> str:
        """The offset's name: "UTC+3", "UTC", "UTC−3:30"."""


@dataclass(frozen=True, slots=True)
class LocalZone:
    """A local zone without Qt: `LocalZone.named("Europe/Helsinki")`, or this machine's for ""."""

    zone: tzinfo | None = None

    @classmethod
    def named(cls, name: str) -> LocalZone:
        """Raises ValueError if this system does not know the name."""
        try:
            return cls(ZoneInfo(name) if name else None)
        except (KeyError, OSError) as wrong:  # ZoneInfoNotFoundError is a KeyError
            raise ValueError(f"this system knows no time zone {name!r}") from wrong

    def _local(self, at: Utc) -> datetime:
        return to_datetime(at).astimezone(self.zone)

    def _shifted(self, at: Utc) -> Utc:
        return Utc(at + self._seconds(at) * 1_000_000)

    def _seconds(self, at: Utc) -> int:
        return int((self._local(at).utcoffset() or timedelta()).total_seconds())

    def clock(self, at: Utc, decimals: int = 0) -> str:
        return clock(self._shifted(at), decimals)

    def date(self, at: Utc) -> str:
        return date(self._shifted(at))

    def offset(self, at: Utc) -> str:
        return offset_words(self._seconds(at))


def utc_of(local: datetime, zone: LocalZone) -> Utc:
    """The instant of a local date and time without a zone, in this zone."""
    aware = local.replace(tzinfo=zone.zone) if zone.zone is not None else local.astimezone()
    since = aware.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return Utc(since // timedelta(microseconds=1))


def offset_words(seconds: int) -> str:
    """An offset's name: "UTC+3", "UTC", "UTC−3:30"."""
    minutes = seconds // 60
    if minutes == 0:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else '−'}{hours}" + (f":{rest:02d}" if rest else "")


def clock(at: Utc, decimals: int = 0) -> str:
    """UTC time of day, "19:42:17.48", rounded down to `decimals` (0 to 6)."""
    text = to_datetime(at).strftime("%H:%M:%S.%f")
    return text[:8] if decimals == 0 else text[: 9 + decimals]


def in_file(micros: int, decimals: int = 1) -> str:
    """A place in a file's own time: "0:03.2", "1:02:03.2"; rounded down."""
    seconds, part = divmod(max(0, micros), 1_000_000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    head = f"{hours}:{minutes:02d}" if hours else f"{minutes}"
    return f"{head}:{seconds:02d}" + (f".{part:06d}"[: 1 + decimals] if decimals else "")


def date(at: Utc) -> str:
    """The UTC day, "13 Jun 2026"."""
    day = to_datetime(at)
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def count(number: int, one: str, many: str = "") -> str:
    """A number with its noun: count(1, "entry", "entries") is "1 entry"; thousands are set off by a comma."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
