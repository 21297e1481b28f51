"""What a look at a media file's headers says about it, before anybody decodes a frame."""

from __future__ import annotations

from dataclasses import dataclass

from reviewer.domain.timebase import Micros, Utc


@dataclass(frozen=True, slots=True)
class Probe:
    """`duration` in µs of stream time. `container_time` is the file's creation time as its camera wrote it: a hint,
    often local time that calls itself UTC. `gpmf` says that a GoPro metadata stream (GPS among it) lies inside.
    `cut_off`: the index promises more footage than the file holds. `make` and `model` are empty where the file does
    not say."""

    duration: Micros
    has_video: bool
    has_audio: bool
    container_time: Utc | None = None
    gpmf: bool = False
    make: str = ""
    model: str = ""
    cut_off: bool = False
