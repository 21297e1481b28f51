"""How a mark's row is drawn: kind by shape, colour and word, allegation, time, cameras, what it says, words, author."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, inf

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QTextCharFormat, QTextLayout, QTextOption
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from reviewer.domain.annotation import Bookmark
from reviewer.domain.timebase import Utc
from reviewer.ui import icons
from reviewer.ui.fonts import SEMIBOLD, Type, font
from reviewer.ui.review.clocks import place
from reviewer.ui.review.mark_model import Index, MarkModel
from reviewer.ui.review.marked import STANCES, color_of, paint_shape
from reviewer.ui.review.time_codes import time_codes
from reviewer.ui.theme import Theme, theme_of
from reviewer.ui.times import Zone
from reviewer.ui.widgets import chip_size, paint_chip

_PAD, _TOP, _HEAD, _LINE, _FOOT = 12, 9, 20, 18, 18
_GLYPH = 10
_LONG = 400  # characters that no list is wide enough for
_MIDDLE = Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class _Room:
    """The parts of a row."""

    head: QRectF
    body: QRectF
    foot: QRectF


def _room(rect: QRect, text_height: int) -> _Room:
    left, width = rect.left() + _PAD, rect.width() - 2 * _PAD
    head = QRectF(left, rect.top() + _TOP, width, _HEAD)
    body = QRectF(left, head.bottom() + 2, width, text_height)
    return _Room(head, body, QRectF(left, body.bottom() + (2 if text_height else 0), width, _FOOT))


class MarkRows(QStyledItemDelegate):
    """`name_of` gives a person's name by user id."""

    def __init__(self, model: MarkModel, zone: Zone, name_of: Callable[[str], str], view: QListView) -> None:
        super().__init__(view)
        self._model, self._zone, self._name_of, self._view = model, zone, name_of, view

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        bookmark = self._model.at(index.row())
        width = self._view.viewport().width()
        height = text_height(bookmark.text, width - 2 * _PAD) if bookmark is not None else 0
        return QSize(width, _TOP + _HEAD + 2 + (height + 2 if height else 0) + _FOOT + _TOP)

    def code_at(self, index: Index, at: QPointF) -> Utc | None:
        """The instant of the time code in the row's words that is under a point of the view; None for no code."""
        bookmark = self._model.at(index.row())
        if bookmark is None or not time_codes(bookmark.text):
            return None
        rect = self._view.visualRect(index)
        body = _room(rect, text_height(bookmark.text, rect.width() - 2 * _PAD)).body
        layout = _laid_out(bookmark.text, int(body.width()))
        inside = at - body.topLeft()
        for line in (layout.lineAt(n) for n in range(layout.lineCount())):
            if line.y() <= inside.y() < line.y() + _LINE and 0 <= inside.x() <= line.naturalTextWidth():
                character = _cursor(line.xToCursor(inside.x(), line.CursorPosition.CursorOnCharacter))
                code = next((c for c in time_codes(bookmark.text) if c.start <= character < c.end), None)
                return code.at(self._zone, self._model.place(bookmark).start) if code is not None else None
        return None

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One row, as the view stands."""
        bookmark = self._model.at(index.row())
        if bookmark is None:
            return
        theme = theme_of(self._view)
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.fillRect(rect, theme.color("bg3" if state & QStyle.StateFlag.State_Selected else "bg1"))
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height() - 1), theme.color("ink"))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), theme.color("line"))
        room = _room(rect, text_height(bookmark.text, rect.width() - 2 * _PAD))
        self._paint_head(painter, room.head, bookmark, theme)
        _paint_text(painter, room.body, bookmark.text, theme)
        self._paint_foot(painter, room.foot, bookmark, theme)
        painter.restore()

    def _paint_head(self, painter: QPainter, head: QRectF, bookmark: Bookmark, theme: Theme) -> None:
        marked, left = self._model.marked, head.left()
        kind = marked.kind(bookmark.kind)
        glyph = QRectF(left, head.center().y() - _GLYPH / 2, _GLYPH, _GLYPH)
        paint_shape(painter, kind.shape, glyph, color_of(kind, theme))
        left = glyph.right() + 8
        says = marked.says(bookmark.id)
        for name in dict.fromkeys(each.allegation.name for each in says):
            left += _paint_name(painter, QPointF(left, head.center().y()), name, theme) + 4
        left += 4 if says else 0
        left += _words(painter, left, head, place(self._zone, self._model.place(bookmark)), theme, "text") + 8
        right = _paint_says(painter, head, left, says[0].stance, theme) if len(says) == 1 else head.right()
        _paint_cameras(painter, head, left, right, self._model.numbers(bookmark), theme)

    def _paint_foot(self, painter: QPainter, foot: QRectF, bookmark: Bookmark, theme: Theme) -> None:
        marked = self._model.marked
        kind, shapes = marked.kind(bookmark.kind), len(marked.drawn(bookmark.id))
        said = [kind.words, self._name_of(bookmark.author)]
        said += ["all cameras"] * (not bookmark.marks) + ["changed"] * bookmark.changed
        said += [f"{shapes} drawn"] * bool(shapes)
        said += [each.words for each in marked.says(bookmark.id)] if len(marked.says(bookmark.id)) > 1 else []
        painter.setFont(font(Type.META))
        painter.setPen(theme.color("text2"))
        words = QFontMetricsF(painter.font()).elidedText(" · ".join(said), Qt.TextElideMode.ElideRight, foot.width())
        painter.drawText(foot, int(_MIDDLE), words)


def _words(painter: QPainter, left: float, row: QRectF, words: str, theme: Theme, tone: str) -> float:
    painter.setFont(font(Type.DETAIL, SEMIBOLD))
    painter.setPen(theme.color(tone))
    width = QFontMetricsF(painter.font()).horizontalAdvance(words)
    painter.drawText(QRectF(left, row.top(), width + 1, row.height()), int(_MIDDLE), words)
    return width


def _paint_name(painter: QPainter, at: QPointF, name: str, theme: Theme) -> float:
    """An allegation's name on ink. Returns its width."""
    face = font(Type.META, SEMIBOLD)
    width = QFontMetricsF(face).horizontalAdvance(name) + 10
    box = QRectF(at.x(), at.y() - 8, width, 16)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("ink"))
    painter.drawRoundedRect(box, 4, 4)
    painter.setFont(face)
    painter.setPen(theme.color("on_ink"))
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), name)
    return width


