"""Ingest: from a camera's files to sealed objects and a signed manifest in the store.

survey → clock → hash → seal → put → read back → sign. Objects are content-addressed and go first, the manifest goes
last: whatever stops in between leaves no recording that is half there. A recording that the store has already is
recognised by its plaintext's SHA-256 and said.
"""

from __future__ import annotations

import hashlib
import re
import threading
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import reviewer
from reviewer.alignment import clocks
from reviewer.audit.note import raw_public
from reviewer.domain.codec import encode
from reviewer.domain.errors import Cancelled, DecoderStopped, IntegrityError, NotTrusted, ReviewerError, UnreadableTrack
from reviewer.domain.recording import Clock, Device, Ingest, Kind, Manifest, Part, TrackRef
from reviewer.domain.roster import Roster
from reviewer.domain.timebase import Micros, Utc, to_datetime
from reviewer.domain.track import Fix
from reviewer.intake.base import FoundPart, FoundRecording, FoundStill, FoundTrack, Note, NoteKind
from reviewer.intake.survey import survey
from reviewer.sealing import envelope, keyring, stream
from reviewer.services import apart
from reviewer.services import clock as machine
from reviewer.services.custody import seal_to_custody
from reviewer.services.deposit import Deposit, Listener, Source, SourceFile
from reviewer.services.trust import Problem, Trust
from reviewer.services.workspace import Workspace
from reviewer.tracks.base import read_track, sets_clock

_LARGEST_TRACK = 256 << 20


@dataclass(frozen=True, slots=True, repr=False)
class Station:
    """The workstation that takes footage in and answers for it with its signature."""

    id: str
    key: Ed25519PrivateKey


@dataclass(frozen=True, slots=True)
class Ingested:
    """A recording that is in the store now, its manifest read back and verified. `notes`: found, guessed, missing."""

    manifest: Manifest
    sources: tuple[Path, ...]
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """Footage that the store has already, as `recording_id`. Nothing was written."""

    recording_id: str
    sources: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class IngestReport:
    """`stopped` says why not everything was tried (cancelled); what was finished is in the store."""

    recordings: tuple[Ingested, ...]
    known: tuple[Known, ...]
    refused: tuple[Problem, ...]
    stopped: ReviewerError | None = None


def this_station(workspace: Workspace) -> Station:
    """The workstation of this workspace. Raises NotSetUp, NotInStore, MalformedDocument."""
    return Station(workspace.setup().station, keyring.load_station(workspace.station_key))


def ingest(
    paths: Sequence[Path],
    trust: Trust,
    station: Station,
    *,
    listener: Listener | None = None,
    cancel: threading.Event | None = None,
    now: machine.Clock = machine.utc_now,
) -> IngestReport:
    """Take in what cameras left behind at these paths.

    What cannot be taken in is in `refused`, with its sentence, and stops nothing else. Raises NotTrusted if the roster
    does not name this station with this key, StoreUnreachable.
    """
    roster = trust.refresh()
    _check_station(roster, station)
    gone = cancel.is_set if cancel is not None else None
    try:
        surveyed = survey(paths, partial(apart.probe_file, cancelled=gone))
    except Cancelled as why:
        return IngestReport((), (), (), why)
    known = {part.sha256: m.recording_id for m in trust.manifests().good for part in m.parts}
    expected = sum(_size(path) for each in surveyed.recordings for path in _sources(each))
    run = _Run(trust, roster, station, known, Deposit(trust.store, expected, listener, cancel), now, gone)
    run.refused += [Problem(str(r.path), r.error.message, r.error.next_step) for r in surveyed.refused]
    return run.take_all(surveyed.recordings)


def _check_station(roster: Roster, station: Station) -> None:
    entry = roster.workstation(station.id)
    if entry is None or raw_public(entry.signing_key) != station.key.public_key().public_bytes_raw():
        raise NotTrusted(
            f"The roster does not name this machine ({station.id}) with its key.", "Ask the custodian to add it."
        )


# -- one run ---------------------------------------------------------------------------------------------------------


