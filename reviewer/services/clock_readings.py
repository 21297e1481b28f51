"""What each source says of a case's clocks, as readings that can be solved together (`alignment/solve`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import hypot, sqrt

from reviewer.domain.alignment import Reading, SourceKind
from reviewer.domain.alignment_acts import CueMarked, DeviceOffsetStated
from reviewer.domain.annotation import Mark
from reviewer.domain.recording import ClockSource, Manifest
from reviewer.domain.timebase import SECOND, Micros, Utc
from reviewer.records.clock_facts import ClockFacts

_FRAME = Micros(SECOND // 25)  # of a mark that does not say how long its frame is
_CLICK = Micros(SECOND // 30)  # how far a person is from the frame in which something truly begins


def pivot_of(manifest: Manifest) -> Utc:
    """The stated time at which a recording's offset is given: its middle, where drift matters least."""
    whole = manifest.range
    return Utc((whole.start + whole.end) // 2)


def of_manifest(manifest: Manifest) -> Reading:
    """What the signed manifest says of its own clock."""
    clock = manifest.clock
    return Reading(
        SourceKind(clock.source.value), manifest.recording_id, None, pivot_of(manifest), Micros(0), clock.uncertainty
    )


def of_offset(event: DeviceOffsetStated, manifest: Manifest) -> Reading:
    """What a person knows of a camera's clock."""
    return Reading(
        SourceKind.DEVICE, event.recording, None, pivot_of(manifest), event.offset, event.sigma, why=event.why
    )


def cue_sigma(one: Mark, other: Mark) -> Micros:
    """What two marked frames are worth: the event lies anywhere within each (a uniform distribution: length/√12), and a
    person may be a frame off."""
    lengths = [max(m.end - m.start, 0) or _FRAME for m in (one, other)]
    return Micros(round(hypot(*(length / sqrt(12) for length in lengths), *(_CLICK for _ in lengths))))


def of_cue(event: CueMarked, manifests: Mapping[str, Manifest]) -> Reading:
    """What a cue says, by the manifests' own clocks."""
    one, other = event.marks
    first, second = (stated(manifests[m.recording], m) for m in (one, other))
    offset = Micros(second - first)
    return Reading(SourceKind.CUE, one.recording, other.recording, first, offset, event.sigma, why=event.note)


def stated(manifest: Manifest, mark: Mark) -> Utc:
    """The stated time of a mark's start."""
    return manifest.model(manifest.parts[mark.part]).to_utc(mark.start)


def readings_of(
    manifests: Mapping[str, Manifest], measured: Iterable[Reading], facts: ClockFacts
) -> tuple[Reading, ...]:
    """Everything that is known of these recordings; what is about others is left out. GPS that was measured stands for
    the manifest's word where that is GPS too: it is the same evidence."""
    known = [r for r in measured if r.recording in manifests and (r.other is None or r.other in manifests)]
    by_gps = {r.recording for r in known if r.kind is SourceKind.GPS}
    signed = [
        of_manifest(m)
        for m in manifests.values()
        if not (m.clock.source is ClockSource.GPS and m.recording_id in by_gps)
    ]
    offsets = [
        of_offset(each.event, manifests[each.event.recording])
        for each in facts.offsets
        if each.event.recording in manifests
    ]
    cues = [of_cue(c.event, manifests) for c in facts.cues if _is_here(c.event, manifests)]
    return (*signed, *known, *offsets, *cues)


def _is_here(event: CueMarked, manifests: Mapping[str, Manifest]) -> bool:
    """Whether both its marks are on parts that these manifests have."""
    return len(event.marks) == 2 and all(
        m.recording in manifests and 0 <= m.part < len(manifests[m.recording].parts) for m in event.marks
    )
