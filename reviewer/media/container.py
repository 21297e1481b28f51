"""Opening footage: a container on any seekable reader, with nothing but the reader's own bytes within reach.

Footage comes from outside. A playlist named `.mp4` could make the demuxer open addresses and other files; only formats
that keep everything in one file are opened at all, and no protocol is allowed.
"""

from __future__ import annotations

from typing import BinaryIO

import av
from av.codec.hwaccel import HWAccel
from av.container import InputContainer
from av.error import FFmpegError
from av.stream import Discard, Disposition, Stream
from av.video.stream import VideoStream

from reviewer.domain.errors import UnreadableMedia

FORMATS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,asf,flv,mxf,ogg,wav,aac,mp3,flac,h264,hevc,"
    "jpeg_pipe,png_pipe,mjpeg,ivf,nut"
)
_READ_AHEAD = 128 * 1024


def open_container(raw: BinaryIO, what: str = "This file", accel: HWAccel | None = None) -> InputContainer:
    """Open footage on a seekable binary reader; the caller closes both. `accel`: the device that decodes its picture.
    Raises UnreadableMedia with a sentence; what the reader itself raises (IntegrityError, a lost disk) passes through.
    """
    try:
        return av.open(
            raw,
            "r",
            buffer_size=_READ_AHEAD,
            metadata_errors="replace",
            container_options={"format_whitelist": FORMATS, "protocol_whitelist": "none"},
            hwaccel=accel,
        )
    except FFmpegError as wrong:
        raise UnreadableMedia(
            f"{what} cannot be read as footage.", "Fetch it again, or ask who recorded it."
        ) from wrong


def video_stream(container: InputContainer) -> VideoStream | None:
    """The stream that is the camera's picture: the first that is no cover image."""
    pictures = (s for s in container.streams.video if not s.disposition & Disposition.attached_pic)
    return next(pictures, None)


def only(container: InputContainer, wanted: Stream) -> None:
    """Let the demuxer pass over every other stream: less to read, less to decrypt."""
    for stream in container.streams:
        stream.discard = Discard.default if stream.index == wanted.index else Discard.all
