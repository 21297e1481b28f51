"""The smaller things around a picture: its state and how faithful it is, how it is looked at, the patterns of faces."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QPainter, QPen

from reviewer.ui import icons
from reviewer.ui.fonts import Type, font
from reviewer.ui.review.faces import HeadWords, Mark, Pattern
from reviewer.ui.review.framing import Framing
from reviewer.ui.theme import Theme, Tone

_ICON = 14
_GAP = 4
_PAD = 6
_BETWEEN = 8
_CHIP = 18
_WIDE = 220  # narrower than this a face needs all its room for words


@dataclass(frozen=True, slots=True)
class _Piece:
    """An icon, words, or both; with an edge it is a chip."""

    icon: str
    words: str
    color: QColor
    edge: Pattern | None = None

    @property
    def width(self) -> float:
        words = QFontMetricsF(font(Type.META)).horizontalAdvance(self.words) if self.words else 0.0
        icon = _ICON + (_GAP if self.words else 0) if self.icon else 0
        return words + icon + (2 * _PAD if self.edge is not None else 0)


def paint_state(
    painter: QPainter, head: QRect, right: float, room: float, words: HeadWords | None, mark: Mark | None, theme: Theme
) -> float:
    """The state, and the mark before it, ending at `right`; of the forms they have the longest that `room` holds, in
    words always. Returns where they begin."""
    forms = _forms(words, mark, theme)
    if not forms:
        return right
    pieces = next((f for f in forms if _width(f) <= room), forms[-1])
    for piece in reversed(pieces):
        right = _paint_piece(painter, head, right, piece) - _BETWEEN
    return right


def _forms(words: HeadWords | None, mark: Mark | None, theme: Theme) -> list[tuple[_Piece, ...]]:
    """From the longest to the shortest. What needs no word (that it plays) may become its icon."""
    state: list[_Piece] = []
    if words is not None:
        tone, tight = theme.tone(words.tone), words.tight or words.words
        shortest = (
            _Piece("", tight, tone) if words.tone is not Tone.PLAIN or words.tight else _Piece(words.icon, "", tone)
        )
        state = [_Piece(words.icon, words.words, tone), _Piece(words.icon, tight, tone), shortest, shortest]
    chip: list[_Piece] = []
    if mark is not None:
        ink = theme.color("text")
        full, tight_chip = _Piece(mark.icon, mark.words, ink, mark.edge), _Piece(mark.icon, mark.tight, ink, mark.edge)
        chip = [full, full, tight_chip, _Piece("", mark.tight, ink, mark.edge)]
    if not state or not chip:
        return [(piece,) for piece in state or chip]
    return list(zip(chip, state, strict=True))


def _width(pieces: tuple[_Piece, ...]) -> float:
    return sum(piece.width for piece in pieces) + _BETWEEN * len(pieces)


def _paint_piece(painter: QPainter, head: QRect, right: float, piece: _Piece) -> float:
    left, middle = right - piece.width, head.center().y() + 0.5
    x = left
    if piece.edge is not None:
        paint_edge(painter, QRectF(left, middle - _CHIP / 2, piece.width, _CHIP), piece.edge, piece.color)
        x += _PAD
    if piece.icon:
        icons.paint(painter, piece.icon, QRectF(x, middle - _ICON / 2, _ICON, _ICON), piece.color)
        x += _ICON + _GAP
    if piece.words:
        painter.setFont(font(Type.META))
        painter.setPen(piece.color)
        painter.drawText(
            QRectF(x, head.top(), right - x + 1, head.height()), Qt.AlignmentFlag.AlignVCenter, piece.words
        )
    return left


def paint_edge(painter: QPainter, box: QRectF, pattern: Pattern, color: QColor, radius: float = 4) -> None:
    """A box drawn in a pattern: dashed, dotted, double, or one plain line."""
    pen = QPen(color, 1)
    if pattern is Pattern.DASHED:
        pen.setDashPattern([4, 3])
    elif pattern is Pattern.DOTTED:
        pen.setDashPattern([1, 2])
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    inner = box.adjusted(0.5, 0.5, -0.5, -0.5)
    painter.drawRoundedRect(inner, radius, radius)
    if pattern is Pattern.DOUBLE:
        painter.drawRoundedRect(inner.adjusted(2, 2, -2, -2), max(0.0, radius - 2), max(0.0, radius - 2))
    painter.restore()


def paint_pattern(painter: QPainter, room: QRect, pattern: Pattern, theme: Theme) -> None:
    """Behind a face's words, faint: the state told by more than icon and words."""
    if pattern is Pattern.HATCHED:
        ink = QColor(theme.color("line"))
        ink.setAlphaF(0.55)
        painter.fillRect(room, QBrush(ink, Qt.BrushStyle.BDiagPattern))
    elif pattern is not Pattern.PLAIN:
        inset = 4 if room.width() >= _WIDE else 1
        paint_edge(painter, QRectF(room).adjusted(inset, inset, -inset, -inset), pattern, theme.color("edge"), 0)


def paint_place(painter: QPainter, box: QRectF, view: Framing, shape: float, theme: Theme) -> None:
    """A little map: the whole picture as a box of its `shape` (width : height), and what of it is in view."""
    width = min(box.width(), box.height() * shape)
    height = width / shape
    whole = QRectF(box.center().x() - width / 2, box.center().y() - height / 2, width, height)
    painter.fillRect(whole, theme.color("bg0"))
    seen = QRectF(
        whole.left() + view.origin[0] * width,
        whole.top() + view.origin[1] * height,
        max(2.0, view.seen[0] * width),
        max(2.0, view.seen[1] * height),
    )
    painter.fillRect(seen, theme.color("ink"))
    painter.setPen(QPen(theme.color("edge"), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(whole.adjusted(0, 0, -1, -1))
