"""Below the picture while somebody draws or moves a mask: what the keys do, and the keys that do it without a mouse."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from reviewer.domain.redaction import MaskShape
from reviewer.ui.actions import shown
from reviewer.ui.buttons import Button, Look
from reviewer.ui.fonts import Type
from reviewer.ui.widgets import label, strong

_STEPS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_OWN = frozenset({*_STEPS, Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape})
_HELD = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier
_BOX = "Drag over the picture. Or arrows move, Shift + arrows size, Ctrl + arrows go far; Enter sets it."
_POLYGON = "Click each corner, double-click the last. Or arrows move, Space sets a corner, Enter ends it."
_MOVE = "Arrows move, Shift + arrows size, Ctrl + arrows go far; Enter sets it on this frame."


class EditPad(QWidget):
    """`moved(across, down, sizes, far)` by steps of the arrows; `point()` for Space, `ended()` for Enter and Set,
    `left()` for Esc and Leave. `shown_changed(bool)`: it came into view, or went."""

    moved = Signal(int, int, bool, bool)
    point = Signal()
    ended = Signal()
    left = Signal()
    shown_changed = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty("pane", True)
        self._head = strong("")
        self._help = label("", Type.DETAIL, "text2", wrap=True)
        self.set_ = Button("Set", key=shown("Return"), look=Look.PRIMARY, height=28)
        self.leave = Button("Leave", key=shown("Esc"), look=Look.QUIET, height=28)
        for button in (self.set_, self.leave):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.set_.clicked.connect(self.ended)
        self.leave.clicked.connect(self.left)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(self._head)
        row.addWidget(self._help, 1)
        row.addWidget(self.set_)
        row.addWidget(self.leave)
        self.hide()

    def begin(self, shape: MaskShape | None, name: str) -> None:
        """A new mask of this shape, or the one of this name is moved."""
        self._head.setText(f"New {shape.value}" if shape is not None else name)
        self._help.setText(_POLYGON if shape is MaskShape.POLYGON else _BOX if shape is not None else _MOVE)
        self.setAccessibleName(f"{self._head.text()}. {self._help.text()}")
        self.shown_changed.emit(True)
        self.show()
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def end(self) -> None:
        """Nobody draws or moves one any more."""
        self.hide()
        self.shown_changed.emit(False)

    def event(self, event: QEvent) -> bool:
        """The arrows, Space, Enter and Esc are its own while it has the focus, not the player's."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            held = event.modifiers() & ~(_HELD | Qt.KeyboardModifier.KeypadModifier)
            if Qt.Key(event.key()) in _OWN and held == Qt.KeyboardModifier.NoModifier:
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, held = Qt.Key(event.key()), event.modifiers()
        if key in _STEPS:
            across, down = _STEPS[key]
            sizes = bool(held & Qt.KeyboardModifier.ShiftModifier)
            self.moved.emit(across, down, sizes, bool(held & Qt.KeyboardModifier.ControlModifier))
        elif key == Qt.Key.Key_Space:
            self.point.emit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.ended.emit()
        elif key == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)
