"""A case's cameras compared by their sound, each with each: what was found of their clocks, and where the sound
does not say. Every recording is decoded, and every pair compared, in a process apart (`services/sound_match`).

Sound needs 2.9 ms a metre, and nobody knows from where it came: two cameras that heard the same bang say no more of
their clocks than the way between them leaves. Their GPS tracks say how far that is; it is part of σ.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import hypot
from statistics import median
from typing import Any

from reviewer.alignment.sound import UNKNOWN_WAY, Samples, SoundMatch, Unknown, way_drift_sigma, way_sigma
from reviewer.domain.alignment import COVERAGE, Reading, SourceKind
from reviewer.domain.errors import Cancelled, ReviewerError
from reviewer.domain.recording import Kind, Manifest
from reviewer.domain.timebase import SECOND, Micros, TimeRange, Utc
from reviewer.domain.track import Fix, Track, distance
from reviewer.services.footage import CaseCamera, Footage
from reviewer.services.sound_match import compare
from reviewer.services.sync import ObjectState

_KEPT = 400 << 20  # bytes of decoded sound at a time, the two that are compared always
_EVERY = 10 * SECOND  # of two tracks, how far apart they are
_FEWEST = 3  # such distances that say anything
_UNSTATED = 10.0  # metres: the accuracy of a fix that states none


@dataclass(frozen=True, slots=True)
class SoundProgress:
    """`done` of `of` pairs are compared; `share` of all the work, 0 to 1."""

    done: int
    of: int
    share: float


@dataclass(frozen=True, slots=True)
class SoundFound:
    """`refused`: by pair of recording ids, the sentence that says why its sound does not tell; `left_out`: by
    recording, why its sound could not be compared at all."""

    readings: tuple[Reading, ...] = ()
    refused: Mapping[tuple[str, str], str] | None = None
    left_out: Mapping[str, str] | None = None


def can_be_heard(camera: CaseCamera) -> bool:
    """Whether its footage is here, and may be opened."""
    here = bool(camera.objects) and all(o.state is ObjectState.PRESENT for o in camera.objects)
    return camera.assigned and not camera.shut and not camera.is_still and here


def align_by_sound(
    footage: Footage,
    cameras: Sequence[CaseCamera],
    *,
    progress: Callable[[SoundProgress], Any] = lambda _: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> SoundFound:
    """Compare every two of these cameras that can be heard. Not on the GUI's thread: 3 s for two hours of sound, and as
    long to decode them. Raises Cancelled."""
    heard = [c for c in cameras if can_be_heard(c) and c.manifest.kind is not Kind.STILL]
    sounds = _Sounds(footage, heard, cancelled)
    tracks = {c.key: _track(footage, c) for c in heard}
    pairs = sorted(combinations(heard, 2), key=lambda pair: -_together(*pair))
    readings: list[Reading] = []
    refused: dict[tuple[str, str], str] = {}
    for done, (one, other) in enumerate(pairs):
        if cancelled():
            raise Cancelled("Comparing the sound")
        progress(SoundProgress(done, len(pairs), done / len(pairs)))
        first, second = sounds.of(one), sounds.of(other)
        if first is None or second is None:
            continue

        def tell(share: float, done: int = done) -> None:
            progress(SoundProgress(done, len(pairs), (done + share) / len(pairs)))

        found = compare(first, second, cancelled, tell)
        if isinstance(found, Unknown):
            refused[one.key, other.key] = found.why
        else:
            apart = metres_apart(tracks[one.key], tracks[other.key])
            readings.append(reading_of(one.manifest, other.manifest, found, apart))
    progress(SoundProgress(len(pairs), len(pairs), 1.0))
    return SoundFound(tuple(readings), refused, sounds.left_out)


def reading_of(one: Manifest, other: Manifest, found: SoundMatch, apart: float | None) -> Reading:
    """What a match of two recordings' sound, from the start of their first parts, says of their stated clocks. `apart`
    in metres, None where nobody knows."""
    first, second = one.parts[0].started_at, other.parts[0].started_at
    way = way_sigma(UNKNOWN_WAY if apart is None else apart)
    where = f"{apart:.0f} m apart by GPS" if apart is not None else f"taken as {UNKNOWN_WAY} m apart: no GPS says"
    return Reading(
        SourceKind.SOUND,
        one.recording_id,
        other.recording_id,
        Utc(first + found.at),
        Micros(second - first + found.offset),
        Micros(round(hypot(found.limit / COVERAGE, way))),
        found.drift_ppb,
        round(hypot(found.drift_sigma_ppb, way_drift_sigma(found.span))),
        f"Same sound in {found.on_line} of {found.windows} windows; {where}.",
    )


def metres_apart(one: Track | None, other: Track | None) -> float | None:
    """How far two cameras are from each other while both have a fix, the usual distance and what their fixes may be
    off; None where that is not known. GPS time in both: no camera's clock counts."""
    if one is None or other is None or not one.fixes or not other.fixes:
        return None
    start, end = max(t.fixes[0].at for t in (one, other)), min(t.fixes[-1].at for t in (one, other))
    found: list[float] = []
    for at in range(start, end, _EVERY):
        metres = metres_apart_at(one, other, Utc(at))
        if metres is not None:
            found.append(metres)
    return median(found) if len(found) >= _FEWEST else None


def metres_apart_at(one: Track | None, other: Track | None, at: Utc) -> float | None:
    """The same at an instant: how far apart they are, and what their fixes may be off."""
    places = [track.position(at) if track is not None else None for track in (one, other)]
    known = [p for p in places if p is not None and p.age == 0]
    if len(known) < 2:
        return None
    here, there = (Fix(at, p.lat, p.lon) for p in known)
    off = (p.accuracy if p.accuracy is not None else _UNSTATED for p in known)
    return hypot(distance(here, there), *off)


class _Sounds:
    """What was decoded, the last few hundred megabytes of it. Nothing of it touches a disk."""

    def __init__(self, footage: Footage, cameras: Sequence[CaseCamera], cancelled: Callable[[], bool]) -> None:
        self._footage, self._cancelled = footage, cancelled
        self._kept: OrderedDict[str, Samples] = OrderedDict()
        self.left_out: dict[str, str] = {}

    def of(self, camera: CaseCamera) -> Samples | None:
        """Its sound; None if it has none, or it cannot be read. Raises Cancelled."""
        if camera.key in self.left_out:
            return None
        if camera.key not in self._kept:
            try:
                samples = self._footage.sound(camera, self._cancelled)
            except Cancelled:
                raise
            except ReviewerError as wrong:
                self.left_out[camera.key] = wrong.message
                return None
            if not samples.any():
                self.left_out[camera.key] = "It has no sound."
                return None
            self._kept[camera.key] = samples
            while len(self._kept) > 2 and sum(s.nbytes for s in self._kept.values()) > _KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(camera.key)
        return self._kept[camera.key]


def _track(footage: Footage, camera: CaseCamera) -> Track | None:
    """Its track, if it can be read and goes by GPS time."""
    found, _ = footage.track(camera)
    return found


def _together(one: CaseCamera, other: CaseCamera) -> int:
    """How long both rolled, by their signed clocks (µs); less than nothing is how far they are apart."""
    a, b = one.manifest.range, other.manifest.range
    both = a.overlap(b)
    return both.duration if both is not None else -_between(a, b)


def _between(a: TimeRange, b: TimeRange) -> int:
    return max(a.start, b.start) - min(a.end, b.end)
