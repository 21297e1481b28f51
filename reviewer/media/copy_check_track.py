"""One track of a copy: its headers, what its samples are and where they lie (ISO/IEC 14496-12, 8.3 to 8.9)."""

from __future__ import annotations

import struct
from collections.abc import Callable

import numpy as np

from reviewer.media.copy_check_boxes import TRACKS, Bad, BoxReading, Bytes, Numbers, Structure, Track, boxes, word

_HANDLERS = frozenset((b"", b"VideoHandler", b"SoundHandler"))
_NO_LANGUAGE = (0x55C4, 0)  # "und"


class TrackReading(BoxReading):
    """One `trak`."""

    def __init__(self, data: Bytes, found: Structure) -> None:
        super().__init__(data, found)
        self.track = Track(b"")
        self._tables: dict[bytes, tuple[int, int]] = {}
        self._edits: list[tuple[int, int, int]] = []

    def elst(self, start: int, end: int) -> None:
        """The edit list (8.6.6): at most one stretch, at the media's own pace."""
        wide = self.data[start] == 1
        row = ">QqI" if wide else ">IiI"
        (count,) = struct.unpack_from(">I", self.data, start + 4)
        self.expect(end - start == 8 + count * struct.calcsize(row) and count == 1, "moov/trak/edts/elst")
        self._edits = [struct.unpack_from(row, self.data, start + 8)] if count else []
        if self._edits and (self._edits[0][1] < 0 or self._edits[0][2] != 0x10000):
            self.found.say("The file’s edit list plays its media otherwise than they stand in it.")

    def mdia(self, start: int, end: int) -> None:
        """Clock, handler and tables."""
        known = {b"mdhd": self._mdhd, b"hdlr": self._hdlr, b"minf": self._minf}
        self.inside("moov/trak/mdia", start, end, known)

    def _mdhd(self, start: int, end: int) -> None:
        at = self.dates(start, "moov/trak/mdia/mdhd")
        (self.track.scale,) = struct.unpack_from(">I", self.data, at)
        language, rest = struct.unpack_from(">HH", self.data, end - 4)
        length = 4 + (8 if self.data[start] == 1 else 4) + 4
        self.expect(language in _NO_LANGUAGE and rest == 0 and end - at == length, "moov/trak/mdia/mdhd")
        if not self.track.scale:
            raise Bad("A track of the file has no clock.")

    def _hdlr(self, start: int, end: int) -> None:
        body = bytes(self.data[start:end])
        self.track.kind = body[8:12]
        self.expect(not any(body[:8]) and not any(body[12:24]), "moov/trak/mdia/hdlr")
        if body[24:].rstrip(b"\0") not in _HANDLERS or len(body) > 40:
            self.found.say("A track of the file has a name of its own.")
        if self.track.kind not in (b"vide", b"soun"):
            what = TRACKS.get(self.track.kind, f"a track of the kind “{word(self.track.kind)}”")
            self.found.say(f"The file carries {what}.")

    def _minf(self, start: int, end: int) -> None:
        known: dict[bytes, Callable[[int, int], None]] = {
            b"vmhd": lambda a, b: self.expect(not any(self.data[a + 4 : b]) and b - a == 12, "minf/vmhd"),
            b"smhd": lambda a, b: self.expect(not any(self.data[a + 4 : b]) and b - a == 8, "minf/smhd"),
            b"dinf": self._dinf,
            b"stbl": self._stbl,
        }
        if self.track.kind in (b"vide", b"soun"):
            self.inside("moov/trak/mdia/minf", start, end, known)

    def _dinf(self, start: int, end: int) -> None:
        """The media lie in this file, and nowhere else (8.7.2)."""
        here = struct.pack(">I4sII I4sI", 28, b"dref", 0, 1, 12, b"url ", 1)
        self.expect(self.data[start:end] == here, "moov/trak/mdia/minf/dinf")

    def _stbl(self, start: int, end: int) -> None:
        known: dict[bytes, Callable[[int, int], None]] = {b"stsd": self._stsd, b"sgpd": self._roll, b"sbgp": self._roll}
        for kind in (b"stts", b"ctts", b"stss", b"stsc", b"stsz", b"stco", b"co64", b"cslg"):
            known[kind] = lambda a, b, kind=kind: self._tables.__setitem__(kind, (a, b))  # type: ignore[misc]
        self.inside("moov/trak/mdia/minf/stbl", start, end, known)

    def _roll(self, start: int, end: int) -> None:
        """Groups of samples (8.9): AAC's distance of rolling in, and nothing else."""
        self.expect(bytes(self.data[start + 4 : start + 8]) == b"roll" and end - start <= 64, "stbl/sgpd")

    # -- what the samples are

    def _stsd(self, start: int, end: int) -> None:
        entries = list(boxes(self.data, start + 8, end))
        (count,) = struct.unpack_from(">I", self.data, start + 4)
        if count != 1 or len(entries) != 1:
            raise Bad("A track of the file holds media of more than one kind.")
        kind, inner, over = entries[0]
        self.track.code = kind
        if kind == b"avc1" and self.track.kind == b"vide":
            self._avc1(inner, over)
        elif kind == b"mp4a" and self.track.kind == b"soun":
            self._mp4a(inner, over)
        else:
            self.found.say(f"A track is neither H.264 nor AAC but “{word(kind)}”.")

    def _avc1(self, start: int, end: int) -> None:
        """A visual sample entry (12.1.3): its compressor's name is empty."""
        head = bytes(self.data[start : start + 78])
        self.track.width, self.track.height = struct.unpack_from(">HH", head, 24)
        if any(head[42:74]):
            self.found.say("The file names the program that made it (the compressor’s name).")
        right = not any(head[:6]) and not any(head[8:24]) and not any(head[36:40]) and head[40:42] == b"\0\1"
        self.expect(right and head[76:78] == b"\xff\xff", "stsd/avc1")
        known = {
            b"avcC": self._avcc,
            b"pasp": lambda a, b: self.expect(b - a == 8, "avc1/pasp"),
            b"btrt": lambda a, b: self.expect(b - a == 12, "avc1/btrt"),
            b"colr": lambda a, b: self.expect(b - a <= 11 and bytes(self.data[a : a + 4]) == b"nclx", "avc1/colr"),
        }
        self.inside("stsd/avc1", start + 78, end, known)

    def _avcc(self, start: int, end: int) -> None:
        """Parameter sets and nothing else (ISO/IEC 14496-15, 5.3.3.1)."""
        body = bytes(self.data[start:end])
        self.track.config = body
        at = 5
        for kind, mask in ((7, 31), (8, 255)):
            count, at = body[at] & mask, at + 1
            for _ in range(count):
                (size,) = struct.unpack_from(">H", body, at)
                self.expect(body[at + 2] & 31 == kind and size <= 256, "avc1/avcC")
                at += 2 + size
        self.expect(len(body) - at in (0, 4) and (len(body) == at or body[-1] == 0), "avc1/avcC")

    def _mp4a(self, start: int, end: int) -> None:
        """An audio sample entry (12.2.3)."""
        head = bytes(self.data[start : start + 28])
        self.expect(not any(head[:6]) and not any(head[8:16]) and not any(head[20:24]), "stsd/mp4a")
        known = {
            b"esds": lambda a, b: self.expect(b - a <= 64, "mp4a/esds"),
            b"btrt": lambda a, b: self.expect(b - a == 12, "mp4a/btrt"),
        }
        self.inside("stsd/mp4a", start + 28, end, known)

    # -- tables

    def finish(self) -> None:
        """The samples' places and times, once all boxes of the track were seen."""
        track, tables = self.track, self._tables
        if track.kind not in (b"vide", b"soun"):
            self._place_of_others()
            return
        if not {b"stts", b"stsc", b"stsz"} <= tables.keys() or (b"stco" in tables) == (b"co64" in tables):
            raise Bad("A track of the file does not say where its media lie.")
        stsz = self._row(b"stsz", 1, skip=4, exact=False)
        (one, count) = struct.unpack_from(">II", self.data, tables[b"stsz"][0] + 4)
        track.size = np.full(count, one, np.int64) if one else stsz[:, 0]
        track.pos = self._places(track.size)
        stts = self._row(b"stts", 2)
        lasts = np.repeat(stts[:, 1], stts[:, 0])
        dts = np.cumsum(lasts) - lasts
        later = np.zeros(len(dts), np.int64)
        if b"ctts" in tables:
            ctts = self._row(b"ctts", 2)
            later = np.repeat(ctts[:, 1].astype(np.uint32).astype(np.int32).astype(np.int64), ctts[:, 0])
        if not len(track.size) == len(dts) == len(later):
            raise Bad("A track of the file counts its samples in two ways.")
        pts = dts + later - (self._edits[0][1] if self._edits else 0)
        track.pts = pts
        track.ends = int((pts + lasts).max()) if len(pts) else 0

    def _place_of_others(self) -> None:
        """A track that should not be there has no samples of ours; that is said already."""
        self.track.size = self.track.pos = np.zeros(0, np.int64)

    def _row(self, kind: bytes, columns: int, skip: int = 0, *, exact: bool = True) -> Numbers:
        """A table of 32-bit numbers, which fills its box."""
        start, end = self._tables[kind]
        (count,) = struct.unpack_from(">I", self.data, start + 4 + skip)
        room = (end - start - 8 - skip) // (4 * columns)
        if (exact and end - start != 8 + skip + count * 4 * columns) or room not in (0, count):
            self.expect(right=False, where=f"stbl/{word(kind)}")
            count = min(count, room)
        count = min(count, room)
        raw = np.frombuffer(self.data, ">u4", count * columns, start + 8 + skip)
        return raw.reshape(-1, columns).astype(np.int64)

    def _places(self, size: Numbers) -> Numbers:
        """Where each sample begins (8.7.4, 8.7.5)."""
        if b"stco" in self._tables:
            chunks = self._row(b"stco", 1)[:, 0]
        else:
            halves = self._row_wide(b"co64")
            chunks = halves
        runs = self._row(b"stsc", 3)
        if not len(size):
            return np.zeros(0, np.int64)
        lengths = np.diff(np.append(runs[:, 0], len(chunks) + 1))
        in_chunk = np.repeat(runs[:, 1], lengths)
        if (lengths <= 0).any() or int(in_chunk.sum()) != len(size) or (runs[:, 2] != 1).any():
            raise Bad("A track of the file does not say where its media lie.")
        chunk = np.repeat(np.arange(len(chunks)), in_chunk)
        before = np.cumsum(size) - size
        first = np.cumsum(in_chunk) - in_chunk
        return np.asarray(chunks[chunk] + before - before[first][chunk], np.int64)

    def _row_wide(self, kind: bytes) -> Numbers:
        start, end = self._tables[kind]
        (count,) = struct.unpack_from(">I", self.data, start + 4)
        self.expect(end - start == 8 + count * 8, f"stbl/{word(kind)}")
        return np.frombuffer(self.data, ">u8", count, start + 8).astype(np.int64)
