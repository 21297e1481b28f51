"""A file of which every byte is ours: FFmpeg reads it as what was written, with nothing beside it."""

from __future__ import annotations

import io
import math
from fractions import Fraction
from typing import Any

import av
import numpy as np
from av.codec.context import Flags

from reviewer.media.mp4_writer import PictureTrack, SoundTrack, write
from reviewer.media.render import Target
from reviewer.media.render_sound import BIT_RATE, PRIMED, AacEncoder
from reviewer.media.sound_ring import RATE

_WIDE, _HIGH, _FRAMES = 64, 48, 25
_BASE = Fraction(1, 25)


def _pictures() -> tuple[PictureTrack, bytes]:
    """A second of grey that gets lighter, coded by x264 as NAL units with their lengths before them."""
    coder: Any = av.CodecContext.create("libx264", "w")
    coder.width, coder.height, coder.pix_fmt = _WIDE, _HIGH, "yuv420p"
    coder.time_base, coder.framerate = _BASE, Fraction(25)
    coder.options = {"bf": "2", "x264-params": "annexb=0:no-info=1", "preset": "veryfast"}
    coder.flags |= Flags.global_header | Flags.bitexact
    packets = []
    for n in range(_FRAMES):
        frame = av.VideoFrame.from_ndarray(np.full((_HIGH * 3 // 2, _WIDE), 16 + 8 * n, np.uint8), format="yuv420p")
        frame.pts, frame.time_base = n, _BASE
        packets += coder.encode(frame)
    packets += coder.encode(None)
    extra = bytes(coder.extradata)
    sps, pps = (unit for unit in _units(extra) if unit[0] & 31 in (7, 8))
    target = Target(_WIDE, _HIGH, "yuv420p", 1, 1, 1, 1, Fraction(1), _BASE, Fraction(25), 20, "veryfast")
    numbers = [
        np.array(each, np.int64) for each in zip(*((p.pts, p.is_keyframe, p.size) for p in packets), strict=True)
    ]
    return PictureTrack(target, *numbers, _FRAMES, sps, pps), b"".join(map(bytes, packets))


def _units(extra: bytes) -> list[bytes]:
    """NAL units of the codec's own header: Annex B, or an avcC record (ISO/IEC 14496-15, 5.3.3.1)."""
    if extra[:1] != b"\1":
        return [each.rstrip(b"\0") for each in extra.replace(b"\0\0\0\1", b"\0\0\1").split(b"\0\0\1")[1:]]
    found, at = [], 6
    for _ in range(2):
        size = int.from_bytes(extra[at : at + 2])
        found.append(extra[at + 2 : at + 2 + size])
        at += 2 + size + 1
    return found


def _tone() -> tuple[SoundTrack, bytes]:
    """A second of 440 Hz, as AAC."""
    coder = AacEncoder()
    wave = (np.sin(np.arange(RATE) * 2 * math.pi * 440 / RATE) * 8_000).astype(np.int16)
    packets = [*coder.feed(np.stack([wave, wave], axis=1)), *coder.end()]
    sizes = np.array([len(packet) for packet in packets], np.int64)
    return SoundTrack(RATE, coder.config, sizes, RATE, PRIMED, BIT_RATE), b"".join(packets)


def test_ffmpeg_reads_back_what_was_written_and_nothing_else() -> None:
    picture, coded = _pictures()
    sound, packets = _tone()
    file, shares = io.BytesIO(), list[float]()
    write(file, picture, sound, io.BytesIO(coded).read, io.BytesIO(packets).read, shares.append)
    file.seek(0)
    with av.open(file) as found:
        assert [stream.type for stream in found.streams] == ["video", "audio"]
        assert not found.metadata.keys() - {"major_brand", "minor_version", "compatible_brands"}
        frames = list(found.decode(video=0))
        assert [frame.pts * frame.time_base for frame in frames] == [n * _BASE for n in range(_FRAMES)]
        means = [float(frame.to_ndarray()[:_HIGH].mean()) for frame in frames]
        assert all(abs(mean - (16 + 8 * n)) < 3 for n, mean in enumerate(means))
    file.seek(0)
    with av.open(file) as found:
        heard = np.concatenate([frame.to_ndarray()[0] for frame in found.decode(audio=0)])[:RATE]
    spectrum = np.abs(np.fft.rfft(heard[4_096:36_864]))
    assert abs(int(spectrum.argmax()) * RATE / 32_768 - 440) < 3
    assert shares == sorted(shares) and shares[-1] == 1.0


def test_the_index_comes_before_the_media() -> None:
    picture, coded = _pictures()
    file = io.BytesIO()
    write(file, picture, None, io.BytesIO(coded).read, lambda _n: b"")
    data = file.getvalue()
    assert data[4:8] == b"ftyp" and 0 < data.index(b"moov") < data.index(b"mdat")
    assert data.endswith(coded)
