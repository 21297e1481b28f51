"""What stands around a tile's picture and in place of it: head, clock, frame, and the face of a state. Paints only."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter

from reviewer.ui import icons, times
from reviewer.ui.fonts import SEMIBOLD, Type, font
from reviewer.ui.review.cameras import ReviewCamera
from reviewer.ui.review.clocks import SOURCES, correction_short, correction_words
from reviewer.ui.review.faces import Face, HeadWords
from reviewer.ui.theme import Theme, ThemeName, Tone
from reviewer.ui.widgets import chip_size, paint_chip, paint_progress

HEAD = 28
FOOT = 24
SIDE = 84  # the clock column beside the picture, where that leaves the picture larger
FRAME = 2
BAR = 4


@dataclass(frozen=True, slots=True)
class TileRects:
    """Where a tile's pieces lie, in logical px. `clock` is below the picture, or beside it where `beside`."""

    head: QRect
    picture: QRect
    clock: QRect
    beside: bool


def tile_rects(size: QSize) -> TileRects:
    """The clock goes where a 16:9 picture is then larger."""
    inner = QRect(QPoint(0, 0), size).adjusted(FRAME, FRAME, -FRAME, -FRAME)
    head = QRect(inner.left(), inner.top(), inner.width(), HEAD)
    rest = inner.adjusted(0, HEAD, 0, 0)
    below = min(rest.width(), (rest.height() - FOOT) * 16 / 9)
    if min(rest.width() - SIDE, rest.height() * 16 / 9) > below:
        picture = rest.adjusted(0, 0, -SIDE, 0)
        return TileRects(head, picture, QRect(picture.right() + 1, rest.top(), SIDE, rest.height()), True)
    picture = rest.adjusted(0, 0, 0, -FOOT)
    return TileRects(head, picture, QRect(rest.left(), picture.bottom() + 1, rest.width(), FOOT), False)


def paint_border(painter: QPainter, whole: QRect, focused: bool, theme: Theme) -> None:
    """Two px of ink around the focused tile, one px of line around the others."""
    for edge in _edges(whole, FRAME):
        painter.fillRect(edge, theme.color("ink" if focused else "bg0"))
    if not focused:
        for edge in _edges(whole.adjusted(1, 1, -1, -1), 1):
            painter.fillRect(edge, theme.color("line"))


def paint_head(
    painter: QPainter,
    head: QRect,
    right: float,
    camera: ReviewCamera,
    words: HeadWords | None,
    focused: bool,
    theme: Theme,
) -> None:
    """Colour bar, chip, who it is; the state at the right, up to where the sound button may begin."""
    painter.fillRect(head, theme.color("bg3" if focused else "bg2"))
    painter.fillRect(QRect(head.left(), head.top(), BAR, head.height()), theme.officer(camera.number))
    chip = chip_size(camera.number)
    box = QRectF(head.left() + 10, head.center().y() - chip.height() / 2 + 0.5, chip.width(), chip.height())
    paint_chip(painter, box, camera.number, theme)
    if words is not None:
        least = QFontMetricsF(font(Type.DETAIL_STRONG)).horizontalAdvance(camera.short_name) + 8
        right = _paint_state(painter, head, right, words, right - box.right() - 8 - least, theme)
    _paint_name(painter, QRectF(box.right() + 8, head.top(), right - box.right() - 8, head.height()), camera, theme)


def _paint_state(painter: QPainter, head: QRect, right: float, words: HeadWords, room: float, theme: Theme) -> float:
    """Icon and words; where the name would lose its room, the words alone, or the icon of what needs no word. Returns
    where they begin."""
    color = theme.tone(words.tone)
    painter.setFont(font(Type.META))
    painter.setPen(color)
    width = QFontMetricsF(painter.font()).horizontalAdvance(words.words)
    if width + 18 > room and words.tone is Tone.PLAIN:
        icon = QRectF(right - 14, head.center().y() - 6.5, 14, 14)
        icons.paint(painter, words.icon, icon, color)
        return icon.left() - 8
    row = QRectF(right - width, head.top(), width + 1, head.height())
    painter.drawText(row, Qt.AlignmentFlag.AlignVCenter, words.words)
    if width + 18 > room:
        return row.left() - 8
    icon = QRectF(row.left() - 18, head.center().y() - 6.5, 14, 14)
    icons.paint(painter, words.icon, icon, color)
    return icon.left() - 8


