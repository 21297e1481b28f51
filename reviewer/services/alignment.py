"""The clocks of one case: what sources say of them is proposed, shown, accepted by a person, recorded with its reasons,
and can be withdrawn. Nothing is applied silently: wall time is by the alignment that the log holds, and by no other.

`readings` are everything that is known now: what the signed manifests say, what was measured in this session or when
an alignment was accepted (`learn`: GPS, sound), offsets that people stated, cues that they marked. `propose` solves
them together. Each act is a recorded event and is undone by recording its inverse (house.md, "Key → mark").
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future

from reviewer.alignment.solve import solve
from reviewer.domain.alignment import Alignment, Reading, SourceKind
from reviewer.domain.alignment_acts import (
    AlignmentAccepted,
    AlignmentWithdrawn,
    CueMarked,
    CueWithdrawn,
    DeviceOffsetStated,
    DeviceOffsetWithdrawn,
    acceptance,
    alignment_of,
)
from reviewer.domain.annotation import Mark
from reviewer.domain.errors import ReviewerError
from reviewer.domain.events import Event
from reviewer.domain.recording import Kind, Manifest
from reviewer.domain.timebase import SECOND, Micros, Utc
from reviewer.records.clock_facts import ClockFacts
from reviewer.records.queries import Queries
from reviewer.services import clock_readings as sources
from reviewer.services.journal import Recorded
from reviewer.services.undoing import Undoing, following

Record = Callable[[Event], Future[Recorded]]
Solve = Callable[[Sequence[Reading], Sequence[str], Mapping[str, Utc]], Alignment]
Manifests = Callable[[], Iterable[Manifest]]
"""The case's manifests as they were signed, as they are known now."""

LONGEST_NOTE = 500
_MOST_OFF = Micros(400 * 86_400 * SECOND)  # a year and more: what is farther off is no clock but a slip of the hand
_MEASURED = (SourceKind.GPS, SourceKind.SOUND)


