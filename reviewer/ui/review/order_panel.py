"""Which came first, beside the pictures: what was marked, and each question with its answer by the clocks that stand.

Shows what was recorded, judged now. It decides nothing; `ordering` does what it asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from reviewer.domain.order import Order, by, undecided
from reviewer.domain.timebase import Utc
from reviewer.services.order import LONGEST_NOTE
from reviewer.ui.actions import KeyTable
from reviewer.ui.buttons import Button, IconButton, Look
from reviewer.ui.fonts import SEMIBOLD, Type
from reviewer.ui.icons import IconLabel
from reviewer.ui.review.clock_rows import scrolling
from reviewer.ui.widgets import Chip, label, strong, surface

_MARGIN = 12
_TOLD = "Within the ± nothing is decided."


@dataclass(frozen=True, slots=True)
class MomentShown:
    """A marked moment: the camera's number (None: it is not here), its time in words, and where it is on the wall."""

    key: str
    number: int | None
    words: str
    at: Utc | None = None


@dataclass(frozen=True, slots=True)
class OrderRow:
    """A question that stands. `order` None: a camera of it is not here. `changed`: other clocks answer otherwise than
    its author saw."""

    id: str
    moments: tuple[MomentShown, MomentShown]
    order: Order | None
    note: str = ""
    author: str = ""
    changed: bool = False

    @property
    def ranked(self) -> tuple[MomentShown, MomentShown]:
        """The earlier one first, where that is decided; else as they were marked."""
        turned = self.order is not None and self.order.decided and not self.order.first_is_first
        return (self.moments[1], self.moments[0]) if turned else self.moments

    @property
    def answer(self) -> str:
        if self.order is None:
            return "a camera of it is not here"
        return by(self.order) if self.order.decided else undecided(self.order)

    @property
    def spoken(self) -> str:
        """All of it, for assistive technology."""
        one, other = (f"camera {m.number}" if m.number is not None else "a camera" for m in self.ranked)
        said = f"{one} before {other} by" if self.order is not None and self.order.decided else f"{one} and {other}:"
        parts = [f"{said} {self.answer}", self.note, self.author, CHANGED if self.changed else ""]
        return " · ".join(p for p in parts if p)


CHANGED = "By the clocks of then the answer was another."


@dataclass(frozen=True, slots=True)
class OrderState:
    """`waiting` says that the first moment is marked, and where; "" if none is."""

    rows: tuple[OrderRow, ...] = ()
    waiting: str = ""
    undo: bool = False


