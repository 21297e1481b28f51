"""Buttons that show their key, and segmented choices. Drawn whole from tokens, so both themes and all states agree."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QKeyEvent, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QSizePolicy, QWidget

from reviewer.ui import icons
from reviewer.ui.fonts import MEDIUM, Type, font
from reviewer.ui.theme import Theme, theme_of

_ICON = 16
_GAP = 7
_CAP_PAD = 5
_CAP_HEIGHT = 18


class Look(Enum):
    PRIMARY = "primary"  # one a screen: ink
    DEFAULT = "default"  # bordered
    QUIET = "quiet"  # words only


def cap_width(text: str) -> float:
    """How wide a key cap of these words is."""
    return max(float(_CAP_HEIGHT), QFontMetricsF(font(Type.META, MEDIUM)).horizontalAdvance(text) + 2 * _CAP_PAD)


def paint_cap(painter: QPainter, rect: QRectF, text: str, border: QColor, ink: QColor) -> None:
    """A key cap: its words in a bordered box."""
    painter.setPen(QPen(border, 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
    painter.setFont(font(Type.META, MEDIUM))
    painter.setPen(ink)
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)


class _Drawn(QAbstractButton):
    """What all our buttons share: Tab reaches them and a click leaves the focus where it was, so Space still plays."""

    def __init__(self, words: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(words)
        self.setAccessibleName(words)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_enabled(self, enabled: bool, why: str = "") -> None:
        """A disabled control says why, in its tool tip and to a screen reader; one without words says its name."""
        self.setEnabled(enabled)
        self.setToolTip(why if not enabled else "" if self.text() else self.accessibleName())
        self.setAccessibleDescription("" if enabled else why)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
            event.accept()
            return
        super().keyPressEvent(event)


class Button(_Drawn):
    """A button with words, and if given an icon and the key that does the same."""

    def __init__(
        self,
        words: str,
        *,
        icon: str = "",
        key: str = "",
        look: Look = Look.DEFAULT,
        height: int = 32,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(words, parent)
        self._icon, self._key, self._look, self._height = icon, key, look, height
        self._type = Type.SECTION if height >= 40 else Type.CONTROL if height >= 32 else Type.LABEL
        self._progress: float | None = None

    def set_key(self, key: str) -> None:
        self._key = key
        self.updateGeometry()
        self.update()

    def set_icon(self, icon: str) -> None:
        self._icon = icon
        self.updateGeometry()
        self.update()

    def set_words(self, words: str) -> None:
        self.setText(words)
        self.setAccessibleName(words)
        self.updateGeometry()
        self.update()

    def set_look(self, look: Look) -> None:
        self._look = look
        self.update()

    def _content_width(self) -> float:
        width = QFontMetricsF(self._font()).horizontalAdvance(self.text()) if self.text() else 0.0
        parts = [_ICON if self._icon else 0, width, cap_width(self._key) if self._key else 0]
        shown = [p for p in parts if p]
        return sum(shown) + _GAP * max(0, len(shown) - 1)

    def _font(self) -> QFont:
        return font(self._type, MEDIUM)

    def sizeHint(self) -> QSize:
        padding = 2 * (12 if self.text() else 8) if self._height >= 32 else 2 * (10 if self.text() else 6)
        return QSize(max(self._height, int(self._content_width() + padding + 1)), self._height)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def _colors(self, theme: Theme) -> tuple[QColor | None, QColor | None, QColor]:
        """Fill, border and ink in the present state."""
        if not self.isEnabled():
            quiet = self._look is Look.QUIET
            return (None if quiet else theme.color("bg1"), None if quiet else theme.color("line"), theme.color("text3"))
        if self._look is Look.PRIMARY:
            fill = theme.color("ink")
            if self.isDown() or self.underMouse():
                fill = QColor(fill)
                fill.setAlphaF(0.8 if self.isDown() else 0.9)
            return fill, None, theme.color("on_ink")
        pressed = self.isDown() or self.isChecked()
        hover = theme.color("bg3") if pressed or self.underMouse() else None
        if self._look is Look.QUIET:
            return hover, None, theme.color("text")
        return hover or theme.color("bg1"), theme.color("edge"), theme.color("text")

    def paintEvent(self, _event: object) -> None:
        theme = theme_of(self)
        fill, border, ink = self._colors(theme)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(border, 1) if border else Qt.PenStyle.NoPen)
        painter.setBrush(fill if fill else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, 6, 6)
        self._paint_content(painter, ink, self._cap_border(theme))

    def _cap_border(self, theme: Theme) -> QColor:
        if self._look is Look.PRIMARY and self.isEnabled():
            return theme.color("edge")
        return theme.color("edge" if self.isEnabled() else "line")

    def _paint_content(self, painter: QPainter, ink: QColor, cap: QColor) -> None:
        x = (self.width() - self._content_width()) / 2
        middle = self.height() / 2
        if self._icon:
            icons.paint(painter, self._icon, QRectF(x, middle - _ICON / 2, _ICON, _ICON), ink)
            x += _ICON + _GAP
        if self.text():
            width = QFontMetricsF(self._font()).horizontalAdvance(self.text())
            painter.setFont(self._font())
            painter.setPen(ink)
            painter.drawText(QRectF(x, 0, width + 1, self.height()), Qt.AlignmentFlag.AlignVCenter, self.text())
            x += width + _GAP
        if self._key:
            rect = QRectF(x, middle - _CAP_HEIGHT / 2, cap_width(self._key), _CAP_HEIGHT)
            paint_cap(painter, rect, self._key, cap, ink)


class IconButton(Button):
    """A square button with an icon only; its words are its accessible name and tool tip."""

    def __init__(
        self, words: str, icon: str, *, look: Look = Look.QUIET, height: int = 28, parent: QWidget | None = None
    ) -> None:
        super().__init__("", icon=icon, look=look, height=height, parent=parent)
        self.setAccessibleName(words)
        self.setToolTip(words)

    def set_words(self, words: str) -> None:
        self.setAccessibleName(words)
        self.setToolTip(words)


class _Segment(_Drawn):
    def __init__(self, words: str, icon: str, height: int, parent: QWidget) -> None:
        super().__init__(words, parent)
        self.setCheckable(True)
        self._icon = self._own_icon = icon
        self._first = self._last = self.offered = True
        self._height = height

    def set_place(self, *, first: bool, last: bool) -> None:
        """Which ends of the row are its own: those are round."""
        self._first, self._last = first, last
        self.update()

    def show_icon(self, shown: bool) -> None:
        self._icon = self._own_icon if shown or not self.text() else ""
        self.updateGeometry()
        self.update()

    def wanted(self, *, icon: bool) -> int:
        """How wide it is with its icon, or without."""
        width = QFontMetricsF(font(Type.LABEL)).horizontalAdvance(self.text()) if self.text() else 0
        beside = _ICON + (_GAP if self.text() else 0) if icon and self._own_icon else 0
        return int(width + beside + 21)

    def sizeHint(self) -> QSize:
        return QSize(self.wanted(icon=bool(self._icon)), self._height)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def _outline(self, box: QRectF) -> QPainterPath:
        """The segment's own shape: round where it ends the row."""
        path = QPainterPath()
        path.addRoundedRect(box, 6, 6)
        square = QPainterPath()
        half = box.width() / 2
        if not self._first:
            square.addRect(QRectF(box.left(), box.top(), half, box.height()))
        if not self._last:
            square.addRect(QRectF(box.center().x(), box.top(), half, box.height()))
        return path.united(square)

    def paintEvent(self, _event: object) -> None:
        theme = theme_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, 0.5 if not self._last else -0.5, -0.5)
        ink = theme.color("on_ink" if self.isChecked() else "text2" if self.isEnabled() else "text3")
        fill = theme.color("ink" if self.isChecked() else "bg3" if self.underMouse() and self.isEnabled() else "bg1")
        painter.setPen(QPen(theme.color("edge"), 1))
        painter.setBrush(fill)
        painter.drawPath(self._outline(box))
        self._paint_words(painter, ink)

    def _paint_words(self, painter: QPainter, ink: QColor) -> None:
        width = QFontMetricsF(font(Type.LABEL)).horizontalAdvance(self.text())
        icon = _ICON + (_GAP if self.text() else 0) if self._icon else 0
        x = (self.width() - width - icon) / 2
        if self._icon:
            icons.paint(painter, self._icon, QRectF(x, (self.height() - _ICON) / 2, _ICON, _ICON), ink)
        painter.setFont(font(Type.LABEL))
        painter.setPen(ink)
        painter.drawText(
            QPointF(x + icon, self.height() / 2 + QFontMetricsF(painter.font()).capHeight() / 2), self.text()
        )


