"""The allegation board at the real window: marks become exhibits and are played in a row, watching opens the gate."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt

from reviewer.app.case_board import CaseBoard
from reviewer.app.case_file import CaseFileRoom
from reviewer.domain.case import Stance
from reviewer.domain.case_acts import AllegationSet, ExhibitSet
from reviewer.domain.gate import AllegationGate
from reviewer.domain.timebase import SECOND, TimeRange, Utc, format_rfc3339
from reviewer.services.board import Cell, Empty
from reviewer.ui.case.board import EXHIBIT, MARK
from tests.journeys.conftest import Person

_TIMES = 4
_PLAYED = 240_000  # ms: on a busy machine much is played once more
_COUNTED = 5_000  # ms: what was watched is in the log, and the gate counted anew
_CTRL = Qt.KeyboardModifier.ControlModifier


class AtTheBoard:
    """Somebody with a case open, a short allegation about its first cameras, and two marks."""

    def __init__(self, person: Person) -> None:
        self.person = person
        hands = person.room.hands
        assert hands is not None
        self.room: CaseFileRoom = hands.file
        self.board: CaseBoard = hands.file.board
        for thing in self.room.file.things(AllegationSet):
            self.room.file.withdraw(AllegationSet, thing.id).result(10)
        self.cameras = [c for c in person.screen.wall.every if c.assigned][:4]
        start = max(c.range.start for c in self.cameras[:2]) + 2 * SECOND
        self.window = TimeRange(Utc(start), Utc(start + 2 * SECOND))
        when = {"start": format_rfc3339(self.window.start), "end": format_rfc3339(self.window.end)}
        names = ("Excessive force", "Discourtesy")
        self.force, self.words = (self.adds(AllegationSet, {"title": name, **when}) for name in names)

    def adds(self, kind: type[AllegationSet], fields: dict[str, str]) -> str:
        return self.room.file.add(kind, fields).result(10)

    def marks(self, camera: int, seconds: float, text: str) -> str:
        """B at that moment on that camera, with words."""
        screen, at = self.person.screen, Utc(self.window.start + int(seconds * SECOND))
        before = {mark.id for mark in screen.marking.bookmarks}
        screen.wall.focus(self.cameras[camera].key)
        self.person.goes_to(at)
        self.person.key(Qt.Key.Key_B)
        self.person.sees(lambda: {mark.id for mark in screen.marking.bookmarks} - before)
        (made,) = {mark.id for mark in screen.marking.bookmarks} - before
        return made

    def opens(self) -> None:
        self.person.desk.window.show_screen("case")
        self.room.screen.show_page("board")
        self.person.sees(lambda: len(self.board.view.board.rows) == 2)
        self.board.view.setFocus()

    def cell(self, allegation: str, camera: int) -> Cell:
        found = self.board.view.board.cell(allegation, self.cameras[camera].key)
        assert found is not None
        return found

    def names(self, allegation: str, camera: int) -> list[tuple[str, Stance]]:
        return [(card.exhibit.name, card.exhibit.stance) for card in self.cell(allegation, camera).cards]

    def plays_exhibits(self) -> None:
        """P on the first allegation, until its only exhibit is over."""
        person, row, bar = self.person, self.room.rows.row, self.room.rows.bar
        self.board.view.stand(self.force, self.cameras[0].key)
        person.key(Qt.Key.Key_P)
        person.sees(lambda: row.active and bar.isVisible())
        assert "E1 · for" in person.says()
        assert person.comes(lambda: not row.active, _PLAYED)
        assert "1 of 1" not in person.says()

    def is_seen_at_the_mark(self) -> bool:
        """Whether the log says that the first camera was shown at 1× where the mark is."""
        shown = self.room.queries.watched(self.room.case, self.cameras[0].key)
        marked = Utc(self.window.start + SECOND // 2)
        return any(view.shown.start <= marked < view.shown.end and view.rate_milli == 1_000 for view in shown)

    def watches_what_is_left(self, rate: int) -> None:
        """W, and so fast until all of it was played."""
        person, row = self.person, self.room.rows.row
        person.desk.window.show_screen("case")
        self.board.view.setFocus()
        person.key(Qt.Key.Key_W)
        person.sees(lambda: row.active or self.gate.met)
        person.screen.controls.set_rate(rate)
        assert person.comes(lambda: not row.active, _PLAYED)

    @property
    def gate(self) -> AllegationGate:
        known = self.room.gate.known.of(self.force) if self.room.gate.known is not None else None
        assert known is not None
        return known


@pytest.fixture
def at_board(reviewing: Person) -> Iterator[AtTheBoard]:
    yield AtTheBoard(reviewing)


def test_marks_go_to_the_board_by_drag_and_by_keys_and_come_back_by_undo(at_board: AtTheBoard) -> None:
    person = at_board.person
    first, second = at_board.marks(0, 0.5, ""), at_board.marks(1, 1.0, "")
    at_board.opens()
    view, column = at_board.board.view, at_board.cameras[0].key
    # A mark that is dragged from the tray into a cell where it is not, then into one where it is.
    view.dropped.emit(MARK, first, at_board.force, at_board.cameras[1].key)
    assert "not on camera 2" in person.says()
    view.dropped.emit(MARK, first, at_board.force, column)
    person.sees(lambda: at_board.names(at_board.force, 0) == [("E1", Stance.UNDECIDED)])
    person.sees(lambda: view.card is not None and view.card.exhibit.mark == first)
    # The same by keys: E, the mark, Enter; then what it says.
    person.key(Qt.Key.Key_E)
    person.sees(lambda: at_board.board.page.tray.list.hasFocus())
    tray = at_board.board.page.tray.list
    person.presses(Qt.Key.Key_Down, lambda: tray.item is not None and tray.item.id == second)
    person.key(Qt.Key.Key_Return)
    person.sees(lambda: at_board.names(at_board.force, 1) == [("E2", Stance.UNDECIDED)])
    person.key(Qt.Key.Key_E)
    person.sees(lambda: view.hasFocus() and view.card is not None and view.card.exhibit.mark == second)
    person.key(Qt.Key.Key_Plus)
    person.sees(lambda: at_board.names(at_board.force, 1) == [("E2", Stance.FOR)])
    # To the other allegation and back; off the board, and back by undo.
    person.key(Qt.Key.Key_Down, _CTRL)
    person.sees(lambda: at_board.names(at_board.words, 1) == [("E2", Stance.FOR)])
    person.sees(lambda: view.card is not None and view.card.exhibit.mark == second)
    view.dropped.emit(EXHIBIT, view.card.exhibit.id if view.card else "", at_board.force, at_board.cameras[1].key)
    person.sees(lambda: at_board.names(at_board.force, 1) == [("E2", Stance.FOR)])
    person.sees(lambda: view.card is not None and view.card.exhibit.mark == second)
    person.key(Qt.Key.Key_Delete)
    person.sees(lambda: at_board.names(at_board.force, 1) == [])
    person.key(Qt.Key.Key_Z, _CTRL)
    person.sees(lambda: at_board.names(at_board.force, 1) == [("E2", Stance.FOR)])
    # All of it is in the log, and of whom.
    history = at_board.room.file.history(ExhibitSet)
    assert {edit.user for edit in history} == {person.desk.session.user.id}
    assert [edit.value for edit in history if edit.field == "stance"][-1] == "for"
    # The same mark twice is refused.
    view.dropped.emit(MARK, second, at_board.force, at_board.cameras[1].key)
    assert "That is E2 of this allegation already." in person.says()


def test_exhibits_are_played_in_a_row_and_what_is_left_opens_the_gate(at_board: AtTheBoard) -> None:
    person = at_board.person
    rule = at_board.room.tables.gate
    assert rule.fastest_milli == 2_000
    first = at_board.marks(0, 0.5, "")
    at_board.room.file.add(
        ExhibitSet, {"allegation": at_board.force, "stance": "for", "mark": first, "text": "Arm behind back"}
    ).result(10)
    at_board.opens()
    person.sees(lambda: at_board.names(at_board.force, 0) == [("E1", Stance.FOR)])
    person.sees(lambda: at_board.cell(at_board.force, 1).empty is Empty.LEFT)
    at_board.plays_exhibits()
    # What was shown of it is in the log as every other view is, once its last entry is written.
    for _ in range(_TIMES):  # what a busy machine did not show in time was not shown, and the log does not say it was
        if person.comes(at_board.is_seen_at_the_mark, _COUNTED):
            break
        at_board.opens()
        at_board.plays_exhibits()
    assert at_board.is_seen_at_the_mark()
    assert person.viewing.painted_outside == 0
    # Then just what is left, until the gate is open.
    person.sees(lambda: not at_board.gate.met)
    before = at_board.gate.left
    at_board.watches_what_is_left(rule.fastest_milli)
    person.sees(lambda: at_board.gate.left < before)
    for _ in range(_TIMES):  # what a busy machine did not show in time is left still, and W plays just that
        if person.comes(lambda: at_board.gate.met, _COUNTED):
            break
        at_board.watches_what_is_left(rule.fastest_milli)
    assert at_board.gate.met
    at_board.opens()
    person.sees(lambda: at_board.cell(at_board.force, 1).empty is Empty.SILENT)
    assert "coverage met" in str(at_board.board.view.cells.headerData(0, Qt.Orientation.Vertical))
