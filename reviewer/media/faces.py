"""Faces that a detector sees in a recording, as tracks through time. It does not see all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from reviewer.domain.drawing import Spot
from reviewer.domain.timebase import TimeRange, Utc
from reviewer.media.camera import DeckCamera


@dataclass(frozen=True, slots=True)
class Face:
    """A face on one frame: two opposite corners of its box, of the recorded picture (not turned), and the detector's
    score of 1000."""

    at: Utc
    points: tuple[Spot, Spot]
    score: int


@dataclass(frozen=True, slots=True)
class Track:
    """One face through time, in order; `over` is as long as it was seen, with a margin of a look at both ends."""

    faces: tuple[Face, ...]
    over: TimeRange


@dataclass(frozen=True, slots=True)
class Found:
    """`tracks` in order of time. `looked` frames of `frames` were looked at; `unread`: stretches without a picture that
    could be read, where nothing was looked for."""

    tracks: tuple[Track, ...]
    looked: int
    frames: int
    unread: tuple[TimeRange, ...] = ()


def find_faces(
    camera: DeckCamera,
    over: TimeRange,
    *,
    progress: Callable[[float], None] = lambda _share: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Found:
    """Look for faces within `over`. `camera` in stated time, as all times here. Reads in a process apart; call it on a
    worker's thread. Raises UnreadableMedia, DecoderStopped, Cancelled."""
    raise NotImplementedError


def faces_on(camera: DeckCamera, ats: tuple[Utc, ...]) -> tuple[tuple[Face, ...], ...]:
    """The faces on the frames of these times, one tuple each. Raises like `find_faces`."""
    raise NotImplementedError
