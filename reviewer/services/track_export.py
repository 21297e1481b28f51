"""Tracks of a case leave the program as GPX, KML or GeoJSON: the cameras' own, and those that people added."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from hashlib import sha256
from pathlib import Path

from reviewer.domain.errors import ReviewerError
from reviewer.domain.events import Event
from reviewer.domain.timebase import Micros, Utc
from reviewer.domain.track_acts import TrackExported
from reviewer.exports.tracks import FORMATS, TrackOut
from reviewer.services.case_tracks import AddedTrack, CaseTracks
from reviewer.services.disk import write_new
from reviewer.services.footage import CaseCamera, Footage
from reviewer.services.journal import Recorded
from reviewer.tracks.base import WORDS, sets_clock

Record = Callable[[Event], Future[Recorded]]


def case_tracks(
    footage: Footage, cameras: Iterable[CaseCamera], tracks: CaseTracks
) -> tuple[tuple[TrackOut, ...], tuple[ReviewerError, ...]]:
    """Every track of a case that is here and opens, and what did not. Takes its time: not on the GUI's thread."""
    known = tuple(cameras)
    found: list[TrackOut] = []
    problems: list[ReviewerError] = []
    for camera in known:
        track, problem = footage.track(camera)
        manifest = camera.manifest
        if problem is not None:
            problems.append(ReviewerError(f"{manifest.officer}: {problem.message}", problem.next_step))
        if track is not None:
            own = not sets_clock(track.source)
            source = f"Positions in recording {manifest.recording_id} ({WORDS.get(track.source, track.source)})"
            found.append(TrackOut(manifest.officer, track, source, camera.aligned.clock.uncertainty if own else None))
    for added in tracks.tracks():
        try:
            found.append(_added(added, tracks, known))
        except ReviewerError as wrong:
            problems.append(wrong)
    return tuple(found), tuple(problems)


def camera_of(added: AddedTrack, cameras: Iterable[CaseCamera]) -> CaseCamera | None:
    """The camera that a track was added to, as far as this person has it."""
    return next((c for c in cameras if c.key == added.event.camera), None)


def placed_by(camera: CaseCamera | None) -> Callable[[Micros], Utc] | None:
    """How a camera's wall time follows from its recording's stream time."""
    return None if camera is None else camera.aligned.model(camera.aligned.parts[0]).to_utc


def _added(added: AddedTrack, tracks: CaseTracks, cameras: Sequence[CaseCamera]) -> TrackOut:
    event, camera = added.event, camera_of(added, cameras)
    if camera is not None and camera.shut:
        raise ReviewerError(
            f"“{event.name}” of {event.whose} goes with a restricted recording.", "Say why you view that one first."
        )
    track = tracks.read(added, placed_by(camera))
    zone = f", times of {event.told.zone}" if event.told.zone else ""
    source = f"“{event.name}” ({WORDS.get(event.format, event.format)}{zone}), SHA-256 {event.sha256}"
    by_camera = camera is not None and not sets_clock(event.format) and not event.told.zone
    return TrackOut(event.whose, track, source, camera.aligned.clock.uncertainty if by_camera and camera else None)


def export_tracks(tracks: Sequence[TrackOut], case: str, path: Path, record: Record) -> Path:
    """Write them as the name's suffix says. That they leave is durable in the access log first; nothing is overwritten:
    a name that is taken gets a number. Returns where the file is. Raises ReviewerError for a suffix that is no format
    and for no tracks, LogUnwritable, and what the disk says."""
    form = path.suffix.lower().removeprefix(".")
    make = FORMATS.get(form)
    if make is None:
        raise ReviewerError(f"Tracks are not written as “{path.suffix}”.", "End the name with .gpx, .kml or .geojson.")
    if not tracks:
        raise ReviewerError(f"{case} has no track that is here.", "Fetch its footage, or add a track.")
    data = make(tracks, case)
    whose = tuple(dict.fromkeys(each.name for each in tracks))
    record(TrackExported(case, whose, form, sha256(data).hexdigest(), len(data))).result()
    return write_new(path, data)
