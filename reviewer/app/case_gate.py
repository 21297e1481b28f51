"""The coverage gate of an open case, counted on the pool: again a little after views end, and when times change."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from reviewer.domain.case import Allegation, Complaint
from reviewer.domain.case_acts import AllegationSet, ComplaintSet
from reviewer.domain.errors import ReviewerError
from reviewer.domain.gate import CaseGate
from reviewer.domain.wall_time import WallTime
from reviewer.services.gate import case_gate

if TYPE_CHECKING:
    from reviewer.app.case_file import CaseFileRoom

_EVERY = 1_500  # ms: views end ten times a second while somebody drags
_MATTERS = (AllegationSet, ComplaintSet)


class CaseGateRoom(QObject):
    """On the GUI thread. `changed` carries the `CaseGate`; `known` is the last one, None until it is counted."""

    changed = Signal(object)

    def __init__(self, room: CaseFileRoom) -> None:
        super().__init__(room)
        self._room = room
        self.known: CaseGate | None = None
        self._counting = self._again = False
        self._later = QTimer(self, singleShot=True, interval=_EVERY)
        self._later.timeout.connect(self.refresh)
        room.changed.connect(self._hear)
        room.review.history.updated.connect(self.soon)
        room.wall.retimed.connect(self.refresh)

    def soon(self) -> None:
        """Something was watched: count again in a while."""
        if not self._later.isActive():
            self._later.start()

    def refresh(self) -> None:
        """Count now; the answer comes by itself."""
        if self._counting:
            self._again = True
            return
        self._counting, self._again = True, False
        room = self._room
        asked = room.file.allegations(), room.file.complaint(), room.wall.clocks
        room.desk.bridge.watch(room.desk.pool.submit(self._count, *asked), self._counted, self._wrong, self)

    def _count(self, allegations: tuple[Allegation, ...], complaint: Complaint, clocks: WallTime) -> CaseGate:
        room = self._room
        with closing(room.desk.session.queries()) as queries:
            known = (queries, room.assignment, room.wall.manifests(), allegations)
            return case_gate(*known, rule=room.tables.gate, complaint=complaint, clocks=clocks)

    def _counted(self, gate: CaseGate) -> None:
        self._counting, self.known = False, gate
        self.changed.emit(gate)
        if self._again:
            self.refresh()

    def _wrong(self, error: ReviewerError) -> None:
        self._counting = False
        self._room.say(error)

    def _hear(self, kinds: frozenset[type]) -> None:
        if not kinds or kinds & set(_MATTERS):
            self.refresh()

    def stop(self) -> None:
        """The case ends."""
        self._later.stop()
        self._room.desk.bridge.forget(self)
