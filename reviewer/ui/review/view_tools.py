"""Under the focused picture: see it nearer, turned, lighter, beside another instant; save its original.

What changes the look says that the recording stays as it is.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QWidget

from reviewer.domain.lens import Lens
from reviewer.ui.actions import KeyTable
from reviewer.ui.buttons import Button, Look
from reviewer.ui.fonts import Type
from reviewer.ui.review.framing import Framing
from reviewer.ui.review.lens_words import light_words, zoom_words
from reviewer.ui.review.light_bar import LightBar
from reviewer.ui.review.tile_marks import paint_place
from reviewer.ui.theme import theme_of
from reviewer.ui.widgets import label

_STILL = "Save the original frame that stands here, with where it comes from written in the file"
_ALL = "Save the original of every picture on the wall, a file each"
_HOLD = "Hold this picture beside what follows, to compare two instants"
_MAP = QSize(50, 28)


class ToolButton(Button):
    """A button that can do without its words or its key where it is tight; its accessible name keeps the words."""

    def __init__(self, words: str, icon: str) -> None:
        self._wordless = self._capless = False
        self._cap = ""
        super().__init__(words, icon=icon, look=Look.QUIET, height=28)

    def set_form(self, *, words: bool, cap: bool) -> None:
        """Which of the two are shown beside the icon."""
        self._wordless, self._capless = not words, not cap
        self.set_key(self._cap)

    def set_key(self, key: str) -> None:
        self._cap = key
        super().set_key("" if self._capless else key)

    def text(self) -> str:
        return "" if self._wordless else super().text()


class PlaceMap(QWidget):
    """Where one is in the picture: a box of its shape and what of it is in view. Press or drag to look elsewhere:
    `pressed` carries the point (0–1, 0–1)."""

    pressed = Signal(float, float)

    def __init__(self) -> None:
        super().__init__()
        self._view: Framing | None = None
        self._shape = 16 / 9
        self.setFixedSize(_MAP)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName("What of the picture is in view")

    def show_view(self, view: Framing | None, shape: float) -> None:
        """What is in view; None hides the map."""
        self._view, self._shape = view, shape
        self.setVisible(view is not None)
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._go(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._go(event.position())

    def _go(self, at: QPointF) -> None:
        width = min(self.width(), self.height() * self._shape)
        height = width / self._shape
        x, y = (at.x() - (self.width() - width) / 2) / width, (at.y() - (self.height() - height) / 2) / height
        self.pressed.emit(min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0))

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._view is not None:
            paint_place(QPainter(self), QRectF(self.rect()), self._view, self._shape, theme_of(self))


class ViewTools(QWidget):
    """`asked` carries a command's id (as in the table of keys); `lens_chosen` a Lens of the focused camera;
    `place_chosen` the point of its picture that is to be in the middle."""

    asked = Signal(str)
    lens_chosen = Signal(object)
    place_chosen = Signal(float, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.farther = self._tool("Farther", "zoom-out", "look.farther")
        self.zoom = self._tool("1×", "", "look.whole")
        self.nearer = self._tool("Nearer", "zoom-in", "look.nearer")
        self.place = PlaceMap()
        self.turn = self._tool("Turn", "rotate-clockwise", "look.turn")
        self.light = ToolButton("Light", "adjustments")
        self.undo = self._tool("Undo the look", "arrow-back-up", "look.undo")
        self.compare = self._tool("Compare", "columns-2", "compare.toggle")
        self.still = self._tool("Still", "file-export", "still.save")
        self.stills = self._tool("All", "photo-down", "still.all")
        self.bar = LightBar()
        self._limits = label("These change what you see, never the recording", Type.META, "text3")
        self._apart = label("", Type.META, "text")
        self._buttons = (self.turn, self.light, self.compare, self.still, self.stills)
        self._saving = self._compared = self._placed = False
        self._row = self._compose()
        self.light.clicked.connect(lambda: self.show_light(True))
        self.bar.chosen.connect(self.lens_chosen)
        self.bar.done.connect(lambda: self.show_light(False))
        self.place.pressed.connect(self.place_chosen)
        for icon_only in (self.farther, self.nearer, self.undo):
            icon_only.set_form(words=False, cap=False)
            icon_only.setToolTip(icon_only.accessibleName())
        self.show_look(Lens(), None, 16 / 9, can_undo=False)
        self.set_still("No picture is shown yet.")

    def _tool(self, words: str, icon: str, command: str) -> ToolButton:
        button = ToolButton(words, icon)
        button.clicked.connect(lambda: self.asked.emit(command))
        return button

    def _compose(self) -> QWidget:
        tools = QWidget()
        row = QHBoxLayout(tools)
        row.setContentsMargins(4, 0, 4, 0)
        row.setSpacing(2)
        for each in (self.farther, self.zoom, self.nearer, self.place, self.turn, self.light, self.undo):
            row.addWidget(each)
        row.addSpacing(4)
        for each in (self.compare, self.still, self.stills):
            row.addWidget(each)
        row.addStretch()
        row.addWidget(self._apart)
        row.addWidget(self._limits)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(tools)
        self._pages.addWidget(self.bar)
        return tools

    def wear(self, keys: KeyTable) -> None:
        """Show the keys that do the same."""
        for button, command in (
            (self.turn, "look.turn"),
            (self.compare, "compare.toggle"),
            (self.still, "still.save"),
            (self.stills, "still.all"),
        ):
            keys.wear(button, command)
        self._fit()

    # What is shown

    def show_light(self, on: bool) -> None:
        """The sliders instead of the tools, or the tools again."""
        self._pages.setCurrentIndex(1 if on else 0)

    def show_look(self, lens: Lens, view: Framing | None, shape: float, *, can_undo: bool) -> None:
        """How the focused picture is looked at; `view` what of it is in view, None without a picture."""
        self.zoom.set_words(zoom_words(lens))
        self.zoom.setAccessibleName(f"Zoom {zoom_words(lens)}: the whole picture")
        self.zoom.setToolTip("Show the whole picture. Turn the wheel over it, or drag it, to look nearer")
        self.farther.set_enabled(lens.zoomed, "The whole picture is in view")
        self._placed = lens.zoomed and view is not None
        self.place.show_view(view if lens.zoomed else None, shape)
        self.turn.set_words(f"Turned {lens.turn}°" if lens.turn else "Turn")
        self.turn.setToolTip("Turn the picture a quarter clockwise. The recording stays as it is")
        self.light.set_words("Light, changed" if lens.adjusted else "Light")
        changed = light_words(lens) or "Brightness, contrast and gamma"
        self.light.setToolTip(f"{changed[:1].upper()}{changed[1:]}. The recording stays as it is")
        self.undo.set_enabled(can_undo, "Nothing was changed")
        self.bar.show_lens(lens)
        self._fit()

    def set_still(self, why_not: str) -> None:
        """Whether a still can be saved now: "" or why not."""
        self.still.set_enabled(not why_not, why_not)
        if not why_not:
            self.still.setToolTip(_STILL)
        self.compare.set_enabled(not why_not or self._compared, why_not)
        if self.compare.isEnabled():
            self.compare.setToolTip("Let the held picture go" if self._compared else _HOLD)

    def set_stills(self, why_not: str) -> None:
        """Whether stills of all can be saved now: "" or why not. While they are being saved the button stops that."""
        if not self._saving:
            self.stills.set_enabled(not why_not, why_not or _ALL)
            self.stills.setToolTip(why_not or _ALL)

    def show_saving(self, done: int, total: int) -> None:
        """How far saving all has come; 0 of 0 when it has ended."""
        self._saving = total > 0
        self.stills.set_words(f"Stop: {done} of {total}" if self._saving else "All")
        self.stills.set_enabled(True)
        self.stills.setToolTip("Stop saving; what is saved stays" if self._saving else _ALL)
        self._fit()

    @property
    def comparing(self) -> bool:
        """Whether a held picture stands beside the focused one."""
        return self._compared

    def show_compared(self, on: bool, apart: str = "") -> None:
        """Whether two instants stand side by side, and how far they lie apart, in words."""
        if (on, apart) == (self._compared, self._apart.text()):
            return
        as_wide = on == self._compared and len(apart) == len(self._apart.text())
        self._compared = on
        self._apart.setText(apart)
        if as_wide:
            return
        self.compare.set_words("End compare" if on else "Compare")
        self.compare.setToolTip("Let the held picture go" if on else _HOLD)
        self._fit()

    # Geometry

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._fit()

    def _fit(self) -> None:
        """As much in words as there is room for."""
        self._limits.setVisible(False)
        for words, cap, place in ((True, True, True), (True, False, True), (False, False, True), (False, False, False)):
            self.place.setVisible(place and self._placed)
            for button in self._buttons:
                button.set_form(words=words or (button is self.stills and self._saving), cap=cap)
            wanted = self._wanted()
            if wanted <= self.width():
                break
        said = self._apart if self._apart.text() else self._limits
        width = said.fontMetrics().horizontalAdvance(said.text()) + 4
        self._limits.setVisible(said is self._limits and self.width() - wanted > width + 12)
        self._apart.setVisible(said is self._apart)
        self._apart.setToolTip(self._apart.text())
        said.setFixedWidth(max(0, min(width, self.width() - wanted + width + 12)))

    def _wanted(self) -> int:
        shown = (self.farther, self.zoom, self.nearer, self.undo, *self._buttons)
        place = _MAP.width() + 2 if not self.place.isHidden() else 0
        said = self._apart.fontMetrics().horizontalAdvance(self._apart.text()) + 16 if self._apart.text() else 0
        return sum(each.sizeHint().width() + 2 for each in shown) + place + said + 16
