"""What the clocks panel asks for, done: proposals, acceptance, sound, marked events, nudges; and shown from the log.

Nothing is applied here. A proposal is worked out in the background whenever a source says something new; the wall moves
when the recorded acceptance comes back, and not before.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Any, Protocol

from PySide6.QtCore import QObject, Signal

from reviewer.domain.alignment import Alignment
from reviewer.domain.alignment_acts import ALIGNMENT_ACTS
from reviewer.domain.annotation import Mark
from reviewer.domain.errors import Cancelled, ReviewerError
from reviewer.domain.timebase import Micros
from reviewer.records.clock_facts import ClockFacts
from reviewer.ui.bridge import Bridge
from reviewer.ui.review.cameras import ReviewCamera
from reviewer.ui.review.clock_head import Headline, Stage
from reviewer.ui.review.clock_offset import OffsetDraft
from reviewer.ui.review.clock_pair import Said
from reviewer.ui.review.clock_panel import ClockPanel, ClockState
from reviewer.ui.review.clock_words import changes, proposal_words, said_of
from reviewer.ui.times import Zone


class Hand(Protocol):
    """A person's hand on a case's clocks: `services.alignment.Alignments`, or a stand-in of the tests."""

    def facts(self) -> ClockFacts: ...
    def asking(self) -> Callable[[], Alignment]: ...
    def accept(self, proposal: Alignment, note: str = "") -> Future[Alignment]: ...
    def withdraw(self) -> Future[None]: ...
    def cue(self, one: Mark, other: Mark, note: str = "", sigma: Micros | None = None) -> Future[Any]: ...
    def uncue(self, id_: str) -> Future[None]: ...
    def state_offset(self, recording: str, offset: Micros, sigma: Micros, why: str) -> Future[Any]: ...
    def unstate_offset(self, recording: str) -> Future[None]: ...
    @property
    def can_undo(self) -> bool: ...
    def undo(self) -> Future[Any] | None: ...
    def redo(self) -> Future[Any] | None: ...


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the comparing is: a share from 0 to 1, and what is compared now."""

    share: float
    words: str = ""


Listen = Callable[[Callable[[Progress], None], Callable[[], bool]], Future[tuple[str, ...]]]
"""(progress, whether to stop) → compares the sound of all cameras and gives what was found to the hand; the Future has
a sentence for each pair that the sound does not tell."""


@dataclass(frozen=True, slots=True)
class ClockServices:
    """`hand` belongs to the GUI's thread. `name_of` gives a person's name by user id. `later` solves on another thread;
    without it that is done at once."""

    hand: Hand
    listen: Listen
    name_of: Callable[[str], str]
    later: Callable[[Callable[[], Alignment]], Future[Alignment]] | None = None


