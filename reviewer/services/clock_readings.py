"""What each source says of a case's clocks, as readings that can be solved together (`alignment/solve`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reviewer.alignment import readings
from reviewer.alignment.readings import cue_sigma as cue_sigma
from reviewer.alignment.readings import of_manifest as of_manifest
from reviewer.alignment.readings import pivot_of as pivot_of
from reviewer.domain.alignment import Reading, SourceKind
from reviewer.domain.alignment_acts import CueMarked, DeviceOffsetStated
from reviewer.domain.recording import ClockSource, Manifest
from reviewer.records.clock_facts import ClockFacts


def of_offset(event: DeviceOffsetStated, manifest: Manifest) -> Reading:
    """What a person knows of a camera's clock."""
    return readings.of_device(manifest, event.offset, event.sigma, event.why)


def of_cue(event: CueMarked, manifests: Mapping[str, Manifest]) -> Reading:
    """What a cue says, by the manifests' own clocks."""
    one, other = event.marks
    first, second = (manifests[m.recording].model(manifests[m.recording].parts[m.part]) for m in event.marks)
    return readings.of_cue(one, other, (first, second), event.sigma, event.note)


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
