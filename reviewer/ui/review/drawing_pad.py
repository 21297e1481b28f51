"""Where one chooses what to draw on a frame, in the editor's place; with the keys that draw without a mouse."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from reviewer.domain.drawing import LONGEST_TEXT, Form
from reviewer.domain.errors import ReviewerError
from reviewer.ui.actions import KeyTable
from reviewer.ui.buttons import Button, Look, Segmented
from reviewer.ui.fields import line
from reviewer.ui.fonts import Type
from reviewer.ui.widgets import ErrorNote, label, strong

FORMS = (
    (Form.ARROW, "Arrow", "arrow-narrow-right"),
    (Form.BOX, "Box", "square"),
    (Form.ELLIPSE, "Ellipse", "circle"),
    (Form.LINE, "Free line", "scribble"),
    (Form.TEXT, "Text", "letter-t"),
)
_HELP = {
    Form.LINE: "Draw with the mouse; or arrows, Space for each point, Enter to end it.",
    Form.TEXT: "Type the words, then click where they begin; or arrows, then Enter.",
}
_TWO_POINTS = "Drag from one end to the other; or arrows, Space, arrows, Space."
_STEPS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_OWN = frozenset({*_STEPS, Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape})


class DrawingPad(QWidget):
    """`moved(across, down)` by steps of the arrows (Shift: five), `point()` for Space, `ended()` for Enter, `left()`
    for Esc and Done; `erase_asked()`."""

    moved = Signal(int, int)
    point = Signal()
    ended = Signal()
    left = Signal()
    erase_asked = Signal()

    def __init__(self, keys: KeyTable) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("surface", "2")
        self.setProperty("border", "top")
        self.setProperty("pane", True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Drawing on the frame")
        self.form = Segmented([(form, "", icon) for form, _words, icon in FORMS], name="What is drawn")
        for form, words, _icon in FORMS:
            self.form.segment(form).setToolTip(words)
            self.form.segment(form).setAccessibleName(words)
        self.form.chosen.connect(lambda _form: self._show())
        self.text = line("The words")
        self.text.setAccessibleName("The words of the text")
        self.text.setMaxLength(LONGEST_TEXT)
        self.text.returnPressed.connect(self.take_keys)
        self._help = label("", Type.DETAIL, "text2", wrap=True)
        self._count = label("", Type.DETAIL, "text2")
        self._error = ErrorNote()
        self.erase = keys.wear(Button("Take back", icon="eraser", look=Look.QUIET, height=28), "drawing.erase")
        self.erase.clicked.connect(self.erase_asked)
        self.done = keys.wear(Button("Done", look=Look.PRIMARY, height=28), "drawing.begin")
        self.done.clicked.connect(self.left)
        self._compose()
        self._show()
        self.hide()

    def _compose(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(8)
        head = QHBoxLayout()
        head.addWidget(strong("Draw on this frame"), 1)
        head.addWidget(self._count)
        column.addLayout(head)
        column.addWidget(self.form, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.text)
        column.addWidget(self._help)
        column.addWidget(label("The footage stays as it is.", Type.DETAIL, "text2"))
        column.addWidget(self._error)
        row = QHBoxLayout()
        row.addWidget(self.erase)
        row.addStretch()
        row.addWidget(self.done)
        column.addLayout(row)

    @property
    def chosen(self) -> Form:
        form = self.form.value
        return form if isinstance(form, Form) else Form.ARROW

    @property
    def words(self) -> str:
        return self.text.text().strip()

    @property
    def error(self) -> str:
        return self._error.words

    def next_form(self) -> None:
        """The form after this one; after the last the first."""
        forms = [form for form, _words, _icon in FORMS]
        self.form.choose(forms[(forms.index(self.chosen) + 1) % len(forms)])
        self._show()

    def show_count(self, shapes: int) -> None:
        """How many shapes there are on the frame."""
        self._count.setText(f"{shapes} drawn" if shapes else "Nothing drawn yet")
        self.erase.set_enabled(bool(shapes), "Nothing is drawn on this frame")

    def say(self, error: ReviewerError | str) -> None:
        """What could not be drawn; "" for nothing."""
        self._error.say(error)

    def take_keys(self) -> None:
        """From here on the arrows move the cross over the picture."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _show(self) -> None:
        form = self.chosen
        self.text.setVisible(form is Form.TEXT)
        self._help.setText(_HELP.get(form, _TWO_POINTS))
        self._error.say("")

    def event(self, event: QEvent) -> bool:
        """The arrows, Space, Enter and Esc are its own while it has the focus, not the player's."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            held = event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
            if Qt.Key(event.key()) in _OWN and held == Qt.KeyboardModifier.NoModifier:
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _STEPS:
            far = 5 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
            self.moved.emit(_STEPS[key][0] * far, _STEPS[key][1] * far)
        elif key == Qt.Key.Key_Space:
            self.point.emit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.ended.emit()
        elif key == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)