class OrderPanel(QWidget):
    """`command` carries the id of a command in the actions table, `went` the MomentShown to look at, `withdrawn` the id
    of a question to take back."""

    command = Signal(str)
    went = Signal(object)
    withdrawn = Signal(str)

    def __init__(self, keys: KeyTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.state = OrderState()
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("surface", "1")
        self.setProperty("pane", True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAccessibleName("Which came first")
        self.setMinimumWidth(300)
        self.mark = self._button(keys, "Mark the first", "flag", "order.mark", Look.PRIMARY)
        self.save = self._button(keys, "Save", "file-export", "order.save", Look.QUIET)
        self.undo = IconButton("Undo the last order", "arrow-back-up")
        self.undo.clicked.connect(lambda: self.command.emit("order.undo"))
        self.note = QLineEdit()
        self.note.setMaxLength(LONGEST_NOTE)
        self.note.setPlaceholderText("What is compared (may stay empty)")
        self.note.setAccessibleName("What is compared")
        self._waiting = label("", Type.DETAIL, "info", wrap=True)
        holder = surface(1)
        self._column = QVBoxLayout(holder)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addStretch()
        self.area = scrolling(holder)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.area)
        self._stack.addWidget(_Empty(keys.shown("order.mark")))
        self._rows: dict[str, tuple[OrderRow, QWidget]] = {}
        self._compose()
        self.show_state(self.state)

    def _button(self, keys: KeyTable, words: str, icon: str, command: str, look: Look) -> Button:
        made = keys.wear(Button(words, icon=icon, look=look, height=28), command)
        made.clicked.connect(lambda: self.command.emit(command))
        return made

    def _compose(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        head = surface(2, "bottom")
        said = QVBoxLayout(head)
        said.setContentsMargins(_MARGIN, 8, _MARGIN, 8)
        said.setSpacing(6)
        top = QHBoxLayout()
        top.addWidget(strong("Which came first?"))
        top.addStretch()
        top.addWidget(self.undo)
        top.addWidget(self.mark)
        said.addLayout(top)
        said.addWidget(self.note)
        said.addWidget(self._waiting)
        column.addWidget(head)
        column.addWidget(self._stack, 1)
        foot = surface(1, "top")
        row = QHBoxLayout(foot)
        row.setContentsMargins(_MARGIN, 2, 4, 2)
        row.addWidget(label(_TOLD, Type.META, "text3"), 1)
        row.addWidget(self.save)
        column.addWidget(foot)

    @property
    def words(self) -> str:
        """All that is said, for tests and for assistive technology."""
        return "\n".join(p for p in (self._waiting.text(), *(row.spoken for row in self.state.rows)) if p)

    def show_state(self, state: OrderState) -> None:
        """What stands now. A row that did not change keeps its widget, and with it the focus."""
        self.state = state
        self.mark.set_words("Mark the other" if state.waiting else "Mark the first")
        self._waiting.setText(state.waiting)
        self._waiting.setVisible(bool(state.waiting))
        self.undo.setVisible(state.undo)
        self.save.set_enabled(bool(state.rows), "There is no order to save.")
        kept = {row.id: made for row in state.rows if (made := self._rows.get(row.id)) is not None and made[0] == row}
        for id_, (_, widget) in self._rows.items():
            if id_ not in kept:
                self._column.removeWidget(widget)
                widget.hide()
                widget.deleteLater()
        self._rows = {row.id: kept.get(row.id) or (row, self._row(row)) for row in state.rows}
        for place, (_, widget) in enumerate(self._rows.values()):
            self._column.insertWidget(place, widget)
        self._stack.setCurrentIndex(0 if state.rows else 1)

    def show_row(self, id_: str) -> None:
        """Scroll to a question."""
        found = self._rows.get(id_)
        if found is not None:
            self.area.ensureWidgetVisible(found[1], 0, 4)

    def _row(self, row: OrderRow) -> QWidget:
        return _Row(row, self.went.emit, self.withdrawn.emit)


class _Row(QWidget):
    def __init__(self, row: OrderRow, go: Callable[[object], None], withdraw: Callable[[str], None]) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("surface", "1")
        self.setProperty("border", "bottom")
        self.setAccessibleName(row.spoken)
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN, 7, 6, 7)
        column.setSpacing(2)
        self._answer(row, column)
        times = QHBoxLayout()
        times.setSpacing(4)
        for moment in row.ranked:
            times.addWidget(_moment(moment, go))
        times.addStretch()
        back = IconButton("Withdraw this order", "trash")
        back.clicked.connect(lambda: withdraw(row.id))
        times.addWidget(back)
        column.addLayout(times)
        for words, tone in ((CHANGED if row.changed else "", "warn"), (row.note, "text"), (row.author, "text3")):
            if words:
                column.addWidget(label(words, Type.META, tone, wrap=True))

    @staticmethod
    def _answer(row: OrderRow, column: QVBoxLayout) -> None:
        """ "[1] before [3] by 0.42 s ± 0.15 s"; undecided: the sentence, in the colour of a doubt."""
        line = QHBoxLayout()
        line.setSpacing(6)
        decided = row.order is not None and row.order.decided
        one, other = row.ranked
        line.addWidget(_chip(one))
        line.addWidget(label("before" if decided else "and", Type.DETAIL, "text2"))
        line.addWidget(_chip(other))
        if decided:
            line.addWidget(label("by", Type.DETAIL, "text2"))
            line.addWidget(label(row.answer, Type.DETAIL, weight=SEMIBOLD))
        line.addStretch()
        column.addLayout(line)
        if not decided:
            doubt = QHBoxLayout()
            doubt.setSpacing(6)
            doubt.addWidget(IconLabel("help-circle", 14, "warn"), 0, Qt.AlignmentFlag.AlignTop)
            words = row.answer[:1].upper() + row.answer[1:]
            doubt.addWidget(label(words, Type.DETAIL, "warn", weight=SEMIBOLD, wrap=True), 1)
            column.addLayout(doubt)


def _chip(moment: MomentShown) -> QWidget:
    return Chip(moment.number) if moment.number is not None else label("?", Type.DETAIL_STRONG)


def _moment(moment: MomentShown, go: Callable[[object], None]) -> QWidget:
    """Its time, which goes there."""
    number = f"Camera {moment.number}" if moment.number is not None else "A camera that is not here"
    made = Button(f"{moment.number or '?'} · {moment.words}", look=Look.QUIET, height=28)
    made.setAccessibleName(f"{number} at {moment.words}: go there")
    made.set_enabled(moment.at is not None, "This camera is not here.")
    made.clicked.connect(lambda: go(moment))
    return made


class _Empty(QWidget):
    """No question yet, and what asks one."""

    def __init__(self, key: str) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 8, 24, 8)
        column.setSpacing(4)
        column.addStretch()
        column.addWidget(IconLabel("arrows-sort", 28, "text2"), 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(4)
        key = f" ({key})" if key else ""
        words = f"Mark a moment of the focused camera{key}, then another in any camera."
        for each in (strong("No two moments yet"), label(words, Type.DETAIL, "text2", wrap=True)):
            each.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(each)
        column.addStretch()
