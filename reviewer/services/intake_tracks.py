"""Tracks at intake: read once each, and cut where one is a whole shift's and serves several recordings.

A shift's track says where somebody was all day. Each recording gets the stretch around it; the whole file is sealed
once, under a key that only the custody keys open, and every stretch names it. So nothing of it is lost, and an
assignment to one recording does not show the rest of the day.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from reviewer.domain.alignment import COVERAGE
from reviewer.domain.errors import ReviewerError, UnreadableTrack
from reviewer.domain.recording import CutFrom
from reviewer.domain.timebase import SECOND, Micros, TimeRange, Utc, to_datetime
from reviewer.domain.track import Fix, Track
from reviewer.intake.base import FoundRecording, FoundTrack, Note, NoteKind
from reviewer.sealing import stream
from reviewer.services import apart
from reviewer.services.deposit import Source
from reviewer.services.intake_plan import PlannedRecording, PlannedTrack
from reviewer.services.trust import Trust
from reviewer.tracks.base import read_track
from reviewer.tracks.cut import cut

AROUND = Micros(60 * SECOND)
"""How much of a shared track is kept before and after a recording."""
SURE = Micros(60 * SECOND)
"""A clock that may be further off than this is said to be a guess about which stretch it is."""
_LARGEST = 256 << 20


@dataclass
class Tracks:
    """The tracks of one look, each file read once. `cancelled` ends a reading in a process apart."""

    cancelled: apart.Cancel | None = None
    _read: dict[Path, Track | UnreadableTrack] = field(default_factory=dict)

    def of(self, found: FoundRecording, track: FoundTrack) -> Track:
        """A track of this recording, its stream times counted from the first part. Raises UnreadableTrack,
        DecoderStopped, Cancelled."""
        if track.path is None:
            return self._inside(found, track.format)
        if track.path not in self._read:
            try:
                self._read[track.path] = track_file(track.path, track.format)
            except UnreadableTrack as wrong:
                self._read[track.path] = wrong
        known = self._read[track.path]
        if isinstance(known, UnreadableTrack):
            raise known
        return known

    def _inside(self, found: FoundRecording, format: str) -> Track:
        fixes: list[Fix] = []
        for part in found.parts:
            source = apart.file_source(part.path)
            for fix in apart.track_inside(source, part.path.name, self.cancelled).fixes:
                if fix.stream is not None:
                    fixes.append(replace(fix, stream=Micros(fix.stream + part.offset)))
        return Track(tuple(sorted(fixes, key=lambda f: f.at)), format)


def track_file(path: Path, format: str) -> Track:
    """A track's file, read. Raises UnreadableTrack."""
    try:
        if path.stat().st_size > _LARGEST:
            raise UnreadableTrack(f"{path.name} is too large for a track.", "Take the footage in without it.")
        with Source(path) as source:
            data = source.read(_LARGEST)
    except OSError as gone:
        raise UnreadableTrack(f"{path.name} is no longer there.", "Check that the card is still connected.") from gone
    except UnreadableTrack:
        raise
    except ReviewerError as wrong:
        raise UnreadableTrack(wrong.message, wrong.next_step) from wrong
    return read_track(path.name, data, format)


# -- a track that serves several recordings ----------------------------------------------------------------------------


def around(planned: PlannedRecording) -> TimeRange:
    """The stretch of a shared track that is kept with a recording, by the clock that will be signed for it."""
    return TimeRange(Utc(planned.range.start - AROUND), Utc(planned.range.end + AROUND))


def covered(track: Track, planned: PlannedRecording) -> tuple[Fix, ...]:
    """What a shared track says of the time around a recording."""
    window = around(planned)
    return tuple(f for f in track.fixes if f.at in window)


def note_on(planned: PlannedRecording, track: PlannedTrack, whole: int) -> Note:
    """What there is to say of a shared track beside one recording. `whole` positions are in the file."""
    name = track.file.path.name if track.file is not None else "The track"
    unsure = COVERAGE * planned.details.clock.clock.uncertainty
    if not track.fixes:
        text = f"{name} has no position while this was recorded, by a clock good to ± {unsure / SECOND:.0f} s."
        return Note(NoteKind.MISSING, "tracks", text)
    text = f"{track.fixes} of {whole} positions of {name} lie around it; only these are taken in with it."
    if unsure > SURE:
        text += f" Which they are rests on a clock that may be off by {unsure / SECOND:.0f} s."
    return Note(NoteKind.GUESSED, "tracks", text)


def cut_for(planned: PlannedRecording, track: Track, name: str) -> tuple[str, bytes]:
    """What a stretch is called, and its table; empty if nothing lies around the recording."""
    window = around(planned)
    start, end = to_datetime(window.start), to_datetime(window.end)
    return f"{name}, {start:%H:%M:%S}–{end:%H:%M:%S} UTC.csv", cut(track, window)


def open_whole(trust: Trust, whole: CutFrom, key: bytes) -> bytes:
    """The whole file that a track was cut from, with the key that custody opens (`CustodyGrants.whole_track_key`).
    Raises IntegrityError, NotInStore, StoreUnreachable."""
    sealed = trust.store.get(f"objects/{whole.object[:2]}/{whole.object}")
    return stream.open_bytes(sealed, key, whole.sha256.encode())
