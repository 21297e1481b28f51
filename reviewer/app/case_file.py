"""An open case's papers: its screen in the rail, what is written there, and the way from there to the footage."""

from __future__ import annotations

from collections.abc import Callable, Generator
from concurrent.futures import Future
from contextlib import ExitStack
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from reviewer.app.case_board import CaseBoard
from reviewer.app.case_complaint import ComplaintRoom
from reviewer.app.case_documents import CaseDocuments
from reviewer.app.case_finding import CaseFinding
from reviewer.app.case_gate import CaseGateRoom
from reviewer.app.case_history import HistoryRoom
from reviewer.app.case_narrative import CaseNarrative
from reviewer.app.case_references import CaseReferences
from reviewer.app.case_reporting import CaseReportRoom
from reviewer.app.case_rows import CaseRows
from reviewer.app.case_transcript import CaseTranscripts
from reviewer.app.case_typing import CaseTyping
from reviewer.app.case_wall import CaseWall
from reviewer.app.later import Later
from reviewer.domain.agency import Tables
from reviewer.domain.assignment import Assignment
from reviewer.domain.case_acts import CaseMoved, ThingSet
from reviewer.domain.errors import ReviewerError
from reviewer.domain.events import BookmarkAdded, BookmarkChanged, BookmarkRestored, BookmarkWithdrawn, Event
from reviewer.domain.finding_acts import ACTS as FINDING_ACTS
from reviewer.domain.timebase import Utc
from reviewer.records.queries import Queries
from reviewer.services.case import CaseFile
from reviewer.services.clock import utc_now
from reviewer.services.journal import Recorded
from reviewer.ui.case.screen import CaseScreen
from reviewer.ui.review.screen import ReviewScreen

if TYPE_CHECKING:
    from reviewer.app.desk import Desk

_SHUT = "Open a case from the queue first."
_MARKS = (BookmarkAdded, BookmarkChanged, BookmarkRestored, BookmarkWithdrawn)


class CaseFileRoom(QObject):
    """Of one open case, on the GUI thread. What shows something of the case listens to `changed` and reads it again.

    `changed(kinds)`: entries of these classes were recorded here since the last time (a frozenset); empty: colleagues'
    entries came, anything may be new.
    """

    changed = Signal(object)

    def __init__(
        self, desk: Desk, assignment: Assignment, wall: CaseWall, review: ReviewScreen, queries: Queries
    ) -> None:
        super().__init__(review)
        self.desk, self.assignment, self.wall, self.review, self.queries = desk, assignment, wall, review, queries
        self.case = assignment.case_id
        me = desk.session.user.id
        self.file = CaseFile(desk.session.journal.record, queries, self.case, lambda: self.complaint.rights.refusal(me))
        self.screen = CaseScreen(desk.keys)
        self.undo = ExitStack()
        self.complaint = ComplaintRoom(self)
        self._kinds: set[type[Event]] = set()
        self._soon = Later(self, self._tell)
        self.gate = CaseGateRoom(self)
        self.undo.callback(self.gate.stop)
        self.making = self._make()

    @property
    def tables(self) -> Tables:
        """The agency's, by the roster that counts now."""
        return self.desk.session.roster.agency_tables

    @property
    def times(self) -> str:
        """In which zone this case's screens say times."""
        footage = min((each.range.start for each in self.wall.manifests()), default=None)
        return self.desk.zone().said(utc_now(), footage)

    def _make(self) -> Generator[None]:
        """A page in each turn of the event loop."""
        desk = self.desk
        for kind in (ThingSet, CaseMoved, *FINDING_ACTS, *_MARKS):
            desk.bridge.on(kind, self._recorded, self)
        self.undo.callback(desk.bridge.forget, self)
        yield
        desk.window.add_screen("case", self.screen, words="Case", icon="briefcase", of_case=True)
        self.undo.callback(desk.window.set_door, "case", False, _SHUT)
        self.screen.shown.connect(lambda _page: desk.window.set_status("case", (), self.times))
        desk.keys.bind(self.screen, "case.undo", self.undo_last)
        desk.keys.bind(self.screen, "case.redo", self.redo_last)
        self.gate.refresh()
        self.rows = CaseRows(self)
        self.undo.callback(self.rows.close)
        self.board = CaseBoard(self)
        self.undo.callback(self.board.close)
        yield
        self.references = CaseReferences(self)
        self.narrative = CaseNarrative(self)
        yield
        self.complaint.make()
        yield
        self.documents = CaseDocuments(self)
        self.board.document_asked.connect(self.documents.show)
        self.undo.callback(self.documents.close)
        yield
        self.transcripts = CaseTranscripts(self)
        yield
        self.typing = CaseTyping(self, self.transcripts)
        yield
        self.finding = CaseFinding(self)
        self.undo.callback(self.finding.close)
        yield
        self.report = CaseReportRoom(self)
        yield
        self.history = HistoryRoom(self)
        yield

    def _recorded(self, recorded: object) -> None:
        event = getattr(recorded, "event", recorded)
        if isinstance(event, Event) and getattr(event, "case", None) == self.case:
            self._kinds.add(type(event))
            self._soon.ask()

    def _tell(self) -> None:
        kinds, self._kinds = frozenset(self._kinds), set()
        self.changed.emit(kinds)

    def colleagues_did(self) -> None:
        """Other people's logs were read on."""
        self.changed.emit(frozenset())

    def go(self, at: Utc, recording: str | None = None) -> None:
        """Show this instant (wall time) in the review, on this camera."""
        self.desk.window.show_screen("review")
        wall = self.review.wall
        if recording is not None and any(c.key == recording for c in wall.every):
            if all(c.key != recording for c in wall.cameras):
                wall.choose({recording, *(c.key for c in wall.cameras)})
            wall.focus(recording)
        self.review.controls.seek(at)

    def undo_last(self) -> None:
        """The inverse of the last change, as a new entry."""
        self._replay(self.file.undo, "Nothing to undo here.")

    def redo_last(self) -> None:
        self._replay(self.file.redo, "Nothing to redo here.")

    def _replay(self, act: Callable[[], Future[Recorded] | None], nothing: str) -> None:
        try:
            future = act()
        except ReviewerError as wrong:  # who reads only undoes nothing
            self.say(wrong)
            return
        if future is None:
            self.screen.tell(nothing)
        else:
            self.desk.bridge.watch(future, lambda _done: self.screen.tell(""), self.screen.say, self)

    def say(self, error: ReviewerError) -> None:
        """What could not be done, on the case's screen."""
        self.screen.say(error)

    def lock(self) -> None:
        """Its sheets close; the window covers the screen."""
        self.screen.lock()

    def close(self) -> None:
        """The case ends: its pages go."""
        self.making.close()
        self._soon.end()
        self.blockSignals(True)  # what is closed now hears of nothing any more, whatever closes after it
        self.undo.close()
        self.screen.clear()
