"""One of a few, as cards with a dot: the dispositions of the agency's table. Arrows move, as in any group of radios."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QGridLayout, QSizePolicy, QWidget

from reviewer.ui.fonts import Type, font
from reviewer.ui.theme import theme_of

_HEIGHT = 32
_DOT = 14


class ChoiceCard(QAbstractButton):
    """One of them: `value` is what it stands for, its meaning the tool tip."""

    def __init__(self, value: str, words: str, about: str = "") -> None:
        super().__init__()
        self.value = value
        self.setText(words)
        self.setCheckable(True)
        self.setAccessibleName(words)
        self.setAccessibleDescription(about)
        self.setToolTip(about)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(120, _HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = theme_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen, able = self.isChecked(), self.isEnabled()
        painter.setPen(QPen(theme.color("ink" if chosen else "edge" if able else "line"), 2 if chosen else 1))
        painter.setBrush(theme.color("bg3" if chosen else "bg2" if able and self.underMouse() else "bg1"))
        inset = 1.0 if chosen else 0.5
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), 6, 6)
        dot = QRectF(10, (self.height() - _DOT) / 2, _DOT, _DOT)
        painter.setPen(QPen(theme.color("ink" if chosen else "edge" if able else "line"), 1))
        painter.setBrush(theme.color("ink") if chosen else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(dot)
        if chosen:
            painter.setBrush(theme.color("on_ink"))
            painter.drawEllipse(dot.center(), 2.5, 2.5)
        words = font(Type.STRONG if chosen else Type.BODY)
        painter.setFont(words)
        painter.setPen(theme.color("text" if able else "text3"))
        room = QRectF(32, 0, self.width() - 40, self.height())
        text = QFontMetricsF(words).elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, text)
        if self.hasFocus():
            painter.setPen(QPen(theme.color("focus"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)


class Choices(QWidget):
    """`chosen(value)`: a person chose another one."""

    chosen = Signal(str)

    def __init__(self, name: str, columns: int = 2) -> None:
        super().__init__()
        self._columns = columns
        self._group = QButtonGroup(self)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(6)
        self._offered: tuple[tuple[str, str, str], ...] = ()
        self.setAccessibleName(name)
        self._group.buttonClicked.connect(lambda button: self.chosen.emit(button.value))

    @property
    def cards(self) -> tuple[ChoiceCard, ...]:
        return tuple(button for button in self._group.buttons() if isinstance(button, ChoiceCard))

    @property
    def value(self) -> str:
        """ "" while nothing is chosen."""
        checked = self._group.checkedButton()
        return checked.value if isinstance(checked, ChoiceCard) else ""

    def offer(self, choices: Sequence[tuple[str, str, str]]) -> None:
        """(value, words, what it means) of each."""
        if tuple(choices) == self._offered:
            return
        self._offered = tuple(choices)
        for card in self.cards:
            self._group.removeButton(card)
            card.deleteLater()
        for at, each in enumerate(choices):
            card = ChoiceCard(*each)
            self._group.addButton(card)
            self._grid.addWidget(card, at // self._columns, at % self._columns)

    def choose(self, value: str) -> None:
        """Show this one as chosen; none for a value that is not offered."""
        found = next((card for card in self.cards if card.value == value), None)
        self._group.setExclusive(False)
        for card in self.cards:
            card.setChecked(card is found)
        self._group.setExclusive(True)
