"""What a case's GPS tracks say of its cameras' clocks: GPS time against the time of the file it was written into."""

from __future__ import annotations

from collections.abc import Iterable

from reviewer.alignment.readings import of_gps
from reviewer.domain.alignment import Reading
from reviewer.domain.recording import Manifest
from reviewer.domain.track import Track
from reviewer.services.footage import CaseCamera, Footage


def of_track(manifest: Manifest, track: Track) -> Reading | None:
    """What a recording's track says of its clock, as it was signed: some ± 1 s, for GPS time is right and its place in
    the file is not (`alignment/clocks`). None where fixes have no place in the file, or are too few."""
    return of_gps(manifest, track.fixes)


def of_tracks(tracks: Iterable[tuple[CaseCamera, Track]]) -> tuple[Reading, ...]:
    """The same of many, as far as they say anything."""
    found = (of_track(camera.manifest, track) for camera, track in tracks if not camera.is_still)
    return tuple(reading for reading in found if reading is not None)


def align_by_gps(footage: Footage, cameras: Iterable[CaseCamera]) -> tuple[Reading, ...]:
    """The same of every camera whose track is here and may be opened. Reads and decrypts: not on the GUI's thread."""
    tracks = ((camera, footage.track(camera)[0]) for camera in cameras)
    return of_tracks((camera, track) for camera, track in tracks if track is not None)
