"""A region followed from frame to frame through a recording: where it goes, and how sure that is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from reviewer.domain.redaction import Keyframe, Region
from reviewer.domain.timebase import TimeRange, Utc
from reviewer.media.camera import DeckCamera


@dataclass(frozen=True, slots=True)
class Followed:
    """`frames`: the path, in order of time, for `Redactions.lay(mask, frames, over)`; `over` is what of the recording
    it is good for. `lost`: why it goes no further, a sentence; "" where it came as far as was asked. `frames_seen`: how
    many frames were looked at."""

    frames: tuple[Keyframe, ...]
    over: TimeRange
    lost: str = ""
    frames_seen: int = 0


def follow(
    camera: DeckCamera,
    region: Region,
    at: Utc,
    until: Utc,
    *,
    progress: Callable[[float], None] = lambda _share: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Followed:
    """Follow what lies in `region` on the frame of `at` to `until` (exclusive), which lies after it, or before it: then
    it is followed back. `camera` in stated time (`Footage.deck_camera(signed=True)`), as all times here.

    Reads in a process apart; call it on a worker's thread. `progress` gets the share that is done, on that thread.
    Raises UnreadableMedia where there is no picture at `at`, DecoderStopped, Cancelled.
    """
    raise NotImplementedError
