"""Ingest: from a camera's files to sealed objects and a signed manifest in the store.

plan (`intake`) → hash → seal → put → read back → sign. Objects are content-addressed and go first, the manifest goes
last: whatever stops in between leaves no recording that is half there. A recording that the store has already is
recognised by its plaintext's SHA-256 and said.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import reviewer
from reviewer.alignment import clocks
from reviewer.audit.note import raw_public
from reviewer.domain.codec import encode
from reviewer.domain.errors import Cancelled, IntegrityError, NotTrusted, ReviewerError, StoreUnreachable
from reviewer.domain.place import Place, place_of
from reviewer.domain.recording import Clock, CutFrom, Device, Ingest, Kind, Manifest, Part, TrackRef, closed
from reviewer.domain.roster import Roster
from reviewer.domain.timebase import Micros, Utc, to_datetime
from reviewer.intake.base import Note
from reviewer.sealing import envelope, keyring, stream
from reviewer.services import clock as machine
from reviewer.services.deposit import Deposit, Listener, SourceFile, SourceGone, check_unchanged
from reviewer.services.details import seal_manifest
from reviewer.services.grants import seal_to_custody
from reviewer.services.intake import plan_intake
from reviewer.services.intake_plan import (
    Details,
    IntakePlan,
    PlannedFile,
    PlannedPart,
    PlannedRecording,
    PlannedStill,
    PlannedTrack,
)
from reviewer.services.intake_tracks import covered, cut_for, track_file
from reviewer.services.trust import Problem, Trust
from reviewer.services.unfinished import Unfinished
from reviewer.services.workspace import Workspace


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


Done = Callable[[str, Ingested | Known | Problem], None]


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
    """Take in what cameras left behind at these paths, as `plan_intake` proposes it."""
    _check_station(trust.refresh(), station)
    plan = plan_intake(paths, trust, cancel=cancel)
    return take_in(plan, trust, station, listener=listener, cancel=cancel, now=now)


def take_in(
    plan: IntakePlan,
    trust: Trust,
    station: Station,
    *,
    listener: Listener | None = None,
    cancel: threading.Event | None = None,
    now: machine.Clock = machine.utc_now,
    done: Done = lambda _key, _what: None,
) -> IngestReport:
    """Seal what the plan has into the store, and sign a manifest for each recording. The source is only ever read, and
    what was sealed is what lay there when the plan was made.

    What cannot be taken in is in `refused`, with its sentence, and stops nothing else; a card that is pulled out stops
    it, and so does a store that is not reached (`stopped`). `done` is told, by a recording’s key in the plan, what
    became of it as soon as that is certain; a recording with a still beside it is told twice. Raises NotTrusted if the
    roster does not name this station with this key, StoreUnreachable.
    """
    roster = trust.refresh()
    _check_station(roster, station)
    run = _Run(trust, roster, station, Deposit(trust.store, plan.bytes, listener, cancel), now, done)
    run.refused += plan.refused
    if plan.stopped is not None:
        return run.report(plan.stopped)
    return run.take_all(plan.recordings)


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
    deposit: Deposit
    now: machine.Clock
    done: Done
    recordings: list[Ingested] = field(default_factory=list)
    already: list[Known] = field(default_factory=list)
    refused: list[Problem] = field(default_factory=list)
    known: dict[str, str] = field(default_factory=dict)  # hash of footage: the recording in the store
    whole: dict[str, CutFrom] = field(default_factory=dict)  # hash of a shift's track: where all of it lies

    def report(self, stopped: ReviewerError | None) -> IngestReport:
        return IngestReport(tuple(self.recordings), tuple(self.already), tuple(self.refused), stopped)

    def take_all(self, planned: Sequence[PlannedRecording]) -> IngestReport:
        self.known = {part.sha256: m.recording_id for m in self.trust.manifests().good for part in m.parts}
        # What is a copy of another one comes after it, so that it can be said as what it is in the store.
        for each in sorted((p for p in planned if p.wanted), key=lambda p: p.duplicate_of is not None):
            try:
                self._take(each)
            except (Cancelled, StoreUnreachable) as why:
                return self.report(why)
            except SourceGone as why:
                if all(not f.path.exists() for p in planned if p.will_be_written for f in p.files):
                    return self.report(why)
                self._refuse(each, Problem(each.name, why.message, why.next_step))
            except ReviewerError as wrong:
                self._refuse(each, Problem(each.name, wrong.message, wrong.next_step))
        return self.report(None)

    def _refuse(self, planned: PlannedRecording, problem: Problem) -> None:
        self.refused.append(problem)
        self.done(planned.key, problem)

    def _know(self, planned: PlannedRecording, recording_id: str, sources: tuple[Path, ...]) -> None:
        self.already.append(Known(recording_id, sources))
        self.done(planned.key, self.already[-1])

    def _take(self, planned: PlannedRecording) -> None:
        if planned.problem is not None:
            self._refuse(planned, replace(planned.problem, path=planned.name))
        elif planned.parts:
            self._take_stills(planned, self._footage(planned))
        else:
            self._take_stills(planned, None)

    # -- footage and its tracks

    def _footage(self, planned: PlannedRecording) -> str | None:
        """Put a recording's parts and tracks; its id. Recognises one that the store has."""
        footage = [self._hashed(part.file) for part in planned.parts]
        sources = tuple(f.path for f in footage)
        first = self._there(planned, footage)
        if first is not None:
            self._know(planned, first, sources)
            return first
        if planned.duplicate_of is not None:
            return None  # the one that it is a copy of was not taken in
        recording_id = recording_name(planned, planned.details.clock.start, [f.sha256 for f in footage])
        begun = self._begin(recording_id)
        parts = [
            _part(self._sealed(file, begun, recording_id), file, part, planned.details.clock.start)
            for file, part in zip(footage, planned.parts, strict=True)
        ]
        place, refs = planned.place, []
        for track in planned.tracks:
            if not track.shared:
                refs.append(self._track(track, recording_id, begun))
            elif (cut := self._cut(planned, track, recording_id, begun)) is not None:
                refs.append(cut[0])
                place = cut[1] or place
        manifest = self._manifest(planned, recording_id, planned.details.clock.clock, begun.data_key)
        manifest = replace(manifest, kind=planned.kind, parts=tuple(parts), tracks=tuple(refs), place=place)
        self._put(manifest, begun, planned, sources, planned.notes)
        return recording_id

    def _begin(self, recording_id: str) -> Unfinished:
        return Unfinished.open(self.trust.workspace, recording_id, self.station.key, self.now())

    def _sealed(self, file: SourceFile, begun: Unfinished, recording_id: str) -> stream.Sealed:
        """The file in the store: put there now, or before an intake was interrupted."""
        there = begun.there(file.sha256, self.trust.store)
        if there is not None:
            self.deposit.passed_over(file)
            return there
        made = self.deposit.put(file, begun.data_key, recording_id.encode())
        begun.add(made)
        return made

    def _hashed(self, file: PlannedFile) -> SourceFile:
        """The file as the plan knows it, hashed. Raises IntegrityError if it is another one by now."""
        check_unchanged(file)
        return self.deposit.hash(file.path) if file.sha256 is None else SourceFile(file.path, file.sha256, file.size)

    def _there(self, planned: PlannedRecording, footage: Sequence[SourceFile]) -> str | None:
        """The recording in the store that has just this footage. Raises ReviewerError if one has some of it."""
        there = [self.known.get(f.sha256) for f in footage]
        first = next((r for r in there if r is not None), None)
        if first is not None and any(r != first for r in there):
            text = f"Some parts of {planned.name} are in the store already, as {first}; others are not."
            raise ReviewerError(text, "Ingest the new files by themselves.")
        return first

    # -- tracks

    def _track(self, track: PlannedTrack, recording_id: str, begun: Unfinished) -> TrackRef:
        if track.file is None:  # inside the parts
            return TrackRef("", track.format)
        file = self._hashed(track.file)
        made = self._sealed(file, begun, recording_id)
        return TrackRef(made.object, track.format, made.sealed_size, made.sha256, made.size, file.path.name)

    def _cut(
        self, planned: PlannedRecording, track: PlannedTrack, recording_id: str, begun: Unfinished
    ) -> tuple[TrackRef, Place | None] | None:
        """What lies around this recording of a track that serves others too, and where that is; None if nothing does.
        The whole file goes into the store once, for the custodians."""
        if track.file is None:
            return None
        file = self._hashed(track.file)
        read = track_file(file.path, track.format)
        name, table = cut_for(planned, read, file.path.name)
        if not table:
            return None
        made = self.deposit.put_bytes(name, table, begun.data_key, recording_id.encode())
        begun.add(made)
        ref = TrackRef(made.object, "csv", made.sealed_size, made.sha256, made.size, name, self._whole(file))
        return ref, place_of(covered(read, planned))

    def _whole(self, file: SourceFile) -> CutFrom:
        """A shift's whole track in the store, put there once a run, under a key that only custody opens."""
        if file.sha256 not in self.whole:
            key = stream.new_data_key()
            made = self.deposit.put(file, key, file.sha256.encode())
            keys = seal_to_custody(self.roster, file.sha256, key)
            self.whole[file.sha256] = CutFrom(made.object, made.sealed_size, made.sha256, made.size, keys)
        return self.whole[file.sha256]

    # -- stills

    def _take_stills(self, planned: PlannedRecording, beside: str | None) -> None:
        for still in planned.stills:
            self._still(planned, still, beside)

    def _still(self, planned: PlannedRecording, still: PlannedStill, beside: str | None) -> None:
        file = self._hashed(still.file)
        there = self._there(planned, [file])
        if there is not None:
            self._know(planned, there, (still.file.path,))
            return
        if planned.duplicate_of is not None:
            return
        taken_at, clock = _still_clock(still, planned.details.clock)
        recording_id = recording_name(planned, taken_at, [file.sha256])
        begun = self._begin(recording_id)
        made = self._sealed(file, begun, recording_id)
        part = Part(made.object, made.sealed_size, made.sha256, made.size, taken_at, Micros(0), file.path.name)
        manifest = self._manifest(planned, recording_id, clock, begun.data_key)
        manifest = replace(manifest, kind=Kind.STILL, parts=(part,), still_of=beside, buffer=None, stop=None)
        if still.fix is not None:
            manifest = replace(manifest, tracks=(TrackRef("", "exif"),), place=place_of([still.fix]))
        self._put(manifest, begun, planned, (file.path,), () if planned.parts else planned.notes)

    # -- into the store

    def _manifest(self, planned: PlannedRecording, recording_id: str, clock: Clock, data_key: bytes) -> Manifest:
        details = planned.details
        return Manifest(
            recording_id=recording_id,
            agency=self.roster.agency,
            officer=officer(details),
            officer_id=officer_id(self.roster, details),
            device=planned.device or Device("", "unknown camera"),
            kind=planned.kind,
            parts=(),
            clock=clock,
            ingest=Ingest(self.station.id, self.now(), reviewer.__version__),
            sealed_data_keys=seal_to_custody(self.roster, recording_id, data_key),
            incidents=details.incidents,
            event_type=details.event_type,
            restricted=details.restricted,
            buffer=planned.buffer,
            stop=planned.stop,
            n=self.trust.next_number(f"recordings/{recording_id}"),
        )

    def _put(
        self,
        manifest: Manifest,
        begun: Unfinished,
        planned: PlannedRecording,
        sources: tuple[Path, ...],
        notes: tuple[Note, ...],
    ) -> None:
        """Seal, sign and put the manifest, then believe it only as the store gives it back."""
        manifest = seal_manifest(manifest, begun.data_key)
        data = envelope.sign("manifest", encode(closed(manifest)), self.station.id, self.station.key)
        self.trust.store.put_if_absent(f"recordings/{manifest.recording_id}/{manifest.n}.json", data)
        back = self.trust.manifest(manifest.recording_id)
        if closed(back) != closed(manifest):
            raise IntegrityError(
                f"The store gives back another manifest for {manifest.recording_id}.", "Tell who keeps the store."
            )
        begun.finished()
        self.known.update({part.sha256: manifest.recording_id for part in manifest.parts})
        self.recordings.append(Ingested(manifest, sources, notes))
        self.done(planned.key, self.recordings[-1])


