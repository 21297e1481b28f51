"""Intake: looking at what cameras left behind, before anything of it is written. `intake_plan` has the words.

Whatever comes from a stranger's file (headers, EXIF, GPS inside) is read in a process apart. A file is read through
only if it could be one that is known: another file, or a part in the store, is exactly as long.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from reviewer.alignment import clocks
from reviewer.domain.errors import Cancelled, DecoderStopped, ReviewerError, UnreadableTrack
from reviewer.domain.place import place_of
from reviewer.domain.probe import Probe
from reviewer.domain.recording import Manifest
from reviewer.domain.roster import Roster
from reviewer.domain.timebase import Micros
from reviewer.domain.track import Fix
from reviewer.intake.base import FoundPart, FoundRecording, Note, NoteKind
from reviewer.intake.survey import survey
from reviewer.services import apart
from reviewer.services.deposit import Listener, Reading
from reviewer.services.intake_officer import with_officer
from reviewer.services.intake_plan import (
    Details,
    IntakePlan,
    PlannedFile,
    PlannedPart,
    PlannedRecording,
    PlannedStill,
    PlannedTrack,
)
from reviewer.services.intake_tracks import Tracks, covered, note_on
from reviewer.services.trust import Problem, Trust
from reviewer.tracks.base import sets_clock


def plan_intake(
    paths: Sequence[Path],
    trust: Trust,
    *,
    listener: Listener | None = None,
    cancel: threading.Event | None = None,
) -> IntakePlan:
    """Look at what cameras left behind at these paths. Writes nothing, and raises for nothing that lies there.

    `listener` is told which file is looked at. Raises StoreUnreachable, NotTrusted: then nobody can say what the store
    has already."""
    roster = trust.refresh()
    manifests = trust.manifests().good
    reading = Reading(0, listener, cancel)
    cancelled = cancel.is_set if cancel is not None else None
    look_at = partial(apart.look_at_picture, cancelled=cancelled)

    def probe(path: Path) -> Probe:
        reading.at(path)
        return apart.probe_file(path, cancelled)

    try:
        surveyed = survey(paths, probe, look_at)
        look = _Look(roster, manifests, reading, Tracks(cancelled))
        planned = [look.at(each) for each in surveyed.recordings]
        planned = look.compared(sorted(planned, key=lambda r: (r.range.start, r.key)))
    except Cancelled as why:
        return IntakePlan((), (), why)
    refused = [Problem(str(r.path), r.error.message, r.error.next_step) for r in surveyed.refused]
    return IntakePlan(tuple(planned), (*refused, *look.refused), aside=surveyed.aside)


@dataclass
class _Look:
    """One look. Raises nothing but Cancelled."""

    roster: Roster
    manifests: Sequence[Manifest]
    reading: Reading
    tracks: Tracks
    refused: list[Problem] = field(default_factory=list)

    def at(self, found: FoundRecording) -> PlannedRecording:
        notes = list(found.notes)
        fixes, tracks = self._own_tracks(found, notes)
        by_gps = [fix for kind, fix in fixes if sets_clock(kind)]
        options = _clocks(found, by_gps)
        guessed = any(n.about == "clock" and n.kind is NoteKind.GUESSED for n in notes)
        sure = bool(by_gps) or (found.clock is not None and not guessed)
        notes.append(Note(NoteKind.FOUND if sure else NoteKind.GUESSED, "clock", options[0].why))
        details = Details(options[0], found.officer or "", found.badge or "", found.incidents, found.event_type)
        first = found.parts[0].path if found.parts else found.stills[0].path
        planned = PlannedRecording(
            key=str(first),
            name=found.name,
            source=found.source,
            kind=found.kind,
            device=found.device,
            parts=_parts(found.parts),
            tracks=tuple(tracks),
            stills=tuple(PlannedStill(_file(s.path), s.taken_at, s.guessed, s.picture.fix) for s in found.stills),
            buffer=found.buffer,
            stop=found.stop,
            details=details,
            proposed=details,
            clocks=options,
            notes=tuple(notes),
            place=place_of([fix for _, fix in fixes] or [s.picture.fix for s in found.stills if s.picture.fix]),
        )
        return with_officer(self._with_shared(planned, found), found.hints, self.roster)

    # -- tracks

    def _own_tracks(self, found: FoundRecording, notes: list[Note]) -> tuple[list[tuple[str, Fix]], list[PlannedTrack]]:
        """Each position of its own tracks with the format it came in, and those tracks that can be read."""
        fixes: list[tuple[str, Fix]] = []
        readable: list[PlannedTrack] = []
        for track in found.tracks:
            if track.shared:
                continue
            try:
                read = self.tracks.of(found, track)
            except (UnreadableTrack, DecoderStopped) as wrong:
                notes.append(Note(NoteKind.MISSING, "track", str(wrong)))
                self._refuse(track.path, found.name, wrong)
                continue
            file = _file(track.path) if track.path is not None else None
            readable.append(PlannedTrack(track.format, file, len(read.fixes)))
            fixes += [(track.format, fix) for fix in read.fixes]
        return fixes, readable

    def _with_shared(self, planned: PlannedRecording, found: FoundRecording) -> PlannedRecording:
        """With the tracks that serve other recordings too, as far as they lie around this one."""
        for track in found.tracks:
            if not track.shared or track.path is None:
                continue
            try:
                read = self.tracks.of(found, track)
            except UnreadableTrack as wrong:
                self._refuse(track.path, found.name, wrong)
                continue
            fixes = covered(read, planned)
            made = PlannedTrack(track.format, _file(track.path), len(fixes), shared=True)
            note = note_on(planned, made, len(read.fixes))
            planned = replace(planned, tracks=(*planned.tracks, made), notes=(*planned.notes, note))
            planned = replace(planned, place=planned.place or place_of(fixes))
        return planned

    def _refuse(self, path: Path | None, name: str, why: ReviewerError) -> None:
        problem = Problem(str(path or name), why.message, why.next_step)
        if problem not in self.refused:
            self.refused.append(problem)

    # -- what is there already

    def compared(self, planned: Sequence[PlannedRecording]) -> list[PlannedRecording]:
        """The same recordings, each knowing whether the store or an earlier one of them has the same footage."""
        in_store = {part.sha256: m.recording_id for m in self.manifests for part in m.parts}
        sizes = Counter(file.size for each in planned for file in _footage(each))
        sizes.update(part.size for m in self.manifests for part in m.parts)
        self.reading.more(sum(f.size for each in planned for f in _footage(each) if sizes[f.size] > 1))
        whose: dict[str, str] = {}  # hash of footage: key of the recording that it belongs to
        found: list[PlannedRecording] = []
        # Of two recordings with the same footage the longer one stands; the other is its copy, or a part of it.
        for each in sorted((self._hashed(p, sizes) for p in planned), key=lambda p: -len(p.parts)):
            hashes = [f.sha256 for f in _footage(each)]
            found.append(_placed(each, hashes, in_store, whose))
            for sha in hashes:
                if sha is not None:
                    whose.setdefault(sha, each.key)
        order = {each.key: i for i, each in enumerate(planned)}
        return sorted(found, key=lambda p: order[p.key])

    def _hashed(self, planned: PlannedRecording, sizes: Mapping[int, int]) -> PlannedRecording:
        def known(file: PlannedFile) -> PlannedFile:
            return replace(file, sha256=self.reading.hash(file.path).sha256) if sizes[file.size] > 1 else file

        try:
            return replace(
                planned,
                parts=tuple(replace(p, file=known(p.file)) for p in planned.parts),
                stills=tuple(replace(s, file=known(s.file)) for s in planned.stills),
            )
        except Cancelled:
            raise
        except ReviewerError as wrong:
            return replace(planned, problem=Problem(planned.key, wrong.message, wrong.next_step))


def _footage(planned: PlannedRecording) -> tuple[PlannedFile, ...]:
    """The files that make a recording what it is: its parts, or the still."""
    return tuple(p.file for p in planned.parts) or tuple(s.file for s in planned.stills)


def _placed(
    planned: PlannedRecording, hashes: Sequence[str | None], in_store: Mapping[str, str], whose: Mapping[str, str]
) -> PlannedRecording:
    """Beside what is there: known to the store, a copy of another one, partly either, or new."""
    stored = [in_store.get(sha or "") for sha in hashes]
    here = [whose.get(sha or "") for sha in hashes]
    if (one := stored[0]) is not None and all(s == one for s in stored):
        return replace(planned, known=one)
    if (same := here[0]) is not None and all(h == same for h in here):
        return replace(planned, duplicate_of=same)
    if other := next((s for s in stored if s is not None), None):
        text = f"Some parts of {planned.name} are in the store already, as {other}; others are not."
        return replace(planned, problem=Problem(planned.key, text, "Ingest the new files by themselves."))
    if copy := next((h for h in here if h is not None), None):
        text = f"Some parts of {planned.name} are the same as some of {Path(copy).name}’s recording; others are not."
        return replace(planned, problem=Problem(planned.key, text, "Take in one of the two folders by itself."))
    return planned


# -- files, parts, clocks --------------------------------------------------------------------------------------------


def _file(path: Path) -> PlannedFile:
    try:
        there = path.stat()
    except OSError:
        return PlannedFile(path, 0, 0)  # gone meanwhile: taking it in will say so
    return PlannedFile(path, there.st_size, there.st_mtime_ns)


def _parts(found: Sequence[FoundPart]) -> tuple[PlannedPart, ...]:
    parts: list[PlannedPart] = []
    end = 0
    for each in found:
        gap = Micros(max(0, each.offset - end)) if parts else Micros(0)
        parts.append(PlannedPart(_file(each.path), each.offset, each.probe.duration, gap))
        end = each.offset + each.probe.duration
    return tuple(parts)


def _clocks(found: FoundRecording, fixes: Sequence[Fix]) -> tuple[clocks.Choice, ...]:
    if not found.parts:  # a still by itself: its own time is all there is
        still = found.stills[0]
        return clocks.choices(
            clocks.camera_clock(found.clock, None if still.guessed else still.taken_at, still.taken_at, Micros(0))
        )
    first = found.parts[0]
    own = clocks.camera_clock(found.clock, first.probe.container_time, first.written_at, first.probe.duration)
    return clocks.choices(own, clocks.from_gps(fixes))
