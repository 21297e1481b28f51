"""How is it to be played in the second player? Asked on the way to it; says what is missing if libVLC is not there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QComboBox, QDialog, QHBoxLayout, QVBoxLayout, QWidget

from reviewer.domain.errors import ReviewerError
from reviewer.ui.buttons import Button, Look, Segmented
from reviewer.ui.fields import check, labelled
from reviewer.ui.fonts import Type, font
from reviewer.ui.theme import ThemeName, apply_theme, theme_of
from reviewer.ui.widgets import ErrorNote, label

_WIDTH = 520
_WHAT = (
    "It plays one recording from its start to its end, as most people’s own player shows it. It is not aligned with "
    "the other cameras, and its times are ± 0.3 s. What it shows is in the log."
)
_SEARCHING = "Looking for libVLC on this machine."


@dataclass(frozen=True, slots=True)
class Display:
    """A display by its QScreen's name, and in words."""

    name: str
    words: str


@dataclass(frozen=True, slots=True)
class ScreeningChoice:
    """How it is to be played."""

    display: str
    from_here: bool
    audible: bool
    full: bool


class ScreeningDialog(QDialog):
    """Open it with `open()`. `chosen(ScreeningChoice)` when a person wants to play, `back()` when they do not.

    Nothing can be chosen before `found` says that the player is there. The caller verifies and then calls `accept()`,
    or `refuse(error)`.
    """

    chosen = Signal(object)
    back = Signal()

    def __init__(
        self,
        what: str,
        displays: Sequence[Display],
        *,
        here: str,
        theme: ThemeName = ThemeName.DARK,
        parent: QWidget | None = None,
    ) -> None:
        """`what` is played; `here` is the moment the review stands on, in words."""
        super().__init__(parent, Qt.WindowType.Dialog | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setModal(True)
        self.setWindowTitle("Play in the second player")
        self.setFixedWidth(_WIDTH)
        self._lay_out(what, displays, here)
        apply_theme(self, theme)
        self._play.set_enabled(False, _SEARCHING)
        self._display.setFocus(Qt.FocusReason.OtherFocusReason)

    def _lay_out(self, what: str, displays: Sequence[Display], here: str) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(28, 24, 28, 24)
        column.setSpacing(0)
        column.addWidget(label("Play in the second player", Type.TITLE))
        column.addSpacing(4)
        column.addWidget(label(what, Type.STRONG))
        column.addSpacing(4)
        column.addWidget(label(_WHAT, Type.BODY, "text2", wrap=True))
        column.addSpacing(16)
        self._display = QComboBox()
        self._display.setFont(font(Type.BODY))
        self._display.setFixedHeight(32)
        for each in displays:
            self._display.addItem(each.words, each.name)
        column.addWidget(labelled("Display", self._display))
        column.addSpacing(12)
        self._from = Segmented(((True, f"From here, {here}"), (False, "From the start")), name="From", height=32)
        column.addWidget(labelled("From", self._from))
        column.addSpacing(8)
        self._full, self._sound = check("Full screen"), check("With sound")
        self._full.setChecked(True)
        self._sound.setChecked(True)
        column.addWidget(self._full)
        column.addWidget(self._sound)
        self._error = ErrorNote()
        column.addSpacing(8)
        column.addWidget(self._error)
        column.addSpacing(8)
        column.addLayout(self._foot())

    def _foot(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        self._player = label(_SEARCHING, Type.DETAIL, "text2", wrap=True)
        row.addWidget(self._player, 1)
        self._back = Button("Back", key="Esc")
        self._play = Button("Play", key="↵", look=Look.PRIMARY)
        self._back.clicked.connect(self.reject)
        self._play.clicked.connect(self.submit)
        row.addWidget(self._back)
        row.addWidget(self._play)
        return row

    def found(self, player: str) -> None:
        """The player is there. Said again, nothing changes."""
        if self._player.text() != _SEARCHING:
            return
        self._player.setText(player)
        self._play.set_enabled(True)

    def refuse(self, error: ReviewerError) -> None:
        """It is not, or this cannot be played: what to do stands here."""
        self._player.setText("")
        self._play.set_enabled(False, str(error))
        self._error.say(error)
        self.adjustSize()

    @property
    def says(self) -> str:
        """What stands at the foot: what is looked for, the player, or what is wrong."""
        return self._error.words or self._player.text()

    @property
    def choice(self) -> ScreeningChoice:
        return ScreeningChoice(
            str(self._display.currentData() or ""),
            bool(self._from.value),
            self._sound.isChecked(),
            self._full.isChecked(),
        )

    def submit(self) -> None:
        if self._play.isEnabled():
            self._play.set_enabled(False, "The footage is being verified.")
            self._player.setText("The footage is being verified.")
            self.chosen.emit(self.choice)

    def reject(self) -> None:
        super().reject()
        self.back.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.submit()
            event.accept()
            return
        super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = theme_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("edge"), 1))
        painter.setBrush(theme.color("bg1"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
