"""GoPro Metadata Format (github.com/gopro/gpmf-parser): KLV items, big-endian, each padded to four bytes.

GPS5 (HERO5 to HERO10) is about 18 positions a payload with one fix state (GPSF), one dilution (GPSP, hundredths) and
one UTC label (GPSU) for all of them. GPS9 (HERO11 on) carries time, dilution and fix with every position.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import isfinite
from typing import BinaryIO

import av
from av.container import InputContainer
from av.stream import Discard

from reviewer.domain.errors import UnreadableTrack
from reviewer.domain.timebase import SECOND, Micros, Utc, from_datetime, pts_to_micros
from reviewer.domain.track import NOTHING_TOLD, Told, Track
from reviewer.tracks.checks import track_from
from reviewer.tracks.readings import Reading, unreadable

_NUMBERS = {
    b"b": "b",
    b"B": "B",
    b"s": "h",
    b"S": "H",
    b"l": "i",
    b"L": "I",
    b"f": "f",
    b"d": "d",
    b"j": "q",
    b"J": "Q",
}
_2000 = from_datetime(datetime(2000, 1, 1, tzinfo=UTC))
_DAY = 86_400 * SECOND
_GPS5_SCALE = (10_000_000, 10_000_000, 1000, 1000, 100)
_GPS9_SCALE = (10_000_000, 10_000_000, 1000, 1000, 100, 1, 1000, 100, 1)
_USUAL_PAYLOAD = Micros(1_001_000)
_DEEPEST = 8


@dataclass(frozen=True, slots=True)
class Item:
    """One KLV item: `kind` is the type letter (NUL for a nest), `size` bytes a sample, `value` without padding."""

    key: bytes
    kind: bytes
    size: int
    value: bytes


def items(data: bytes) -> Iterator[Item]:
    """The items of a payload or a nest. Raises ValueError where one reaches past the end."""
    at = 0
    while at + 8 <= len(data):
        key, kind, size, repeat = struct.unpack_from(">4scBH", data, at)
        if key == b"\0\0\0\0":
            return
        end = at + 8 + size * repeat
        if end > len(data):
            raise ValueError(f"item {key!r} reaches past the end of its payload")
        yield Item(key, kind, size, data[at + 8 : end])
        at = (end + 3) & ~3


def streams(data: bytes, depth: int = 0) -> Iterator[dict[bytes, Item]]:
    """Each STRM nest with its items by key. Raises ValueError for a broken payload."""
    if depth > _DEEPEST:
        raise ValueError("nested too deep")
    for item in items(data):
        if item.key == b"STRM":
            yield {each.key: each for each in items(item.value)}
        elif item.kind == b"\0":
            yield from streams(item.value, depth + 1)


@dataclass(slots=True)
class _Payload:
    """What one payload says about position. `label` is GPSU; `rows` are scaled GPS5 rows, to be spread over time."""

    stream: Micros | None
    label: Utc | None = None
    fix: int = 3
    dop: float | None = None
    rows: list[tuple[float, ...]] = field(default_factory=list)
    rows9: list[tuple[float, ...]] = field(default_factory=list)


def read_gpmf(payloads: Iterable[tuple[Micros, bytes]]) -> Track:
    """The track of a gpmd stream: each payload with its stream time. Broken payloads are counted as "damaged"."""
    return _track(payloads)


def read_gpmf_bytes(name: str, data: bytes, told: Told = NOTHING_TOLD) -> Track:
    """Raw payloads one after another, as extraction tools write them; there is no stream time then, so no clock.
    Raises UnreadableTrack if the bytes are not GPMF at all."""
    if data[:4] != b"DEVC":
        raise unreadable(name, "is not GoPro metadata")
    whole: list[tuple[None, bytes]] = []
    at = 0
    while at + 8 <= len(data):
        size, repeat = struct.unpack_from(">BH", data, at + 5)
        end = (at + 8 + size * repeat + 3) & ~3
        whole.append((None, data[at:end]))
        at = end
    return _track(whole)


def _track(payloads: Iterable[tuple[Micros | None, bytes]]) -> Track:
    read: list[_Payload] = []
    damaged = 0
    for stream, data in payloads:
        try:
            read.extend(_positions(stream, data))
        except (ValueError, struct.error):
            damaged += 1
    readings = [r for i, each in enumerate(read) for r in _spread(each, read[i + 1] if i + 1 < len(read) else None)]
    return track_from("gpmf", readings, damaged)


def _positions(stream: Micros | None, data: bytes) -> list[_Payload]:
    found = []
    for by_key in streams(data):
        if b"GPS5" not in by_key and b"GPS9" not in by_key:
            continue
        payload = _Payload(stream)
        if b"GPSU" in by_key:
            payload.label = _label(by_key[b"GPSU"].value)
        if b"GPSF" in by_key:
            payload.fix = int(_first(by_key[b"GPSF"]))
        if b"GPSP" in by_key:
            payload.dop = _first(by_key[b"GPSP"]) / 100
        scale = by_key.get(b"SCAL")
        kinds = by_key.get(b"TYPE")
        if b"GPS9" in by_key and kinds is not None and kinds.value[:9] != b"lllllllSS":
            raise ValueError("GPS9 of another shape")
        if b"GPS9" in by_key:  # newer cameras may write both; GPS9 says more
            payload.rows9 = _rows(by_key[b"GPS9"], ">7i2H", scale, _GPS9_SCALE)
        else:
            payload.rows = _rows(by_key[b"GPS5"], ">5i", scale, _GPS5_SCALE)
        found.append(payload)
    return found


def _rows(item: Item, layout: str, scale: Item | None, usual: tuple[int, ...]) -> list[tuple[float, ...]]:
    divisors = _numbers(scale) if scale is not None else usual
    if len(divisors) == 1:
        divisors = divisors * len(usual)
    if len(divisors) != len(usual) or not all(divisors) or item.size != struct.calcsize(layout):
        raise ValueError("positions and their scale do not match")
    return [tuple(v / d for v, d in zip(row, divisors, strict=True)) for row in struct.iter_unpack(layout, item.value)]


def _numbers(item: Item) -> tuple[float, ...]:
    letter = _NUMBERS.get(item.kind)
    if letter is None:
        raise ValueError(f"{item.key!r} is not a number")
    return tuple(v for (v,) in struct.iter_unpack(f">{letter}", item.value))


def _first(item: Item) -> float:
    values = _numbers(item)
    if not values or not isfinite(values[0]):
        raise ValueError(f"{item.key!r} is empty")
    return values[0]


def _label(value: bytes) -> Utc | None:
    """GPSU: `yymmddhhmmss.sss`, UTC."""
    try:
        return from_datetime(datetime.strptime(value[:16].decode("ascii") + "000+0000", "%y%m%d%H%M%S.%f%z"))
    except (ValueError, UnicodeDecodeError):
        return None


def _spread(payload: _Payload, following: _Payload | None) -> Iterator[Reading]:
    """A payload's positions, evenly over its stretch of stream time."""
    rows = payload.rows or payload.rows9
    stretch = _stretch(payload.stream, following.stream if following else None)
    # GPSU labels come unevenly. Between two that make sense the positions are laid evenly, so time never runs back.
    labels = _stretch(payload.label, following.label if following else None)
    for i, row in enumerate(rows):
        stream = None if payload.stream is None else Micros(payload.stream + stretch * i // len(rows))
        if payload.rows9:
            yield _reading9(row, stream)
            continue
        at = None if payload.label is None else Utc(payload.label + labels * i // len(rows))
        yield Reading(at, row[0], row[1], None, row[3], None, stream, payload.dop, payload.fix >= 2)


def _stretch(start: int | None, end: int | None) -> int:
    """From one payload to the next where that is about a second, else the usual length."""
    length = end - start if start is not None and end is not None else 0
    return length if 0 < length <= 3 * _USUAL_PAYLOAD else _USUAL_PAYLOAD


def _reading9(row: tuple[float, ...], stream: Micros | None) -> Reading:
    lat, lon, _, speed, _, days, seconds, dop, fix = row
    at = Utc(_2000 + round(days) * _DAY + round(seconds * SECOND))
    return Reading(at, lat, lon, None, speed, None, stream, dop, fix >= 2)


def gpmf_payloads(file: BinaryIO) -> Iterator[tuple[Micros, bytes]]:
    """The gpmd payloads of a recording with their stream times; none if it has no such stream. Only the metadata is
    read, not the footage; a file that was cut off yields what is there. Raises UnreadableTrack if it does not open."""
    try:
        # Only the format that GoPro metadata comes in: a playlist could name other files.
        with av.open(file, "r", options={"format_whitelist": "mov"}) as container:
            yield from _demux(container)
    except (av.FFmpegError, OSError) as broken:
        raise UnreadableTrack(
            "The GPS metadata inside the recording cannot be read.", "Take the recording in without its GPS."
        ) from broken


def _demux(container: InputContainer) -> Iterator[tuple[Micros, bytes]]:
    wanted = [s for s in container.streams if s.type == "data"]
    for stream in container.streams:
        if stream.type != "data":
            stream.discard = Discard.all
    packets = container.demux(wanted) if wanted else iter(())
    while True:
        try:
            packet = next(packets, None)
        except (av.InvalidDataError, av.EOFError):
            return  # cut off here
        if packet is None:
            return
        data = bytes(packet)
        if packet.pts is not None and packet.time_base is not None and data[:4] == b"DEVC":
            yield pts_to_micros(packet.pts, packet.time_base), data
