"""The sample tables of one MP4 or MOV track (ISO/IEC 14496-12): when and where every frame lies, without its data.

Read here because libav gives its table of samples only one object at a time and without composition offsets. Strict on
purpose: whatever is unusual (fragments, several sample descriptions, sync sample groups, open-ended or overlapping
boxes, tables that do not agree with each other) gives None, and the caller demuxes. Nothing is allocated that the
file's own bytes, or `_MOST` samples, do not pay for.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

_FRAGMENTS = frozenset((b"moof", b"mvex", b"sidx", b"ssix", b"styp", b"mfra", b"cmov"))  # and compressed movies
_ODD_TABLES = frozenset((b"stz2", b"stps", b"sbgp", b"stsh", b"padb"))
_MOOV_BYTES = 1 << 26
_ROOT_BOXES = 4096
_MOST = 1 << 22  # samples: 38 hours at 30 a second
_LARGEST = 1 << 28  # of a time or an offset; libav takes larger ones for damage
_EMPTY = (1 << 32) - 1, (1 << 64) - 1  # media_time −1 of an empty edit, in both versions

Numbers = NDArray[np.int64]


class _Unusual(Exception):
    """This file is to be demuxed instead."""


@dataclass(frozen=True, slots=True)
class Samples:
    """One entry a sample, in decoding order. Times are in the track's own timescale, before edit lists.

    `dts` from 0 (stts), `ctts` to be added for the time of showing, `duration`, `key` (stss), `size` in bytes, `pos` in
    the file. `one_stretch`: the edit list, if there is one, shows one stretch of the media once.
    """

    dts: Numbers
    ctts: Numbers
    duration: Numbers
    key: NDArray[np.bool_]
    size: Numbers
    pos: Numbers
    one_stretch: bool

    def __len__(self) -> int:
        return len(self.dts)


def read_samples(raw: BinaryIO, track: int) -> Samples | None:
    """The samples of the track with this track_ID, or None where demuxing is the surer way. `raw` stays where it was.
    Raises what `raw` raises."""
    stood = raw.tell()
    try:
        end = raw.seek(0, os.SEEK_END)
        return _samples(_track(_moov(raw, end), track), end)
    except (_Unusual, struct.error, IndexError):
        return None
    finally:
        raw.seek(stood)


def _moov(raw: BinaryIO, end: int) -> memoryview:
    """The content of the only `moov`; the other boxes of the file are stepped over."""
    at, found = 0, None
    for _ in range(_ROOT_BOXES):
        if at == end:
            break
        raw.seek(at)
        kind, head, size = _header(raw.read(16), end - at)
        if kind in _FRAGMENTS or (kind == b"moov" and (found is not None or size > _MOOV_BYTES)):
            raise _Unusual
        if kind == b"moov":
            found = at + head, size - head
        at += size
    if found is None or at != end:
        raise _Unusual
    raw.seek(found[0])
    content = raw.read(found[1])
    if len(content) != found[1]:
        raise _Unusual
    return memoryview(content)


def _header(head: bytes | memoryview, room: int) -> tuple[bytes, int, int]:
    """Kind, length of the header and of the whole box (4.2)."""
    size, kind = struct.unpack_from(">I4s", head)
    length = 8
    if size == 1:
        (size,) = struct.unpack_from(">Q", head, 8)
        length = 16
    if not length <= size <= room:
        raise _Unusual
    return kind, length, size


def _boxes(content: memoryview) -> Iterator[tuple[bytes, memoryview]]:
    at = 0
    while at < len(content):
        if len(content) - at == 4 and not any(content[at:]):
            return  # QuickTime ends some lists with a zero
        kind, head, size = _header(content[at : at + 16], len(content) - at)
        yield kind, content[at + head : at + size]
        at += size


def _only(content: memoryview, *path: bytes) -> memoryview:
    """The one box at a path."""
    for kind in path:
        found = [inner for k, inner in _boxes(content) if k == kind]
        if len(found) != 1:
            raise _Unusual
        content = found[0]
    return content


def _track(moov: memoryview, track: int) -> memoryview:
    """The `trak` with a track_ID (tkhd, 8.3.2)."""
    found = []
    for kind, content in _boxes(moov):
        if kind in _FRAGMENTS:
            raise _Unusual
        if kind == b"trak" and _track_id(_only(content, b"tkhd")) == track:
            found.append(content)
    if len(found) != 1:
        raise _Unusual
    return found[0]


def _track_id(tkhd: memoryview) -> int:
    number: int = struct.unpack_from(">I", tkhd, 20 if tkhd[0] == 1 else 12)[0]
    return number


def _samples(trak: memoryview, end: int) -> Samples:
    tables: dict[bytes, memoryview] = {}
    for kind, content in _boxes(_only(trak, b"mdia", b"minf", b"stbl")):
        if kind in _ODD_TABLES or kind in tables:
            raise _Unusual
        tables[kind] = content
    if struct.unpack_from(">I", tables.get(b"stsd", memoryview(b"")), 4) != (1,):
        raise _Unusual
    size = _sizes(tables, end)
    count = len(size)
    duration = _runs(tables, b"stts", count)
    if (duration < 0).any():
        raise _Unusual
    return Samples(
        dts=np.cumsum(duration) - duration,
        ctts=_runs(tables, b"ctts", count) if b"ctts" in tables else np.zeros(count, np.int64),
        duration=duration,
        key=_keys(tables, count),
        size=size,
        pos=_places(tables, size, end),
        one_stretch=_is_one_stretch(trak),
    )


def _table(tables: dict[bytes, memoryview], kind: bytes, columns: int, at: int = 4, width: str = ">u4") -> Numbers:
    """A table of big-endian numbers behind its count: exactly as many as the box has room for."""
    content = tables.get(kind)
    if content is None or content[0] > 1:
        raise _Unusual
    (rows,) = struct.unpack_from(">I", content, at)
    room = len(content) - at - 4
    if rows * columns * np.dtype(width).itemsize != room:
        raise _Unusual
    return np.frombuffer(content, width, offset=at + 4).astype(np.int64).reshape(rows, columns)


def _sizes(tables: dict[bytes, memoryview], end: int) -> Numbers:
    """stsz (8.7.3): a size a sample, or one for all."""
    common, count = struct.unpack_from(">II", tables.get(b"stsz", memoryview(b"")), 4)
    if not 0 < count <= _MOST or common * count > end:
        raise _Unusual
    size = np.full(count, common, np.int64) if common else _table(tables, b"stsz", 1, at=8)[:, 0]
    if not size.all():
        raise _Unusual
    return size


def _runs(tables: dict[bytes, memoryview], kind: bytes, count: int) -> Numbers:
    """stts and ctts (8.6.1): (how many samples, value of each). Some writers put negative values into version 0."""
    runs = _table(tables, kind, 2, width=">i4")
    if not len(runs) or (runs[:, 0] <= 0).any() or int(runs[:, 0].sum()) != count:
        raise _Unusual
    if (np.abs(runs[:, 1]) >= _LARGEST).any():
        raise _Unusual
    values: Numbers = np.repeat(runs[:, 1], runs[:, 0])
    return values


def _keys(tables: dict[bytes, memoryview], count: int) -> NDArray[np.bool_]:
    """stss (8.6.2): numbers of the sync samples from 1; without the table every sample is one."""
    if b"stss" not in tables:
        return np.ones(count, np.bool_)
    numbers = _table(tables, b"stss", 1)[:, 0]
    if not len(numbers) or numbers[0] < 1 or numbers[-1] > count or (np.diff(numbers) <= 0).any():
        raise _Unusual
    key = np.zeros(count, np.bool_)
    key[numbers - 1] = True
    return key


def _places(tables: dict[bytes, memoryview], size: Numbers, end: int) -> Numbers:
    """Where each sample begins: chunks (stco or co64, 8.7.5) and how many samples are in each (stsc, 8.7.4)."""
    if (b"stco" in tables) == (b"co64" in tables):
        raise _Unusual
    chunks = (_table(tables, b"stco", 1) if b"stco" in tables else _table(tables, b"co64", 1, width=">i8"))[:, 0]
    runs = _table(tables, b"stsc", 3)
    if not len(chunks) or not len(runs) or runs[0, 0] != 1 or (runs[:, 2] != 1).any() or (runs[:, 1] < 1).any():
        raise _Unusual
    lengths = np.diff(np.append(runs[:, 0], len(chunks) + 1))
    if (lengths <= 0).any() or int((lengths * runs[:, 1]).sum()) != len(size):
        raise _Unusual
    if int(chunks.min()) < 0 or int(chunks.max()) > end:
        raise _Unusual
    in_chunk = np.repeat(runs[:, 1], lengths)
    before = np.cumsum(size) - size
    first = np.cumsum(in_chunk) - in_chunk
    pos: Numbers = np.repeat(chunks - before[first], in_chunk) + before
    if int((pos + size).max()) > end:
        raise _Unusual
    return pos


def _is_one_stretch(trak: memoryview) -> bool:
    """Whether the edit list (elst, 8.6.6) is at most an empty edit and one stretch of the media."""
    edits = [inner for kind, inner in _boxes(trak) if kind == b"edts"]
    if not edits:
        return True
    elst = _only(edits[0], b"elst")
    row, time = (20, ">8xQ") if elst[0] == 1 else (12, ">4xI")
    (count,) = struct.unpack_from(">I", elst, 4)
    if len(edits) > 1 or count > 2 or count * row != len(elst) - 8:
        return False
    times = [struct.unpack_from(time, elst, 8 + row * n)[0] for n in range(count)]
    return sum(t not in _EMPTY for t in times) <= 1 and (count < 2 or times[0] in _EMPTY)
