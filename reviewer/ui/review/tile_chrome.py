"""What stands around a tile's picture: head, clock, how it is looked at, frame. Paints only."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter

from reviewer.domain.lens import Lens
from reviewer.ui import icons, times
from reviewer.ui.fonts import SEMIBOLD, Type, font
from reviewer.ui.review.cameras import ReviewCamera
from reviewer.ui.review.caption_row import caption_height
from reviewer.ui.review.clocks import SOURCES, correction_short, correction_words
from reviewer.ui.review.faces import HeadWords, Mark
from reviewer.ui.review.framing import Framing
from reviewer.ui.review.lens_words import lens_icon, tile_words
from reviewer.ui.review.tile_marks import paint_place, paint_state
from reviewer.ui.theme import Theme
from reviewer.ui.widgets import chip_size, paint_chip

HEAD = 28
FOOT = 24
SIDE = 84  # the clock column beside the picture, where that leaves the picture larger
FRAME = 2
BAR = 4
_NAME = 24  # below this a name would be a letter and three dots
_PLACE = QSize(32, 18)  # the little map of where one is


@dataclass(frozen=True, slots=True)
class TileRects:
    """Where a tile's pieces lie, in logical px. `clock` is below the picture, or beside it where `beside`. `caption`,
    what is said now, is below the picture; empty where nobody asked for it."""

    head: QRect
    picture: QRect
    clock: QRect
    beside: bool
    caption: QRect


def tile_rects(size: QSize, *, captioned: bool = False) -> TileRects:
    """The clock goes where a 16:9 picture is then larger."""
    inner = QRect(QPoint(0, 0), size).adjusted(FRAME, FRAME, -FRAME, -FRAME)
    head = QRect(inner.left(), inner.top(), inner.width(), HEAD)
    rest = inner.adjusted(0, HEAD, 0, 0)
    if captioned:
        high = caption_height(inner.width())
        without = tile_rects(QSize(size.width(), size.height() - high))
        picture = without.picture
        caption = QRect(picture.left(), picture.bottom() + 1, picture.width(), high)
        clock = without.clock.adjusted(0, 0, 0, high) if without.beside else without.clock.translated(0, high)
        return TileRects(head, picture, clock, without.beside, caption)
    below = min(rest.width(), (rest.height() - FOOT) * 16 / 9)
    if min(rest.width() - SIDE, rest.height() * 16 / 9) > below:
        picture = rest.adjusted(0, 0, -SIDE, 0)
        return TileRects(head, picture, QRect(picture.right() + 1, rest.top(), SIDE, rest.height()), True, QRect())
    picture = rest.adjusted(0, 0, 0, -FOOT)
    return TileRects(head, picture, QRect(rest.left(), picture.bottom() + 1, rest.width(), FOOT), False, QRect())


def paint_border(painter: QPainter, whole: QRect, focused: bool, theme: Theme) -> None:
    """Two px of ink around the focused tile, one px of line around the others."""
    for edge in _edges(whole, FRAME):
        painter.fillRect(edge, theme.color("ink" if focused else "bg0"))
    if not focused:
        for edge in _edges(whole.adjusted(1, 1, -1, -1), 1):
            painter.fillRect(edge, theme.color("line"))


@dataclass(frozen=True, slots=True)
class HeadSays:
    """What the head says beside who it is."""

    words: HeadWords | None = None
    mark: Mark | None = None
    focused: bool = False


def paint_head(
    painter: QPainter, head: QRect, right: float, camera: ReviewCamera, says: HeadSays, theme: Theme
) -> None:
    """Colour bar, chip, who it is; mark and state at the right, up to where the corner button may begin."""
    painter.fillRect(head, theme.color("bg3" if says.focused else "bg2"))
    painter.fillRect(QRect(head.left(), head.top(), BAR, head.height()), theme.officer(camera.number))
    chip = chip_size(camera.number)
    box = QRectF(head.left() + 10, head.center().y() - chip.height() / 2 + 0.5, chip.width(), chip.height())
    paint_chip(painter, box, camera.number, theme)
    least = QFontMetricsF(font(Type.DETAIL_STRONG)).horizontalAdvance(camera.short_name) + 8
    room = right - box.right() - 8 - least
    right = paint_state(painter, head, right, room, says.words, says.mark, theme)
    name = QRectF(box.right() + 8, head.top(), right - box.right() - 8, head.height())
    if name.width() >= _NAME:
        _paint_name(painter, name, camera, theme)


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


@dataclass(frozen=True, slots=True)
class Look:
    """How the picture is looked at, for its foot: the lens, what is in view, the picture's shape (width : height)."""

    lens: Lens
    view: Framing
    shape: float


def paint_clock(painter: QPainter, rects: TileRects, camera: ReviewCamera, look: Look, theme: Theme) -> None:
    """The clock and how the picture is looked at, below it or beside it."""
    (_paint_clock_beside if rects.beside else _paint_clock_below)(painter, rects.clock, camera, look, theme)


