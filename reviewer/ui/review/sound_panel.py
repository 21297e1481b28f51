"""The sound of every camera on the wall: heard or not, how loud, alone; and in words why there is silence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QSlider, QVBoxLayout, QWidget

from reviewer.ui.actions import KeyTable, leave
from reviewer.ui.buttons import Button, IconButton, Look
from reviewer.ui.fonts import Type
from reviewer.ui.review.cameras import ReviewCamera
from reviewer.ui.review.hearing import FULL, LOUDEST, Hearing, decibels
from reviewer.ui.theme import theme_of
from reviewer.ui.widgets import Chip, divider, label, set_tone, surface

_ROW, _WIDE, _MOST = 36, 468, 9
_MARGIN = 8


class LevelSlider(QSlider):
    """0 to 200 %, with a notch at 100 %."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setRange(0, LOUDEST)
        self.setSingleStep(5)
        self.setPageStep(20)
        self.setFixedHeight(28)
        self.setMinimumWidth(120)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, painter = theme_of(self), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle, left, wide = self.height() / 2, 8.0, self.width() - 16.0
        x = left + wide * self.value() / LOUDEST
        color = theme.color("ink" if self.isEnabled() else "text3")
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("edge"))
        painter.drawRoundedRect(QRectF(left, middle - 2, wide, 4), 2, 2)
        painter.drawRect(QRectF(left + wide * FULL / LOUDEST - 0.5, middle - 8, 1, 16))
        painter.setBrush(color)
        painter.drawRoundedRect(QRectF(left, middle - 2, x - left, 4), 2, 2)
        painter.drawEllipse(QRectF(x - 6.5, middle - 6.5, 13, 13))


class _Row(QWidget):
    """One camera. `heard_asked`, `solo_asked`; `level_asked` carries percent."""

    heard_asked = Signal()
    solo_asked = Signal()
    level_asked = Signal(int)

    def __init__(self, camera: ReviewCamera) -> None:
        super().__init__()
        self._number = camera.number
        self.setFixedHeight(_ROW)
        self.heard = IconButton("", "volume-off")
        self.alone = IconButton("", "headphones")
        for button in (self.heard, self.alone):
            button.setCheckable(True)
        self.heard.clicked.connect(self.heard_asked)
        self.alone.clicked.connect(self.solo_asked)
        self.slider = LevelSlider()
        self.slider.setAccessibleName(f"Level of camera {camera.number}")
        self.slider.valueChanged.connect(self.level_asked)
        self.level = label("", Type.DETAIL, "text2")
        self.level.setFixedWidth(60)
        self.level.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._note = label("", Type.META, "warn")
        self._note.hide()
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addStretch()
        names.addWidget(label(camera.short_name, Type.DETAIL_STRONG))
        names.addWidget(self._note)
        names.addStretch()
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(8)
        row.addWidget(Chip(camera.number))
        row.addLayout(names, 1)
        for each in (self.heard, self.alone, self.slider, self.level):
            row.addWidget(each)

    def show_level(self, hearing: Hearing, key: str) -> None:
        """As the mix has it."""
        level, heard = hearing.level(key), key in hearing.heard
        self.heard.setChecked(level.on)
        self.heard.set_icon("volume" if heard else "volume-off")
        self.heard.set_words(f"{'Take camera' if level.on else 'Hear camera'} {self._number}{' out' * level.on}")
        self.alone.setChecked(level.solo)
        self.alone.set_words(f"Camera {self._number} alone" if not level.solo else "All again")
        self.slider.blockSignals(True)
        self.slider.setValue(level.percent)
        self.slider.blockSignals(False)
        self.slider.setAccessibleDescription(f"{level.percent} %, {decibels(level.percent)}")
        self.slider.setToolTip(f"{level.percent} %")
        self.level.setText(decibels(level.percent))
        set_tone(self.level, "text" if heard else "text3")

    def say(self, note: str) -> None:
        """Why this camera is not heard though it is chosen; "" hides it."""
        if note != self._note.text():
            self._note.setText(note)
            self._note.setVisible(bool(note))