class Segmented(QWidget):
    """One of a few choices, side by side. `chosen` carries the choice's value when a person chooses.

    `choices` are (value, words) or (value, words, icon). Left and right arrows move between them.
    """

    chosen = Signal(object)

    def __init__(
        self, choices: Sequence[tuple[object, str] | tuple[object, str, str]], *, name: str, height: int = 28
    ) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._group, self._height = QButtonGroup(self), height
        self._values: list[object] = []
        self._segments: list[_Segment] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        for choice in choices:
            value, words, icon = (*choice, "")[:3]
            self.add(value, str(words), str(icon))
        self._group.idClicked.connect(lambda at: self.chosen.emit(self._values[at]))

    def add(self, value: object, words: str, icon: str = "") -> None:
        """One more choice, at the end; the first of all is chosen."""
        segment = _Segment(words, icon, self._height, self)
        self._group.addButton(segment, len(self._values))
        self._values.append(value)
        self._segments.append(segment)
        self._row.addWidget(segment)
        segment.setChecked(len(self._values) == 1)
        self._round_ends()

    def offer(self, value: object, *, offered: bool) -> None:
        """Show or hide one choice. A hidden one stays chosen if it was."""
        segment = self._segments[self._values.index(value)]
        segment.offered = offered
        segment.setVisible(offered)
        self._round_ends()

    def fit(self, room: int) -> None:
        """Words alone where icons and words do not fit into so many px."""
        there = [segment for segment in self._segments if segment.offered]
        icons_too = sum(segment.wanted(icon=True) for segment in there) <= room
        for segment in self._segments:
            segment.show_icon(icons_too)

    def _round_ends(self) -> None:
        there = [segment for segment in self._segments if segment.offered]
        for segment in there:
            segment.set_place(first=segment is there[0], last=segment is there[-1])

    @property
    def value(self) -> object:
        at = self._group.checkedId()
        return self._values[at] if at >= 0 else None

    def choose(self, value: object) -> None:
        """Show `value` as chosen; says nothing to `chosen`. Raises ValueError if it is none of the choices."""
        self._group.button(self._values.index(value)).setChecked(True)

    def segment(self, value: object) -> QAbstractButton:
        """The control of one choice, to give it a tool tip or disable it with a reason."""
        return self._group.button(self._values.index(value))

    def set_words(self, value: object, words: str) -> None:
        button = self.segment(value)
        button.setText(words)
        button.setAccessibleName(words)
        button.updateGeometry()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.update()
