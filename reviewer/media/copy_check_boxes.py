"""What an MP4 file is made of, box by box, against the list of what a copy may have (ISO/IEC 14496-12, -14, -15).

A list of what may not be there would forget something; so whatever this does not name is a problem: places, titles,
covers, chapters, time codes, subtitles, a second sound track, text in padding, bytes that no track refers to. Times of
making have to be 0 and names of programs empty. The one guest is C2PA's manifest, which is looked into as well.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
Bytes = memoryview
IDENTITY = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
_NAMED = {
    b"\xa9xyz": "a place (GPS)",
    b"loci": "a place (GPS)",
    b"\xa9nam": "a title",
    b"titl": "a title",
    b"covr": "a cover picture",
    b"thmb": "a thumbnail",
    b"\xa9too": "the name of the program that made it",
    b"\xa9swr": "the name of the program that made it",
    b"\xa9day": "a date",
    b"\xa9cmt": "a comment",
    b"desc": "a description",
    b"chpl": "chapters",
    b"tref": "a reference between tracks, as chapters and time codes have",
    b"tmcd": "a time code",
    b"gps ": "a place (GPS)",
    b"uuid": "a box of a private kind",
    b"skip": "padding",
    b"emsg": "a message",
    b"sidx": "an index of fragments",
    b"moof": "fragments",
    b"meta": "metadata",
    b"udta": "metadata",
}
TRACKS = {
    b"text": "a text or chapter track",
    b"sbtl": "a subtitle stream",
    b"subt": "a subtitle stream",
    b"clcp": "a caption stream",
    b"tmcd": "a time code track",
    b"meta": "a metadata track",
    b"hint": "a hint track",
    b"pict": "a picture track",
}


class Bad(Exception):
    """The file cannot be taken apart: what it is, as a sentence."""


@dataclass(slots=True)
class Track:
    """A track's samples in order of decoding. `pts`: when each is shown, in `scale` a second, as the edit list has it;
    `ends` when the last one does. `config`: avcC's content for the picture, else "". `turned`: it has a matrix."""

    kind: bytes
    scale: int = 1
    pos: Numbers = field(default_factory=lambda: np.zeros(0, np.int64))
    size: Numbers = field(default_factory=lambda: np.zeros(0, np.int64))
    pts: Numbers = field(default_factory=lambda: np.zeros(0, np.int64))
    ends: int = 0
    config: bytes = b""
    width: int = 0
    height: int = 0
    code: bytes = b""


@dataclass(slots=True)
class Structure:
    """What a file has: its picture and sound tracks, whether a C2PA manifest stands in it, and every problem, each a
    sentence."""

    tracks: list[Track] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    credentials: bool = False

    def of(self, kind: bytes) -> list[Track]:
        return [track for track in self.tracks if track.kind == kind]

    def say(self, problem: str) -> None:
        if problem not in self.problems:
            self.problems.append(problem)


def boxes(data: Bytes, start: int = 0, end: int | None = None) -> Iterator[tuple[bytes, int, int]]:
    """Kind, begin and end of the content of each box (4.2). Raises Bad where they do not fill the room."""
    at, over = start, len(data) if end is None else end
    while at < over:
        if over - at < 8:
            raise Bad("There are bytes behind the last box of the file, or of a box in it.")
        size, kind = struct.unpack_from(">I4s", data, at)
        head = 8
        if size == 1:
            (size,) = struct.unpack_from(">Q", data, at + 8)
            head = 16
        if not head <= size <= over - at:
            raise Bad("There are bytes behind the last box of the file, or of a box in it.")
        yield kind, at + head, at + size
        at += size


class BoxReading:
    """Goes through boxes; `found` gets what is to be said of them."""

    def __init__(self, data: Bytes, found: Structure) -> None:
        self.data, self.found = data, found

    def inside(self, path: str, start: int, end: int, known: Mapping[bytes, Callable[[int, int], None]]) -> None:
        """Each box in a box, by who knows it; one that nobody knows is a problem."""
        for kind, inner, over in boxes(self.data, start, end):
            if kind in known:
                known[kind](inner, over)
            elif kind == b"free":
                self.expect(not any(self.data[inner:over]), f"{path}/free")
            else:
                self.stray(kind, path, inner, over)

    def stray(self, kind: bytes, path: str, start: int, end: int) -> None:
        """A box that a copy has no use for, said by what is in it."""
        content = bytes(self.data[start:end]) if kind in (b"meta", b"udta") else b""
        inner = [each for each in _NAMED if each not in (b"meta", b"udta", b"uuid", b"skip") and each in content]
        for named in inner or [kind]:
            what = _NAMED.get(named, "something that no copy needs")
            self.found.say(f"The file carries {what} (box “{'/'.join(filter(None, (path, word(named))))}”).")

    def expect(self, right: bool, where: str) -> None:
        """Say it where a box is not as it should be."""
        if not right:
            self.found.say(f"The box “{where}” holds more than a copy’s does.")

    def dates(self, start: int, where: str) -> int:
        """A full box's head and its times of making, which have to be 0. Returns where it goes on."""
        version = self.data[start]
        length = 16 if version == 1 else 8
        if any(self.data[start + 4 : start + 4 + length]):
            self.found.say(f"The file says when it was made (box “{where}”).")
        return start + 4 + length


def word(kind: bytes) -> str:
    """A box's four letters, as they are read aloud."""
    return kind.decode("latin-1").strip() if all(32 <= c < 127 or c == 0xA9 for c in kind) else kind.hex()
