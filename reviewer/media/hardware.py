"""Decoding on a graphics chip, where there is one and its pictures are the software's, bit for bit.

H.264 and HEVC leave a decoder no freedom (ITU-T H.264 and H.265: conforming decoders agree in every sample), so a
device earns its place by equal planes: the first frames are decoded both ways, once for each device, codec and pixel
format. Whatever fails later is decoded in software from there on. No device costs one probe a process, under 1 ms.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import av
import numpy as np
from av.codec.hwaccel import HWAccel, hwdevices_available
from av.error import FFmpegError
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from numpy.typing import NDArray

log = logging.getLogger(__name__)

SOFTWARE = "software"
_NAMES = {  # in the order of choice: what a system has of its own first
    "videotoolbox": "VideoToolbox",
    "d3d11va": "D3D11VA",
    "vaapi": "VAAPI",
    "cuda": "NVDEC",
    "d3d12va": "D3D12VA",
    "dxva2": "DXVA2",
    "vdpau": "VDPAU",
    "vulkan": "Vulkan",
}
EXACT = frozenset(("h264", "hevc"))  # whose standards fix every sample

# A device's nv12 scales to the very bytes that yuv420p scales to. Its p010 (ten bits) does not: libswscale takes other
# paths for it, so that stays in software.
PIXELS = frozenset(("yuv420p", "yuvj420p"))
_LAYOUTS = PIXELS | {"nv12"}
Plane = NDArray[np.uint8]


class DeviceFailed(Exception):
    """A device gave up. What it was fed is to be decoded in software."""


@dataclass(frozen=True, slots=True)
class Device:
    """One kind of decoding hardware, named as libavutil does. A plain value: it can be handed to another process."""

    kind: str

    @property
    def name(self) -> str:
        """As people write it."""
        return _NAMES.get(self.kind, self.kind)

    def accel(self) -> HWAccel | None:
        """What `av.open` takes. Frames come down into memory; what the device cannot decode is an error, no silence."""
        return HWAccel(self.kind, allow_software_fallback=False)

    def takes(self, context: VideoCodecContext) -> bool:
        """Whether a context that was opened with `accel` decodes on this device."""
        return context.codec.name in EXACT and context.is_hwaccel

    def decode(self, context: VideoCodecContext, packet: Packet[Any] | None) -> list[av.VideoFrame]:
        """The frames that come out. Raises DeviceFailed; nothing else is known of why."""
        try:
            return context.decode(packet)
        except FFmpegError as wrong:
            raise DeviceFailed(str(wrong)) from wrong


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a device's pictures are the software's. `reason` says why not, for people; "" where they are."""

    kind: str
    codec: str
    pixels: str
    reason: str


@lru_cache(maxsize=1)
def devices_here() -> tuple[Device, ...]:
    """The devices that open on this machine, best first; probed once a process."""
    offered = hwdevices_available()
    return tuple(Device(kind) for kind in _NAMES if kind in offered and _opens(kind))


def _opens(kind: str) -> bool:
    try:
        HWAccel(kind, allow_software_fallback=False).create(av.Codec("h264", "r"))
    except (FFmpegError, NotImplementedError) as wrong:
        log.debug("%s does not open: %s", kind, wrong)
        return False
    return True


class Verdicts:
    """What this process knows of its devices. `known` are plain values for other processes, `learn` takes theirs."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, str], Verdict] = {}

    @property
    def known(self) -> tuple[Verdict, ...]:
        return tuple(self._found.values())

    def learn(self, verdicts: Iterable[Verdict]) -> None:
        for verdict in verdicts:
            self._found[verdict.kind, verdict.codec, verdict.pixels] = verdict

    def get(self, device: Device, codec: str, pixels: str) -> Verdict | None:
        return self._found.get((device.kind, codec, pixels))


VERDICTS = Verdicts()


def judge(
    device: Device,
    codec: str,
    pixels: str,
    software: Sequence[av.VideoFrame],
    hardware: Callable[[], Sequence[av.VideoFrame]],
) -> Verdict:
    """Compare the same packets decoded both ways. `hardware` gives the device's frames, or raises DeviceFailed."""
    try:
        reason = _difference(software, hardware())
    except DeviceFailed as wrong:
        reason = f"it cannot decode this footage ({wrong})"
    return Verdict(device.kind, codec, pixels, reason and f"{device.name} is not used: {reason}.")


def _difference(software: Sequence[av.VideoFrame], hardware: Sequence[av.VideoFrame]) -> str:
    if not software or [f.pts for f in software] != [f.pts for f in hardware]:
        return "it gives other frames than the software"
    if not all(same_picture(*pair) for pair in zip(software, hardware, strict=True)):
        return "its pictures differ from the software's"
    return ""


def same_picture(software: av.VideoFrame, hardware: av.VideoFrame) -> bool:
    """Equal samples under equal marks of colour. Chroma may lie interleaved (nv12) or in planes of its own."""
    marks = [(f.width, f.height, int(f.colorspace), _full_range(f), f.rotation) for f in (software, hardware)]
    if marks[0] != marks[1] or not {software.format.name, hardware.format.name} <= _LAYOUTS:
        return False
    return all(np.array_equal(*pair) for pair in zip(_planes(software), _planes(hardware), strict=True))


def _full_range(frame: av.VideoFrame) -> bool:
    return frame.format.name.startswith("yuvj") or int(frame.color_range) == 2  # AVCOL_RANGE_JPEG


def _planes(frame: av.VideoFrame) -> list[Plane]:
    """Y, U and V without padding."""
    rows = [np.frombuffer(memoryview(p), np.uint8).reshape(-1, p.line_size)[: p.height] for p in frame.planes]
    chroma = (frame.width + 1) // 2
    if len(rows) == 2:
        together = rows[1][:, : 2 * chroma]
        rows = [rows[0], together[:, 0::2], together[:, 1::2]]
    return [rows[0][:, : frame.width], *(plane[:, :chroma] for plane in rows[1:])]