# -- names, clocks ---------------------------------------------------------------------------------------------------


def officer(details: Details) -> str:
    """As shown: "Ofc. A. Niemi 2214"."""
    name, badge = details.officer, details.badge
    shown = name if badge in name.split() else f"{name} {badge}".strip()
    return shown or "Officer not named"


def officer_id(roster: Roster, details: Details) -> str:
    """What stands open for the officer: their id in the roster if it knows the badge, else the badge."""
    known = next((u for u in roster.users if details.badge and u.badge == details.badge), None)
    return known.id if known is not None else details.badge


def recording_name(planned: PlannedRecording, start: Utc, hashes: Sequence[str]) -> str:
    """`<day>-<badge>-<12 digits of its content's hash>`: the same for the same bytes. Everybody who reads the store
    sees it, so it says no name: neither the officer's nor a file's."""
    slug = "-".join(re.findall(r"[a-z0-9]+", planned.details.badge.lower()))[:20]
    content = hashlib.sha256("\n".join(hashes).encode()).hexdigest()[:12]
    return "-".join(filter(None, (f"{to_datetime(start):%Y%m%d}", slug, content)))


def _still_clock(still: PlannedStill, choice: clocks.Choice) -> tuple[Utc, Clock]:
    """When a still was taken: by its camera's clock, corrected; or by the file's own time, which nothing corrects."""
    if still.guessed:
        guess = clocks.from_file(still.taken_at, Micros(0))
        return still.taken_at, Clock(guess.source, guess.uncertainty)
    return Utc(still.taken_at + choice.clock.correction), choice.clock


def _part(made: stream.Sealed, file: SourceFile, part: PlannedPart, start: Utc) -> Part:
    return Part(
        object=made.object,
        sealed_size=made.sealed_size,
        sha256=made.sha256,
        size=made.size,
        started_at=Utc(start + part.offset),
        duration=part.duration,
        name=file.path.name,
    )
