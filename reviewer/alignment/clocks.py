"""One recording's clock: which of its sources says best when stream time 0 was, how far that may be off, and why.

GPS time is right, its place in the stream is not: a label may be up to a second old when the camera writes it, and
within one real file the two spread by up to 1.5 s. So GPS alone has a σ of about 1 s, never frames.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import hypot
from statistics import median

from reviewer.domain.camera_clock import CameraClock
from reviewer.domain.recording import Clock, ClockSource
from reviewer.domain.timebase import SECOND, Micros, Utc
from reviewer.domain.track import Fix

FEWEST_PAIRS = 5
# How late a camera may write a position that it was given: not seen in the file, so no spread can show it.
_LATENCY = 750_000
# A file shorter than this shows too few labels to know their spread; then half of the 1.5 s of a real file counts.
_LONG_ENOUGH = 30 * SECOND
_UNSEEN_SPREAD = 750_000
_MAD_TO_SIGMA = 1.4826  # of a normal distribution
# A real file's creation time was 7 h 59 m 42 s off: local time that called itself UTC. Two of these cover it.
CONTAINER_UNCERTAINTY = Micros(4 * 3600 * SECOND)
# Copying a file may rewrite its modification time altogether.
FILE_UNCERTAINTY = Micros(24 * 3600 * SECOND)
# What of a camera's own clock may be believed if its sidecar does not say.
_UNSTATED = {
    ClockSource.GPS: Micros(SECOND),
    ClockSource.MANIFEST: Micros(SECOND),
    ClockSource.CONTAINER: CONTAINER_UNCERTAINTY,
    ClockSource.FILE: FILE_UNCERTAINTY,
}


@dataclass(frozen=True, slots=True)
class GpsClock:
    """`start` is the UTC of stream time 0, `uncertainty` one standard deviation in µs, `pairs` the number of positions
    with both times."""

    start: Utc
    uncertainty: Micros
    pairs: int


@dataclass(frozen=True, slots=True)
class Choice:
    """The recording's clock: `start` is the UTC of stream time 0 of its first part; `why` one sentence to show."""

    start: Utc
    clock: Clock
    why: str


def from_gps(fixes: Iterable[Fix]) -> GpsClock | None:
    """The clock that GPS fixes with a stream time state: the median of UTC − stream. None with fewer than
    `FEWEST_PAIRS`. All fixes of a recording, with stream time counted from its first part."""
    pairs = sorted((f.stream, f.at) for f in fixes if f.stream is not None)
    if len(pairs) < FEWEST_PAIRS:
        return None
    starts = [at - stream for stream, at in pairs]
    start = round(median(starts))
    spread = median(abs(s - start) for s in starts) * _MAD_TO_SIGMA
    if pairs[-1][0] - pairs[0][0] < _LONG_ENOUGH:
        spread = max(spread, _UNSEEN_SPREAD)
    uncertainty = hypot(_LATENCY, _interval([stream for stream, _ in pairs]) / 2, spread)
    return GpsClock(Utc(start), Micros(round(uncertainty)), len(pairs))


def _interval(times: Sequence[int]) -> float:
    """The usual time between positions; one at 1 Hz may be as much as that old."""
    steps = [b - a for a, b in pairwise(times) if b > a]
    return min(median(steps), float(SECOND)) if steps else float(SECOND)


def from_container(creation_time: Utc) -> CameraClock:
    """The creation time in the file: a hint, good to the hour at best."""
    return CameraClock(creation_time, ClockSource.CONTAINER, CONTAINER_UNCERTAINTY)


def from_file(written_at: Utc, duration: Micros) -> CameraClock:
    """The file's modification time, which a camera sets when it stops recording: a poor hint."""
    return CameraClock(Utc(written_at - duration), ClockSource.FILE, FILE_UNCERTAINTY)