def _paint_clock_below(painter: QPainter, foot: QRect, camera: ReviewCamera, look: Look, theme: Theme) -> None:
    """Clock source and ± at the left; what was corrected at the right, in words if there is room. How the picture is
    looked at goes before what was corrected."""
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
    full, short = correction_words(clock), correction_short(clock)
    wide, narrow = (" · ".join(tile_words(look.lens, tight=each)) for each in (False, True))
    forms = (
        (source, full, wide),
        (source, short, wide),
        (tight, short, wide),
        (tight, short, narrow),
        (tight, "", narrow),
        ("", "", narrow),
    )
    place = _look_width(look)
    words, correction, looked = next((f for f in forms if sum(map(measure, f)) + place <= room), forms[-1])
    middle = Qt.AlignmentFlag.AlignVCenter
    painter.setFont(plain)
    painter.setPen(theme.color("text2"))
    painter.drawText(QRectF(left, foot.top(), measure(words) + 1, foot.height()), middle, words)
    painter.drawText(QRectF(foot).adjusted(0, 0, -8, 0), middle | Qt.AlignmentFlag.AlignRight, correction)
    painter.setFont(strong)
    painter.setPen(theme.color("warn" if times.is_wide(clock.uncertainty) else "text"))
    left += measure(words) + 8 if words else 0
    painter.drawText(QRectF(left, foot.top(), doubt_width + 1, foot.height()), middle, doubt)
    if looked:
        right -= measure(correction) + 16 if correction else 0
        _paint_look(painter, QRectF(foot.left(), foot.top(), right - foot.left(), foot.height()), looked, look, theme)


def _look_width(look: Look) -> float:
    """What the lens's icon and the little map take, beside words."""
    if look.lens == Lens():
        return 0
    return 18 + 16 + (_PLACE.width() + 8 if look.lens.zoomed else 0)


def _paint_look(painter: QPainter, row: QRectF, words: str, look: Look, theme: Theme) -> None:
    """At the right of a row: the little map, an icon, the words."""
    painter.setFont(font(Type.META))
    painter.setPen(theme.color("text"))
    left = row.right() - QFontMetricsF(painter.font()).horizontalAdvance(words)
    painter.drawText(
        QRectF(left, row.top(), row.right() - left + 1, row.height()), Qt.AlignmentFlag.AlignVCenter, words
    )
    left -= 18
    icons.paint(painter, lens_icon(look.lens), QRectF(left, row.center().y() - 7, 14, 14), theme.color("text"))
    if look.lens.zoomed:
        left -= _PLACE.width() + 8
        box = QRectF(left, row.center().y() - _PLACE.height() / 2, _PLACE.width(), _PLACE.height())
        paint_place(painter, box, look.view, look.shape, theme)


def _paint_clock_beside(painter: QPainter, side: QRect, camera: ReviewCamera, look: Look, theme: Theme) -> None:
    """The clock's words in a column beside the picture, where there is no room below it; above them how it is looked
    at."""
    clock = camera.manifest.clock
    _, tight, icon = SOURCES[clock.source]
    painter.fillRect(side, theme.color("bg1"))
    doubt = "warn" if times.is_wide(clock.uncertainty) else "text"
    rows: tuple[tuple[str, QFont, str], ...] = (
        (tight, font(Type.META), "text2"),
        (times.uncertainty(clock.uncertainty), font(Type.META, SEMIBOLD), doubt),
        (correction_short(clock), font(Type.META), "text3"),
    )
    looked = tile_words(look.lens, tight=True)
    rows = rows[: max(1, min(len(rows), int((side.height() - 34 - 16 * len(looked)) // 18)))] if looked else rows
    top = side.bottom() - 8 - 18 * len(rows)
    ink = theme.color("warn" if icon == "clock-exclamation" else "text2")
    icons.paint(painter, icon, QRectF(side.left() + 8, top - 18, 14, 14), ink)
    above = QRectF(side.left() + 8, side.top() + 4, side.width() - 10, top - 22 - side.top())
    _paint_look_above(painter, above, looked, look, theme)
    for index, (words, face, token) in enumerate(rows):
        painter.setFont(face)
        painter.setPen(theme.color(token))
        row = QRectF(side.left() + 8, top + 18 * index, side.width() - 8, 18)
        painter.drawText(row, Qt.AlignmentFlag.AlignVCenter, words)


def _paint_look_above(painter: QPainter, room: QRectF, words: tuple[str, ...], look: Look, theme: Theme) -> None:
    """How it is looked at, a line each; the little map first if that leaves them their room."""
    if look.lens.zoomed and room.height() >= 36 + 16 * len(words):
        paint_place(painter, QRectF(room.left(), room.top(), 56, 32), look.view, look.shape, theme)
        room = room.adjusted(0, 36, 0, 0)
    painter.setFont(font(Type.META))
    painter.setPen(theme.color("text"))
    for index, each in enumerate(words):
        row = QRectF(room.left(), room.top() + 16 * index, room.width(), 16)
        painter.drawText(row, Qt.AlignmentFlag.AlignVCenter, each)
