"""When and where a still image was taken, from its EXIF (CIPA DC-008, Exif 2.32), with Pillow. No pixel is decoded.

EXIF states the camera's own local time; `OffsetTimeOriginal` says how far that is from UTC, and where it is missing the
GPS time beside it may: zones lie whole quarters of an hour apart. A GPS time by itself is that of the last fix, which
may be older than the picture. A pure function from a file to a value, so that it can run in a process of its own.
"""

from __future__ import annotations

import math
import re
import struct
import warnings
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from PIL import ExifTags, Image

from reviewer.domain.errors import UnreadableMedia
from reviewer.domain.picture import Basis, Picture
from reviewer.domain.timebase import SECOND, Micros, Utc, from_datetime

UNCHECKED = Micros(60 * SECOND)
"""How far the clock of a camera that states its zone may be off: nobody compared it."""
OLD_FIX = Micros(120 * SECOND)
"""How much older than its picture the last fix may be."""
SEVERAL_HOURS = Micros(4 * 3600 * SECOND)
"""How far local time may be from the UTC it is read as; two of these cover nearly every zone."""
PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
"""First bytes of the formats that stills come in."""
_QUARTER = 900 * SECOND
_WIDEST = 14 * 3600 * SECOND  # of all zones
_BROKEN = (OSError, ValueError, TypeError, LookupError, ArithmeticError, SyntaxError, EOFError, struct.error)
_CLOCK = re.compile(r"(\d{4})[:\-/](\d\d)[:\-/](\d\d)[ T](\d\d):(\d\d):(\d\d)")
_OFFSET = re.compile(r"([+-])(\d\d):(\d\d)")
_FIRST, _LAST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)

Tags = Mapping[int, Any]


def read_picture(source: Path | BinaryIO, name: str = "") -> Picture:
    """What the file's headers say; a damaged file says less and never raises. Raises UnreadableMedia if it cannot be
    opened at all. `name` is what the error calls it."""
    called = name or (source.name if isinstance(source, Path) else "The picture")
    try:
        file = source.open("rb") if isinstance(source, Path) else source
    except OSError as refused:
        what = refused.strerror or "the disk refuses"
        raise UnreadableMedia(f"{called} cannot be read: {what}.", "Check the disk and your rights.") from refused
    with file, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return _read(file)
        except _BROKEN:
            return Picture(damaged=True)


def _read(file: BinaryIO) -> Picture:
    Image.MAX_IMAGE_PIXELS = None  # nothing is decoded here, and phones make pictures of 200 million pixels
    with Image.open(file, formats=("JPEG", "PNG")) as image:
        exif = image.getexif()
    main: Tags = dict(exif)
    own = _directory(exif, ExifTags.IFD.Exif)
    gps = _directory(exif, ExifTags.IFD.GPSInfo)
    taken_at, uncertainty, basis = _when(own, gps)
    lat = _degrees(gps, ExifTags.GPS.GPSLatitude, ExifTags.GPS.GPSLatitudeRef, "N", "S", 90)
    lon = _degrees(gps, ExifTags.GPS.GPSLongitude, ExifTags.GPS.GPSLongitudeRef, "E", "W", 180)
    valid = lat is not None and lon is not None and (lat, lon) != (0, 0) and _text(gps, ExifTags.GPS.GPSStatus) != "V"
    accuracy = _number(gps.get(ExifTags.GPS.GPSHPositioningError))
    heading = _number(gps.get(ExifTags.GPS.GPSImgDirection))
    return Picture(
        taken_at,
        uncertainty,
        basis,
        lat=lat if valid else None,
        lon=lon if valid else None,
        accuracy=accuracy if accuracy is not None and accuracy > 0 else None,
        heading=heading % 360 if heading is not None else None,
        make=_text(main, ExifTags.Base.Make),
        model=_text(main, ExifTags.Base.Model),
        serial=_text(own, ExifTags.Base.BodySerialNumber),
    )


def _directory(exif: Image.Exif, which: int) -> Tags:
    try:
        return dict(exif.get_ifd(which))
    except _BROKEN:
        return {}


# -- when ------------------------------------------------------------------------------------------------------------