class SoundPanel(QFrame):
    """Stands above the transport until it is closed, so that J K L go on working. Esc closes it when it has the
    focus."""

    def __init__(self, hearing: Hearing, keys: KeyTable, anchor: QWidget, parent: QWidget) -> None:
        super().__init__(parent)
        self._hearing, self._keys, self._anchor = hearing, keys, anchor
        self._cameras: tuple[ReviewCamera, ...] = ()
        self.rows: dict[str, _Row] = {}
        self.setAccessibleName("Sound")
        self.setProperty("ownFocus", True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.state = label("", Type.DETAIL, "text2", wrap=True)
        self._keys_line = label("", Type.META, "text3", wrap=True)
        self.mute = Button("Mute all", icon="volume-off", look=Look.QUIET, height=28)
        self.mute.setCheckable(True)
        self.mute.clicked.connect(hearing.mute)
        keys.wear(self.mute, "sound.mute")
        close = IconButton("Close", "x")
        close.clicked.connect(self.toggle)
        self._list = QVBoxLayout()
        self._list.setContentsMargins(0, 4, 0, 4)
        self._list.setSpacing(0)
        inner = surface(2)
        inner.setLayout(self._list)
        self._area = QScrollArea()
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setWidget(inner)
        self._compose(close)
        hearing.changed.connect(self.refresh)
        self.hide()

    def _compose(self, close: QWidget) -> None:
        ground = surface(2, parent=self)
        head = QHBoxLayout()
        head.setContentsMargins(12, 8, 8, 4)
        title = label("Sound", Type.SECTION)
        title.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        for each in (title, self.mute, close):
            head.addWidget(each)
        head.insertStretch(1)
        words = QVBoxLayout()
        words.setContentsMargins(12, 0, 12, 8)
        words.addWidget(self.state)
        foot = QVBoxLayout()
        foot.setContentsMargins(12, 6, 12, 10)
        foot.addWidget(self._keys_line)
        column = QVBoxLayout(ground)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addLayout(words)
        column.addWidget(divider())
        column.addWidget(self._area, 1)
        column.addWidget(divider())
        column.addLayout(foot)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(1, 1, 1, 1)
        whole.addWidget(ground)

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), theme_of(self).color("edge"))

    # What it shows

    def set_cameras(self, cameras: Iterable[ReviewCamera]) -> None:
        """A row for each camera on the wall that may be heard."""
        wanted = tuple(c for c in cameras if c.assigned)
        if [c.key for c in wanted] == [c.key for c in self._cameras]:
            return
        self._cameras = wanted
        while (item := self._list.takeAt(0)) is not None:
            gone = item.widget()
            if gone is not None:
                gone.hide()
                gone.deleteLater()
        self.rows = {}
        for camera in wanted:
            row = self.rows[camera.key] = _Row(camera)
            row.heard_asked.connect(lambda key=camera.key: self._hearing.mix(key))
            row.solo_asked.connect(lambda key=camera.key: self._hearing.solo(key))
            row.level_asked.connect(lambda percent, key=camera.key: self._hearing.set_percent(key, percent))
            self._list.addWidget(row)
        self._list.addStretch()
        self.refresh()
        self.place()

    def refresh(self) -> None:
        for key, row in self.rows.items():
            row.show_level(self._hearing, key)
        self.mute.setChecked(self._hearing.muted)

    def say(self, note: str, notes: Mapping[str, str]) -> None:
        """Why there is no sound, of all and of each camera; else who is heard."""
        names = [f"{c.number} {c.short_name}" for c in self._cameras if c.key in self._hearing.heard]
        if note and names:
            words, tone = note, "warn"
        elif names:
            words, tone = f"Heard while playing: {', '.join(names)}", "text2"
        else:
            key = self._keys.shown("sound.mute")
            words = f"All are muted. {key} brings them back." if self._hearing.muted else "No camera is heard."
            tone = "text2"
        if words != self.state.text():
            self.state.setText(words)
            set_tone(self.state, tone)
            self.place()
        for key, row in self.rows.items():
            row.say(notes.get(key, "") if key in self._hearing.heard else "")

    # Where it stands

    def sizeHint(self) -> QSize:
        rows = min(_MOST, max(1, len(self.rows))) * _ROW + 8
        words = self.state.heightForWidth(_WIDE - 26) + self._keys_line.heightForWidth(_WIDE - 26)
        return QSize(_WIDE, rows + words + 40 + 8 + 16 + 4)

    def place(self) -> None:
        """Above its button, inside the screen."""
        screen = self.parentWidget()
        if screen is None or not self.isVisible():
            return
        corner = self._anchor.mapTo(screen, QPoint(0, 0))
        size = self.sizeHint().boundedTo(QSize(screen.width() - 2 * _MARGIN, max(120, corner.y() - 2 * _MARGIN)))
        left = max(_MARGIN, min(corner.x(), screen.width() - size.width() - _MARGIN))
        self.setGeometry(left, corner.y() - size.height() - _MARGIN, size.width(), size.height())

    def toggle(self) -> None:
        """A: open with the focus on the first level, or close."""
        if self.isVisible():
            leave(self)
            self.hide()
            return
        shown = self._keys.shown
        self._keys_line.setText(
            f"{shown('hear.1')}–9 hears one camera, {shown('mix.1')}–9 adds one. {shown('sound.louder')} and "
            f"{shown('sound.softer')} change the focused one, {shown('sound.solo')} hears it alone."
        )
        self.refresh()
        self.show()
        self.place()
        self.raise_()
        first = next((row.slider for row in self.rows.values()), self)
        first.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.toggle()
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._area.verticalScrollBar().setValue(0)