def _paint_says(painter: QPainter, head: QRectF, left: float, stance: object, theme: Theme) -> float:
    """Its stance at the right: icon and words, the icon alone where there is no room. Returns where it begins."""
    words, icon, tone = STANCES[stance]  # type: ignore[index]
    color = theme.color(tone)
    face = font(Type.META)
    width = QFontMetricsF(face).horizontalAdvance(words)
    shown = head.right() - width - 18 >= left + 24
    start = head.right() - (width + 18 if shown else 14)
    icons.paint(painter, icon, QRectF(start, head.center().y() - 7, 14, 14), color)
    if shown:
        painter.setFont(face)
        painter.setPen(color)
        painter.drawText(QRectF(start + 18, head.top(), width + 1, head.height()), int(_MIDDLE), words)
    return start


def _paint_cameras(
    painter: QPainter, head: QRectF, left: float, right: float, numbers: tuple[int, ...], theme: Theme
) -> None:
    """Their chips; of those that do not fit, how many there are more."""
    for index, number in enumerate(numbers):
        size, more = chip_size(number, 16), len(numbers) - index
        if left + size.width() + (24 if more > 1 else 0) > right:
            _words(painter, left, head, f"+{more}", theme, "text2")
            return
        paint_chip(painter, QRectF(left, head.center().y() - 8, size.width(), 16), number, theme)
        left += size.width() + 4


# Words that wrap, with their time codes


def _paint_text(painter: QPainter, body: QRectF, text: str, theme: Theme) -> None:
    if not text:
        return
    painter.setPen(theme.color("text"))
    _laid_out(text, int(body.width())).draw(painter, body.topLeft())


def _face() -> QFont:
    return font(Type.BODY)


@lru_cache(20_000)
def text_height(text: str, width: int) -> int:
    """How high words are that wrap into so many px; 0 for none."""
    if not text:
        return 0
    if natural_width(text) <= width:
        return _LINE
    return max(1, _laid_out(text, width).lineCount()) * _LINE


@lru_cache(20_000)
def natural_width(text: str) -> float:
    """How wide words are that do not wrap, in px; infinite where they must."""
    return inf if "\n" in text or len(text) > _LONG else QFontMetricsF(_face()).horizontalAdvance(text)


@lru_cache(512)
def _laid_out(text: str, width: int) -> QTextLayout:
    layout = QTextLayout(text.replace("\n", "\u2028"), _face())
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    option.setTextDirection(Qt.LayoutDirection.LayoutDirectionAuto)
    layout.setTextOption(option)
    layout.setFormats([_link(code.start, code.end) for code in time_codes(text)])
    layout.beginLayout()
    y = 0.0
    while (line := layout.createLine()).isValid():
        line.setLineWidth(max(1, width))
        line.setPosition(QPointF(0, y + (_LINE - ceil(line.height())) / 2))
        y += _LINE
    layout.endLayout()
    return layout


def _link(start: int, end: int) -> QTextLayout.FormatRange:
    made = QTextLayout.FormatRange()
    made.start, made.length = start, end - start
    look = QTextCharFormat()
    look.setFontUnderline(True)
    look.setFontWeight(SEMIBOLD)
    made.format = look
    return made


def _cursor(found: object) -> int:
    """PySide answers with the position, or with it and the x that it lies at."""
    return int(found[0]) if isinstance(found, tuple) else int(found)  # type: ignore[call-overload]
