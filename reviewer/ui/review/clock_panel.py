"""The clocks of the case, beside the pictures: which stand, what is proposed and why; two cameras against each other.

Shows what was recorded and what was proposed, never what is wished. It decides nothing; `clocking` does what it asks.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from reviewer.domain.alignment import Alignment
from reviewer.ui.actions import KeyTable
from reviewer.ui.buttons import Segmented
from reviewer.ui.fonts import Type
from reviewer.ui.review.cameras import ReviewCamera
from reviewer.ui.review.clock_head import ClockHead, Headline
from reviewer.ui.review.clock_pair import ClockPair, Said
from reviewer.ui.review.clock_rows import ClockList, Line
from reviewer.ui.review.clock_words import changes, misclosure_words
from reviewer.ui.widgets import label, surface

CAMERAS, PAIR = "cameras", "pair"


@dataclass(frozen=True, slots=True)
class ClockState:
    """All that the panel shows of a case's clocks but the moment. `proposed` is None if nothing new is proposed."""

    cameras: tuple[ReviewCamera, ...] = ()
    standing: Alignment | None = None
    proposed: Alignment | None = None
    said: tuple[Said, ...] = ()
    focused: str | None = None
    notes: tuple[str, ...] = ()  # what the sound does not tell, a sentence each
    headline: Headline = Headline()  # noqa: RUF009 - frozen


class ClockPanel(QWidget):
    """`command` carries the id of a command in the actions table, `picked` a camera's key, `taken_back` a `Said`,
    `turned` the page that came into view."""

    command = Signal(str)
    picked = Signal(str)
    taken_back = Signal(object)
    turned = Signal(str)

    def __init__(self, keys: KeyTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = ClockState()
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("surface", "1")
        self.setProperty("pane", True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAccessibleName("Clocks")
        self.setMinimumWidth(300)
        self.head, self.list, self.pair = ClockHead(keys), ClockList(), ClockPair(keys)
        self.pages = Segmented(((CAMERAS, "All cameras"), (PAIR, "Two cameras")), name="All cameras or two")
        self._round_trip = label("", Type.META, "text2")
        self._stack = QStackedWidget()
        for page in (self.list, self.pair):
            self._stack.addWidget(page)
        self.pages.chosen.connect(lambda page: self.turn(str(page)))
        for source in (self.head, self.pair):
            source.command.connect(self.command)
        self.pair.taken_back.connect(self.taken_back)
        self.list.picked.connect(self.picked)
        self._compose()

    def _compose(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.head)
        bar = surface(2, "bottom")
        row = QHBoxLayout(bar)
        row.setContentsMargins(12, 5, 12, 5)
        row.setSpacing(10)
        row.addWidget(self.pages)
        row.addStretch()
        row.addWidget(self._round_trip)
        column.addWidget(bar)
        column.addWidget(self._stack, 1)

    @property
    def state(self) -> ClockState:
        return self._state

    @property
    def page(self) -> str:
        return CAMERAS if self._stack.currentWidget() is self.list else PAIR

    def turn(self, page: str) -> None:
        """Show all cameras, or two against each other."""
        self.pages.choose(page)
        self._stack.setCurrentWidget(self.list if page == CAMERAS else self.pair)
        self.turned.emit(page)

    def show_state(self, state: ClockState) -> None:
        """What the log holds, and what is proposed, now."""
        self._state = state
        self.head.show_headline(state.headline)
        moved = {c.camera.key: c for c in changes(state.cameras, state.standing, state.proposed)}
        self.list.show_lines(
            tuple(
                Line(c, state.standing, state.proposed, moved.get(c.key), c.key == state.focused) for c in state.cameras
            ),
            self.number,
            state.notes,
        )
        self.pair.show_said(state.said)
        words, sentence = misclosure_words(state.proposed or state.standing, self.number)
        self._round_trip.setText(words)
        self._round_trip.setToolTip(sentence)

    def number(self, recording: str) -> str:
        """ "camera 2"; the id of one that is not in the case."""
        found = next((c.number for c in self._state.cameras if c.key == recording), None)
        return f"camera {found}" if found is not None else recording
