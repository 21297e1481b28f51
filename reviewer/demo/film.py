"""Writes one part as a camera does: H.264 and AAC in an mp4, its index at the start or at the end."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np

from reviewer.demo.camera import CameraSpec
from reviewer.demo.canvas import Image
from reviewer.demo.sound import Wave

_CHUNK = 1_024  # samples of sound handed over at once, an AAC frame
_GOP = 1.5  # seconds between key frames
_CRF = "30"
_BT601 = 6  # SMPTE 170M, what OpenCV's conversion makes


def write_part(
    path: Path, spec: CameraSpec, pts: tuple[int, ...], frames: Iterator[Image], sound: Wave, clock: str
) -> None:
    """Encode `frames` (one for each of `pts`, in the spec's time base) and `sound` (channels × samples) side by side.
    `clock` is what the camera's own clock said at the start; it goes into the file as its creation time."""
    flags = {"movflags": "+faststart"} if spec.faststart else {}
    with av.open(str(path), "w", format="mp4", options=flags) as container:
        container.metadata["creation_time"] = clock
        container.metadata["comment"] = f"{spec.make} {spec.model} {spec.serial}"
        video, audio = _video_stream(container, spec), _audio_stream(container, spec)
        heard = 0
        for tick, image in zip(pts, frames, strict=True):
            picture = _picture(image)
            picture.pts, picture.time_base = tick, spec.time_base
            container.mux(video.encode(picture))
            due = int(tick * spec.time_base * spec.sample_rate)
            while heard < min(due, sound.shape[1]):
                heard = _hand_over(container, audio, spec, sound, heard)
        while heard < sound.shape[1]:
            heard = _hand_over(container, audio, spec, sound, heard)
        container.mux(video.encode(None))
        container.mux(audio.encode(None))


def _picture(image: Image) -> av.VideoFrame:
    planes = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2YUV_I420), dtype=np.uint8)
    return av.VideoFrame.from_ndarray(planes, format="yuv420p")


def _video_stream(container: Any, spec: CameraSpec) -> Any:  # noqa: ANN401 - PyAV has no types here
    rate = spec.rate or Fraction(30)
    options = {
        "preset": "ultrafast",
        "crf": _CRF,
        "g": str(round(rate * Fraction(_GOP))),
        "bf": str(spec.b_frames),
        "sc_threshold": "0",
        "threads": "1",
        "x264-params": "b-adapt=0",
    }
    stream = container.add_stream("libx264", rate=rate, options=options)
    stream.width, stream.height, stream.pix_fmt = spec.width, spec.height, "yuv420p"
    stream.time_base = stream.codec_context.time_base = spec.time_base
    stream.codec_context.colorspace = stream.codec_context.color_primaries = stream.codec_context.color_trc = _BT601
    stream.codec_context.color_range = 1  # limited
    return stream


def _audio_stream(container: Any, spec: CameraSpec) -> Any:  # noqa: ANN401 - PyAV has no types here
    stream = container.add_stream("aac", rate=spec.sample_rate, options={"b": str(72_000 * spec.channels)})
    stream.layout = "stereo" if spec.channels == 2 else "mono"
    return stream


def _hand_over(container: Any, audio: Any, spec: CameraSpec, sound: Wave, heard: int) -> int:  # noqa: ANN401
    """Encode the next chunk of sound; returns how many samples have been handed over."""
    chunk = np.ascontiguousarray(sound[:, heard : heard + _CHUNK])
    layout = "stereo" if spec.channels == 2 else "mono"
    frame = av.AudioFrame.from_ndarray(chunk, format="fltp", layout=layout)
    frame.sample_rate, frame.pts, frame.time_base = spec.sample_rate, heard, Fraction(1, spec.sample_rate)
    container.mux(audio.encode(frame))
    return heard + int(chunk.shape[1])