def _edges(rect: QRect, width: int) -> tuple[QRect, ...]:
    """The four sides of a frame, just inside `rect`."""
    return (
        QRect(rect.left(), rect.top(), rect.width(), width),
        QRect(rect.left(), rect.bottom() - width + 1, rect.width(), width),
        QRect(rect.left(), rect.top(), width, rect.height()),
        QRect(rect.right() - width + 1, rect.top(), width, rect.height()),
    )


def _paint_name(painter: QPainter, room: QRectF, camera: ReviewCamera, theme: Theme) -> None:
    """As much of who it is as fits: rank, name, badge, model; then less of it."""
    bold = font(Type.DETAIL_STRONG)
    measure = QFontMetricsF(bold)
    short = camera.short_name
    wanted = (camera.manifest.officer, f"{short} {camera.badge}".strip(), short, short.rsplit(" ", 1)[-1])
    name = next((w for w in wanted if measure.horizontalAdvance(w) <= room.width()), None)
    name = measure.elidedText(short, Qt.TextElideMode.ElideRight, room.width()) if name is None else name
    painter.setFont(bold)
    painter.setPen(theme.color("text"))
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, name)
    left = room.left() + measure.horizontalAdvance(name) + 8
    painter.setFont(font(Type.DETAIL))
    if (
        name == camera.manifest.officer
        and QFontMetricsF(painter.font()).horizontalAdvance(camera.model) <= room.right() - left
    ):
        painter.setPen(theme.color("text3"))
        painter.drawText(
            QRectF(left, room.top(), room.right() - left, room.height()), Qt.AlignmentFlag.AlignVCenter, camera.model
        )


def paint_clock_below(painter: QPainter, foot: QRect, camera: ReviewCamera, theme: Theme) -> None:
    """Clock source and ± at the left; what was corrected at the right, in words if there is room."""
    clock = camera.manifest.clock
    source, tight, icon = SOURCES[clock.source]
    painter.fillRect(foot, theme.color("bg2"))
    icons.paint(painter, icon, QRectF(foot.left() + 8, foot.center().y() - 6.5, 14, 14), theme.color("text2"))
    left, right = foot.left() + 28.0, foot.right() - 8.0
    plain, strong = font(Type.META), font(Type.META, SEMIBOLD)
    doubt = times.uncertainty(clock.uncertainty)
    doubt_width = QFontMetricsF(strong).horizontalAdvance(doubt)
    room = right - left - doubt_width - 16
    measure = QFontMetricsF(plain).horizontalAdvance
    pairs = (
        (source, correction_words(clock)),
        (source, correction_short(clock)),
        (tight, correction_short(clock)),
        (tight, ""),
    )
    words, correction = next((p for p in pairs if measure(p[0]) + measure(p[1]) <= room), (tight, ""))
    middle = Qt.AlignmentFlag.AlignVCenter
    painter.setFont(plain)
    painter.setPen(theme.color("text2"))
    painter.drawText(QRectF(left, foot.top(), measure(words) + 1, foot.height()), middle, words)
    painter.drawText(QRectF(foot).adjusted(0, 0, -8, 0), middle | Qt.AlignmentFlag.AlignRight, correction)
    painter.setFont(strong)
    painter.setPen(theme.color("warn" if times.is_wide(clock.uncertainty) else "text"))
    painter.drawText(QRectF(left + measure(words) + 8, foot.top(), doubt_width + 1, foot.height()), middle, doubt)


def paint_clock_beside(painter: QPainter, side: QRect, camera: ReviewCamera, theme: Theme) -> None:
    """The clock's words in a column beside the picture, where there is no room below it."""
    clock = camera.manifest.clock
    _, tight, icon = SOURCES[clock.source]
    painter.fillRect(side, theme.color("bg1"))
    doubt = "warn" if times.is_wide(clock.uncertainty) else "text"
    rows = (
        (tight, font(Type.META), "text2"),
        (times.uncertainty(clock.uncertainty), font(Type.META, SEMIBOLD), doubt),
        (correction_short(clock), font(Type.META), "text3"),
    )
    top = side.bottom() - 8 - 18 * len(rows)
    icons.paint(
        painter,
        icon,
        QRectF(side.left() + 8, top - 18, 14, 14),
        theme.color("warn" if icon == "clock-exclamation" else "text2"),
    )
    for index, (words, face, token) in enumerate(rows):
        painter.setFont(face)
        painter.setPen(theme.color(token))
        painter.drawText(
            QRectF(side.left() + 8, top + 18 * index, side.width() - 8, 18), Qt.AlignmentFlag.AlignVCenter, words
        )


