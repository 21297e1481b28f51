"""Sources that do what a hostile file makes a decoder do, at a read of the test's choice; and files that are bombs."""

from __future__ import annotations

import io
import os
import re
import signal
import threading
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

import av

from tests.media.footage import clip

_ESCAPED = b"\0\0\3"  # what would look like the start of a unit has a 3 put in (7.4.1)
_ESCAPES = re.compile(rb"\0\0(?=[\0-\3])")
LITTLE = 400 << 20  # bytes of address space: enough to start, and to read a small file


@dataclass(frozen=True)
class Hostile:
    """A source whose readers behave until the n-th read, and then `act`. Picklable."""

    data: bytes
    act: str
    after: int = 0

    def __call__(self) -> BinaryIO:
        return cast(BinaryIO, _Reader(self.data, self.act, self.after))


class _Reader(io.BytesIO):
    def __init__(self, data: bytes, act: str, after: int) -> None:
        super().__init__(data)
        self._act, self._left = act, after

    def read(self, size: int | None = -1) -> bytes:
        if self._left == 0:
            ACTS[self._act]()
        self._left -= 1
        return super().read(min(size or 0, 512))  # so that there are many reads


def die() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def leave() -> None:
    os._exit(0)


def hang() -> None:
    threading.Event().wait()


def eat() -> None:
    held: list[bytearray] = []
    while True:
        held.append(bytearray(1 << 28))


ACTS = {"die": die, "leave": leave, "hang": hang, "eat": eat}


# -- bombs -------------------------------------------------------------------------------------------------------------


def bomb(side: int) -> bytes:
    """A clip of a few kB whose sequence parameter set claims side × side pixels (H.264, 7.3.2.1.1)."""
    out = io.BytesIO()
    with av.open(io.BytesIO(clip(gop=4))) as source, av.open(out, "w", format="mp4") as file:
        video = source.streams.video[0]
        made = file.add_stream_from_template(video)
        made.codec_context.extradata = claiming(cast(bytes, video.codec_context.extradata), side)
        for packet in source.demux(video):
            if packet.size:
                packet.stream = made
                file.mux(cast(Any, packet))
    return out.getvalue()


def claiming(config: bytes, side: int) -> bytes:
    """An AVCDecoderConfigurationRecord (ISO/IEC 14496-15, 5.3.3.1) whose picture is side × side."""
    length = int.from_bytes(config[6:8], "big")
    parameters = config[8 : 8 + length]
    assert parameters[1] == 66, "baseline has no more fields before the size"
    bits = _Bits(parameters[4:].replace(_ESCAPED, b"\0\0"))
    bits.copy_numbers(2)  # its id, log2_max_frame_num
    if bits.copy_numbers(1) == 0:  # the kind of picture order count
        bits.copy_numbers(1)
    bits.copy_numbers(1)  # reference frames
    bits.copy(1)
    for _ in range(2):
        bits.number()
        bits.put_number(side // 16 - 1)
    changed = parameters[:4] + _ESCAPES.sub(_ESCAPED, bits.rest())
    return config[:6] + len(changed).to_bytes(2, "big") + changed + config[8 + length :]


class _Bits:
    """Exp-Golomb numbers (9.1), read and written."""

    def __init__(self, data: bytes) -> None:
        self._in = "".join(f"{byte:08b}" for byte in data)
        self._out = ""

    def number(self) -> int:
        zeros = self._in.index("1")
        value = int(self._in[zeros : 2 * zeros + 1], 2) - 1
        self._in = self._in[2 * zeros + 1 :]
        return value

    def put_number(self, value: int) -> None:
        digits = f"{value + 1:b}"
        self._out += "0" * (len(digits) - 1) + digits

    def copy_numbers(self, count: int) -> int:
        value = 0
        for _ in range(count):
            value = self.number()
            self.put_number(value)
        return value

    def copy(self, count: int) -> None:
        self._out, self._in = self._out + self._in[:count], self._in[count:]

    def rest(self) -> bytes:
        whole = self._out + self._in.rstrip("0")  # ends with the stop bit
        whole += "0" * (-len(whole) % 8)
        return bytes(int(whole[i : i + 8], 2) for i in range(0, len(whole), 8))
