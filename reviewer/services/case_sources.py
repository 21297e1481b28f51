"""What a case's report is made of, read once: people and allegations, exhibits with where they lie, clocks, courses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from reviewer.domain.alignment import Alignment, correction_of
from reviewer.domain.annotation import Bookmark, Mark
from reviewer.domain.assignment import Assignment
from reviewer.domain.case import Allegation, CaseDocument, CasePerson, Complaint, Exhibit
from reviewer.domain.case_state import Standing
from reviewer.domain.gate import CaseGate
from reviewer.domain.recording import Kind, Manifest
from reviewer.domain.statutory import Due
from reviewer.domain.timebase import Micros, TimeRange, Utc
from reviewer.domain.wall_time import WallTime
from reviewer.records.queries import Queries
from reviewer.services.case import CaseFile
from reviewer.services.case_state import Rights, state
from reviewer.services.footage import CaseCamera
from reviewer.services.gate import case_gate
from reviewer.services.statutory import due_on


@dataclass(frozen=True, slots=True)
class Shown:
    """Where an exhibit lies on one camera: the frame at stream time `at` (µs) of a part, by the wall at `wall`; `sigma`
    (µs) is that clock's."""

    exhibit: Exhibit
    mark: Mark
    wall: Utc
    sigma: Micros


@dataclass(frozen=True, slots=True)
class CaseSources:
    """All times are the wall's. `marks` are the annotations that stand, `shown` by exhibit (id) its places on footage,
    in the order of the cameras."""

    case: str
    assignment: Assignment
    complaint: Complaint
    people: tuple[CasePerson, ...]
    allegations: tuple[Allegation, ...]
    documents: tuple[CaseDocument, ...]
    exhibits: tuple[Exhibit, ...]
    marks: Mapping[str, Bookmark]
    shown: Mapping[str, tuple[Shown, ...]]
    cameras: tuple[CaseCamera, ...]
    clocks: WallTime
    gate: CaseGate
    standing: Standing
    due: tuple[Due, ...]
    policies: Mapping[str, str] = field(default_factory=dict)
    """The agency's words for each of its policies, by id."""

    def camera(self, recording: str) -> CaseCamera | None:
        return next((camera for camera in self.cameras if camera.key == recording), None)

    def of(self, allegation: str) -> tuple[Exhibit, ...]:
        """The exhibits of an allegation (its id)."""
        return tuple(each for each in self.exhibits if each.allegation == allegation)

    def at(self, exhibit: Exhibit) -> TimeRange | None:
        """When it is, on the wall; None for a document."""
        if exhibit.at is not None:
            return exhibit.at
        places = self.shown.get(exhibit.id, ())
        mark = self.marks.get(exhibit.mark)
        if places:
            length = max(each.mark.end - each.mark.start for each in places)
            start = min(each.wall for each in places)
            return TimeRange(start, Utc(start + length))
        return mark.at if mark is not None else None

    def words(self, exhibit: Exhibit) -> str:
        """What it says: its own words, else its mark's, else where in the document."""
        mark = self.marks.get(exhibit.mark)
        return exhibit.text or (mark.text if mark is not None else "") or exhibit.where

    @property
    def span(self) -> TimeRange | None:
        """From the first to the last thing that matters: alleged stretches and exhibits; None if nothing has a time."""
        ranges = [each.window for each in self.allegations if each.window is not None]
        ranges += [at for each in self.exhibits if (at := self.at(each)) is not None]
        if not ranges:
            return None
        return TimeRange(min(r.start for r in ranges), max(r.end for r in ranges))


def read_case(
    queries: Queries, file: CaseFile, assignment: Assignment, cameras: Iterable[CaseCamera], rights: Rights
) -> CaseSources:
    """Everything of a case, as the logs that are known here make it. Takes its time; on the thread of `queries`."""
    cameras = tuple(cameras)
    manifests = {camera.key: camera.manifest for camera in cameras}
    stands = queries.alignment(file.case).accepted
    alignment = stands.alignment if stands is not None else None
    clocks = WallTime.of(manifests.values(), alignment)
    complaint, allegations, exhibits = file.complaint(), file.allegations(), file.exhibits()
    marks = {each.id: each for each in queries.bookmarks(file.case)}
    rule = rights.tables.gate
    gate = case_gate(
        queries, assignment, manifests.values(), allegations, rule=rule, complaint=complaint, clocks=clocks
    )
    places = _Places(manifests, clocks, {m.recording_id: _sigma(m, alignment) for m in manifests.values()})
    shown = {each.id: places.of(each, marks.get(each.mark)) for each in exhibits}
    standing = state(queries, file.case, rights)
    due = due_on(queries, file.case, rights, standing)
    things = complaint, file.people(), allegations, file.documents(), exhibits
    policies = {each.id: each.words for each in rights.tables.policies}
    return CaseSources(file.case, assignment, *things, marks, shown, cameras, clocks, gate, standing, due, policies)


def _sigma(manifest: Manifest, alignment: Alignment | None) -> Micros:
    correction = correction_of(manifest, alignment)
    return manifest.clock.uncertainty if correction is None else correction.sigma


@dataclass(frozen=True, slots=True)
class _Places:
    manifests: Mapping[str, Manifest]
    clocks: WallTime
    sigmas: Mapping[str, Micros]

    def of(self, exhibit: Exhibit, mark: Bookmark | None) -> tuple[Shown, ...]:
        """On each camera that it is on."""
        if mark is not None and mark.marks:
            marks: Iterable[Mark] = mark.marks
        elif mark is not None:
            marks = [m for key in self.manifests for m in self._found(key, mark.at)]
        elif exhibit.recording and exhibit.at is not None:
            marks = self._found(exhibit.recording, exhibit.at)
        else:
            marks = ()
        return tuple(shown for each in marks if (shown := self._shown(exhibit, each)) is not None)

    def _shown(self, exhibit: Exhibit, mark: Mark) -> Shown | None:
        manifest = self.manifests.get(mark.recording)
        if manifest is None or not 0 <= mark.part < len(manifest.parts):
            return None
        part = manifest.parts[mark.part]
        wall = self.clocks.to_wall(mark.recording, manifest.model(part).to_utc(mark.start))
        return Shown(exhibit, mark, wall, self.sigmas[mark.recording])

    def _found(self, key: str, wall: TimeRange) -> list[Mark]:
        """A moment or stretch of the wall on one camera: the first part of it that rolled."""
        manifest = self.manifests.get(key)
        if manifest is None or manifest.kind is Kind.STILL:
            return []
        stated = self.clocks.range_to_stated(key, wall)
        for index, part in enumerate(manifest.parts):
            start, end = max(stated.start, part.range.start), min(stated.end, part.range.end)
            if start <= end and stated.start < part.range.end:
                model = manifest.model(part)
                return [Mark(key, index, model.to_stream(start), model.to_stream(end))]
        return []
