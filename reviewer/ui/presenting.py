"""What the person who presents a reel has before them while the room sees the picture: notes, question, answers, clock.

It lies over the whole window. First it asks on which display; then it follows what is shown there.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from reviewer.domain.errors import ReviewerError
from reviewer.domain.timebase import SECOND
from reviewer.services.presenting import MOST_ANSWERS, Presentation, Stop
from reviewer.ui.actions import KeyTable
from reviewer.ui.buttons import Button, Look
from reviewer.ui.fields import check, labelled
from reviewer.ui.fonts import Type, font
from reviewer.ui.screening import Display
from reviewer.ui.theme import ThemeName, Tone, apply_theme, theme_of
from reviewer.ui.widgets import ErrorNote, ProgressStrip, Tag, label, surface

_SEARCHING = "The file is being compared with the log, and libVLC looked for."
_ONE = "There is no other display: the picture gets a window of its own on this one."
_LIST = 320
_FORM = 560


def minutes(micros: int) -> str:
    """A stretch as "2:58", with hours where it has any."""
    whole = max(0, micros) // SECOND
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"


class PresentingView(QDialog):
    """Open it with `begin()`. Signals: `started(display, audible)`; `asked(command, number)` with "toggle", "next",
    "previous", "jump" (a stop) and "answer" (from 0); `left` when a person ends it.

    Nothing can be started before `found` says that the player is there and the file is the one of the log.
    """

    started = Signal(str, bool)
    asked = Signal(str, int)
    left = Signal()

    def __init__(
        self, keys: KeyTable, title: str, show: Presentation, displays: Sequence[Display], parent: QWidget
    ) -> None:
        super().__init__(parent, Qt.WindowType.Dialog | Qt.WindowType.FramelessWindowHint)
        self._show, self._keys, self.reel = show, keys, title
        self._shown: tuple[int, bool] | None = None
        self.setModal(True)
        self.setWindowTitle(f"Presenting: {title}")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty("ownFocus", True)
        column = QVBoxLayout(self)
        column.setContentsMargins(28, 20, 28, 20)
        column.setSpacing(14)
        column.addLayout(self._head(title))
        self._pages = QStackedWidget()
        self._pages.addWidget(self._way_in(displays))
        self._pages.addWidget(self._work())
        column.addWidget(self._pages, 1)
        column.addLayout(self._foot())
        self._bind()
        apply_theme(self, ThemeName.DARK)
        self._start.set_enabled(False, _SEARCHING)

    # How it is laid out

    def _head(self, title: str) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(label(title, Type.TITLE))
        self.state = Tag("waits", Tone.PLAIN, "hourglass")
        row.addWidget(self.state)
        row.addStretch()
        self.elapsed = label("", Type.BODY, "text2")
        self.clock = label("", Type.TITLE)
        row.addWidget(self.elapsed)
        row.addWidget(self.clock)
        return row

    def _way_in(self, displays: Sequence[Display]) -> QWidget:
        page, inner = QWidget(), QWidget()
        inner.setFixedWidth(_FORM)
        across = QHBoxLayout(page)
        across.addWidget(inner)  # alone in its row: in the middle
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addStretch(2)
        words = "The room sees the reel alone; notes, questions and answers stay on this display."
        column.addWidget(label(words, Type.LEAD, "text2", wrap=True))
        if len(displays) < 2:
            column.addWidget(label(_ONE, Type.BODY, "warn", wrap=True))
        self.display = QComboBox()
        self.display.setFont(font(Type.BODY))
        self.display.setFixedHeight(32)
        for each in displays:
            self.display.addItem(each.words, each.name)
        column.addWidget(labelled("Display", self.display))
        self.sound = check("With sound")
        self.sound.setChecked(True)
        column.addWidget(self.sound)
        self._start = Button("Start", key="↵", look=Look.PRIMARY, icon="player-play")
        self._start.clicked.connect(self._begin)
        row = QHBoxLayout()
        row.addWidget(self._start)
        row.addStretch()
        column.addLayout(row)
        self.error = ErrorNote()
        column.addWidget(self.error)
        column.addStretch(3)
        return page

    def _work(self) -> QWidget:
        page = QWidget()
        row = QHBoxLayout(page)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(24)
        column = QVBoxLayout()
        column.setSpacing(8)
        self.number = label("", Type.BODY, "text2")
        self.title = label("", Type.TITLE, wrap=True)
        self.progress = ProgressStrip("How far the clip is")
        self.place = label("", Type.BODY, "text2")
        for each in (self.number, self.title, self.progress, self.place):
            column.addWidget(each)
        column.addSpacing(8)
        column.addWidget(label("Notes", Type.LABEL, "text2"))
        self.notes = label("", Type.PANEL, wrap=True)
        self.limits = label("", Type.BODY, "warn", wrap=True)
        column.addWidget(_scrolled(self.notes, self.limits), 1)
        column.addWidget(self._questions())
        row.addLayout(column, 1)
        side = QVBoxLayout()
        side.setSpacing(6)
        side.addWidget(label("Clips", Type.LABEL, "text2"))
        self.clips = QListWidget()
        self.clips.setAccessibleName("Clips of the reel")
        self.clips.setFont(font(Type.BODY))
        self.clips.setFixedWidth(_LIST)
        self.clips.setSpacing(4)
        for n, stop in enumerate(self._show.script.stops, 1):
            asks = "  ?" if stop.asks is not None else ""
            self.clips.addItem(QListWidgetItem(f"{n}   {minutes(stop.start)}   {stop.title or 'Untitled'}{asks}"))
        self.clips.itemActivated.connect(lambda item: self.asked.emit("jump", self.clips.row(item)))
        side.addWidget(self.clips, 1)
        row.addLayout(side)
        return page

    def _questions(self) -> QWidget:
        box = surface(1)
        column = QVBoxLayout(box)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        self.when = label("", Type.LABEL, "text2")
        self.question = label("", Type.TITLE, wrap=True)
        column.addWidget(self.when)
        column.addWidget(self.question)
        self.answers: list[Button] = []
        for n in range(MOST_ANSWERS):
            button = self._keys.wear(Button("", height=36), f"present.answer_{n + 1}")
            button.clicked.connect(partial(self._ask, "answer", n))
            button.hide()
            self.answers.append(button)
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        return box

    def _foot(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        self.buttons: dict[str, Button] = {}
        for name, words, icon in (
            ("previous", "Previous", "player-skip-back"),
            ("toggle", "Play, stop", "player-play"),
            ("next", "Next", "player-skip-forward"),
        ):
            button = self._keys.wear(Button(words, icon=icon), f"present.{name}")
            button.clicked.connect(partial(self._ask, name, 0))
            button.hide()
            self.buttons[name] = button
            row.addWidget(button)
        self._player = label(_SEARCHING, Type.DETAIL, "text2")
        row.addWidget(self._player, 1)
        end = Button("End", key="Esc")
        end.clicked.connect(self.reject)
        row.addWidget(end)
        return row

    def _bind(self) -> None:
        for name in ("toggle", "next", "previous"):
            self._keys.bind(self, f"present.{name}", partial(self._ask, name))
        self._keys.bind(self, "present.first", lambda: self._ask("jump"))
        for n in range(MOST_ANSWERS):
            self._keys.bind(self, f"present.answer_{n + 1}", partial(self._ask, "answer", n))

    def _ask(self, command: str, number: int = 0, _checked: bool = False) -> None:
        if self._pages.currentIndex() == 1:
            self.asked.emit(command, number)

    # What happens

    def begin(self) -> None:
        """Lie over the whole window."""
        parent = self.parentWidget()
        if parent is not None:
            whole = parent.window()
            self.setGeometry(whole.geometry())
        self.open()
        first = self if self._pages.currentIndex() else self.display
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def found(self, player: str) -> None:
        """The player is there, and the file is the one that the log names. Said again, nothing changes."""
        if not self._start.isEnabled() and not self.error.words:
            self._player.setText(f"{player}. What the room sees is in the log.")
            self.state.say("ready", Tone.OK, "circle-check")
            self._start.set_enabled(True)
            self._start.setFocus(Qt.FocusReason.OtherFocusReason)

    def refuse(self, error: ReviewerError) -> None:
        """It is not: what to do stands here."""
        self._pages.setCurrentIndex(0)
        self._player.setText("")
        self._start.set_enabled(False, str(error))
        self.error.say(error)

    def _begin(self) -> None:
        if self._start.isEnabled():
            self._start.set_enabled(False, "It is shown.")
            self._pages.setCurrentIndex(1)
            for button in self.buttons.values():
                button.show()
            self.setFocus(Qt.FocusReason.OtherFocusReason)
            self.started.emit(str(self.display.currentData() or ""), self.sound.isChecked())
            self.follow()

    def reject(self) -> None:
        super().reject()
        self.left.emit()

    def tell_time(self, clock: str, elapsed: int) -> None:
        """The time of day, and how long (µs) the room has been seeing it."""
        self.clock.setText(clock)
        self.elapsed.setText(f"{minutes(elapsed)} since the beginning" if elapsed else "")

    def follow(self, covered: str = "") -> None:
        """What is shown now. `covered`: why the room sees no picture."""
        show, stop = self._show, self._show.stop
        if (show.here, show.asking) != self._shown:
            self._shown = show.here, show.asking
            self._tell_stop(stop)
        lasts = (stop.asks if stop.asks is not None else stop.end) - stop.start
        gone = max(0, min(show.place - stop.start, lasts))
        self.progress.set_fraction(gone / lasts if lasts else 1.0)
        self.place.setText(
            f"{minutes(gone)} of {minutes(lasts)}  ·  {minutes(show.place)} of {minutes(show.script.length)}"
        )
        self.when.setText(self._when(stop))
        if covered:
            self.state.say(f"covered: {covered}", Tone.WARN, "eye-off")
        elif show.asking:
            self.state.say("asks", Tone.WARN, "help-circle")
        else:
            icon = "player-play" if show.playing else "player-pause"
            self.state.say("plays" if show.playing else "stands still", Tone.OK if show.playing else Tone.PLAIN, icon)

    def _tell_stop(self, stop: Stop) -> None:
        show = self._show
        self.number.setText(f"{show.here + 1} of {len(show.script.stops)}")
        self.title.setText(stop.title or "Untitled")
        self.notes.setText(stop.notes or "No notes for this clip.")
        self.limits.setText(f"Limits: {stop.limits}" if stop.limits else "")
        self.clips.setCurrentRow(show.here)
        self.question.setText(stop.question)
        self.question.setVisible(bool(stop.question))
        for n, button in enumerate(self.answers):
            here = n < len(stop.answers)
            button.setVisible(here)
            if here:
                answer = stop.answers[n]
                to = "ends the reel" if answer.to is None else f"clip {answer.to + 1}"
                button.set_words(f"{answer.words}  →  {to}")
                button.set_look(Look.PRIMARY if show.asking else Look.DEFAULT)
                button.set_enabled(show.asking, "The question comes at the clip’s end.")

    def _when(self, stop: Stop) -> str:
        show = self._show
        if show.asking:
            how = "Choose an answer, or go on with" if stop.answers else "Go on with"
            return f"Question: the picture stands still. {how} {self._keys.shown('present.toggle')}"
        coming = show.next_asks
        if coming is None or coming.asks is None:
            return "No more questions"
        if coming is stop:
            return f"Question in {minutes(coming.asks - show.place)}"
        return f"Next question in {minutes(coming.asks - show.place)}: “{coming.question}”"

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(QRectF(self.rect()), theme_of(self).color("bg0"))


def _scrolled(*widgets: QWidget) -> QScrollArea:
    inner = surface(0)
    column = QVBoxLayout(inner)
    column.setContentsMargins(0, 0, 8, 0)
    for each in widgets:
        column.addWidget(each)
    column.addStretch()
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(inner)
    return area
