"""The case's papers: pages (board, complaint, documents …) in the middle, what belongs to a page beside it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from reviewer.domain.errors import ReviewerError
from reviewer.ui.actions import KeyTable
from reviewer.ui.buttons import Segmented
from reviewer.ui.fonts import Type
from reviewer.ui.theme import Tone
from reviewer.ui.widgets import EmptyState, ErrorNote, Tag, label, surface

SIDE = 430
_LEAST_SIDE = 360


@dataclass(frozen=True, slots=True)
class _Page:
    title: str
    widget: QWidget
    side: QWidget | None


class CaseScreen(QWidget):
    """A room adds its page with `add_page`, at the end. A page that is shown reads what it shows anew: `shown(id)`.
    `locked`: whatever lies over a page closes."""

    shown = Signal(str)
    locked = Signal()

    def __init__(self, keys: KeyTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.keys = keys
        self._pages: dict[str, _Page] = {}
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("surface", "0")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._main(), 1)
        self._side = surface(1, "left")
        self._side.setProperty("pane", True)
        sides = QVBoxLayout(self._side)
        sides.setContentsMargins(0, 0, 0, 0)
        self._sides = QStackedWidget()
        sides.addWidget(self._sides)
        self._side.hide()
        row.addWidget(self._side)

    def _main(self) -> QWidget:
        area = surface(0)
        area.setProperty("pane", True)
        column = QVBoxLayout(area)
        column.setContentsMargins(20, 14, 20, 14)
        column.setSpacing(12)
        self._header = QHBoxLayout()
        self._header.setSpacing(10)
        self._title = label("Case", Type.TITLE)
        self._header.addWidget(self._title)
        self._header.addStretch(1)
        self.tabs = Segmented((), name="Pages of the case")
        self.tabs.chosen.connect(lambda which: self.show_page(str(which)))
        self._header.addWidget(self.tabs)
        column.addLayout(self._header)
        column.addLayout(self._standing())
        self._error = ErrorNote()
        column.addWidget(self._error)
        self._stack = QStackedWidget()
        self._empty = EmptyState("briefcase", "No case is open", "Open one from the queue.")
        self._stack.addWidget(self._empty)
        column.addWidget(self._stack, 1)
        return area

    def _standing(self) -> QHBoxLayout:
        """Below the title: where the case stands, what is due next, and what was done last."""
        row = QHBoxLayout()
        row.setSpacing(8)
        self.state, self.due = Tag(), Tag()
        for tag in (self.state, self.due):
            tag.hide()
            row.addWidget(tag)
        self._said = label("", Type.DETAIL, "text2")
        self._said.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)  # never widens the window
        row.addWidget(self._said, 1)
        return row

    def say_standing(self, state: str, tone: Tone, due: str, urgency: Tone) -> None:
        """Where the case stands, and the next statutory clock in words ("" for none)."""
        self.state.say(state, tone)
        self.due.say(due, urgency, "clock")
        self.state.setVisible(bool(state))
        self.due.setVisible(bool(due))

    def has_page(self, id_: str) -> bool:
        return id_ in self._pages

    def add_page(
        self, id_: str, words: str, icon: str, widget: QWidget, *, title: str = "", side: QWidget | None = None
    ) -> None:
        """One more page, at the end. `widget` scrolls by itself if it must; `side` stands to the right while the page
        is shown."""
        self._pages[id_] = _Page(title or words, widget, side)
        self._stack.addWidget(widget)
        if side is not None:
            self._sides.addWidget(side)
        self.tabs.add(id_, words, icon)
        if len(self._pages) == 1:
            self.show_page(id_)
        self._arrange()

    def set_side(self, id_: str, side: QWidget | None) -> None:
        """What stands beside a page, from now on. Raises KeyError for a page that is not there."""
        page = self._pages[id_]
        self._pages[id_] = _Page(page.title, page.widget, side)
        if side is not None and self._sides.indexOf(side) < 0:
            self._sides.addWidget(side)
        if self.current == id_:
            self._show_side()

    def set_words(self, id_: str, words: str) -> None:
        """A page's door says something else: "Documents 6"."""
        self.tabs.set_words(id_, words)
        self._arrange()

    @property
    def current(self) -> str:
        """The id of the page in view, "" while there is none."""
        return next((id_ for id_, page in self._pages.items() if page.widget is self._stack.currentWidget()), "")

    def show_page(self, id_: str) -> None:
        """Bring a page into view. Raises KeyError if there is none of that id."""
        page = self._pages[id_]
        focused = QApplication.focusWidget()
        inside = focused is not None and any(each.isAncestorOf(focused) for each in (self._stack, self._sides))
        self.tabs.choose(id_)
        self._stack.setCurrentWidget(page.widget)
        if inside:  # the keyboard goes on where the person looks
            page.widget.setFocus(Qt.FocusReason.OtherFocusReason)
        self._title.setText(page.title)
        self._show_side()
        self.shown.emit(id_)

    def _show_side(self) -> None:
        page = self._pages.get(self.current)
        side = page.side if page is not None else None
        if side is not None:
            self._sides.setCurrentWidget(side)
        self._side.setVisible(side is not None)

    def say(self, error: ReviewerError) -> None:
        """What went wrong, over the page; what was written stays."""
        self._error.say(error)

    def tell(self, words: str) -> None:
        """What was done, beside the title; nothing is wrong any more."""
        self._error.clear()
        self._said.setText(words)

    def lock(self) -> None:
        """The session locks."""
        self.locked.emit()

    def clear(self) -> None:
        """The case is closed: no page of it stays."""
        for page in self._pages.values():
            self._stack.removeWidget(page.widget)
            page.widget.deleteLater()
            if page.side is not None:
                self._sides.removeWidget(page.side)
                page.side.deleteLater()
        self._pages.clear()
        self._side.hide()
        self.say_standing("", Tone.PLAIN, "", Tone.PLAIN)
        self._stack.setCurrentWidget(self._empty)

    def _arrange(self) -> None:
        side = SIDE if self.width() >= 1500 else _LEAST_SIDE
        self._side.setFixedWidth(side)
        self.tabs.fit(max(200, self.width() - 360 - (side if self._side.isVisible() else 0)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()