def camera_clock(
    stated: CameraClock | None, container_time: Utc | None, written_at: Utc, duration: Micros
) -> CameraClock:
    """The best word on the camera's own clock: a sidecar's, else the container's, else the file's. An uncertainty that
    a sidecar leaves out (0) is filled in by its source. `written_at` and `duration` are those of the first part."""
    if stated is not None:
        uncertainty = stated.uncertainty or _UNSTATED[stated.source]
        return CameraClock(stated.started_at, stated.source, uncertainty, stated.checked_offset)
    return from_container(container_time) if container_time is not None else from_file(written_at, duration)


def choose(own: CameraClock, gps: GpsClock | None = None) -> Choice:
    """The clock to sign into the manifest.

    Where camera and GPS agree (within twice their joint standard deviation) the one that is surer counts; where they do
    not, GPS counts. `Clock.correction` is what was added to the camera's own clock either way; a modification time is
    no camera's clock, so it is not corrected but replaced.
    """
    if gps is None:
        return _by_camera(own, f"{_OWN[_kind(own)]}; no GPS time to compare it with.")
    if _kind(own) == "file":
        return Choice(gps.start, Clock(ClockSource.GPS, gps.uncertainty), f"{_by(gps)}; the file states no other time.")
    apart = gps.start - own.start
    if abs(apart) > 2 * hypot(own.uncertainty, gps.uncertainty):
        behind = "behind" if apart > 0 else "ahead of"
        return _by_gps(own, gps, f"{_by(gps)}; {_NAMES[_kind(own)]} was {_s(apart)} {behind} it.")
    if own.uncertainty < gps.uncertainty:
        return _by_camera(own, f"{_OWN[_kind(own)]}; GPS time agrees within {_s(apart)}.")
    return _by_gps(own, gps, f"{_by(gps)}; {_NAMES[_kind(own)]} differs by {_s(apart)}.")


def choices(own: CameraClock, gps: GpsClock | None = None) -> tuple[Choice, ...]:
    """Every reading of the clock that a person may choose from: what `choose` proposes first, then the others."""
    every = [choose(own, gps), _by_camera(own, f"{_OWN[_kind(own)]}.")]
    if gps is not None:
        every.append(_by_gps(own, gps, f"{_by(gps)}."))
    found: list[Choice] = []
    for each in every:
        if not any((e.start, e.clock) == (each.start, each.clock) for e in found):
            found.append(each)
    return tuple(found)


def stated(own: CameraClock, start: Utc, uncertainty: Micros) -> Choice:
    """A person at the station compared the camera with a better clock: `start` is the UTC of stream time 0."""
    correction = Micros(start - own.started_at)
    return Choice(start, Clock(ClockSource.MANIFEST, uncertainty, correction), "A person at intake stated the time.")


def _by_gps(own: CameraClock, gps: GpsClock, why: str) -> Choice:
    correction = Micros(gps.start - own.started_at)
    return Choice(gps.start, Clock(ClockSource.GPS, gps.uncertainty, correction), why)


def _by_camera(own: CameraClock, why: str) -> Choice:
    source = ClockSource.MANIFEST if own.checked_offset is not None else own.source
    return Choice(own.start, Clock(source, own.uncertainty, own.checked_offset or Micros(0)), why)


def _by(gps: GpsClock) -> str:
    return f"GPS time from {gps.pairs} positions"


def _kind(own: CameraClock) -> str:
    return "checked" if own.checked_offset is not None else own.source.value


_NAMES = {
    "checked": "the camera’s clock, as the dock checked it,",
    "manifest": "the camera’s own clock",
    "gps": "the camera’s own clock",
    "container": "the camera’s own clock",
}
_OWN = {
    "checked": "The dock compared the camera’s clock with the station’s",
    "manifest": "The camera’s own clock, as its sidecar states it",
    "gps": "The camera’s own clock, which it sets by GPS",
    "container": "The camera’s own clock, which nobody compared with another",
    "file": "The file’s modification time, a poor hint",
}


def _s(micros: int) -> str:
    """A length in words: "37.0 s", "7 h 59 m 42 s", "2 d 1 h"."""
    seconds = abs(micros) / SECOND
    if seconds < 120:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours >= 48:
        return f"{hours // 24} d {hours % 24} h"
    return f"{hours} h {minutes} m {rest} s" if hours else f"{minutes} m {rest} s"
