"""The coverage gate of a case: what its allegations require of the footage, against what the logs say was watched.

Counted are one's own views on this machine and those of everybody whose logs are followed. A time that somebody alleges
is wall time; each camera's part of it is found by the clocks that stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from reviewer.domain.agency import Gate as Rule
from reviewer.domain.assignment import Assignment
from reviewer.domain.case import Allegation, Complaint
from reviewer.domain.coverage import joined, parted
from reviewer.domain.document_acts import DocumentViewed
from reviewer.domain.gate import AllegationGate, Basis, CameraGate, CaseGate, Paced, View, by_person, counted
from reviewer.domain.recording import Kind, Manifest
from reviewer.domain.timebase import TimeRange, Utc
from reviewer.domain.wall_time import SIGNED, WallTime
from reviewer.records.queries import EntryFilter, Queries
from reviewer.services.coverage import EVERYWHERE, relevant

_MOST_VIEWS = 10_000


def case_gate(
    queries: Queries,
    assignment: Assignment,
    manifests: Iterable[Manifest],
    allegations: Iterable[Allegation],
    *,
    rule: Rule,
    complaint: Complaint | None = None,
    clocks: WallTime = SIGNED,
) -> CaseGate:
    """The gate of each allegation, in their order. `manifests` as they were signed, those that are not assigned among
    them; `clocks` the wall's. Reads every view of the case: not on the window's thread."""
    seen, heard = (_by_camera(queries.paced(assignment.case_id, heard=sound), rule) for sound in (False, True))
    happened = complaint.happened if complaint is not None else None
    case = _Case(assignment, tuple(manifests), seen, heard, rule, clocks, queries.followed)
    return CaseGate(tuple(_one(each, happened, case) for each in allegations))


def opened_documents(queries: Queries, case: str) -> frozenset[str]:
    """The documents of a case (their ids) that anybody looked into, as far as their logs are here."""
    seen = queries.entries(EntryFilter(case=case, kinds=(DocumentViewed.KIND,)), limit=_MOST_VIEWS)
    return frozenset(entry.event.document for entry in seen if isinstance(entry.event, DocumentViewed))


def window_of(allegation: Allegation, happened: TimeRange | None, rule: Rule) -> tuple[Basis, TimeRange | None]:
    """Which wall time an allegation makes relevant: when it says, else when the incident happened, with the rule's
    minutes around it; None for all time."""
    alleged = allegation.window or happened
    if alleged is None:
        return Basis.ALL, None
    basis = Basis.ALLEGED if allegation.window is not None else Basis.INCIDENT
    return basis, TimeRange(Utc(alleged.start - rule.before), Utc(alleged.end + rule.after))


_People = Mapping[str, Paced]


def _by_camera(views: Iterable[View], rule: Rule) -> dict[str, _People]:
    of: dict[str, list[View]] = {}
    for view in views:
        of.setdefault(view[1], []).append(view)
    return {recording: by_person(each, rule.fastest_milli) for recording, each in of.items()}


@dataclass(frozen=True, slots=True)
class _Case:
    assignment: Assignment
    manifests: tuple[Manifest, ...]
    seen: Mapping[str, _People]
    heard: Mapping[str, _People]
    rule: Rule
    clocks: WallTime
    followed: bool


def _one(allegation: Allegation, happened: TimeRange | None, case: _Case) -> AllegationGate:
    basis, window = window_of(allegation, happened, case.rule)
    assigned = {each.recording_id for each in case.assignment.recordings}
    cameras: list[CameraGate] = []
    absent, withheld = [], []
    for manifest in (m for m in case.manifests if m.kind is not Kind.STILL):
        key = manifest.recording_id
        stretch = EVERYWHERE if window is None else case.clocks.range_to_stated(key, window)
        if key not in assigned:
            if any(part.overlap(stretch) is not None for part in manifest.rolling):
                withheld.append(key)
            continue
        parts = relevant(case.assignment, (manifest,), stretch=stretch)[key]
        if parts:
            required = joined((part.start, part.end) for part in parts)
            camera = counted(key, required, case.seen.get(key, {}), case.heard.get(key, {}))
            cameras.append(_with_silence(camera, manifest))
        else:
            absent.append(key)
    told = tuple(cameras), tuple(absent), tuple(withheld)
    return AllegationGate(allegation.id, allegation.name, case.rule, basis, window, *told, case.followed)


def _with_silence(camera: CameraGate, manifest: Manifest) -> CameraGate:
    """What a camera recorded without sound (its pre-event buffer) has nothing to be heard."""
    if manifest.silent is None:
        return camera
    silent = (manifest.silent.start, manifest.silent.end)
    without = parted(camera.watched, joined([silent]))[0]
    return replace(camera, heard=joined((*camera.heard, *without)))
