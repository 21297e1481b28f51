"""The list before release: what is done, what is left, and the button that does it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from reviewer.services.release import Point, PointId
from reviewer.ui.actions import KeyTable
from reviewer.ui.buttons import Button
from reviewer.ui.fonts import SEMIBOLD, Type
from reviewer.ui.icons import IconLabel
from reviewer.ui.widgets import label

_KEYS = {
    PointId.PROPOSALS: "disclose.take",
    PointId.UNSURE: "disclose.look",
    PointId.SECOND: "disclose.second",
    PointId.BURNED_IN: "disclose.burned_in",
    PointId.MADE: "disclose.render",
}
GONE = "The copy carries no hidden original: masked pixels and muted sound are gone from it."


class _Line(QWidget):
    def __init__(self) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.icon = IconLabel("circle-check", 16, "ok")
        self.words = label("", Type.BODY, wrap=True)
        self.button = Button("", height=28)
        row.addWidget(self.icon)
        row.addWidget(self.words, 1)
        row.addWidget(self.button)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        """As high as its words are at the width they get."""
        self.setMinimumHeight(max(30, self.words.heightForWidth(self.words.width()) + 6))


class ReleaseList(QWidget):
    """`asked(PointId)`: somebody pressed what does a point."""

    asked = Signal(object)

    def __init__(self, keys: KeyTable) -> None:
        super().__init__()
        self._lines: dict[PointId, _Line] = {}
        self.points: tuple[Point, ...] = ()
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 8, 16, 12)
        column.setSpacing(2)
        column.addWidget(label("Before release", Type.BODY, weight=SEMIBOLD))
        for id_ in PointId:
            line = _Line()
            line.button.clicked.connect(lambda _checked=False, point=id_: self.asked.emit(point))
            if id_ in _KEYS:
                keys.wear(line.button, _KEYS[id_])
            line.hide()
            column.addWidget(line)
            self._lines[id_] = line
        self._note = label(GONE, Type.DETAIL, "text2", wrap=True)
        column.addWidget(self._note)

    def show_points(self, points: Sequence[Point], blocked: dict[PointId, str]) -> None:
        """`blocked`: why a point's button does nothing for this person now."""
        self.points = tuple(points)
        known = {point.id: point for point in points}
        self._note.setVisible(PointId.REASONS in known)  # what is given as it is hides nothing
        for id_, line in self._lines.items():
            point = known.get(id_)
            line.setVisible(point is not None)
            if point is None:
                continue
            line.words.setText(point.words)
            line.fit()
            line.icon.show_icon("circle-check" if point.done else "alert-circle", "ok" if point.done else "warn")
            line.icon.setAccessibleName("done" if point.done else "left")
            line.button.setVisible(bool(point.step))
            line.button.set_words(point.step)
            line.button.set_enabled(id_ not in blocked, blocked.get(id_, ""))

    def button(self, id_: PointId) -> Button:
        return self._lines[id_].button

    def words(self, id_: PointId) -> str:
        return self._lines[id_].words.text()
