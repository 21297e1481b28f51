"""A whole copy, box by box: its head, and that its media hold nothing between the samples."""

from __future__ import annotations

import struct

import numpy as np

from reviewer.media.copy_check_boxes import IDENTITY, Bad, BoxReading, Bytes, Structure, boxes, word
from reviewer.media.copy_check_guest import C2PA, guest_problems
from reviewer.media.copy_check_track import TrackReading

_MOST_TRACKS = 8
NO_COPY = "The file’s boxes cannot be read: it is no MP4 file as copies are."
# What FFmpeg writes where there is no metadata at all: an empty list of Apple's kind.
_NO_METADATA = bytes.fromhex(
    "000000356d657461000000000000002168646c7200000000000000006d6469726170706c00000000000000000000000008696c7374"
)


def structure(data: Bytes) -> Structure:
    """All of it. What cannot be taken apart is a problem like another."""
    found = Structure()
    try:
        _FileReading(data, found).file()
    except Bad as wrong:
        found.say(str(wrong))
    except (struct.error, ValueError, IndexError, OverflowError):
        found.say(NO_COPY)
    return found


class _FileReading(BoxReading):
    """The file."""

    def __init__(self, data: Bytes, found: Structure) -> None:
        super().__init__(data, found)
        self._media: list[tuple[int, int]] = []

    def file(self) -> None:
        """The outermost boxes, and that the tracks' samples are all there is in `mdat`."""
        known = {b"ftyp": self._ftyp, b"free": self._free, b"moov": self._moov, b"uuid": self._uuid}
        seen: list[bytes] = []
        for kind, start, end in boxes(self.data):
            if kind in seen and kind not in (b"free", b"mdat"):
                self.found.say(f"The file has more than one box “{word(kind)}”.")
            seen.append(kind)
            if kind == b"mdat":
                self._media.append((start, end))
            elif kind in known:
                known[kind](start, end)
            else:
                self.stray(kind, "", start, end)
        if b"moov" not in seen or not self._media:
            raise Bad(NO_COPY)
        self._covered()

    def _ftyp(self, start: int, end: int) -> None:
        self.expect((end - start) % 4 == 0 and end - start <= 64, "ftyp")

    def _free(self, start: int, end: int) -> None:
        if any(self.data[start:end]):
            self.found.say("There is something hidden in the file’s padding (a “free” box with content).")

    def _moov(self, start: int, end: int) -> None:
        self.inside("moov", start, end, {b"mvhd": self._mvhd, b"trak": self._trak, b"udta": self._udta})

    def _uuid(self, start: int, end: int) -> None:
        if self.data[start : start + 16] != C2PA:
            self.stray(b"uuid", "", start, end)
            return
        self.found.credentials = True
        for problem in guest_problems(self.data[start:end]):
            self.found.say(problem)

    def _udta(self, start: int, end: int) -> None:
        if self.data[start:end] != _NO_METADATA:
            self.stray(b"udta", "moov", start, end)

    def _mvhd(self, start: int, end: int) -> None:
        at = self.dates(start, "moov/mvhd")
        at += 4 + (8 if self.data[start] == 1 else 4)
        rest = bytes(self.data[at:end])
        right = rest[:6] == b"\0\1\0\0\1\0" and not any(rest[6:16]) and rest[16:52] == IDENTITY
        self.expect(right and not any(rest[52:76]) and len(rest) == 80, "moov/mvhd")

    def _trak(self, start: int, end: int) -> None:
        if len(self.found.tracks) >= _MOST_TRACKS:
            raise Bad("The file has too many tracks.")
        reading = TrackReading(self.data, self.found)
        self.found.tracks.append(reading.track)
        known = {
            b"tkhd": self._tkhd,
            b"edts": lambda a, b: self.inside("moov/trak/edts", a, b, {b"elst": reading.elst}),
            b"mdia": reading.mdia,
        }
        try:
            self.inside("moov/trak", start, end, known)
            reading.finish()
        except Bad as wrong:  # what stands behind it is still to be looked at
            self.found.say(str(wrong))

    def _tkhd(self, start: int, end: int) -> None:
        at = self.dates(start, "moov/trak/tkhd")
        at += 8 + (8 if self.data[start] == 1 else 4)
        rest = bytes(self.data[at:end])  # reserved, layer, group, volume, reserved, matrix, width and height
        right = len(rest) == 60 and not any(rest[:10]) and not any(rest[14:16])
        self.expect(right and rest[12:14] in (b"\0\0", b"\1\0"), "moov/trak/tkhd")
        if rest[16:52] != IDENTITY:
            self.found.say("The picture is turned by a note for players instead of being turned itself.")

    def _covered(self) -> None:
        """Every byte of `mdat` belongs to exactly one sample of a track."""
        tracks = self.found.tracks
        pos = np.concatenate([track.pos for track in tracks] or [np.zeros(0, np.int64)])
        size = np.concatenate([track.size for track in tracks] or [np.zeros(0, np.int64)])
        order = np.argsort(pos, kind="stable")
        begin, end = pos[order], (pos + size)[order]
        whole = sum(over - start for start, over in self._media)
        starts = {start for start, _ in self._media}
        joins = begin[1:] == end[:-1]
        breaks = [int(begin[0])] + [int(each) for each in begin[1:][~joins]] if len(begin) else []
        if len(breaks) > len(starts) or not set(breaks) <= starts or int(size.sum()) != whole:
            self.found.say("There are bytes in the file’s media that belong to no picture and no sound of it.")