@dataclass
class _Run:
    trust: Trust
    roster: Roster
    station: Station
    known: dict[str, str]
    deposit: Deposit
    now: machine.Clock
    cancelled: apart.Cancel | None = None
    recordings: list[Ingested] = field(default_factory=list)
    already: list[Known] = field(default_factory=list)
    refused: list[Problem] = field(default_factory=list)

    def take_all(self, found: Sequence[FoundRecording]) -> IngestReport:
        stopped: ReviewerError | None = None
        for each in found:
            try:
                self._take(each)
            except Cancelled as why:
                stopped = why
                break
            except ReviewerError as wrong:
                self.refused.append(Problem(each.name, wrong.message, wrong.next_step))
        return IngestReport(tuple(self.recordings), tuple(self.already), tuple(self.refused), stopped)

    def _take(self, found: FoundRecording) -> None:
        notes = list(found.notes)
        fixes, tracks = self._tracks(found, notes)
        choice = _clock(found, fixes)
        notes.append(Note(NoteKind.FOUND if found.clock or fixes else NoteKind.GUESSED, "clock", choice.why))
        footage = [self.deposit.hash(part.path) for part in found.parts]
        beside = self._footage(found, footage, tracks, choice, notes) if footage else None
        for still in found.stills:
            self._still(found, still, beside, choice, tuple(notes) if not footage else ())

    # -- footage and its tracks

    def _footage(
        self,
        found: FoundRecording,
        footage: list[SourceFile],
        tracks: list[FoundTrack],
        choice: clocks.Choice,
        notes: list[Note],
    ) -> str:
        """Put a recording's parts and tracks; its id. Recognises one that the store has."""
        sources = tuple(f.path for f in footage)
        there = [self.known.get(f.sha256) for f in footage]
        first = next((r for r in there if r is not None), None)
        if first is not None and all(r == first for r in there):
            self.already.append(Known(first, sources))
            return first
        if first is not None:
            raise ReviewerError(
                f"Some parts of {found.name} are in the store already, as {first}; others are not.",
                "Ingest the new files by themselves.",
            )
        recording_id = recording_name(found, choice.start, [f.sha256 for f in footage])
        data_key = stream.new_data_key()
        parts = [
            _part(self.deposit.put(file, data_key, recording_id.encode()), file, part, choice.start)
            for file, part in zip(footage, found.parts, strict=True)
        ]
        refs = [self._track(t, recording_id, data_key) for t in tracks]
        manifest = replace(self._manifest(found, recording_id, choice.clock, data_key), parts=tuple(parts))
        self._put(replace(manifest, kind=found.kind, tracks=tuple(refs)), sources, tuple(notes))
        return recording_id

    def _tracks(self, found: FoundRecording, notes: list[Note]) -> tuple[list[Fix], list[FoundTrack]]:
        """Fixes that may set the clock, in stream time of the first part, and the tracks that can be read."""
        fixes: list[Fix] = []
        readable: list[FoundTrack] = []
        for track in found.tracks:
            try:
                fixes += _fixes(found, track, self.cancelled)
                readable.append(track)
            except (UnreadableTrack, DecoderStopped) as wrong:
                notes.append(Note(NoteKind.MISSING, "track", str(wrong)))
                self.refused.append(Problem(str(track.path or found.name), wrong.message, wrong.next_step))
        return fixes, readable

    def _track(self, track: FoundTrack, recording_id: str, data_key: bytes) -> TrackRef:
        if track.path is None:  # inside the parts
            return TrackRef("", track.format)
        file = self.deposit.hash(track.path)
        made = self.deposit.put(file, data_key, recording_id.encode())
        return TrackRef(made.object, track.format, made.sealed_size, made.sha256, made.size, track.path.name)

    # -- stills

    def _still(
        self,
        found: FoundRecording,
        still: FoundStill,
        beside: str | None,
        choice: clocks.Choice,
        notes: tuple[Note, ...],
    ) -> None:
        file = self.deposit.hash(still.path)
        there = self.known.get(file.sha256)
        if there is not None:
            self.already.append(Known(there, (still.path,)))
            return
        taken_at, clock = _still_clock(still, choice)
        recording_id = recording_name(found, taken_at, [file.sha256])
        data_key = stream.new_data_key()
        made = self.deposit.put(file, data_key, recording_id.encode())
        part = Part(made.object, made.sealed_size, made.sha256, made.size, taken_at, Micros(0), still.path.name)
        manifest = replace(
            self._manifest(found, recording_id, clock, data_key), kind=Kind.STILL, parts=(part,), still_of=beside
        )
        self._put(replace(manifest, buffer=None, stop=None), (still.path,), notes)

    # -- into the store

    def _manifest(self, found: FoundRecording, recording_id: str, clock: Clock, data_key: bytes) -> Manifest:
        return Manifest(
            recording_id=recording_id,
            agency=self.roster.agency,
            officer=officer(found),
            device=found.device or Device("", "unknown camera"),
            kind=found.kind,
            parts=(),
            clock=clock,
            ingest=Ingest(self.station.id, self.now(), reviewer.__version__),
            sealed_data_keys=seal_to_custody(self.roster, recording_id, data_key),
            incidents=found.incidents,
            event_type=found.event_type,
            buffer=found.buffer,
            stop=found.stop,
            n=self.trust.next_number(f"recordings/{recording_id}"),
        )

    def _put(self, manifest: Manifest, sources: tuple[Path, ...], notes: tuple[Note, ...]) -> None:
        """Sign and put the manifest, then believe it only as the store gives it back."""
        data = envelope.sign("manifest", encode(manifest), self.station.id, self.station.key)
        self.trust.store.put_if_absent(f"recordings/{manifest.recording_id}/{manifest.n}.json", data)
        back = self.trust.manifest(manifest.recording_id)
        if back != manifest:
            raise IntegrityError(
                f"The store gives back another manifest for {manifest.recording_id}.", "Tell who keeps the store."
            )
        self.known.update({part.sha256: manifest.recording_id for part in manifest.parts})
        self.recordings.append(Ingested(manifest, sources, notes))


