"""What stands in place of a picture: a state's icon, words and next step, on a pattern of its own. Paints only."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter

from reviewer.ui import icons
from reviewer.ui.fonts import Type, font
from reviewer.ui.review.faces import Face, Pattern
from reviewer.ui.review.tile_marks import paint_pattern
from reviewer.ui.theme import Theme, ThemeName
from reviewer.ui.widgets import paint_progress

_ICON, _HEADLINE, _DETAIL, _BUTTON = 28, 18, 16, 28
_SMALL = 16


@dataclass(frozen=True, slots=True)
class FaceRows:
    """Where a face's rows lie in a tile's picture. `icon` is None where it must stand small beside the headline."""

    icon: QRectF | None
    headline: QRectF
    detail: QRectF
    button: int  # the top of the next step's button


def face_rows(picture: QRect, face: Face) -> FaceRows:
    """In the middle; the detail wraps to as many lines (at most three) as width and height make it."""
    width = picture.width() - 16
    wanted = QFontMetricsF(font(Type.DETAIL)).boundingRect(QRectF(0, 0, width, 999), _WRAP, face.detail).height()
    lines = min(3, max(1, round(wanted / _DETAIL))) if face.detail and face.fraction is None else 1
    button = _BUTTON + 8 if face.next else 0

    def height(with_icon: bool) -> int:
        return (_ICON + 6 if with_icon else 0) + _HEADLINE + 2 + lines * _DETAIL + button

    while height(False) > picture.height() and lines > 0:
        lines -= 1
    icon = height(True) <= picture.height()
    top = picture.top() + max(0, (picture.height() - height(icon)) // 2)
    left = picture.left() + 8
    box = QRectF(picture.center().x() - _ICON / 2 + 0.5, top, _ICON, _ICON) if icon else None
    top += _ICON + 6 if icon else 0
    headline = QRectF(left, top, width, _HEADLINE)
    detail = QRectF(left, top + _HEADLINE + 2, width, lines * _DETAIL)
    return FaceRows(box, headline, detail, round(detail.bottom()) + 8)


def _paint_headline(painter: QPainter, picture: QRect, rows: FaceRows, face: Face, theme: Theme) -> None:
    """The headline, with the icon small beside it where there is no room above; shorter words before three dots."""
    room = picture.width() - 16 - (0 if rows.icon is not None else _SMALL + 6)
    words, kind = face.headline, Type.STRONG
    if QFontMetricsF(font(kind)).horizontalAdvance(words) > room:
        words, kind = face.tight or words, Type.STRONG if face.tight else Type.DETAIL_STRONG
    painter.setFont(font(kind))
    painter.setPen(theme.color("text"))
    measure = QFontMetricsF(painter.font())
    words = measure.elidedText(words, Qt.TextElideMode.ElideRight, room)
    if rows.icon is not None:
        painter.drawText(rows.headline, Qt.AlignmentFlag.AlignCenter, words)
        return
    width = measure.horizontalAdvance(words)
    left = rows.headline.center().x() - (width + _SMALL + 6) / 2
    middle = rows.headline.center().y()
    icons.paint(painter, face.icon, QRectF(left, middle - _SMALL / 2, _SMALL, _SMALL), theme.tone(face.tone))
    row = QRectF(left + _SMALL + 6, rows.headline.top(), width + 1, rows.headline.height())
    painter.drawText(row, Qt.AlignmentFlag.AlignVCenter, words)


def _ground(rows: FaceRows, face: Face) -> QRectF:
    """What lies below a face's words and button."""
    measure = QFontMetricsF(font(Type.STRONG)).horizontalAdvance(face.headline)
    detail = QFontMetricsF(font(Type.DETAIL)).boundingRect(rows.detail, _WRAP, face.detail).width()
    wide = min(rows.headline.width(), max(measure + 44, detail))
    top = rows.icon.top() if rows.icon is not None else rows.headline.top()
    return QRectF(rows.headline.center().x() - wide / 2, top, wide, rows.detail.bottom() - top)


_WRAP = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignHCenter)


def paint_face(painter: QPainter, picture: QRect, face: Face, theme: Theme) -> None:
    """Icon, headline, sentence (and a progress strip), in the middle; the button is a real one below them."""
    dark = theme.name is ThemeName.DARK
    ground = theme.color("bg0").darker(140) if dark else theme.color("bg2")
    painter.fillRect(picture, ground)
    paint_pattern(painter, picture, face.pattern, theme)
    rows = face_rows(picture, face)
    if face.pattern is Pattern.HATCHED:
        painter.fillRect(_ground(rows, face).adjusted(-12, -8, 12, 8), ground)
    if rows.icon is not None:
        icons.paint(painter, face.icon, rows.icon, theme.tone(face.tone))
    _paint_headline(painter, picture, rows, face, theme)
    painter.setFont(font(Type.DETAIL))
    painter.setPen(theme.color("text2"))
    if not rows.detail.height():
        return
    if face.fraction is None:
        painter.drawText(rows.detail, _WRAP, face.detail)
    else:
        _paint_progress(painter, rows.detail, face.detail, face.fraction, theme)


def _paint_progress(painter: QPainter, row: QRectF, detail: str, fraction: float, theme: Theme) -> None:
    width, measure = min(90.0, row.width() / 4), QFontMetricsF(painter.font()).horizontalAdvance
    words = f"{detail} · "
    if measure(words) + width > row.width():
        words = f"{detail.split(' · ')[0]} · "
    total = measure(words) + width
    left = max(row.left(), row.center().x() - total / 2)
    painter.drawText(QRectF(left, row.top(), total - width + 1, row.height()), Qt.AlignmentFlag.AlignVCenter, words)
    paint_progress(painter, QRectF(left + total - width, row.top(), width, row.height()), fraction, theme, "info")
