"""Tabler outline icons (MIT), tinted while drawing, crisp at any scale, each rendering kept.

Names are the file names in resources/icons without their ending. A new icon is one more file there.
"""

from __future__ import annotations

from functools import cache, lru_cache

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QWidget

from reviewer.ui.resources import ICONS
from reviewer.ui.theme import Theme, theme_of

_STROKE = 1.75  # in the icons' own 24 px square


@cache
def _source(name: str) -> str:
    path = ICONS / f"{name}.svg"
    if not path.is_file():
        raise KeyError(f"no icon is called {name!r}")
    return path.read_text(encoding="utf-8")


@lru_cache(maxsize=1024)
def _pixmap(name: str, rgba: str, size: int, ratio: float) -> QPixmap:
    color = QColor(rgba)
    drawing = _source(name).replace('stroke-width="2"', f'stroke-width="{_STROKE}"')
    drawing = drawing.replace("currentColor", color.name())
    pixels = max(1, round(size * ratio))
    pixmap = QPixmap(pixels, pixels)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setOpacity(color.alphaF())
    QSvgRenderer(QByteArray(drawing.encode())).render(painter, QRectF(0, 0, pixels, pixels))
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


def pixmap(name: str, color: QColor, size: int, ratio: float = 1.0) -> QPixmap:
    """The icon `size` logical px square at a device pixel ratio. Raises KeyError for a name that is not shipped."""
    return _pixmap(name, color.name(QColor.NameFormat.HexArgb), size, ratio)


def paint(painter: QPainter, name: str, rect: QRect | QRectF, color: QColor) -> None:
    """Draw the icon in the middle of `rect`, as large as its smaller side."""
    size = int(min(rect.width(), rect.height()))
    drawn = pixmap(name, color, size, painter.device().devicePixelRatioF())
    center = QRectF(rect).center()
    painter.drawPixmap(round(center.x() - size / 2), round(center.y() - size / 2), drawn)


def icon(name: str, theme: Theme, size: int = 16, color: str = "text2") -> QIcon:
    """A QIcon for Qt's own widgets (menus, field actions), with its disabled look, at 1x, 1.5x and 2x."""
    made = QIcon()
    for ratio in (1.0, 1.5, 2.0):
        made.addPixmap(pixmap(name, theme.color(color), size, ratio), QIcon.Mode.Normal)
        made.addPixmap(pixmap(name, theme.color("edge"), size, ratio), QIcon.Mode.Disabled)
    return made


class IconLabel(QWidget):
    """One icon, tinted by the theme it stands in. It decorates: the words beside it say the same."""

    def __init__(self, name: str, size: int = 16, color: str = "text2", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._size, self._token = name, size, color
        self.setFixedSize(QSize(size, size))
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def show_icon(self, name: str, color: str | None = None) -> None:
        self._name = name
        if color is not None:
            self._token = color
        self.update()

    def paintEvent(self, _event: object) -> None:
        painter = QPainter(self)
        paint(painter, self._name, self.rect(), theme_of(self).color(self._token))
