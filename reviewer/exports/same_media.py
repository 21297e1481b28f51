"""Are two MP4 files the same but for a C2PA box? Then what was checked in the first holds of the second.

ISO/IEC 14496-12: a file is a row of boxes; `moov` names places in the file (`stco`, 8.7.5: 32 bits; `co64`: 64), which
move by the length of what was put before them. C2PA (Technical Specification 2.2, A.5) is one `uuid` box at the top.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from reviewer.domain.errors import MalformedDocument

C2PA_BOX = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
"""The user type of the box (C2PA Technical Specification, A.5.1)."""
_READ = 1 << 20
_MOOV_MOST = 64 << 20
_CONTAINERS = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl"})


@dataclass(frozen=True, slots=True)
class _Box:
    kind: bytes
    at: int
    size: int
    head: int


def same_but_for_c2pa(plain: Path, signed: Path) -> bool:
    """Whether `signed` is `plain` with one C2PA box more and nothing else. Raises MalformedDocument for what is no MP4,
    OSError."""
    with plain.open("rb") as one, signed.open("rb") as two:
        before, after = _boxes(one), _boxes(two)
        added = [box for box in after if _is_c2pa(two, box)]
        rest = [box for box in after if box not in added]
        if len(added) != 1 or [(b.kind, b.size) for b in before] != [(b.kind, b.size) for b in rest]:
            return False
        for first, second in zip(before, rest, strict=True):
            if first.kind == b"moov":
                if _unmoved(one, first, 0, 0) != _unmoved(two, second, added[0].size, added[0].at):
                    return False
            elif not _equal(one, first, two, second):
                return False
    return True


def has_c2pa(path: Path) -> bool:
    """Whether a C2PA box lies at the top of a file. Raises as `same_but_for_c2pa`."""
    with path.open("rb") as file:
        return any(_is_c2pa(file, box) for box in _boxes(file))


def _boxes(file: BinaryIO) -> list[_Box]:
    end = file.seek(0, 2)
    found, at = [], 0
    while at < end:
        file.seek(at)
        head = file.read(16)
        if len(head) < 8:
            raise _malformed()
        size, kind, length = int.from_bytes(head[:4], "big"), head[4:8], 8
        if size == 1 and len(head) == 16:
            size, length = int.from_bytes(head[8:], "big"), 16
        elif size == 0:
            size = end - at
        if size < length or at + size > end:
            raise _malformed()
        found.append(_Box(kind, at, size, length))
        at += size
    return found


def _is_c2pa(file: BinaryIO, box: _Box) -> bool:
    file.seek(box.at + box.head)
    return box.kind == b"uuid" and file.read(16) == C2PA_BOX


def _equal(one: BinaryIO, first: _Box, two: BinaryIO, second: _Box) -> bool:
    one.seek(first.at)
    two.seek(second.at)
    left = first.size
    while left:
        a, b = one.read(min(_READ, left)), two.read(min(_READ, left))
        if a != b or not a:
            return False
        left -= len(a)
    return True


def _unmoved(file: BinaryIO, box: _Box, by: int, after: int) -> bytes:
    """The bytes of `moov`, with the places that lie behind what was added at `after` as they were before."""
    if box.size > _MOOV_MOST:
        raise _malformed()
    file.seek(box.at)
    data = bytearray(file.read(box.size))
    if by:
        _shift(data, box.head, len(data), by, after)
    return bytes(data)


def _shift(data: bytearray, at: int, end: int, by: int, after: int) -> None:
    while at + 8 <= end:
        size, kind = int.from_bytes(data[at : at + 4], "big"), bytes(data[at + 4 : at + 8])
        if size < 8 or at + size > end:
            raise _malformed()
        if kind in _CONTAINERS:
            _shift(data, at + 8, at + size, by, after)
        elif kind in (b"stco", b"co64"):
            form = ">I" if kind == b"stco" else ">Q"
            width = struct.calcsize(form)
            many = int.from_bytes(data[at + 12 : at + 16], "big")
            if 16 + many * width > size:
                raise _malformed()
            for place in range(at + 16, at + 16 + many * width, width):
                (value,) = struct.unpack_from(form, data, place)
                struct.pack_into(form, data, place, value - by if value >= after + by else value)
        at += size


def _malformed() -> MalformedDocument:
    return MalformedDocument("This is not an MP4 file whose boxes can be read.", "Render the copy again.")
