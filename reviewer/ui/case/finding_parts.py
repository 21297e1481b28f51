"""Small parts of the finding's panel: a step with its day, a card in a state's colour with somebody's words."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLayout, QSizePolicy, QVBoxLayout, QWidget

from reviewer.domain.event import Written
from reviewer.services.finding_face import Step
from reviewer.ui.buttons import Button
from reviewer.ui.fonts import SEMIBOLD, Type, font
from reviewer.ui.icons import IconLabel
from reviewer.ui.theme import Tone, theme_of
from reviewer.ui.times import Zone
from reviewer.ui.widgets import label


def when(written: Written, zone: Zone) -> str:
    """ "27 Jul 2026 16:05 local (13:05 UTC)"."""
    at = written.at
    return f"{zone.date(at)} {zone.clock(at)[:5]} local ({Zone.named('UTC').clock(at)[:5]} UTC)"


class SaidCard(QWidget):
    """A headline in a state's colour, words below it, and what can be done about it."""

    def __init__(self, headline: str, said: str, icon: str, tone: Tone, buttons: Sequence[Button] = ()) -> None:
        super().__init__()
        self._tone = tone
        self.setAccessibleName(f"{headline}. {said}")
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(12, 10, 12, 10)
        self.column.setSpacing(6)
        head = QHBoxLayout()
        head.setSpacing(8)
        color = "text" if tone is Tone.PLAIN else tone.value
        head.addWidget(IconLabel(icon, 16, color), 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(label(headline, Type.BODY, color, weight=SEMIBOLD, wrap=True), 1)
        self.column.addLayout(head)
        if said:
            self.column.addWidget(label(said, Type.BODY, wrap=True))
        self.foot = label("", Type.DETAIL, "text2")
        if buttons:
            self.column.addLayout(row_of(*buttons, self.foot))

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = theme_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        plain = self._tone is Tone.PLAIN
        edge = QColor(theme.color("line") if plain else theme.tone(self._tone))
        edge.setAlphaF(1.0 if plain else 0.45)
        painter.setPen(QPen(edge, 1))
        painter.setBrush(theme.color("bg2") if plain else theme.tint(self._tone))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)


class AllegationChip(QWidget):
    """An allegation's name as the board has it: "A1"."""

    def __init__(self) -> None:
        super().__init__()
        self._name = ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_name(self, name: str) -> None:
        self._name = name
        self.setAccessibleName(f"Allegation {name}")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(int(QFontMetricsF(font(Type.DETAIL_STRONG)).horizontalAdvance(self._name)) + 13, 20)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = theme_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("ink"))
        painter.drawRoundedRect(QRectF(self.rect()), 4, 4)
        painter.setPen(theme.color("on_ink"))
        painter.setFont(font(Type.DETAIL_STRONG))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._name)


class StepLine(QWidget):
    """One line of what happened, with its day; what is still to come has none."""

    def __init__(self, step: Step, zone: Zone) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 2, 0, 2)
        row.setSpacing(8)
        row.addWidget(IconLabel(step.icon, 16, step.tone), 0, Qt.AlignmentFlag.AlignTop)
        done = step.written is not None
        row.addWidget(label(step.words, Type.BODY, "text" if done else "text2", wrap=True), 1)
        if step.written is not None:
            day = label(zone.date(step.written.at), Type.DETAIL, "text2")
            day.setToolTip(when(step.written, zone))
            row.addWidget(day, 0, Qt.AlignmentFlag.AlignTop)


def row_of(*widgets: QWidget) -> QHBoxLayout:
    """Side by side, what is left of the line empty."""
    row = QHBoxLayout()
    row.setSpacing(8)
    for each in widgets:
        row.addWidget(each)
    row.addStretch(1)
    return row


def clear(column: QLayout) -> None:
    """Take everything out of a layout."""
    while (item := column.takeAt(0)) is not None:
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
        elif inner is not None:
            clear(inner)
