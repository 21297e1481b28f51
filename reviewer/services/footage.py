"""The footage of one open case: which cameras there are, what of each is here, and how each part and track is opened.

Cameras keep the order of the assignment; that number is colour, key, lane and marker. After them stand the recordings
of the same incident that exist and are not assigned (only their times are shown), then stills, each a camera of its own
that stands for a few seconds around the moment it was taken.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from reviewer.alignment.sound import RATE, Samples
from reviewer.domain.alignment import Alignment, on_wall
from reviewer.domain.assignment import Assignment
from reviewer.domain.errors import AccessRefused, IntegrityError, ReviewerError
from reviewer.domain.recording import Kind, Manifest, Part, TrackRef
from reviewer.domain.tile import TileState
from reviewer.domain.timebase import SECOND, Micros, TimeRange, Utc
from reviewer.domain.track import Fix, Refused, Track
from reviewer.domain.wall_time import WallTime
from reviewer.media.camera import Absence, DeckCamera, DeckPart, ProxyChunk, Source
from reviewer.media.waveform import Peaks, measure
from reviewer.services import apart
from reviewer.services.quarantine import items
from reviewer.services.queue import beside_the_case, case_manifests
from reviewer.services.sound_match import listen
from reviewer.services.sync import ObjectState, ObjectStatus, states
from reviewer.services.trust import Found, Trust
from reviewer.services.vault import Vault
from reviewer.services.workspace import Workspace
from reviewer.tracks.base import by_recording, read_track, sets_clock

STILL_STANDS = Micros(10 * SECOND)
"""How long a still is shown from the moment it was taken."""
_WORDS = {
    ObjectState.ABSENT: Absence(TileState.NOT_DOWNLOADED, "Not on this machine yet."),
    ObjectState.PARTIAL: Absence(TileState.NOT_DOWNLOADED, "Not on this machine yet."),
    ObjectState.QUARANTINED: Absence(TileState.CORRUPT, "It does not match its signed manifest."),
}


@dataclass(frozen=True, slots=True)
class CaseCamera:
    """`number` from 1. `manifest` as it was signed, for what opens files and for what is recorded; `aligned` in wall
    time, for what is shown. `objects` follow the manifest's parts. `assigned` False: it exists, and only its times may
    be shown. `shut`: it is restricted, and nobody has said yet why it is viewed this time."""

    number: int
    manifest: Manifest
    objects: tuple[ObjectStatus, ...]
    assigned: bool = True
    shut: bool = False
    on_wall: Manifest | None = None  # None: as signed

    @property
    def aligned(self) -> Manifest:
        return self.on_wall or self.manifest

    @property
    def key(self) -> str:
        return self.manifest.recording_id

    @property
    def is_still(self) -> bool:
        return self.manifest.kind is Kind.STILL


class Footage:
    """Methods that open files take their time: not on the GUI's thread. Safe to use from several threads."""

    def __init__(self, vault: Vault, trust: Trust, workspace: Workspace, assignment: Assignment) -> None:
        self._vault = vault
        self._workspace = workspace
        self.case = assignment.case_id
        found: Found[Manifest] = case_manifests(trust, assignment, vault.grants)
        self.problems = found.problems
        self.manifests = found.good
        self._not_assigned = beside_the_case(assignment, found.good, trust.manifests().good)
        self._stated: frozenset[str] = frozenset()
        self._alignment: Alignment | None = None

    def align(self, alignment: Alignment | None) -> None:
        """By this alignment `cameras` are in wall time from now on; None: as they were signed."""
        self._alignment = alignment

    @property
    def clocks(self) -> WallTime:
        """Between wall time and what is recorded, by the alignment that stands."""
        return WallTime.of((*self.manifests, *self._not_assigned), self._alignment)

    def stated(self, recording_id: str) -> None:
        """The log has it why this restricted recording is viewed; until `shut` it opens."""
        self._stated |= {recording_id}

    def shut(self) -> None:
        """Whatever is restricted asks for a reason again."""
        self._stated = frozenset()

    def is_shut(self, manifest: Manifest) -> bool:
        """Whether nothing of it may be shown before a reason is stated."""
        return manifest.restricted is not None and manifest.recording_id not in self._stated

    @property
    def objects(self) -> tuple[str, ...]:
        """Every sealed object of the case, by name."""
        return tuple(each.object for manifest in self.manifests for each in items(manifest))

    def cameras(self) -> tuple[CaseCamera, ...]:
        """Every camera of the case, as things stand on this machine now."""
        rolling = [m for m in self.manifests if m.kind is not Kind.STILL]
        stills = sorted((m for m in self.manifests if m.kind is Kind.STILL), key=lambda m: m.range.start)
        known = [(m, True) for m in rolling] + [(m, False) for m in self._not_assigned] + [(m, True) for m in stills]
        return tuple(
            CaseCamera(
                number,
                manifest,
                self._objects(manifest) if assigned else (),
                assigned,
                assigned and self.is_shut(manifest),
                on_wall(manifest, self._alignment),
            )
            for number, (manifest, assigned) in enumerate(known, start=1)
        )

    def _objects(self, manifest: Manifest) -> tuple[ObjectStatus, ...]:
        here = {status.item.object: status for status in states(self._workspace, [manifest])}
        return tuple(here[part.object] for part in manifest.parts)

    def deck_camera(self, camera: CaseCamera, *, signed: bool = False) -> DeckCamera:
        """The camera as the deck plays it, or in its stated time (`signed`). Nothing is opened yet; parts that are not
        here say so."""
        manifest = camera.manifest
        placed = [_Placed(manifest if signed else camera.aligned, n) for n in range(len(manifest.parts))]
        if not camera.assigned:
            why = Absence(TileState.NO_PERMISSION, "It exists, and is not assigned to you.")
            return DeckCamera(camera.key, tuple(_part(p, _never, why) for p in placed))
        if camera.shut:
            why = Absence(TileState.RESTRICTED, manifest.restricted or "")
            return DeckCamera(camera.key, tuple(_part(p, _never, why) for p in placed))
        parts = zip(manifest.parts, placed, camera.objects, strict=True)
        return DeckCamera(
            camera.key,
            tuple(
                replace(
                    _part(where, partial(self._source, manifest, part), _WORDS.get(status.state)),
                    proxies=self._proxies(manifest, part, status),
                    doubted=partial(self._doubt, manifest, part),
                )
                for part, where, status in parts
            ),
        )

    def _proxies(
        self, manifest: Manifest, part: Part, status: ObjectStatus
    ) -> Callable[[], tuple[ProxyChunk, ...]] | None:
        """How to ask which small copies there are, for footage that is here."""
        if manifest.kind is not Kind.VIDEO or status.state is not ObjectState.PRESENT:
            return None
        return partial(self._vault.proxies, manifest, part, self.case)

    def _source(self, manifest: Manifest, part: Part) -> Source:
        if self.is_shut(manifest):
            raise AccessRefused(f"{manifest.officer} is restricted.", "Say why you view it; you are asked each time.")
        return self._vault.open(manifest, part, self.case).source

    def _doubt(self, manifest: Manifest, part: Part) -> None:
        """What was read of a part is not what was sealed, though the ledger knows the file: all of it is hashed now,
        and put aside if it is another one."""
        self._vault.doubt(part.object)
        with suppress(ReviewerError):
            self._source(manifest, part)

    @contextmanager
    def _reading(self, manifest: Manifest, part: Part) -> Iterator[Source]:
        try:
            yield self._source(manifest, part)
        except IntegrityError:
            self._doubt(manifest, part)
            raise

    def track(self, camera: CaseCamera) -> tuple[Track | None, ReviewerError | None]:
        """The camera's track, and why there is none or not all of it. A track with its own GPS time keeps it; one in
        stream time only, or by the camera's own clock, is where the recording is on the wall."""
        problem: ReviewerError | None = None
        for ref in camera.manifest.tracks if camera.assigned and not camera.shut else ():
            try:
                return self._read(camera, ref), None
            except ReviewerError as wrong:
                problem = wrong
        return None, problem

    def _read(self, camera: CaseCamera, ref: TrackRef) -> Track:
        manifest, aligned = camera.manifest, camera.aligned
        if not ref.object:
            return _joined([self._inside(manifest, part) for part in manifest.parts])
        with self._vault.open(manifest, ref, self.case).open() as file:
            track = read_track(ref.name, file.read(), ref.format)
        if sets_clock(ref.format):
            return track
        stamped = replace(track, fixes=tuple(self._by_own_clock(manifest, fix) for fix in track.fixes))
        return by_recording(stamped, aligned.model(aligned.parts[0]).to_utc)

    def _by_own_clock(self, manifest: Manifest, fix: Fix) -> Fix:
        """A fix that the camera dated itself: corrected as its recording was when it was taken in, and is on the wall.
        One in stream time goes by that."""
        if fix.stream is not None:
            return fix
        return replace(fix, at=self.clocks.to_wall(manifest.recording_id, Utc(fix.at + manifest.clock.correction)))

    def _inside(self, manifest: Manifest, part: Part) -> Track:
        """The track in a part's own GPMF stream, its stream times counted from the recording's first part."""
        with self._reading(manifest, part) as source:
            track = apart.track_inside(source, _named(manifest, part))
        later = part.started_at - manifest.parts[0].started_at
        fixes = (f if f.stream is None else replace(f, stream=Micros(f.stream + later)) for f in track.fixes)
        return replace(track, fixes=tuple(fixes))

    def sound(self, camera: CaseCamera, cancelled: Callable[[], bool]) -> Samples:
        """What is heard in all its parts, to be compared: 8 kHz mono from the start of the first part, each where the
        signed manifest has it, silence between them. Raises Cancelled, UnreadableMedia, DecoderStopped, and what
        opening a part raises."""
        manifest = camera.manifest
        heard: list[tuple[int, Samples]] = []
        for part in manifest.parts:
            with self._reading(manifest, part) as source:
                samples = listen(source, cancelled, _named(manifest, part))
            heard.append(((part.started_at - manifest.parts[0].started_at) * RATE // SECOND, samples))
        whole = np.zeros(max(start + len(samples) for start, samples in heard), np.int16)
        for start, samples in heard:
            whole[start : start + len(samples)] = samples
        return whole

    def peaks(self, camera: CaseCamera, part: int, per_second: int, cancelled: Callable[[], bool]) -> Peaks:
        """The shape of a part's sound: n×2, lowest and highest sample of each 1/per_second. Raises Cancelled,
        UnreadableMedia, DecoderStopped, and what opening the part raises."""
        wanted = camera.manifest.parts[part]
        with self._reading(camera.manifest, wanted) as source:
            return measure(source, per_second, cancelled, _named(camera.manifest, wanted))


def _joined(tracks: list[Track]) -> Track:
    """The tracks of a recording's parts as one."""
    fixes = sorted((f for t in tracks for f in t.fixes), key=lambda f: f.at)
    refused = Counter[str]()
    for each in (r for t in tracks for r in t.refused):
        refused[each.reason] += each.count
    return Track(tuple(fixes), tracks[0].source, tuple(Refused(reason, count) for reason, count in refused.items()))


def _named(manifest: Manifest, part: Part) -> str:
    return f"Part {manifest.parts.index(part) + 1} of {manifest.officer}"


def _never() -> Source:
    raise ReviewerError("This part is not opened.", "Fetch it, or ask the supervisor for it.")


@dataclass(frozen=True, slots=True)
class _Placed:
    """Part `number` of a manifest, in whose time it is played."""

    manifest: Manifest
    number: int


def _part(placed: _Placed, source: Callable[[], Source], absence: Absence | None) -> DeckPart:
    manifest, part = placed.manifest, placed.manifest.parts[placed.number]
    still = manifest.kind is Kind.STILL
    shown = TimeRange(part.started_at, Utc(part.started_at + STILL_STANDS)) if still else part.range
    return DeckPart(source, manifest.model(part), shown, absence=absence, still=still)
