"""What single sources say of a recording's clock, as readings that `solve` takes: the signed manifest, GPS positions,
what a person knows, and the same event marked in two cameras. (The sound's are made where it is compared.)"""

from __future__ import annotations

from collections.abc import Iterable
from math import hypot, sqrt

from reviewer.alignment.clocks import from_gps
from reviewer.domain.alignment import Reading, SourceKind
from reviewer.domain.annotation import Mark
from reviewer.domain.recording import ClockSource, Manifest
from reviewer.domain.timebase import SECOND, Micros, TimeModel, Utc
from reviewer.domain.track import Fix

_FRAME = Micros(SECOND // 10)  # of a mark that does not say how long its frame is: the slowest footage there is
_NAMES = {
    ClockSource.GPS: "GPS time, as it was signed at intake.",
    ClockSource.MANIFEST: "The camera’s clock, as it was signed at intake.",
    ClockSource.CONTAINER: "The time in the file, which nobody compared with another.",
    ClockSource.FILE: "When the file was last changed, a poor hint.",
}


def pivot_of(manifest: Manifest) -> Utc:
    """The stated time about which a recording is solved: its middle, where drift matters least."""
    whole = manifest.range
    return Utc((whole.start + whole.end) // 2)


def of_manifest(manifest: Manifest) -> Reading:
    """What the signed manifest says of its own clock: that it is right within its σ."""
    clock = manifest.clock
    kind = SourceKind(clock.source.value)
    at, why = pivot_of(manifest), _NAMES.get(clock.source, "")
    return Reading(kind, manifest.recording_id, None, at, Micros(0), clock.uncertainty, why=why)


def of_gps(manifest: Manifest, fixes: Iterable[Fix]) -> Reading | None:
    """What GPS time says, by the positions that carry stream time (counted from the first part). None with too few of
    them. Where the signed clock is GPS time too it rests on the same positions: only one of the two may count."""
    timed = [f for f in fixes if f.stream is not None]
    gps = from_gps(timed)
    if gps is None:
        return None
    start = manifest.parts[0].started_at
    streams = [f.stream for f in timed if f.stream is not None]
    middle = Utc(start + (min(streams) + max(streams)) // 2)
    why = f"GPS time of {gps.pairs} positions against the file’s own."
    return Reading(
        SourceKind.GPS, manifest.recording_id, None, middle, Micros(gps.start - start), gps.uncertainty, why=why
    )


def of_device(manifest: Manifest, offset: Micros, sigma: Micros, why: str) -> Reading:
    """What a person knows of this camera's clock: `offset` (µs), added to its stated time, gives UTC."""
    return Reading(SourceKind.DEVICE, manifest.recording_id, None, pivot_of(manifest), offset, sigma, why=why)


def cue_sigma(one: Mark, other: Mark) -> Micros:
    """What the same event in two cameras is worth. The first frame that shows it says when it was to a frame's length
    (uniform: length/√12); and a person may well be a frame off."""
    lengths = [max(m.end - m.start, 0) or _FRAME for m in (one, other)]
    return Micros(round(hypot(*lengths) * sqrt(1 / 12 + 1)))


def of_cue(one: Mark, other: Mark, clocks: tuple[TimeModel, TimeModel], sigma: Micros, why: str = "") -> Reading:
    """What a cue says: `clocks` are the stated ones of the parts that the marks are on. The event is taken to lie in
    the middle of what each frame may have shown first, so two cameras of different rates are not set off by it."""
    first, second = (_event(clock, mark) for clock, mark in zip(clocks, (one, other), strict=True))
    offset = Micros(second - first)
    return Reading(SourceKind.CUE, one.recording, other.recording, first, offset, sigma, why=why)


def _event(clock: TimeModel, mark: Mark) -> Utc:
    """Between the frame before the marked one, which does not show it yet, and this."""
    return clock.to_utc(Micros(mark.start - max(mark.end - mark.start, 0) // 2))