class Clocking(QObject):
    """`told` carries a sentence for the status line, `failed` a ReviewerError. `changed`: other clocks stand. `shown`:
    there is something to look at."""

    told = Signal(str)
    failed = Signal(object)
    changed = Signal()
    shown = Signal()

    def __init__(
        self, services: ClockServices, panel: ClockPanel, bridge: Bridge, zone: Zone, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._services, self._hand, self._panel, self._bridge, self._zone = (
            services,
            services.hand,
            panel,
            bridge,
            zone,
        )
        self._state = ClockState()
        self._proposal: Alignment | None = None
        self._gone: threading.Event | None = None  # set to stop comparing
        self._notes: tuple[str, ...] = ()
        self._closed = False
        self._asked = 0  # proposals, so that an older one that comes late is not shown
        panel.taken_back.connect(self.take_back)
        panel.pair.offset.stated.connect(self.state_offset)
        for kind in ALIGNMENT_ACTS:
            bridge.on(kind, lambda _recorded: self._recorded(), self)

    @property
    def standing(self) -> Alignment | None:
        return self._state.standing

    @property
    def proposal(self) -> Alignment | None:
        """What is proposed and is not what stands already."""
        return self._state.proposed

    @property
    def comparing(self) -> bool:
        return self._gone is not None

    # What is shown

    def set_cameras(self, cameras: tuple[ReviewCamera, ...], focused: str | None) -> None:
        """The cameras of the case as the wall shows them now."""
        if cameras != self._state.cameras or focused != self._state.focused:
            self._state = replace(self._state, cameras=cameras, focused=focused)
            self.refresh()

    def refresh(self) -> None:
        """Show what the log holds now, and what was proposed last."""
        if self._closed:
            return
        facts = self._hand.facts()
        standing = facts.accepted.alignment if facts.accepted is not None else None
        moved, proposed = standing != self._state.standing, self._proposal
        if not changes(self._state.cameras, standing, proposed):
            proposed = None
        self._state = replace(
            self._state, standing=standing, proposed=proposed, said=self._said(facts), notes=self._notes
        )
        self._state = replace(self._state, headline=self._headline(facts))
        self._panel.show_state(self._state)
        if moved:  # whoever said so, and whichever of its two messages came first
            self.changed.emit()

    def _headline(self, facts: ClockFacts) -> Headline:
        accepted, proposed = facts.accepted, self._state.proposed
        stands, undo = accepted is not None, self._hand.can_undo
        if self.comparing:
            return Headline(Stage.COMPARING, "Reading the sound …", stands, undo)
        if proposed is not None:
            words = proposal_words(changes(self._state.cameras, self._state.standing, proposed), proposed)
            return Headline(Stage.PROPOSED, words, stands, undo)
        if accepted is not None:
            who, when = self._services.name_of(accepted.said.user), self._zone.clock(accepted.said.at)
            words = f"Accepted by {who}, {self._zone.date(accepted.said.at)} {when[:5]}"
            return Headline(Stage.ACCEPTED, words, True, undo)
        return Headline(Stage.SIGNED, "No camera is moved.", False, undo)

    def _said(self, facts: ClockFacts) -> tuple[Said, ...]:
        numbers = {c.key: c.number for c in self._state.cameras}
        found = [Said(c.event.id, "click", said_of(c.event, numbers), False) for c in facts.cues]
        found += [Said(o.event.recording, "clock-edit", said_of(o.event, numbers), True) for o in facts.offsets]
        return tuple(found)

    def _recorded(self) -> None:
        """Somebody, here or elsewhere, said something of the clocks."""
        self.refresh()
        self.propose()

    def propose(self, then: Callable[[], None] = lambda: None) -> None:
        """Solve all that is known now and show what comes of it, then call `then`."""
        if self._closed:
            return
        self._asked += 1
        number, later = self._asked, self._services.later
        ask = self._hand.asking()
        if later is None:
            self._found(ask(), number, then)
        else:
            self._bridge.watch(later(ask), lambda found: self._found(found, number, then), self._panel.head.say, self)

    def _found(self, proposal: Alignment, number: int, then: Callable[[], None]) -> None:
        if number != self._asked or self._closed:
            return
        before, self._proposal = self._state.proposed, proposal
        self.refresh()
        then()
        if self._state.proposed not in (None, before) and not self._panel.isVisible():
            self.told.emit(f"Other clocks are proposed, see Clocks: {self._state.headline.words}")

    # Sound

    def listen(self) -> None:
        """Compare the sound of all cameras, unless that goes on already."""
        if self.comparing:
            self.told.emit("The sound is being compared already.")
            return
        self.shown.emit()
        gone = self._gone = threading.Event()
        self._panel.head.say(None)
        self.refresh()
        show = self._bridge.progress(self._show_progress, self)
        self._bridge.watch(self._services.listen(show, gone.is_set), self._heard, self._not_heard, self)

    def stop_listening(self) -> None:
        if self._gone is not None:
            self._gone.set()

    def _show_progress(self, progress: Progress) -> None:
        if self.comparing:
            self._panel.head.show_progress(progress.share, progress.words)

    def _heard(self, notes: tuple[str, ...]) -> None:
        self._gone, self._notes = None, notes
        if not self._closed:
            self.refresh()
            self.propose(self._say_heard)

    def _say_heard(self) -> None:
        if self._state.proposed is None:
            self.told.emit("The sound was compared: nothing would change.")

    def _not_heard(self, wrong: ReviewerError) -> None:
        self._gone = None
        self.refresh()
        if isinstance(wrong, Cancelled):
            self.told.emit("Comparing the sound was stopped; nothing changed.")
        else:
            self._panel.head.say(wrong)

    # What people do

    def accept(self) -> None:
        """The proposal that is shown becomes the wall time, once the log has it."""
        proposed = self._state.proposed
        if proposed is None:
            self.failed.emit(
                ReviewerError("Nothing is proposed.", "Compare the sound (Shift Y), or mark one event in two (P).")
            )
            return
        self._do(lambda: self._hand.accept(proposed), "The clocks were aligned; the log has the reasons.")

    def withdraw(self) -> None:
        self._do(self._hand.withdraw, "The signed clocks stand again.")

    def undo(self) -> None:
        self._replay(self._hand.undo(), "There is nothing to undo in the clocks.")

    def redo(self) -> None:
        self._replay(self._hand.redo(), "There is nothing to do again in the clocks.")

    def _replay(self, future: Future[Any] | None, nothing: str) -> None:
        if future is None:
            self.told.emit(nothing)
        else:
            self._bridge.watch(future, lambda _done: self.refresh(), self.failed.emit, self)

    def cue(self, one: Mark, other: Mark, sigma: Micros | None = None, note: str = "") -> None:
        """The same event in two cameras."""
        self._do(lambda: self._hand.cue(one, other, note, sigma), "The event was marked in both cameras.")

    def take_back(self, said: Said) -> None:
        if said.is_offset:
            self._do(lambda: self._hand.unstate_offset(said.id), "The known offset was withdrawn.")
        else:
            self._do(lambda: self._hand.uncue(said.id), "The marked event was withdrawn.")

    def state_offset(self, draft: OffsetDraft) -> None:
        """What a person knows of a camera's clock. The form keeps its words until the entry is written."""
        form = self._panel.pair.offset

        def taken(_reading: object) -> None:
            form.taken()
            self.told.emit("The known offset was stated.")

        try:
            future = self._hand.state_offset(draft.recording, draft.offset, draft.sigma, draft.why)
        except ReviewerError as wrong:
            form.say(wrong)
            return
        self._bridge.watch(future, taken, form.say, self)

    def _do(self, ask: Callable[[], Future[Any]], done: str) -> None:
        def written(_result: object) -> None:
            self.refresh()
            self.told.emit(done)

        try:
            future = ask()
        except ReviewerError as wrong:
            self.failed.emit(wrong)
            return
        self._bridge.watch(future, written, self.failed.emit, self)

    def commands(self) -> Mapping[str, Callable[[], object]]:
        return {
            "clocks.sound": self.listen,
            "clocks.stop": self.stop_listening,
            "clocks.accept": self.accept,
            "clocks.withdraw": self.withdraw,
            "clocks.undo": self.undo,
            "clocks.redo": self.redo,
        }

    def close(self) -> None:
        """Nothing is compared or shown any more."""
        self._closed = True
        self.stop_listening()
        self._bridge.forget(self)
