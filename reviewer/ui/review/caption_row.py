"""What is said now, in a row of its own below a tile's picture: nothing of ours lies on the picture. Paints only."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter

from reviewer.ui.fonts import MEDIUM, Type, font
from reviewer.ui.theme import Theme

_WIDE = 480  # from this width on a tile has words of full size
_LINES = 2
_PAD = 6
_ISOLATE, _END = "\u2068", "\u2069"  # names and words of two directions keep to themselves
_FLAGS = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignCenter)


@dataclass(frozen=True, slots=True)
class Caption:
    """Who says what; both "" where nothing is said now, and the row stays."""

    text: str = ""
    speaker: str = ""

    @property
    def words(self) -> str:
        """In one line's worth of words, each of the two in its own direction."""
        text = f"{_ISOLATE}{' '.join(self.text.split())}{_END}" if self.text else ""
        return f"{_ISOLATE}{self.speaker}{_END}: {text}" if self.speaker and text else text


def _font(width: int) -> QFont:
    return font(Type.BODY if width >= _WIDE else Type.META, MEDIUM)


def caption_height(width: int) -> int:
    """Of the row in a tile of this width."""
    return _LINES * (Type.BODY.line if width >= _WIDE else Type.META.line) + _PAD


def paint_caption(painter: QPainter, row: QRect, caption: Caption, theme: Theme) -> None:
    """Two lines at most, in the middle; what does not fit ends in three dots."""
    painter.fillRect(row, theme.color("bg1"))
    if caption.text:
        painter.setFont(_font(row.width()))
        painter.setPen(theme.color("text"))
        box = QRectF(row).adjusted(8, 0, -8, 0)
        painter.drawText(box, _FLAGS, fitted(caption.words, painter.font(), box))


def fitted(words: str, with_font: QFont, box: QRectF) -> str:
    """As many of these words as the box has room for."""
    metrics = QFontMetricsF(with_font)

    def fits(text: str) -> bool:
        return metrics.boundingRect(QRectF(0, 0, box.width(), 10_000), _FLAGS, text).height() <= box.height()

    if fits(words):
        return words
    low, high = 0, len(words)
    while low < high:  # the longest beginning that fits
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(f"{words[:middle]}…") else (low, middle - 1)
    return f"{words[:low].rstrip()}…"
