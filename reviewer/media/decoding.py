"""One part's file, open for decoding: on a device where that gives the same pictures, else in software."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any, BinaryIO

import av
from av.codec.hwaccel import HWAccel
from av.container import InputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from reviewer.domain.errors import UnreadableMedia
from reviewer.media.container import only, open_container, video_stream
from reviewer.media.hardware import EXACT, PIXELS, SOFTWARE, VERDICTS, Device, DeviceFailed, Verdict, judge
from reviewer.media.packets import rewind

_COMPARED = 4  # packets that are decoded both ways: a key and what follows from it


class Decoding:
    """A container on `raw`, the `stream` of its picture and the decoder. Closing closes `raw`.

    `container`, `stream` and `context` change in `choose` and `give_up`: take them anew after these, and seek. Raises
    UnreadableMedia with `what` in the sentence, and whatever `raw` raises.
    """

    def __init__(self, raw: BinaryIO, what: str) -> None:
        self._raw = raw
        self._what = what
        self._device: Device | None = None
        self.fell_back = ""
        try:
            self.container, self.stream = self._open(None)
        except BaseException:
            raw.close()
            raise

    @property
    def context(self) -> VideoCodecContext:
        return self.stream.codec_context

    @property
    def decoded_by(self) -> str:
        """The device's name, or "software"."""
        return SOFTWARE if self._device is None else self._device.name

    def close(self) -> None:
        self.container.close()
        self._raw.close()

    def decode(self, packet: Packet[Any] | None) -> list[av.VideoFrame]:
        """The frames that come out. Raises FFmpegError for damage, DeviceFailed where `give_up` is next."""
        if self._device is None:
            return self.context.decode(packet)
        return self._device.decode(self.context, packet)

    def give_up(self, wrong: DeviceFailed) -> None:
        """Back to software, for good."""
        name = self.decoded_by
        self._reopen(None)
        self.fell_back = f"{name} stopped decoding ({wrong}); software goes on."

    def choose(self, devices: Sequence[Device]) -> None:
        """Take the first device whose pictures are the software's."""
        codec, pixels = self.context.codec.name, self.context.pix_fmt or ""
        if devices and (codec not in EXACT or pixels not in PIXELS):
            self.fell_back = f"No device is used for {codec} in {pixels or 'an unknown format'}."
            return
        for device in devices:
            verdict = VERDICTS.get(device, codec, pixels)
            if verdict is None:
                verdict = self._judged(device, codec, pixels)
                VERDICTS.learn((verdict,))
            if not verdict.reason and self._take(device):
                self.fell_back = ""
                return
            self.fell_back = verdict.reason or f"{device.name} did not open this footage."

    def _judged(self, device: Device, codec: str, pixels: str) -> Verdict:
        rewind(self.container, self.stream)
        packets = list(islice((p for p in self.container.demux(self.stream) if p.size), _COMPARED))
        software = _decoded(self.context.decode, packets)

        def hardware() -> list[av.VideoFrame]:
            if not self._take(device):
                raise DeviceFailed("it does not open")
            return _decoded(self.decode, packets)

        verdict = judge(device, codec, pixels, software, hardware)
        self._reopen(None)
        return verdict

    def _take(self, device: Device) -> bool:
        try:
            self._reopen(device)
        except (UnreadableMedia, FFmpegError, NotImplementedError, RuntimeError):
            self._reopen(None)
            return False
        if not device.takes(self.context):
            self._reopen(None)
            return False
        return True

    def _reopen(self, device: Device | None) -> None:
        self.container.close()
        self._device = None
        self.container, self.stream = self._open(None if device is None else device.accel())
        self._device = device

    def _open(self, accel: HWAccel | None) -> tuple[InputContainer, VideoStream]:
        self._raw.seek(0)
        container = open_container(self._raw, self._what, accel)
        stream = video_stream(container)
        if stream is None or stream.codec_context is None:
            container.close()
            raise UnreadableMedia(f"{self._what} holds no picture.", "Check that it is the camera's own file.")
        stream.codec_context.thread_type = "NONE"  # frames in flight on other threads would only add delay
        only(container, stream)
        return container, stream


def _decoded(
    decode: Callable[[Packet[Any] | None], list[av.VideoFrame]], packets: Sequence[Packet[Any]]
) -> list[av.VideoFrame]:
    try:
        return [frame for packet in (*packets, None) for frame in decode(packet)]
    except FFmpegError:
        return []
