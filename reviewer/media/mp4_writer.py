"""Writes one picture track and at most one sound track into an MP4 file, and nothing else.

Written here and not by libavformat, because what a copy carries must be known to the last byte: every box below is
named, none holds words, times of making, or a place. The index comes first, so a player can begin at once, which takes
no second pass: sizes are known before the first byte is written, and samples are asked for as they are written, so
memory does not grow with the film. ISO/IEC 14496-12 (boxes), 14496-14 (MP4), 14496-15 (avcC), 14496-1 (esds).
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from reviewer.media.render import Target

_MOVIE = 1_000_000  # ticks a second of the movie: microseconds
_MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
_GROUP = 1  # seconds of a track that lie together
_FULL = 2
_HIGH_PROFILES = (100, 110, 122, 144)
AAC_FRAME = 1024
"""Samples in one packet of sound."""

Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class PictureTrack:
    """All pictures in coding order: pts in `target.base` ticks, keys (1 or 0) and sizes in bytes. The last one shown
    ends at `end`."""

    target: Target
    pts: Numbers
    keys: Numbers
    sizes: Numbers
    end: int
    sps: bytes
    pps: bytes


@dataclass(frozen=True, slots=True, eq=False)
class SoundTrack:
    """AAC-LC packets of AAC_FRAME samples: their sizes, the AudioSpecificConfig, and how many samples at first are the
    encoder's own, not the sound's."""

    rate: int
    config: bytes
    sizes: Numbers
    samples: int
    primed: int
    bit_rate: int


def write(
    out: BinaryIO,
    picture: PictureTrack,
    sound: SoundTrack | None,
    pictures: Callable[[int], bytes],
    packets: Callable[[int], bytes],
    passing: Callable[[float], None] = lambda _share: None,
) -> None:
    """Write the whole file. `pictures(n)` and `packets(n)` give the next n bytes of the tracks' samples, in order.
    `passing` hears the share that is written and may raise to stop. Raises OSError."""
    groups = list(_groups(picture, sound))
    body = sum(group.size for group in groups)
    kind = _box(b"ftyp", b"isom\0\0\2\0isomiso2avc1mp41")
    places = [0] * len(groups)
    head = len(kind) + len(_moov(picture, sound, groups, places)) + 16
    at = head
    for n, group in enumerate(groups):
        places[n] = at
        at += group.size
    out.write(kind)
    out.write(_moov(picture, sound, groups, places))
    out.write(struct.pack(">I4sQ", 1, b"mdat", body + 16))
    for n, group in enumerate(groups):
        out.write((packets if group.is_sound else pictures)(group.size))
        passing((n + 1) / len(groups))


@dataclass(frozen=True, slots=True)
class _Group:
    """Samples of one track that lie together: how many, and their bytes."""

    is_sound: bool
    count: int
    size: int


def _groups(picture: PictureTrack, sound: SoundTrack | None) -> Iterator[_Group]:
    """A second of pictures, a second of sound, and so on."""
    ticks = int(_GROUP / picture.target.base)
    starts = picture.pts.min() if len(picture.pts) else 0
    of_picture = _counts((_decoded(picture.pts) - starts) // max(1, ticks))
    of_sound = _counts(np.arange(len(sound.sizes)) * AAC_FRAME // (_GROUP * sound.rate)) if sound is not None else {}
    shown = heard = 0
    for second in sorted({*of_picture, *of_sound}):
        if count := of_picture.get(second, 0):
            yield _Group(False, count, int(picture.sizes[shown : shown + count].sum()))
            shown += count
        if sound is not None and (count := of_sound.get(second, 0)):
            yield _Group(True, count, int(sound.sizes[heard : heard + count].sum()))
            heard += count


def _counts(seconds: Numbers) -> dict[int, int]:
    found, counts = np.unique(seconds, return_counts=True)
    return dict(zip(found.tolist(), counts.tolist(), strict=True))


def _decoded(pts: Numbers) -> Numbers:
    """When each picture is decoded, in ticks: the times of showing in order, as far ahead as pictures are coded before
    others that are shown earlier; strictly rising, never after its own pts."""
    if not len(pts):
        return pts
    order = np.argsort(pts, kind="stable")
    shown = pts[order]
    rank = np.empty(len(pts), np.int64)
    rank[order] = np.arange(len(pts))
    ahead = int(max(0, (np.arange(len(pts)) - rank).max()))
    step = int(shown[1] - shown[0]) if len(pts) > 1 else 1
    before = shown[0] - step * np.arange(ahead, 0, -1)
    return np.concatenate([before, shown[: len(pts) - ahead]]).astype(np.int64)


# -- boxes -------------------------------------------------------------------------------------------------------------


def _box(kind: bytes, *content: bytes) -> bytes:
    body = b"".join(content)
    return struct.pack(">I4s", len(body) + 8, kind) + body


def _full(kind: bytes, *content: bytes, version: int = 0, flags: int = 0) -> bytes:
    return _box(kind, struct.pack(">I", version << 24 | flags), *content)


def _moov(picture: PictureTrack, sound: SoundTrack | None, groups: list[_Group], places: list[int]) -> bytes:
    length = _micros(picture.end - int(picture.pts.min()), picture.target.base)
    tracks = [_picture_trak(picture, groups, places, length)]
    if sound is not None:
        heard = sound.samples * _MOVIE // sound.rate
        length = max(length, heard)
        tracks.append(_sound_trak(sound, groups, places, heard))
    head = struct.pack(">QQIQIHHII", 0, 0, _MOVIE, length, 0x10000, 0x100, 0, 0, 0)
    head += _MATRIX + bytes(24) + struct.pack(">I", len(tracks) + 1)
    return _box(b"moov", _full(b"mvhd", head, version=1), *tracks)


def _picture_trak(track: PictureTrack, groups: list[_Group], places: list[int], length: int) -> bytes:
    target = track.target
    base = target.base
    dts = _decoded(track.pts)
    ends = np.append(dts[1:], max(track.end, int(dts[-1]) + 1))
    ahead = int(track.pts.min() - dts[0])
    wide = round(target.width * target.aspect)
    head = struct.pack(">QQIIQQHHHH", 0, 0, 1, 0, length, 0, 0, 0, 0, 0)
    head += _MATRIX + struct.pack(">II", wide << 16, target.height << 16)
    entry = struct.pack(">6xH16xHHIIIH32xHh", 1, target.width, target.height, 0x480000, 0x480000, 0, 1, 24, -1)
    shape = target.aspect
    avc1 = _box(
        b"avc1",
        entry,
        _avcc(track.sps, track.pps),
        _box(b"colr", b"nclx", _colours(target)),
        _box(b"pasp", struct.pack(">II", shape.numerator, shape.denominator)),
    )
    tables = [
        _full(b"stsd", struct.pack(">I", 1), avc1),
        _runs(b"stts", ends - dts),
        _full(b"stss", *_list(np.flatnonzero(track.keys) + 1)),
        *([_runs(b"ctts", track.pts - dts)] if (track.pts != dts).any() else []),
        *_layout(track.sizes, [(g, p) for g, p in zip(groups, places, strict=True) if not g.is_sound]),
    ]
    scale, lasts = base.denominator, int(ends[-1] - dts[0]) * base.numerator
    if base.numerator != 1:
        raise ValueError("a tick of a file is one part of a second")
    return _trak(head, length, ahead, (scale, lasts), _handler(b"vide"), _full(b"vmhd", bytes(8), flags=1), tables)


def _sound_trak(track: SoundTrack, groups: list[_Group], places: list[int], length: int) -> bytes:
    head = struct.pack(">QQIIQQHHHH", 0, 0, 2, 0, length, 0, 0, 1, 0x100, 0) + _MATRIX + bytes(8)
    entry = struct.pack(">6xH8xHHHHI", 1, 2, 16, 0, 0, track.rate << 16)
    mp4a = _box(b"mp4a", entry, _esds(track))
    count = len(track.sizes)
    tables = [
        _full(b"stsd", struct.pack(">I", 1), mp4a),
        _runs(b"stts", np.full(count, AAC_FRAME, np.int64)),
        *_layout(track.sizes, [(g, p) for g, p in zip(groups, places, strict=True) if g.is_sound]),
    ]
    clock = track.rate, count * AAC_FRAME
    return _trak(head, length, track.primed, clock, _handler(b"soun"), _full(b"smhd", bytes(4)), tables)


def _trak(
    head: bytes, length: int, skip: int, clock: tuple[int, int], handler: bytes, media: bytes, tables: list[bytes]
) -> bytes:
    """`skip`: ticks of the media before its first instant that is shown: none of them has a picture or a sound of its
    own. `clock`: ticks a second, and how many there are."""
    edit = _full(b"elst", struct.pack(">IQqI", 1, length, skip, 0x10000), version=1)
    scale, lasts = clock
    mdhd = _full(b"mdhd", struct.pack(">QQIQHH", 0, 0, scale, lasts, 0x55C4, 0), version=1)
    dinf = _box(b"dinf", _full(b"dref", struct.pack(">I", 1), _full(b"url ", flags=1)))
    minf = _box(b"minf", media, dinf, _box(b"stbl", *tables))
    tkhd = _full(b"tkhd", head, version=1, flags=3)
    return _box(b"trak", tkhd, _box(b"edts", edit), _box(b"mdia", mdhd, handler, minf))


def _handler(kind: bytes) -> bytes:
    return _full(b"hdlr", struct.pack(">4x4s12x", kind), b"\0")


def _layout(sizes: Numbers, groups: list[tuple[_Group, int]]) -> list[bytes]:
    """stsc, stsz and co64: what lies where."""
    rows: list[tuple[int, int, int]] = []
    for n, (group, _) in enumerate(groups, start=1):
        if not rows or rows[-1][1] != group.count:
            rows.append((n, group.count, 1))
    stsc = struct.pack(">I", len(rows)) + b"".join(struct.pack(">III", *row) for row in rows)
    places = np.array([place for _, place in groups], np.int64)
    return [
        _full(b"stsc", stsc),
        _full(b"stsz", struct.pack(">II", 0, len(sizes)), sizes.astype(">u4").tobytes()),
        _full(b"co64", struct.pack(">I", len(places)), places.astype(">u8").tobytes()),
    ]


def _runs(kind: bytes, values: Numbers) -> bytes:
    """A table of run lengths: so many samples with this number."""
    starts = np.flatnonzero(np.append(True, values[1:] != values[:-1]))
    lengths = np.diff(np.append(starts, len(values)))
    table = np.stack([lengths, values[starts]], axis=1).astype(">u4")
    return _full(kind, struct.pack(">I", len(table)), table.tobytes())


def _list(values: Numbers) -> tuple[bytes, bytes]:
    return struct.pack(">I", len(values)), values.astype(">u4").tobytes()


def _avcc(sps: bytes, pps: bytes) -> bytes:
    more = b"\xfd\xf8\xf8\0" if sps[1] in _HIGH_PROFILES else b""  # 4:2:0, 8 bits, no extension
    sets = b"\xff\xe1" + struct.pack(">H", len(sps)) + sps + b"\1" + struct.pack(">H", len(pps)) + pps
    return _box(b"avcC", b"\1" + sps[1:4] + sets + more)


def _colours(target: Target) -> bytes:
    full = 0x80 if target.range == _FULL else 0
    return struct.pack(">HHHB", target.primaries, target.transfer, target.matrix, full)


def _esds(track: SoundTrack) -> bytes:
    """ES_Descriptor with the decoder's configuration (14496-1, 7.2.6)."""
    specific = _descriptor(5, track.config)
    rate = track.bit_rate
    decoder = _descriptor(4, struct.pack(">BBHBII", 0x40, 0x15, 0, 0, rate, rate), specific)
    return _full(b"esds", _descriptor(3, struct.pack(">HB", 2, 0), decoder, _descriptor(6, b"\2")))


def _descriptor(tag: int, *content: bytes) -> bytes:
    body = b"".join(content)
    return bytes([tag, len(body)]) + body


def _micros(ticks: int, base: Fraction) -> int:
    return int(ticks * base * _MOVIE)
