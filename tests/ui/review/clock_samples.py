"""Stand-ins for the clocks panel: a hand on the clocks that records at once, and proposals as the solver makes them."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from typing import TypeVar

from reviewer.domain.alignment import Alignment, Between, Correction, Judged, Misclosure, Reading, SourceKind
from reviewer.domain.alignment_acts import (
    AlignmentAccepted,
    AlignmentWithdrawn,
    CueMarked,
    CueWithdrawn,
    DeviceOffsetStated,
    DeviceOffsetWithdrawn,
    acceptance,
)
from reviewer.domain.annotation import Mark
from reviewer.domain.errors import ReviewerError
from reviewer.domain.events import Event
from reviewer.domain.timebase import SECOND, Micros, Utc
from reviewer.records.clock_facts import Accepted, ClockFacts, Cue, KnownOffset
from reviewer.records.facts import Said
from reviewer.ui.bridge import Bridge
from tests.ui.review import samples

T = TypeVar("T")
PIVOT = samples.NOW
OFF = Micros(-37_214_000)
SAID = Said("u-salo", samples.NOW, "helsinki.example/u-salo/work", 7)


def correction(number: int, offset: int = 0, sigma: int = 240_000) -> Correction:
    return Correction(f"rec-{number}", Micros(offset), Micros(sigma), PIVOT)


def sound(one: int, other: int, offset: int, *, sigma: int = 11_000, windows: tuple[int, int] = (22, 24)) -> Reading:
    why = f"Same sound in {windows[0]} of {windows[1]} windows; 12 m apart by GPS."
    return Reading(
        SourceKind.SOUND, f"rec-{one}", f"rec-{other}", PIVOT, Micros(offset), Micros(sigma), 3_000, 900, why
    )


def signed(number: int, sigma: int, kind: SourceKind = SourceKind.MANIFEST) -> Reading:
    return Reading(kind, f"rec-{number}", None, PIVOT, Micros(0), Micros(sigma))


def proposal() -> Alignment:
    """Camera 3's clock is found 37 s fast by sound with both others; its own word disagrees and is left out."""
    judged = (
        Judged(signed(1, 12_000, SourceKind.GPS), Micros(0)),
        Judged(signed(2, 22_000, SourceKind.GPS), Micros(4_000)),
        Judged(signed(3, 240_000), Micros(37_214_000), used=False),
        Judged(sound(1, 2, 3_000), Micros(-800)),
        Judged(sound(1, 3, 37_214_000), Micros(1_200)),
        Judged(sound(2, 3, 37_209_000, windows=(17, 24)), Micros(-900)),
    )
    between = {
        ("rec-1", "rec-2"): Between(Micros(9_000), PIVOT, 200),
        ("rec-1", "rec-3"): Between(Micros(10_500), PIVOT, 300),
        ("rec-2", "rec-3"): Between(Micros(11_000), PIVOT, 300),
    }
    corrections = (
        correction(1, 900, 11_500),
        correction(2, -2_100, 12_500),
        correction(3, OFF, 14_800),
        correction(4, 0, 18_000),
    )
    return Alignment(corrections, between, judged, (Misclosure(("rec-1", "rec-2", "rec-3"), Micros(3_600)),))


def nothing_new(count: int = 4) -> Alignment:
    """What the solver says where there is nothing but the signed clocks."""
    sigmas = [c.manifest.clock.uncertainty for c in samples.cameras(count)]
    judged = tuple(Judged(signed(n, sigma), Micros(0)) for n, sigma in enumerate(sigmas, 1))
    return Alignment(tuple(correction(n, 0, sigma) for n, sigma in enumerate(sigmas, 1)), judged=judged)


@dataclass
class FakeHand:
    """Records at once and announces on `bridge`. `proposed` is what the solver would say; `did` what was recorded."""

    bridge: Bridge
    proposed: Alignment = field(default_factory=nothing_new)
    stands: ClockFacts = field(default_factory=ClockFacts)
    did: list[Event] = field(default_factory=list)
    refuse: ReviewerError | None = None

    def facts(self) -> ClockFacts:
        return self.stands

    def asking(self) -> Callable[[], Alignment]:
        return lambda: self.proposed

    def accept(self, proposal: Alignment, note: str = "") -> Future[Alignment]:
        event = acceptance("CR-1", uuid.uuid4().hex, proposal, note=note)
        return self._do(event, proposal, lambda: self._set(accepted=Accepted(proposal, event, SAID)))

    def withdraw(self) -> Future[None]:
        if self.stands.accepted is None:
            raise ReviewerError("No alignment stands.", "The clocks are as they were signed.")
        event = AlignmentWithdrawn("CR-1", self.stands.accepted.event.id)
        return self._do(event, None, lambda: self._set(accepted=None))

    def cue(self, one: Mark, other: Mark, note: str = "", sigma: Micros | None = None) -> Future[Reading]:
        event = CueMarked("CR-1", uuid.uuid4().hex, (one, other), sigma or Micros(50_000), note)
        cues = (*self.stands.cues, Cue(event, SAID))
        return self._do(event, signed(1, 50_000, SourceKind.CUE), lambda: self._set(cues=cues))

    def uncue(self, id_: str) -> Future[None]:
        cues = tuple(c for c in self.stands.cues if c.event.id != id_)
        return self._do(CueWithdrawn("CR-1", id_), None, lambda: self._set(cues=cues))

    def state_offset(self, recording: str, offset: Micros, sigma: Micros, why: str) -> Future[Reading]:
        event = DeviceOffsetStated("CR-1", recording, offset, sigma, why)
        offsets = (*self.stands.offsets, KnownOffset(event, SAID))
        return self._do(event, signed(1, sigma, SourceKind.DEVICE), lambda: self._set(offsets=offsets))

    def unstate_offset(self, recording: str) -> Future[None]:
        offsets = tuple(o for o in self.stands.offsets if o.event.recording != recording)
        return self._do(DeviceOffsetWithdrawn("CR-1", recording), None, lambda: self._set(offsets=offsets))

    @property
    def can_undo(self) -> bool:
        return any(isinstance(event, AlignmentAccepted) for event in self.did)

    def undo(self) -> Future[None] | None:
        return self.withdraw() if self.stands.accepted is not None else None

    def redo(self) -> Future[Alignment] | None:
        return None

    def _set(self, **changed: object) -> None:
        self.stands = replace(self.stands, **changed)  # type: ignore[arg-type]

    def _do(self, event: Event, result: T, change: Callable[[], None]) -> Future[T]:
        future: Future[T] = Future()
        if self.refuse is not None:
            future.set_exception(self.refuse)
            return future
        self.did.append(event)
        change()
        self.bridge.listener(event)
        future.set_result(result)
        return future


def at(seconds: float) -> Utc:
    """So much after the samples' moment."""
    return Utc(samples.NOW + round(seconds * SECOND))
