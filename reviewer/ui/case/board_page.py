"""The board's page: what can be done, the board, and below it the coverage gate or what can be put on the board."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from reviewer.domain.case import Stance
from reviewer.services.board import Board, Card, playable
from reviewer.ui.actions import KeyTable
from reviewer.ui.buttons import Button, IconButton, Segmented
from reviewer.ui.case.board import BoardView
from reviewer.ui.case.board_paint import STANCES
from reviewer.ui.case.board_tray import BoardTray
from reviewer.ui.case.gate import GatePanel
from reviewer.ui.fonts import Type
from reviewer.ui.times import Zone
from reviewer.ui.widgets import Card as Panel
from reviewer.ui.widgets import EmptyState, Tag, label

_LEAST_BOARD, _EMPTY = 200, 196
_NONE = "layout-grid", "No allegation yet"
_NONE_TO_READ = "What the complaint alleges stands here once somebody on the case has written it."


class BoardPage(QWidget):
    """Signals: `stance_asked(Stance)`, `withdraw_asked()`, `play_asked()`, `go_asked(Card)`; `tray_opened()`: it
    is to be filled. `whose` says of an exhibit (its id) who put it there and who changed it since."""

    stance_asked = Signal(object)
    withdraw_asked = Signal()
    play_asked = Signal()
    go_asked = Signal(object)
    tray_opened = Signal()

    def __init__(
        self, zone: Zone, keys: KeyTable, name_of: Callable[[str], str], whose: Callable[[str], str] = lambda _id: ""
    ) -> None:
        super().__init__()
        self.setProperty("pane", True)
        self.view = BoardView(zone, whose)
        self.gate = GatePanel(name_of, keys)
        self.tray = BoardTray(keys)
        self._card: Card | None = None
        self._whose = whose
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self._tools(keys))
        self._frame = Panel()
        inside = QVBoxLayout(self._frame)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.addWidget(self.view)
        self._invites = f"Add one under Complaint ({keys.shown('complaint.allegation')})."
        self._nothing = EmptyState(*_NONE, self._invites)
        self._boards = QStackedWidget()
        self._boards.addWidget(self._frame)
        self._boards.addWidget(self._nothing)
        self._reading = EmptyState("hourglass", "Reading the case", "Its allegations and exhibits stand here.")
        self._boards.addWidget(self._reading)
        self._boards.setCurrentWidget(self._reading)
        column.addWidget(self._boards)
        below = QWidget()
        below.setProperty("surface", "none")
        stack = QVBoxLayout(below)
        stack.setContentsMargins(0, 0, 0, 0)
        stack.addWidget(self.gate)
        stack.addWidget(self.tray)
        self.tray.hide()
        self._below = QScrollArea()
        self._below.setWidgetResizable(True)
        self._below.setFrameShape(QScrollArea.Shape.NoFrame)
        self._below.setWidget(below)
        column.addWidget(self._below)
        column.addStretch(1)
        self.view.picked.connect(self._picked)
        self.view.went.connect(self._went)
        self.view.opened.connect(self.go_asked)
        self.tray.closed.connect(lambda: self.open_tray(False))
        self.gate.installEventFilter(self)
        self._of.hide()  # nothing is picked, and nothing is required, before it is read
        self.gate.hide()
        self.play.set_enabled(False, "The case is being read.")

    def _tools(self, keys: KeyTable) -> QWidget:
        bar = QWidget()
        row = QHBoxLayout(bar)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.exhibit = keys.wear(Button("Exhibit", icon="plus"), "board.exhibit")
        self.exhibit.clicked.connect(lambda: self.open_tray(self.tray.isHidden()))
        row.addWidget(self.exhibit)
        self.play = keys.wear(Button("Play in a row", icon="player-play"), "board.play")
        self.play.clicked.connect(self.play_asked)
        row.addWidget(self.play)
        row.addStretch(1)
        self._of = QWidget()
        own = QHBoxLayout(self._of)
        own.setContentsMargins(0, 0, 0, 0)
        own.setSpacing(8)
        self._name = Tag()
        own.addWidget(self._name)
        self.stance = Segmented(
            tuple((stance, word, icon) for stance, (icon, _tone, word) in STANCES.items()),
            name="What it says",
            height=32,
        )
        self.stance.chosen.connect(lambda stance: self.stance_asked.emit(stance))
        for stance in STANCES:
            self.stance.segment(stance).setToolTip(keys.shown(f"board.{stance.value}"))
        own.addWidget(self.stance)
        self.go = Button("Go there", icon="click", key="↵")
        self.go.clicked.connect(lambda: self.go_asked.emit(self._card) if self._card is not None else None)
        own.addWidget(self.go)
        self.withdraw = IconButton("Take it off the board", "trash", height=32)
        self.withdraw.clicked.connect(self.withdraw_asked)
        own.addWidget(self.withdraw)
        row.addWidget(self._of)
        self._reads = label("", Type.DETAIL, "text2")
        self._reads.hide()
        row.addWidget(self._reads)
        return bar

    # What is shown

    def show_board(self, board: Board) -> None:
        """Another state of it."""
        self._boards.setCurrentWidget(self._frame if board.rows else self._nothing)
        self.gate.setVisible(self.tray.isHidden())
        self.view.show_board(board)
        self._picked(self.view.card)
        self._went()
        self._fit()

    def show_reads_only(self, why: str) -> None:
        """Whoever may not write says so here; "" may."""
        for each in (self.exhibit, self.withdraw):
            each.set_enabled(not why, why)
        self.stance.setEnabled(not why)
        self._nothing.say(*_NONE, _NONE_TO_READ if why else self._invites)
        self._reads.setText(why)
        self._reads.setVisible(bool(why))

    def open_tray(self, shown: bool) -> None:
        """What can be put on the board takes the gate's place, and gives it back."""
        if shown and not self.exhibit.isEnabled():
            return
        self.tray.setVisible(shown)
        self.gate.setVisible(not shown)
        if shown:
            self.tray_opened.emit()
            self.tray.begin()
        else:
            self.view.setFocus(Qt.FocusReason.OtherFocusReason)
        self._fit()

    def _picked(self, card: Card | None) -> None:
        self._card = card
        self._of.setVisible(card is not None)
        if card is not None:
            whose = self._whose(card.exhibit.id)
            self._name.say(f"{card.exhibit.name} · {whose.partition(',')[0]}" if whose else card.exhibit.name)
            self._name.setToolTip(whose)
            self.stance.choose(card.exhibit.stance)
            can = bool(card.recording and card.at is not None) or bool(card.exhibit.document)
            why = card.gone or ("" if can else "It has no time of its own.")
            self.go.set_enabled(not why, why)

    def _went(self) -> None:
        row = self.view.row
        self.play.set_words(f"Play {row.allegation.name} in a row" if row is not None else "Play in a row")
        shut = row is not None and row.gate is not None and not row.gate.met
        self.gate.aim(row.allegation.name if row is not None and shut else "")
        why = "" if row is not None and playable(row) else "No exhibit on footage yet."
        self.play.set_enabled(not why, why)

    def stances(self) -> dict[str, Callable[[], object]]:
        """Commands that say what the picked exhibit says."""
        return {f"board.{s.value}": (lambda s=s: self._say(s)) for s in Stance}  # type: ignore[misc]

    def _say(self, stance: Stance) -> None:
        if not self.tray.isHidden():
            self.tray.set_stance(stance)
        else:
            self.stance_asked.emit(stance)

    # Geometry: the board as high as it is, the gate what it needs, both scroll where the window ends

    def _fit(self) -> None:
        tools, gap = 42, 10
        room = max(0, self.height() - tools - gap)
        shown = self.gate if self.tray.isHidden() else self.tray
        hint = shown.sizeHint().height() + 2
        wanted = hint if shown is self.gate else max(220, hint)
        board = self.view.content_height() + 4 if self.view.board.rows else _EMPTY
        below = min(wanted, max(140, room - min(board, max(_LEAST_BOARD, room // 2))))
        self._below.setFixedHeight(max(0, below))
        self._boards.setFixedHeight(max(120, min(board, room - below)))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The gate needs another height: more cameras, or another sentence."""
        if watched is self.gate and event.type() is QEvent.Type.LayoutRequest:
            self._fit()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
