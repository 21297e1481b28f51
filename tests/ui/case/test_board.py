"""The allegation board under a person's hands: keys, cards, dropping, what stands where."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from reviewer.domain.annotation import Bookmark, Mark
from reviewer.domain.case import Allegation, CaseDocument, Exhibit, Stance
from reviewer.domain.timebase import SECOND, Micros, TimeRange, Utc
from reviewer.services.board import DOCUMENTS, Board, BoardCamera, Card, Stuff, case_board
from reviewer.ui.actions import KeyTable
from reviewer.ui.case.board import EXHIBIT, MARK, BoardView
from reviewer.ui.case.board_page import BoardPage
from reviewer.ui.case.board_tray import MARKS, NOTE, PAPERS, Asked, TrayItem
from reviewer.ui.theme import ThemeName, apply_theme
from tests.ui.review import samples

ONE, TWO = (samples.manifest(n, ("22:40:00", "22:50:00")) for n in (1, 2))
CAMERAS = (BoardCamera(1, ONE), BoardCamera(2, TWO))
FORCE, WORDS = Allegation("al1", 1, "Excessive force", "Force beyond need"), Allegation("al2", 2, "Discourtesy")
REPORT = CaseDocument("d1", "Use-of-force report", "pdf", "", "", 1, "", 4)


def _mark(id_: str, start: str, text: str) -> Bookmark:
    at = TimeRange(samples.at(start), samples.at(start))
    place = Micros(at.start - ONE.range.start)
    return Bookmark(id_, "c1", at, (Mark("rec-1", 0, place, place),), "moment", text, "salo", samples.NOW, "o", 0)


MADE = {m.id: m for m in (_mark("m1", "22:42:00", "Arm behind back"), _mark("m2", "22:43:00", "Steps back"))}
EXHIBITS = (
    Exhibit("e1", 1, "al1", Stance.FOR, mark="m1"),
    Exhibit("e2", 2, "al1", Stance.AGAINST, mark="m2"),
    Exhibit("e3", 3, "al1", Stance.AGAINST, document="d1", where="p. 2", text="pulled away"),
)


def _board(*exhibits: Exhibit) -> Board:
    return case_board((FORCE, WORDS), exhibits, CAMERAS, Stuff(MADE, {"d1": REPORT}))


@dataclass
class Hands:
    view: BoardView
    picked: list[Card | None] = field(default_factory=list)
    opened: list[Card] = field(default_factory=list)
    dropped: list[tuple[str, ...]] = field(default_factory=list)

    def key(self, *keys: Qt.Key) -> None:
        for key in keys:
            QTest.keyClick(self.view, key)

    @property
    def stands(self) -> tuple[str, str, str]:
        row, column, card = self.view.row, self.view.column, self.view.card
        assert row is not None
        assert column is not None
        return row.allegation.name, column.key, card.exhibit.name if card is not None else ""

    def drops(self, kind: str, id_: str, row: int, column: int) -> bool:
        """Drag something over a cell and let it go; whether the cell took it."""
        carried = QMimeData()
        carried.setData(kind, id_.encode())
        at = QPointF(self.view.visualRect(self.view.cells.index(row, column)).center())
        act, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        over = QDragMoveEvent(at.toPoint(), act, carried, left, none)
        self.view.dragMoveEvent(over)
        if over.isAccepted():
            self.view.dropEvent(QDropEvent(at, act, carried, left, none))
        return over.isAccepted()


@pytest.fixture
def hands(qtbot: QtBot) -> Hands:
    view = BoardView(samples.ZONE)
    apply_theme(view, ThemeName.LIGHT)
    qtbot.addWidget(view)
    view.resize(1000, 500)
    view.show()
    view.show_board(_board(*EXHIBITS))
    made = Hands(view)
    view.picked.connect(made.picked.append)
    view.opened.connect(made.opened.append)
    view.dropped.connect(lambda *what: made.dropped.append(what))
    return made


def test_arrows_go_through_the_cards_of_a_cell_and_then_to_the_next(hands: Hands) -> None:
    assert hands.stands == ("A1", "rec-1", "E1")
    hands.key(Qt.Key.Key_Down)
    assert hands.stands == ("A1", "rec-1", "E2")
    hands.key(Qt.Key.Key_Down)
    assert hands.stands == ("A2", "rec-1", "")
    hands.key(Qt.Key.Key_Up)
    assert hands.stands == ("A1", "rec-1", "E2")  # from below, the last one
    hands.key(Qt.Key.Key_Right, Qt.Key.Key_Right)
    assert hands.stands == ("A1", DOCUMENTS, "E3")
    hands.key(Qt.Key.Key_Return)
    assert [card.exhibit.name for card in hands.opened] == ["E3"]


def test_letters_are_left_to_the_program(hands: Hands) -> None:
    hands.key(Qt.Key.Key_W, Qt.Key.Key_D)
    assert hands.stands == ("A1", "rec-1", "E1")


def test_the_keys_stay_on_an_exhibit_that_moved_or_in_its_cell_when_it_went(hands: Hands) -> None:
    hands.key(Qt.Key.Key_Down)
    moved = (EXHIBITS[0], replace(EXHIBITS[1], allegation="al2"), EXHIBITS[2])
    hands.view.show_board(_board(*moved))
    assert hands.stands == ("A1", "rec-1", "E1")  # that row and column are where they stood
    assert hands.view.stand("al2", "", "e2")
    assert hands.stands == ("A2", "rec-1", "E2")
    hands.view.show_board(_board(EXHIBITS[0]))
    assert hands.stands == ("A2", "rec-1", "")
    assert not hands.view.stand("al9")


def test_a_click_picks_the_card_under_it_and_two_open_it(hands: Hands) -> None:
    index = hands.view.cells.index(0, 0)
    rect = hands.view.visualRect(index)
    second = QPoint(rect.left() + 40, rect.top() + 70)
    QTest.mouseClick(hands.view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, second)
    assert hands.stands[2] == "E2"
    QTest.mouseDClick(hands.view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, second)
    assert [card.exhibit.name for card in hands.opened] == ["E2"]


def test_marks_and_exhibits_are_dropped_into_cells(hands: Hands) -> None:
    assert hands.drops(MARK, "m2", 1, 0)
    assert hands.drops(EXHIBIT, "e3", 1, 2)
    assert hands.dropped == [(MARK, "m2", "al2", "rec-1"), (EXHIBIT, "e3", "al2", DOCUMENTS)]
    assert not hands.view.target.isValid()


def test_nothing_is_dropped_where_footage_is_not_of_the_case(hands: Hands) -> None:
    hands.view.show_board(_board(Exhibit("e9", 9, "al1", Stance.FOR, recording="gone")))
    assert not hands.drops(MARK, "m2", 0, 3)
    assert hands.dropped == []


def test_a_cell_says_in_words_what_it_shows(hands: Hands) -> None:
    said = str(hands.view.cells.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole))
    assert said.startswith("A1 Excessive force, A. Niemi 2214: E1, for, 22:42:00.0: Arm behind back; E2, against")
    paper = str(hands.view.cells.index(0, 2).data(Qt.ItemDataRole.AccessibleTextRole))
    assert paper.endswith("Documents: E3, against, p. 2: pulled away")
    empty = str(hands.view.cells.index(1, 1).data(Qt.ItemDataRole.AccessibleTextRole))
    assert empty.endswith("Being counted")


def test_twenty_allegations_with_two_thousand_exhibits_on_forty_cameras(qtbot: QtBot) -> None:
    manifests = [replace(ONE, recording_id=f"r{n}") for n in range(40)]
    cameras = [BoardCamera(n, m) for n, m in enumerate(manifests, 1)]
    allegations = [Allegation(f"a{n}", n, f"Allegation {n}", "words " * 20) for n in range(1, 21)]
    at = TimeRange(ONE.range.start, Utc(ONE.range.start + SECOND))
    exhibits = [
        Exhibit(f"e{n}", n, f"a{n % 20 + 1}", Stance.FOR, recording=f"r{n % 40}", at=at, text=f"what is seen {n}")
        for n in range(2_000)
    ]
    view = BoardView(samples.ZONE)
    apply_theme(view, ThemeName.DARK)
    qtbot.addWidget(view)
    view.resize(1300, 700)
    view.show()
    board = case_board(allegations, exhibits, cameras, Stuff({}, {}))
    view.show_board(board)
    assert view.grab().width() == 1300
    assert sum(row.count(Stance.FOR) for row in board.rows) == 2_000
    view.stand("a20", "r39", "e1999")
    assert view.card is not None


# The page


@pytest.fixture
def page(qtbot: QtBot, keys: KeyTable) -> BoardPage:
    made = BoardPage(samples.ZONE, keys, str.title)
    apply_theme(made, ThemeName.LIGHT)
    qtbot.addWidget(made)
    made.resize(1100, 640)
    made.show()
    made.tray.set_items(
        [TrayItem("m1", "22:42:00.0", "Arm behind back", (1,), "E1 A1"), TrayItem("m2", "22:43:00.0", "Steps back")],
        [TrayItem("d1", "Use-of-force report", "report")],
    )
    made.show_board(_board(*EXHIBITS))
    return made


def test_before_the_case_is_read_it_says_so_and_offers_nothing(qtbot: QtBot, keys: KeyTable) -> None:
    page = BoardPage(samples.ZONE, keys, str.title)
    qtbot.addWidget(page)
    page.show()
    assert not page.stance.isVisible() and not page.gate.isVisible() and not page.view.isVisible()
    assert page.play.toolTip() == "The case is being read."
    page.show_board(_board())
    assert page.gate.isVisible()


def test_what_can_be_done_with_the_picked_exhibit(page: BoardPage, qtbot: QtBot) -> None:
    assert page.stance.value is Stance.FOR
    with qtbot.waitSignal(page.stance_asked) as told:
        page.stance.segment(Stance.UNDECIDED).click()
    assert told.args == [Stance.UNDECIDED]
    with qtbot.waitSignal(page.withdraw_asked):
        page.withdraw.click()
    with qtbot.waitSignal(page.go_asked):
        page.go.click()
    page.view.stand("al2", "rec-2")
    assert not page.stance.isVisible()
    assert not page.play.isEnabled()
    assert page.play.toolTip() == "No exhibit on footage yet."
    assert page.play.text() == "Play A2 in a row"


def test_keys_of_the_stances_mean_the_exhibit_or_what_is_to_be_added(page: BoardPage) -> None:
    said: list[object] = []
    page.stance_asked.connect(said.append)
    page.stances()["board.against"]()
    assert said == [Stance.AGAINST]
    page.open_tray(True)
    page.stances()["board.for"]()
    assert said == [Stance.AGAINST]
    assert page.tray.stance.value is Stance.FOR
    page.stances()["board.silent"]()
    assert page.tray.source.value == NOTE


def test_the_tray_gives_what_is_picked_with_its_stance_and_words(page: BoardPage) -> None:
    asked: list[Asked] = []
    page.tray.asked.connect(asked.append)
    page.open_tray(True)
    assert not page.gate.isVisible()
    QTest.keyClick(page.tray.list, Qt.Key.Key_Down)
    page.tray.set_stance(Stance.AGAINST)
    QTest.keyClick(page.tray.list, Qt.Key.Key_Return)
    page.tray.aim("A1 · Documents", PAPERS)
    page.tray.where.setText(" p. 2 ")
    page.tray.words.setText("pulled away")
    page.tray.add.click()
    page.tray.set_stance(Stance.SILENT)
    page.tray.words.setText("out of view")
    QTest.keyClick(page.tray.words, Qt.Key.Key_Return)
    assert asked == [
        Asked(MARKS, "m2", Stance.AGAINST, "", ""),
        Asked(PAPERS, "d1", Stance.AGAINST, "pulled away", "p. 2"),
        Asked(NOTE, "", Stance.SILENT, "out of view", "p. 2"),
    ]
    page.tray.taken()
    assert page.tray.words.text() == ""
    page.open_tray(False)
    assert page.gate.isVisible()


def test_the_tray_finds_by_words_and_says_when_there_is_nothing(page: BoardPage) -> None:
    page.open_tray(True)
    page.tray.search.line.setText("step")
    assert page.tray.list.item is not None
    assert page.tray.list.item.id == "m2"
    page.tray.search.line.setText("nowhere")
    assert "Nothing of the case has these words." in _words(page)
    page.tray.search.line.clear()
    page.tray.set_items([], [])
    assert "No mark yet. Make one in the review: B, or N with words." in _words(page)


def test_whoever_only_reads_is_told_why(page: BoardPage) -> None:
    page.show_reads_only("Only investigators and supervisors of this case write.")
    assert "Only investigators and supervisors of this case write." in _words(page)
    page.open_tray(True)
    assert page.tray.isHidden()
    assert not page.withdraw.isEnabled()
    page.show_reads_only("")
    assert page.withdraw.isEnabled()


def test_without_an_allegation_the_page_says_what_fills_it(page: BoardPage) -> None:
    page.show_board(case_board((), (), CAMERAS, Stuff({}, {})))
    assert "No allegation yet" in _words(page)
    assert "Add one under Complaint (Alt A)." in _words(page)
    page.show_reads_only("You are custodian on this case and read it only.")
    assert not [each for each in _words(page) if each.startswith("Add one")]


def _words(page: BoardPage) -> list[str]:
    return [each.text() for each in page.findChildren(QLabel) if each.isVisible()]