class Alignments:
    """One person's hand on a case's clocks. All methods on the thread that `queries` belongs to; the Futures end when
    the entry is durable, or with LogUnwritable."""

    def __init__(
        self,
        record: Record,
        queries: Queries,
        case: str,
        manifests: Manifests,
        *,
        solve: Solve = solve,
    ) -> None:
        self._queries = queries
        self._case = case
        self._manifests = manifests
        self._solve = solve
        self._measured: dict[tuple[SourceKind, str, str | None], Reading] = {}
        self._acts = Undoing(record)

    # -- what is known

    def facts(self) -> ClockFacts:
        """What the log holds of this case's clocks, with who said it and when."""
        return self._queries.alignment(self._case)

    def accepted(self) -> Alignment | None:
        """The alignment that stands; None: the signed clocks do."""
        found = self.facts().accepted
        return found.alignment if found is not None else None

    def learn(self, readings: Iterable[Reading]) -> None:
        """What was measured (GPS, sound); a newer reading of the same cameras by the same source replaces the older."""
        for reading in readings:
            self._measured[reading.kind, reading.recording, reading.other] = reading

    def readings(self) -> tuple[Reading, ...]:
        """All that every source says now."""
        facts, manifests = self.facts(), {m.recording_id: m for m in self._rolling()}
        measured: dict[tuple[SourceKind, str, str | None], Reading] = {}
        if facts.accepted is not None:  # what it rested on was measured too, perhaps on another machine
            kept = (each.reading for each in facts.accepted.alignment.judged)
            measured = {(r.kind, r.recording, r.other): r for r in kept if r.kind in _MEASURED}
        measured |= self._measured
        return sources.readings_of(manifests, measured.values(), facts)

    def propose(self) -> Alignment:
        """All cameras solved together from what is known now. Nothing changes by it. It takes its time with many
        cameras: milliseconds with nine."""
        return self.asking()()

    def asking(self) -> Callable[[], Alignment]:
        """The same in two steps: what is known now is gathered here; what this gives may be called on any thread."""
        manifests, readings = self._rolling(), self.readings()
        pivots = {m.recording_id: sources.pivot_of(m) for m in manifests}
        return lambda: self._solve(readings, [m.recording_id for m in manifests], pivots)

    def _rolling(self) -> list[Manifest]:
        """Stills are moved as the recordings they were taken beside."""
        return [m for m in self._manifests() if m.kind is not Kind.STILL or m.still_of is None]

    # -- what people do

    def accept(self, proposal: Alignment, note: str = "") -> Future[Alignment]:
        """A person has seen it, and from its entry on it is the case's wall time. Raises ReviewerError for too long a
        note, or if it has no camera."""
        if not proposal.corrections:
            raise ReviewerError("There is no camera to align.", "Open a case with recordings.")
        if len(note.strip()) > LONGEST_NOTE:
            raise ReviewerError(f"The note has {len(note.strip())} characters.", f"Shorten it to {LONGEST_NOTE}.")
        stood = self.facts().accepted
        before = stood.event if stood is not None else None
        base = before.id if before is not None else ""
        event = acceptance(self._case, uuid.uuid4().hex, proposal, base=base, note=note.strip())
        undo = self._back_to(before, event.id)
        return following(self._acts.do(event, undo, event), lambda _: proposal)

    def withdraw(self) -> Future[None]:
        """The signed clocks stand again. Raises ReviewerError if they do already."""
        before = self.facts().accepted
        if before is None:
            raise ReviewerError("No alignment stands.", "The clocks are as they were signed.")
        event = AlignmentWithdrawn(self._case, before.event.id)
        return following(self._acts.do(event, self._back_to(before.event, ""), event), lambda _: None)

    def _back_to(self, before: AlignmentAccepted | None, now: str) -> Event:
        """What makes stand again what stood before `now` ("": the signed clocks)."""
        if before is None:
            return AlignmentWithdrawn(self._case, now)
        return acceptance(self._case, before.id, alignment_of(before), base=now, note=before.note)

    def cue(self, one: Mark, other: Mark, note: str = "", sigma: Micros | None = None) -> Future[Reading]:
        """The same event in two cameras: `one` and `other` are the frame that first shows it in each, from its own
        stream time to the next frame's. `sigma` where it was set by something else than two frames. Raises
        ReviewerError if both are of one camera, or of none that is here."""
        manifests = {m.recording_id: m for m in self._rolling()}
        if one.recording == other.recording:
            raise ReviewerError("Both marks are on one camera.", "Mark the same event in another camera.")
        if one.recording not in manifests or other.recording not in manifests:
            raise ReviewerError("A mark is on no camera of this case.", "Mark it again.")
        sigma = sigma or sources.cue_sigma(one, other)
        event = CueMarked(self._case, uuid.uuid4().hex, (one, other), sigma, note.strip())
        reading = sources.of_cue(event, manifests)
        return following(self._acts.do(event, CueWithdrawn(self._case, event.id), event), lambda _: reading)

    def uncue(self, id_: str) -> Future[None]:
        """Take a cue back. Raises ReviewerError if there is none of this id."""
        cue = next((each.event for each in self.facts().cues if each.event.id == id_), None)
        if cue is None:
            raise ReviewerError("This cue does not stand any more.", "Look at the list again.")
        event = CueWithdrawn(self._case, id_)
        return following(self._acts.do(event, cue, event), lambda _: None)

    def state_offset(self, recording: str, offset: Micros, sigma: Micros, why: str) -> Future[Reading]:
        """A person knows how far a camera's clock is off: what, added to its stated time, gives UTC (µs), and how sure
        that is (one standard deviation, µs). Raises ReviewerError where it cannot be so, or `why` is missing."""
        manifests = {m.recording_id: m for m in self._rolling()}
        if recording not in manifests:
            raise ReviewerError("That is no camera of this case.", "Choose a camera.")
        if not why.strip() or len(why.strip()) > LONGEST_NOTE:
            raise ReviewerError("How this is known is missing, or too long.", f"Say it in up to {LONGEST_NOTE} signs.")
        if sigma <= 0 or abs(offset) > _MOST_OFF or sigma > _MOST_OFF:
            raise ReviewerError("No clock is off like that.", "Type the offset, and a ± greater than nothing.")
        before = next((o.event for o in self.facts().offsets if o.event.recording == recording), None)
        event = DeviceOffsetStated(self._case, recording, offset, sigma, why.strip())
        undo = before or DeviceOffsetWithdrawn(self._case, recording)
        reading = sources.of_offset(event, manifests[recording])
        return following(self._acts.do(event, undo, event), lambda _: reading)

    def unstate_offset(self, recording: str) -> Future[None]:
        """Take a stated offset back. Raises ReviewerError if none stands."""
        before = next((o.event for o in self.facts().offsets if o.event.recording == recording), None)
        if before is None:
            raise ReviewerError("No offset is stated for this camera.", "Look at the list again.")
        event = DeviceOffsetWithdrawn(self._case, recording)
        return following(self._acts.do(event, before, event), lambda _: None)

    @property
    def can_undo(self) -> bool:
        return self._acts.can_undo

    @property
    def can_redo(self) -> bool:
        return self._acts.can_redo

    def undo(self) -> Future[Recorded] | None:
        """Record the inverse of the newest thing done here in this session; None if there is nothing."""
        return self._acts.undo()

    def redo(self) -> Future[Recorded] | None:
        """Record again what was undone last; None if there is nothing."""
        return self._acts.redo()
