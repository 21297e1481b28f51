"""Times as files write them. A time that names no offset is no instant: whose clock was it? Somebody has to say.

A wrong hour is a wrong place, so nothing is guessed here: a local time that a clock shows twice a year, or never, is
none, and a date that may be the third of April or the fourth of March is asked about.
"""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from reviewer.domain.errors import ReviewerError, UnreadableTrack
from reviewer.domain.timebase import SECOND, Utc, from_datetime
from reviewer.domain.track import NOTHING_TOLD, Told

_OFFSET = re.compile(r"(?:UTC)?([+\-−])(\d{1,2}):?(\d\d)?")
_NUMBER = re.compile(r"\d{1,20}(?:\.\d{1,20})?")
_CLOCK = (
    r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,](?P<part>\d{1,9}))?)?"
    r"\s*(?P<half>[AaPp][Mm])?\s*(?P<offset>[Zz]|UTC|GMT|[+-]\d\d:?\d\d)?"
)
_YEAR_FIRST = re.compile(r"(?P<year>\d{4})[-/.:](?P<a>\d{1,2})[-/.:](?P<b>\d{1,2})[T\s,]+" + _CLOCK)
_YEAR_LAST = re.compile(r"(?P<a>\d{1,2})(?P<mark>[-/.])(?P<b>\d{1,2})[-/.](?P<year>\d{4})[T\s,]+" + _CLOCK)
_PACKED = re.compile(r"(?P<year>\d{4})(?P<a>\d\d)(?P<b>\d\d)[T\s]+(\d\d):?(\d\d):?(\d\d)(?:\.(\d{1,9}))?([Zz])?")


class NotSaid(UnreadableTrack):
    """The file leaves something open that a person can answer: `asks` is "zone", "order" (of day and month) or
    "columns"."""

    def __init__(self, message: str, next_step: str, asks: str = "") -> None:
        super().__init__(message, next_step)
        self.asks = asks


def instant(text: str) -> Utc | None:
    """An XML dateTime, or None. GPX says that its times are UTC, so one without an offset is."""
    text = text.strip()
    if len(text) < 16 or text[10] not in "Tt ":  # a bare day would be read as its midnight
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return from_datetime(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def zone_of(name: str) -> tzinfo:
    """The zone of an IANA name or of an offset ("+03:00", "UTC-3:30"). Raises ReviewerError."""
    if name.upper() in ("UTC", "Z", "GMT"):
        return UTC
    offset = _OFFSET.fullmatch(name.strip())
    if offset is not None:
        away = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
        if away < timedelta(hours=15):
            return timezone(away if offset[1] == "+" else -away)
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as unknown:
        raise ReviewerError(
            f"There is no time zone “{name}”.", "Name one as in Europe/Helsinki, or an offset as in +03:00."
        ) from unknown


class Times:
    """The times of one file. `utc`: what names no offset is UTC, because the format or its header says so."""

    def __init__(self, name: str, told: Told = NOTHING_TOLD, *, utc: bool = False, texts: Iterable[str] = ()) -> None:
        self._name = name
        self._zone = zone_of(told.zone) if told.zone else UTC if utc else None
        self._day_first = told.day_first
        if told.day_first is None:
            self._day_first = _order(texts)
        self._open = ""

    def read(self, text: str) -> Utc | None:
        """The instant of a text, or None. What cannot be known is remembered for `ask`."""
        text = text.strip()
        if _NUMBER.fullmatch(text):
            return _unix(text)
        moment = self._moment(text)
        if moment is None:
            return None
        if moment.tzinfo is not None:
            return from_datetime(moment)
        if self._zone is None:
            self._open = self._open or "zone"
            return None
        return _placed(moment, self._zone)

    def ask(self) -> None:
        """Raises NotSaid if any time was left open."""
        if self._open == "zone":
            raise NotSaid(
                f"{self._name} names no time zone.", "Say by which clock it was written: add it to a case.", "zone"
            )
        if self._open:
            raise NotSaid(
                f"In {self._name} either the day or the month may come first.", "Say which: add it to a case.", "order"
            )

    def _moment(self, text: str) -> datetime | None:
        if len(text) > 60:
            return None
        packed = _PACKED.fullmatch(text)
        if packed is not None:
            year, month, day, hour, minute, second = (int(g) for g in packed.groups()[:6])
            micros = int((packed[7] or "0").ljust(6, "0")[:6])
            return _made(year, month, day, hour, minute, second, micros, UTC if packed[8] else None)
        found = _YEAR_FIRST.fullmatch(text)
        if found is not None:
            return _from(found, int(found["a"]), int(found["b"]))
        found = _YEAR_LAST.fullmatch(text)
        if found is None:
            return None
        day_first = True if found["mark"] == "." else self._day_first
        if day_first is None:
            self._open = "order"
            return None
        first, second = int(found["a"]), int(found["b"])
        return _from(found, second, first) if day_first else _from(found, first, second)


def _order(texts: Iterable[str]) -> bool | None:
    """Whether the day comes first, by dates of the file that can be read in one way only; None if none can."""
    says: set[bool] = set()
    for found in filter(None, map(_YEAR_LAST.fullmatch, map(str.strip, texts))):
        first, second = int(found["a"]), int(found["b"])
        if (first > 12) is not (second > 12):
            says.add(first > 12)
    return says.pop() if len(says) == 1 else None


def _from(found: re.Match[str], month: int, day: int) -> datetime | None:
    hour, offset = int(found["hour"]), found["offset"]
    if found["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + 12 * (found["half"].lower() == "pm")
    zone: tzinfo | None = None
    if offset is not None:
        zone = UTC if offset.upper() in ("Z", "UTC", "GMT") else _fixed(offset)
        if zone is None:
            return None
    micros = int((found["part"] or "0").ljust(6, "0")[:6])
    return _made(int(found["year"]), month, day, hour, int(found["minute"]), int(found["second"] or 0), micros, zone)


def _fixed(offset: str) -> tzinfo | None:
    away = timedelta(hours=int(offset[1:3]), minutes=int(offset[-2:]))
    return timezone(away if offset[0] == "+" else -away) if away < timedelta(hours=15) else None


def _made(  # every field of a time, and its zone
    year: int, month: int, day: int, hour: int, minute: int, second: int, micros: int, zone: tzinfo | None
) -> datetime | None:
    try:
        return datetime(year, month, day, hour, minute, second, micros, zone)
    except ValueError:
        return None


def _placed(local: datetime, zone: tzinfo) -> Utc | None:
    """A local time in its zone; None for one that a clock there showed twice, or never."""
    try:
        moment = local.replace(tzinfo=zone)
        once = moment.utcoffset() == moment.replace(fold=1).utcoffset()
        return from_datetime(moment) if once else None
    except (ValueError, OverflowError):
        return None


def _unix(text: str) -> Utc | None:
    """Unix time in seconds, or from its length in ms or µs."""
    value = float(text)
    for least, scale in ((1e17, 0), (1e14, 1), (1e11, 1_000)):
        if value > least:
            return Utc(round(value * scale)) if scale else None
    return Utc(round(value * SECOND))