_ICON, _HEADLINE, _DETAIL, _BUTTON = 28, 18, 16, 28


@dataclass(frozen=True, slots=True)
class FaceRows:
    """Where a face's rows lie in a tile's picture. `icon` is None where it must stand small beside the headline."""

    icon: QRectF | None
    headline: QRectF
    detail: QRectF
    button: int  # the top of the next step's button


def face_rows(picture: QRect, face: Face) -> FaceRows:
    """In the middle; the detail wraps to as many lines (at most three) as width and height make it."""
    width = picture.width() - 12
    wanted = QFontMetricsF(font(Type.DETAIL)).boundingRect(QRectF(0, 0, width, 999), _WRAP, face.detail).height()
    lines = min(3, max(1, round(wanted / _DETAIL))) if face.detail and face.fraction is None else 1
    button = _BUTTON + 8 if face.next else 0

    def height(with_icon: bool) -> int:
        return (_ICON + 6 if with_icon else 0) + _HEADLINE + 2 + lines * _DETAIL + button

    while height(False) > picture.height() and lines > 0:
        lines -= 1
    icon = height(True) <= picture.height()
    top = picture.top() + max(0, (picture.height() - height(icon)) // 2)
    left = picture.left() + 6
    box = QRectF(picture.center().x() - _ICON / 2 + 0.5, top, _ICON, _ICON) if icon else None
    top += _ICON + 6 if icon else 0
    headline = QRectF(left, top, width, _HEADLINE)
    detail = QRectF(left, top + _HEADLINE + 2, width, lines * _DETAIL)
    return FaceRows(box, headline, detail, round(detail.bottom()) + 8)


_WRAP = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignHCenter)


def paint_face(painter: QPainter, picture: QRect, face: Face, theme: Theme) -> None:
    """Icon, headline, sentence (and a progress strip), in the middle; the button is a real one below them."""
    dark = theme.name is ThemeName.DARK
    painter.fillRect(picture, theme.color("bg0").darker(140) if dark else theme.color("bg2"))
    rows = face_rows(picture, face)
    if rows.icon is not None:
        icons.paint(painter, face.icon, rows.icon, theme.tone(face.tone))
    painter.setFont(font(Type.STRONG))
    painter.setPen(theme.color("text"))
    headline = QFontMetricsF(painter.font()).elidedText(
        face.headline, Qt.TextElideMode.ElideRight, picture.width() - 48
    )
    painter.drawText(rows.headline, Qt.AlignmentFlag.AlignCenter, headline)
    if rows.icon is None:
        left = rows.headline.center().x() - QFontMetricsF(painter.font()).horizontalAdvance(headline) / 2 - 22
        small = QRectF(max(left, picture.left() + 2.0), rows.headline.center().y() - 8, 16, 16)
        icons.paint(painter, face.icon, small, theme.tone(face.tone))
    painter.setFont(font(Type.DETAIL))
    painter.setPen(theme.color("text2"))
    if not rows.detail.height():
        return
    if face.fraction is None:
        painter.drawText(rows.detail, _WRAP, face.detail)
    else:
        _paint_progress(painter, rows.detail, face.detail, face.fraction, theme)


def _paint_progress(painter: QPainter, row: QRectF, detail: str, fraction: float, theme: Theme) -> None:
    words = f"{detail} · "
    width = min(90.0, row.width() / 4)
    total = QFontMetricsF(painter.font()).horizontalAdvance(words) + width
    left = max(row.left(), row.center().x() - total / 2)
    painter.drawText(QRectF(left, row.top(), total - width + 1, row.height()), Qt.AlignmentFlag.AlignVCenter, words)
    paint_progress(painter, QRectF(left + total - width, row.top(), width, row.height()), fraction, theme, "info")
