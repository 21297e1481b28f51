"""The coverage gate of an open case, counted on the pool: again a little after views end, and when times change."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from reviewer.app.later import Later
from reviewer.domain.case import Allegation, Complaint
from reviewer.domain.case_acts import AllegationSet, ComplaintSet
from reviewer.domain.document_acts import DocumentViewed
from reviewer.domain.errors import ReviewerError
from reviewer.domain.gate import CaseGate
from reviewer.domain.wall_time import WallTime
from reviewer.services.gate import case_gate, opened_documents

if TYPE_CHECKING:
    from reviewer.app.case_file import CaseFileRoom

_EVERY = 1_500  # ms: views end ten times a second while somebody drags
_MATTERS = (AllegationSet, ComplaintSet)
_Counted = tuple[CaseGate, frozenset[str]]


class CaseGateRoom(QObject):
    """On the GUI thread. `changed` carries the `CaseGate`; `known` is the last one, None until it is counted. `opened`:
    ids of documents that somebody looked into; None until then."""

    changed = Signal(object)

    def __init__(self, room: CaseFileRoom) -> None:
        super().__init__(room)
        self._room = room
        self.known: CaseGate | None = None
        self.opened: frozenset[str] | None = None
        self._counting = self._again = self._over = False
        self._later = Later(self, self.refresh, _EVERY)
        room.changed.connect(self._hear)
        room.desk.bridge.on(DocumentViewed, lambda _recorded: self.soon(), self)
        room.review.history.updated.connect(self.soon)
        room.wall.retimed.connect(self.refresh)

    def soon(self) -> None:
        """Something was watched: count again in a while."""
        self._later.ask_once()

    def refresh(self) -> None:
        """Count now; the answer comes by itself."""
        if self._counting or self._over:
            self._again = True
            return
        self._counting, self._again = True, False
        room = self._room
        asked = room.file.allegations(), room.file.complaint(), room.wall.clocks
        room.desk.bridge.watch(room.desk.pool.submit(self._count, *asked), self._counted, self._wrong, self)

    def _count(self, allegations: tuple[Allegation, ...], complaint: Complaint, clocks: WallTime) -> _Counted:
        room = self._room
        with closing(room.desk.session.queries()) as queries:
            known = (queries, room.assignment, room.wall.manifests(), allegations)
            gate = case_gate(*known, rule=room.tables.gate, complaint=complaint, clocks=clocks)
            return gate, opened_documents(queries, room.case)

    def _counted(self, found: _Counted) -> None:
        self._counting = False
        gate, self.opened = found
        self.known = gate
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
        self._later.end()
        self._over = True
        self._room.desk.bridge.forget(self)