def _when(own: Tags, gps: Tags) -> tuple[Utc | None, Micros, Basis]:
    local = _local(own)
    satellite = _satellite(gps)
    if local is None:
        return (satellite, OLD_FIX, Basis.GPS) if satellite is not None else (None, Micros(0), Basis.NONE)
    offset = _offset(_text(own, ExifTags.Base.OffsetTimeOriginal))
    if offset is not None:
        return Utc(local - offset), UNCHECKED, Basis.OFFSET
    if satellite is not None:
        zone = round((local - satellite) / _QUARTER) * _QUARTER
        if abs(zone) <= _WIDEST:  # else one of the two clocks was never set
            return Utc(local - zone), UNCHECKED, Basis.ZONE
        return satellite, OLD_FIX, Basis.GPS
    return local, SEVERAL_HOURS, Basis.LOCAL


def _local(own: Tags) -> Utc | None:
    """The camera's clock, read as if it were UTC."""
    for when, part in (
        (ExifTags.Base.DateTimeOriginal, ExifTags.Base.SubsecTimeOriginal),
        (ExifTags.Base.DateTimeDigitized, ExifTags.Base.SubsecTimeDigitized),
    ):
        found = _CLOCK.match(_text(own, when))
        if found is None:
            continue
        moment = _moment(*(int(g) for g in found.groups()))
        digits = _text(own, part)[:6]
        if moment is not None:
            return Utc(moment + (int(digits.ljust(6, "0")) if digits.isascii() and digits.isdecimal() else 0))
    return None


def _satellite(gps: Tags) -> Utc | None:
    """GPSDateStamp and GPSTimeStamp: UTC."""
    day = _CLOCK.match(f"{_text(gps, ExifTags.GPS.GPSDateStamp)} 00:00:00")
    clock = [_number(each) for each in _triple(gps.get(ExifTags.GPS.GPSTimeStamp))]
    if day is None or len(clock) != 3:
        return None
    hours, minutes, seconds = clock
    if hours is None or minutes is None or seconds is None:
        return None
    midnight = _moment(*(int(g) for g in day.groups()))
    past = hours * 3600 + minutes * 60 + seconds
    return Utc(midnight + round(past * SECOND)) if midnight is not None and 0 <= past < 86_401 else None


def _moment(year: int, month: int, day: int, hour: int, minute: int, second: int) -> Utc | None:
    try:
        moment = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None
    return from_datetime(moment) if _FIRST <= moment < _LAST else None


def _offset(text: str) -> Micros | None:
    found = _OFFSET.fullmatch(text)
    if found is None or int(found[2]) > 14 or int(found[3]) > 59:
        return None
    ahead = Micros((int(found[2]) * 60 + int(found[3])) * 60 * SECOND)
    return ahead if found[1] == "+" else Micros(-ahead)


# -- values ----------------------------------------------------------------------------------------------------------


def _text(tags: Tags, tag: int) -> str:
    value = tags.get(tag)
    if isinstance(value, bytes):
        value = value.decode("ascii", "replace")
    text = value.split("\0", 1)[0].strip() if isinstance(value, str) else ""
    return text if len(text) <= 100 and text.isprintable() else ""


def _number(value: Any) -> float | None:  # noqa: ANN401 - whatever the file holds
    try:
        number = float(value)
    except (TypeError, ValueError, ArithmeticError):
        return None
    return number if math.isfinite(number) else None


def _triple(value: Any) -> tuple[Any, ...]:  # noqa: ANN401 - whatever the file holds
    return value if isinstance(value, tuple) and len(value) == 3 else ()


def _degrees(gps: Tags, where: int, side: int, plus: str, minus: str, most: int) -> float | None:
    """Degrees, minutes and seconds, and on which side."""
    parts = [_number(each) for each in _triple(gps.get(where))]
    which = _text(gps, side).upper()
    if len(parts) != 3 or which not in (plus, minus):
        return None
    degrees, minutes, seconds = parts
    if degrees is None or minutes is None or seconds is None:
        return None
    value = degrees + minutes / 60 + seconds / 3600
    return None if not 0 <= value <= most else value if which == plus else -value
