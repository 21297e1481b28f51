"""Two cameras against each other: their waveforms over each other, the nudge, the marked events, a known offset."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from reviewer.ui.actions import KeyTable
from reviewer.ui.buttons import Button, IconButton, Look, Segmented
from reviewer.ui.fonts import SEMIBOLD, Type
from reviewer.ui.icons import IconLabel
from reviewer.ui.review.cameras import ReviewCamera
from reviewer.ui.review.clock_offset import OffsetForm
from reviewer.ui.review.clock_rows import empty, scrolling
from reviewer.ui.review.residual import SPANS, Overlay, ResidualView
from reviewer.ui.theme import theme_of
from reviewer.ui.widgets import Chip, label, set_tone, surface


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that a person said of the clocks and may take back: `id` a cue's or, for an offset, a recording's."""

    id: str
    icon: str
    words: str
    is_offset: bool


@dataclass(frozen=True, slots=True)
class PairShown:
    """`one` is compared with; `other`, the focused camera, is what a nudge moves. `carry` says what the clocks allow,
    `here` what the sound at the play-head says, `nudge` how far it was moved, `waiting` that a mark waits for its
    second camera."""

    one: ReviewCamera | None = None
    other: ReviewCamera | None = None
    overlay: Overlay = Overlay()  # noqa: RUF009 - frozen
    carry: str = ""
    wide: bool = False
    here: str = ""
    nudge: str = ""
    waiting: str = ""


class ClockPair(QWidget):
    """`command` carries the id of a command, `taken_back` a `Said`."""

    command = Signal(str)
    taken_back = Signal(object)

    def __init__(self, keys: KeyTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown = PairShown()
        self._said: tuple[Said, ...] = ()
        self.view = ResidualView()
        self.span = Segmented([(s, w) for s, w in zip(SPANS, ("0.2 s", "1 s", "4 s"), strict=True)], name="How much")
        self.span.choose(self.view.span)
        self.span.chosen.connect(lambda span: self.view.set_span(span))
        self.against = self._button(keys, "Other", "clocks.against", icon="chevron-right")
        self.cue = self._button(keys, "Same event", "clocks.cue", icon="click")
        self.take = self._button(keys, "Take as event", "clocks.nudged", icon="check", look=Look.PRIMARY)
        self.state = self._button(keys, "Known offset", "clocks.offset", icon="clock-edit")
        self.offset = OffsetForm(keys)
        self._who = _Who()
        self._carry = label("", Type.META, "text2", wrap=True)
        self._here = label("", Type.META, "text", wrap=True)
        self._nudge = label("", Type.DETAIL, weight=SEMIBOLD)
        self._waiting = label("", Type.DETAIL, "info", wrap=True)
        self._list = QVBoxLayout()
        self._list.setSpacing(2)
        self._compose()

    def _button(self, keys: KeyTable, words: str, command: str, *, icon: str, look: Look = Look.DEFAULT) -> Button:
        made = keys.wear(Button(words, icon=icon, look=look, height=28), command)
        made.clicked.connect(lambda: self.command.emit(command))
        return made

    def _compose(self) -> None:
        holder = surface(1)
        column = QVBoxLayout(holder)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(6)
        column.addLayout(_row(self._who, None, self.against))
        column.addWidget(self.view)
        column.addLayout(_row(self.span, None, *self._nudges(), self._nudge))
        for each in (self._here, self._carry, self._waiting):
            column.addWidget(each)
        column.addLayout(_row(self.take, self.cue, self.state, None))
        column.addWidget(self.offset)
        column.addLayout(self._list)
        column.addStretch()
        self.offset.hide()
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        self.area = scrolling(holder)
        whole.addWidget(self.area)

    def _nudges(self) -> tuple[QWidget, ...]:
        """A frame and a millisecond, earlier and later."""
        made = []
        for words, icon, command in (
            ("A frame earlier", "player-track-prev", "clocks.frame_back"),
            ("1 ms earlier", "player-skip-back", "clocks.ms_back"),
            ("1 ms later", "player-skip-forward", "clocks.ms_on"),
            ("A frame later", "player-track-next", "clocks.frame_on"),
        ):
            button = IconButton(words, icon)
            button.clicked.connect(lambda _=False, c=command: self.command.emit(c))
            made.append(button)
        return tuple(made)

    @property
    def shown(self) -> PairShown:
        return self._shown

    @property
    def said(self) -> tuple[Said, ...]:
        return self._said

    def show_pair(self, shown: PairShown) -> None:
        """Two cameras at the play-head. Cheap: called ten times a second."""
        self._shown = shown
        self._who.show_pair(shown.one, shown.other)
        self.view.show_overlay(shown.overlay)
        set_tone(self._carry, "warn" if shown.wide else "text2")
        for words, widget in (
            (shown.here, self._here),
            (shown.carry, self._carry),
            (shown.waiting, self._waiting),
            (shown.nudge, self._nudge),
        ):
            if widget.text() != words:
                widget.setText(words)
            widget.setVisible(bool(words))
        self.take.setVisible(bool(shown.nudge))
        self.state.setVisible(not shown.nudge)

    def show_said(self, said: tuple[Said, ...]) -> None:
        """What people marked and stated, each with its way back."""
        if said == self._said:
            return
        self._said = said
        empty(self._list)
        for each in said:
            self._list.addWidget(_said_row(each, self.taken_back.emit))

    def ask_offset(self, camera: ReviewCamera) -> None:
        """Show the form for a camera's known offset, and take the keyboard."""
        self.offset.ask(camera)
        QTimer.singleShot(0, self.offset, lambda: self.area.ensureWidgetVisible(self.offset))  # once it has its place


def _row(*widgets: QWidget | None) -> QHBoxLayout:
    """Side by side; None is the room that is left."""
    row = QHBoxLayout()
    row.setSpacing(6)
    for each in widgets:
        row.addStretch() if each is None else row.addWidget(each)
    return row


def _said_row(said: Said, take_back: Callable[[object], None]) -> QWidget:
    made = QWidget()
    row = QHBoxLayout(made)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(6)
    row.addWidget(IconLabel(said.icon, 14, "text2"))
    row.addWidget(label(said.words, Type.META, "text", wrap=True), 1)
    back = IconButton(f"Withdraw: {said.words}", "trash")
    back.clicked.connect(lambda: take_back(said))
    row.addWidget(back)
    return made


class _Who(QWidget):
    """Both cameras: the filled one and the outlined one."""

    def __init__(self) -> None:
        super().__init__()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(6)
        self._pair: tuple[ReviewCamera | None, ReviewCamera | None] | None = None

    def show_pair(self, one: ReviewCamera | None, other: ReviewCamera | None) -> None:
        if (one, other) == self._pair:
            return
        self._pair = (one, other)
        empty(self._row)
        for camera, filled in ((one, True), (other, False)):
            if camera is not None:
                self._row.addWidget(Chip(camera.number))
                self._row.addWidget(label(camera.short_name, Type.DETAIL_STRONG))
                self._row.addWidget(_Sample(camera.number, filled=filled))
                self._row.addSpacing(6)


class _Sample(QWidget):
    """How a camera is drawn: filled, or as an outline."""

    def __init__(self, number: int, *, filled: bool) -> None:
        super().__init__()
        self._number, self._filled = number, filled
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("filled" if filled else "outline")

    def sizeHint(self) -> QSize:
        return QSize(16, 12)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        color = theme_of(self).officer(self._number)
        if self._filled:
            painter.setOpacity(0.55)
            painter.fillRect(self.rect(), color)
        else:
            painter.setPen(QPen(color, 1.4))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(1, 1, -2, -2))