# -- names, clocks, tracks -------------------------------------------------------------------------------------------


def officer(found: FoundRecording) -> str:
    """As shown: "Ofc. A. Niemi 2214"."""
    name = found.officer or ""
    badge = found.badge or ""
    shown = name if badge in name.split() else f"{name} {badge}".strip()
    return shown or "Officer not named"


def recording_name(found: FoundRecording, start: Utc, hashes: Sequence[str]) -> str:
    """`<day>-<officer or file>-<12 digits of its content's hash>`: to be read, and the same for the same bytes."""
    words = officer(found) if found.officer or found.badge else Path(found.name).stem
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    slug = "-".join(w for w in re.split(r"[^a-z0-9]+", plain) if w and w != "ofc")[:40] or "recording"
    content = hashlib.sha256("\n".join(hashes).encode()).hexdigest()[:12]
    return f"{to_datetime(start):%Y%m%d}-{slug}-{content}"


def _clock(found: FoundRecording, fixes: Iterable[Fix]) -> clocks.Choice:
    if not found.parts:  # a still by itself: its own time is all there is
        still = found.stills[0]
        own = clocks.camera_clock(found.clock, None if still.guessed else still.taken_at, still.taken_at, Micros(0))
        return clocks.choose(own)
    first = found.parts[0]
    own = clocks.camera_clock(found.clock, first.probe.container_time, first.written_at, first.probe.duration)
    return clocks.choose(own, clocks.from_gps(fixes))


def _still_clock(still: FoundStill, choice: clocks.Choice) -> tuple[Utc, Clock]:
    """When a still was taken: by its camera's clock, corrected; or by the file's own time, which nothing corrects."""
    if still.guessed:
        guess = clocks.from_file(still.taken_at, Micros(0))
        return still.taken_at, Clock(guess.source, guess.uncertainty)
    return Utc(still.taken_at + choice.clock.correction), choice.clock


def _fixes(found: FoundRecording, track: FoundTrack, cancelled: apart.Cancel | None) -> list[Fix]:
    """Fixes that may set the clock, their stream time counted from the first part. Raises UnreadableTrack,
    DecoderStopped, Cancelled."""
    if track.path is None:
        return [
            replace(fix, stream=Micros(fix.stream + part.offset))
            for part in found.parts
            for fix in apart.track_inside(apart.file_source(part.path), part.path.name, cancelled).fixes
            if fix.stream is not None
        ]
    if _size(track.path) > _LARGEST_TRACK:
        raise UnreadableTrack(f"{track.path.name} is too large for a track.", "Take the footage in without it.")
    with Source(track.path) as source:
        data = source.read(_LARGEST_TRACK)
    read = read_track(track.path.name, data, track.format)
    return list(read.fixes) if sets_clock(track.format) else []


def _part(made: stream.Sealed, file: SourceFile, part: FoundPart, start: Utc) -> Part:
    return Part(
        object=made.object,
        sealed_size=made.sealed_size,
        sha256=made.sha256,
        size=made.size,
        started_at=Utc(start + part.offset),
        duration=part.probe.duration,
        name=file.path.name,
    )


def _sources(found: FoundRecording) -> list[Path]:
    tracks = (t.path for t in found.tracks if t.path is not None)
    return [*(p.path for p in found.parts), *tracks, *(s.path for s in found.stills)]


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
