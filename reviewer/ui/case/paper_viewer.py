"""A document in view: its page, turning and zooming, finding words. Knows nothing of where pages come from.

`wanted(page, width)`: this page is to be shown, about so many device pixels wide; whoever gives it logs it first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QImage, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from reviewer.domain.errors import ReviewerError
from reviewer.papers.sheet import Hit, PageText, Sheets
from reviewer.ui.actions import KeyTable
from reviewer.ui.buttons import Button, IconButton
from reviewer.ui.case.paper_sheet import PageArea, TextArea
from reviewer.ui.fields import SearchField
from reviewer.ui.fonts import Type
from reviewer.ui.widgets import EmptyState, divider, label, surface

_POINT = 96 / 72  # logical pixels at 100 %
_WIDEST_FIT = 1_100  # px: a line that is longer is hard to follow
_ZOOMS = (0.25, 0.33, 0.5, 0.67, 0.75, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0, 4.0)
_SETTLE_MS = 150
_NOTHING = ("files", "No document is open", "")


@dataclass
class _Found:
    words: str = ""
    hits: tuple[Hit, ...] = ()
    at: int = -1
    searched: int = 0  # pages


class PaperViewer(QWidget):
    """`sought(words)`: find them in all pages. `hidden`, `again`: nothing of it can be seen, or it could be again."""

    wanted = Signal(int, int)
    sought = Signal(str)
    hidden = Signal()
    again = Signal()
    asked_again = Signal()

    def __init__(self, keys: KeyTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sheets = Sheets(())
        self._page, self._shown, self._drawn = 1, 0, 0
        self._zoom: float | None = None  # None fits the width
        self._found = _Found()
        self._nothing = _NOTHING
        self._line = 0
        self._resized = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._resized.timeout.connect(self._fit_again)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._make_bar(keys))
        column.addWidget(divider())
        self._stack = QStackedWidget()
        self.empty = EmptyState(*_NOTHING)
        self.empty.pressed.connect(self.asked_again)
        self.area, self.text = PageArea(), TextArea()
        for each in (self.empty, self.area, self.text):
            self._stack.addWidget(each)
        column.addWidget(self._stack, 1)
        self._enable()

    def _make_bar(self, keys: KeyTable) -> QWidget:
        bar = surface(2)
        row = QHBoxLayout(bar)
        row.setContentsMargins(10, 6, 10, 6)
        row.setSpacing(6)
        self.before = keys.wear(IconButton("Page before", "chevron-up"), "paper.previous")
        self.after = keys.wear(IconButton("Next page", "chevron-down"), "paper.next")
        self.number = QLineEdit()
        self.number.setFixedSize(56, 32)
        self.number.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.number.setAccessibleName("Page")
        self.number.returnPressed.connect(self._go_to_number)
        self._of = label("", Type.DETAIL, "text2")
        self.farther = keys.wear(IconButton("Smaller", "zoom-out"), "paper.farther")
        self.percent = keys.wear(Button("Fit", icon="arrow-autofit-width"), "paper.fit")
        self.percent.setAccessibleName("Fit the width")
        self.closer = keys.wear(IconButton("Larger", "zoom-in"), "paper.closer")
        self.search = SearchField("Find in this document", keys.shown("list.find"), 230)
        self.search.typed.connect(self._typed)
        self.search.line.returnPressed.connect(self._enter)
        self._count = label("", Type.DETAIL, "text2")
        parts: Sequence[QWidget] = (
            self.before,
            self.after,
            self.number,
            self._of,
            self.farther,
            self.percent,
            self.closer,
        )
        for each in parts:
            row.addWidget(each)
        row.addStretch()
        row.addWidget(self._count)
        row.addSpacing(6)
        row.addWidget(self.search)
        self.before.clicked.connect(lambda: self.turn(-1))
        self.after.clicked.connect(lambda: self.turn(1))
        self.farther.clicked.connect(lambda: self.zoom(-1))
        self.closer.clicked.connect(lambda: self.zoom(1))
        self.percent.clicked.connect(self.fit)
        return bar

    # -- what is open ------------------------------------------------------------------------------------------------

    @property
    def page(self) -> int:
        """The page that is shown, or on its way."""
        return self._page

    @property
    def shown(self) -> int:
        """The page that stands on the screen, 0 while none does."""
        return self._shown if self._stack.currentWidget() is not self.empty else 0

    @property
    def pages(self) -> int:
        return self._sheets.pages

    def close_paper(self) -> None:
        """Nothing is open."""
        self._reset()
        self._say(*self._nothing)

    def set_nothing(self, words: tuple[str, str, str]) -> None:
        """What stands here while nothing is open: an icon, what is not there, what to do."""
        self._nothing, was = words, self._nothing
        if not self.pages and self.empty.accessibleName() == was[1]:
            self._say(*words)

    def kept(self, name: str) -> None:
        """It is kept as it came, and nothing here opens it."""
        self._reset()
        self._say("lock", f"“{name}” is kept as it came", "It cannot be shown here. Export it, and open it elsewhere.")

    def opening(self, name: str, words: str = "It is compared with what was attached.") -> None:
        """It is on its way."""
        self._reset()
        self._say("hourglass", f"Opening “{name}”", words)

    def tell(self, words: str) -> None:
        """How far opening is."""
        self._say("hourglass", "Opening", words)

    def refuse(self, error: ReviewerError, *, again: bool = False) -> None:
        """It, or its page, cannot be shown: what to do stands in its place."""
        self._shown = 0
        self.area.clear()
        self.text.clear_page()
        self._say("alert-triangle", error.message, error.next_step, "warn")
        self.empty.button.set_words("Try again")
        self.empty.button.setVisible(again)

    def open_paper(self, sheets: Sheets, page: int = 1, line: int = 0) -> None:
        """It is open: ask for a page."""
        self._sheets, self._line = sheets, line
        self._enable()
        self.go(page)

    def cover(self) -> None:
        """Nothing of it stays on the screen; what page it was is kept."""
        self._shown = 0
        self.area.clear()
        self.text.clear_page()
        self._say("hourglass", "One moment", "A page is shown when its entry is in the log.")

    def _reset(self) -> None:
        self._sheets, self._page, self._shown, self._line = Sheets(()), 1, 0, 0
        self._found = _Found()
        self.search.line.clear()
        self._count.setText("")
        self.area.clear()
        self.text.clear_page()
        self._enable()

    def _say(self, icon: str, headline: str, sentence: str, tone: str = "text2") -> None:
        self.empty.say(icon, headline, sentence, tone)
        self.empty.button.hide()
        self._stack.setCurrentWidget(self.empty)

    def _enable(self) -> None:
        open_, drawn = self.pages > 0, self._is_drawn
        self.before.set_enabled(
            open_ and self._page > 1, "This is the first page." if open_ else "No document is open."
        )
        self.after.set_enabled(
            open_ and self._page < self.pages, "This is the last page." if open_ else "No document is open."
        )
        for each in (self.farther, self.closer, self.percent):
            each.set_enabled(drawn, "Only a page that is drawn can be zoomed." if open_ else "No document is open.")
        self.number.setEnabled(open_)
        self.search.setEnabled(open_)
        self.number.setText(str(self._page) if open_ else "")
        self._of.setText(f"of {self.pages:,}" if open_ else "")
        self.percent.set_words(f"{self._zoom:.0%}".replace("%", " %") if self._zoom is not None else "Fit")

    # -- pages -------------------------------------------------------------------------------------------------------

    def turn(self, by: int) -> None:
        """So many pages on."""
        self.go(self._page + by)

    def go(self, page: int) -> None:
        """Show this page, as near as there is one."""
        if not self.pages:
            return
        self._page = max(1, min(page, self.pages))
        self._enable()
        self._ask()

    def _go_to_number(self) -> None:
        words = self.number.text().strip()
        if words.isascii() and words.isdigit():
            self.go(int(words))
        self.number.setText(str(self._page))
        self._focus_page()

    @property
    def _is_drawn(self) -> bool:
        return bool(self.pages) and self._size[0] > 0

    @property
    def _size(self) -> tuple[float, float]:
        return self._sheets.sizes[self._page - 1] if self.pages else (0.0, 0.0)

    @property
    def _width(self) -> int:
        """Logical pixels that the page is wide."""
        wide, high = self._size
        if self._zoom is not None:
            return max(40, round(wide * _POINT * self._zoom))
        return max(40, min(self.area.room, max(_WIDEST_FIT, round(high * _POINT * 0.75))))

    def _ask(self) -> None:
        self._drawn = round(self._width * self.devicePixelRatioF()) if self._is_drawn else 0
        self.wanted.emit(self._page, self._drawn)

    def show_picture(self, page: int, image: QImage) -> None:
        """The page that was wanted. One that is wanted no more is passed over."""
        if page != self._page or not self.pages:
            return
        fresh = self._shown != page
        self._shown = page
        wide = self._width
        self.area.show_page(image, QSize(wide, max(1, round(image.height() * wide / max(1, image.width())))))
        self._stack.setCurrentWidget(self.area)
        if fresh:
            self.area.to_top()
        self._show_hits()

    def show_text(self, text: PageText) -> None:
        """The same of a page of text."""
        if text.page != self._page or not self.pages:
            return
        self._shown = text.page
        self.text.show_page(text)
        self._stack.setCurrentWidget(self.text)
        if self._line:
            self.text.show_line(self._line)
            self._line = 0
        self._show_hits()

    def show_line(self, number: int) -> None:
        """When the page is there, this line of it."""
        self._line = number

    # -- zooming -----------------------------------------------------------------------------------------------------

    def zoom(self, steps: int) -> None:
        """Larger or smaller by steps."""
        if not self._is_drawn:
            return
        now = self._zoom if self._zoom is not None else self._width / (self._size[0] * _POINT)
        if steps > 0:
            self._zoom = next((z for z in _ZOOMS if z > now + 0.005), _ZOOMS[-1])
        else:
            self._zoom = next((z for z in reversed(_ZOOMS) if z < now - 0.005), _ZOOMS[0])
        self._enable()
        self._ask()

    def fit(self) -> None:
        """As wide as there is room."""
        self._zoom = None
        self._enable()
        if self._is_drawn:
            self._ask()

    def _fit_again(self) -> None:
        if self._is_drawn and self._shown and round(self._width * self.devicePixelRatioF()) != self._drawn:
            self._ask()

    # -- finding -----------------------------------------------------------------------------------------------------

    def to_search(self) -> None:
        """The keys are in the search field."""
        if self.pages:
            self.search.focus()

    def _typed(self, words: str) -> None:
        if not words.strip() or words.strip() != self._found.words:
            self._found = _Found()
            self._count.setText("")
            self._show_hits()

    def _enter(self) -> None:
        words = self.search.line.text().strip()
        if words and words != self._found.words:
            self._found = _Found(words)
            self._count.setText("Searching…")
            self.sought.emit(words)
        elif words:
            self.next_hit(1)

    def add_hits(self, words: str, hits: Sequence[Hit], searched: int) -> None:
        """What was found on some more pages; `searched` of all are done."""
        if words != self._found.words:
            return
        first = not self._found.hits
        self._found.hits, self._found.searched = (*self._found.hits, *hits), searched
        if first and hits:
            after = next((n for n, hit in enumerate(self._found.hits) if hit.page >= self._page), 0)
            self._to_hit(after)
        else:
            self._show_hits()

    def next_hit(self, by: int) -> None:
        """The next or previous place that was found, around the ends."""
        if self._found.hits:
            self._to_hit((self._found.at + by) % len(self._found.hits))

    def _to_hit(self, at: int) -> None:
        self._found.at = at
        if self._found.hits[at].page != self._page or not self.shown:
            self.go(self._found.hits[at].page)
        self._show_hits()

    def _show_hits(self) -> None:
        found = self._found
        here = [hit for hit in found.hits if hit.page == self._page]
        now = found.hits[found.at] if 0 <= found.at < len(found.hits) else None
        now = now if now in here else None
        if self._stack.currentWidget() is self.area:
            self.area.show_hits(here, now)
        elif self._stack.currentWidget() is self.text:
            self.text.show_hits(here, now)
        if found.words:
            self._count.setText(_counted(found, self.pages))

    # -- Qt ----------------------------------------------------------------------------------------------------------

    def _focus_page(self) -> None:
        widget = self._stack.currentWidget()
        if widget is not None:
            widget.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        turns = {Qt.Key.Key_Home: -self.pages, Qt.Key.Key_End: self.pages}
        by = turns.get(Qt.Key(event.key()))
        if by is not None and self.pages:
            self.turn(by)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._zoom is None:
            self._resized.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.hidden.emit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.again.emit()


def _counted(found: _Found, pages: int) -> str:
    """ "3 of 12", and how far the search is while it goes on."""
    going = f" · p. {found.searched:,} of {pages:,}" if found.searched < pages else ""
    if not found.hits:
        return f"Searching{going}" if going else "Not found"
    at = f"{found.at + 1:,} of " if found.at >= 0 else ""
    return f"{at}{len(found.hits):,} found{going}"
