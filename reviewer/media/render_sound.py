"""Sound for a new file: AAC-LC by FFmpeg's own encoder, from samples that a process apart decoded and changed."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.codec.context import Flags
from numpy.typing import NDArray

from reviewer.media.mp4_writer import AAC_FRAME
from reviewer.media.sound_ring import RATE

BIT_RATE = 128_000
PRIMED = AAC_FRAME
"""Samples that the encoder puts before the first: silence of its own."""
_FULL_SCALE = 32_768


class AacEncoder:
    """Give it samples in order; for one thread."""

    def __init__(self) -> None:
        context: Any = av.CodecContext.create("aac", "w")
        context.sample_rate, context.layout, context.format = RATE, "stereo", "fltp"
        context.bit_rate, context.time_base = BIT_RATE, Fraction(1, RATE)
        context.flags |= Flags.global_header | Flags.bitexact
        self._context = context
        self._left = np.zeros((0, 2), np.int16)
        self._at = 0

    @property
    def config(self) -> bytes:
        """The AudioSpecificConfig; known once something was encoded."""
        return bytes(self._context.extradata or b"")

    def feed(self, samples: NDArray[np.int16]) -> list[bytes]:
        """n×2 samples in, the packets that are whole out."""
        joined = np.concatenate([self._left, samples])
        whole = len(joined) // AAC_FRAME * AAC_FRAME
        self._left = joined[whole:]
        return [packet for at in range(0, whole, AAC_FRAME) for packet in self._encode(joined[at : at + AAC_FRAME])]

    def end(self) -> list[bytes]:
        """The last ones; what lacks of a frame is silence."""
        packets: list[bytes] = []
        if len(self._left):
            last = np.zeros((AAC_FRAME, 2), np.int16)
            last[: len(self._left)] = self._left
            packets = self._encode(last)
        return packets + [bytes(packet) for packet in self._context.encode(None)]

    def _encode(self, samples: NDArray[np.int16]) -> list[bytes]:
        plain = np.ascontiguousarray(samples.T.astype(np.float32) / _FULL_SCALE)
        frame = AudioFrame.from_ndarray(plain, format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = RATE, self._at, Fraction(1, RATE)
        self._at += AAC_FRAME
        return [bytes(packet) for packet in self._context.encode(frame)]
