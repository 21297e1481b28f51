"""The row of pictures on the timeline: where they lie, and how they are drawn."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen, QPixmap

from reviewer.domain.timebase import TimeRange, Utc
from reviewer.ui import icons
from reviewer.ui.fonts import Type, font
from reviewer.ui.review.axis import TimeAxis
from reviewer.ui.review.cameras import ReviewCamera
from reviewer.ui.review.scene import FILM, Layout
from reviewer.ui.theme import Theme
from reviewer.ui.times import Zone
from reviewer.ui.widgets import chip_size, paint_chip

HEIGHT = FILM - 8  # of a picture
WIDTH = HEIGHT * 16 // 9 + 2  # of a slot


def slots(axis: TimeAxis) -> tuple[TimeRange, ...]:
    """What is in view, cut so that each piece has room for a picture. Panning keeps the cuts, zooming makes others."""
    length = max(1, round(WIDTH * axis.per_pixel))
    first, last = axis.window.start // length, -(-axis.window.end // length)
    return tuple(TimeRange(Utc(i * length), Utc((i + 1) * length)) for i in range(first, last))


@dataclass(slots=True)
class FilmRow:
    """What the row shows now. `pictures` by slot; a slot of `wanted` without one is still being made."""

    camera: ReviewCamera | None = None
    slots: tuple[TimeRange, ...] = ()
    wanted: frozenset[TimeRange] = frozenset()
    pictures: dict[TimeRange, QPixmap] = field(default_factory=dict)
    times: dict[TimeRange, Utc] = field(default_factory=dict)  # of each picture
    words: str = ""

    def tip(self, at: Utc, zone: Zone) -> str:
        """The time of the picture that lies there."""
        slot = next((s for s in self.slots if at in s), None)
        shown = self.times.get(slot) if slot is not None else None
        return f"Picture of {zone.clock(shown, 2)}" if shown is not None else ""

    def paint(self, painter: QPainter, plan: Layout, axis: TimeAxis, theme: Theme, dirty: QRect) -> None:
        """What of the row lies in `dirty`."""
        row = plan.films
        if dirty.left() < plan.header:
            self._paint_header(painter, plan, theme)
        painter.save()
        painter.setClipRect(row & dirty)
        painter.fillRect(row & dirty, theme.color("bg0"))
        for slot in self.slots:
            left, right = row.left() + axis.x(slot.start), row.left() + axis.x(slot.end)
            if right >= dirty.left() and left <= dirty.right():
                self._paint_slot(painter, QRectF(left, row.top(), right - left, row.height()), slot, theme)
        painter.setClipping(False)
        painter.restore()
        painter.fillRect(QRect(0, row.bottom(), plan.size.width(), 1), theme.color("line"))

    def _paint_slot(self, painter: QPainter, box: QRectF, slot: TimeRange, theme: Theme) -> None:
        room = box.adjusted(1, 4, -1, -4)
        picture = self.pictures.get(slot)
        if picture is not None:
            size = picture.deviceIndependentSize()
            scale = min(room.width() / size.width(), room.height() / size.height(), 1.0)
            wide, high = size.width() * scale, size.height() * scale
            place = QRectF(room.center().x() - wide / 2, room.center().y() - high / 2, wide, high)
            painter.drawPixmap(place, picture, QRectF(picture.rect()))
        elif slot in self.wanted:
            painter.setPen(QPen(theme.color("line"), 1))
            painter.setBrush(theme.color("bg1"))
            painter.drawRect(room.adjusted(0.5, 0.5, -0.5, -0.5))
            icon = QRectF(room.center().x() - 8, room.center().y() - 8, 16, 16)
            icons.paint(painter, "movie" if not self.words else "alert-triangle", icon, theme.color("text3"))

    def _paint_header(self, painter: QPainter, plan: Layout, theme: Theme) -> None:
        row = plan.films
        cell = QRectF(0, row.top(), plan.header - 6, row.height() - 1)
        painter.fillRect(cell, theme.color("bg2"))
        left = 12.0
        if self.camera is not None:
            chip = chip_size(self.camera.number)
            paint_chip(painter, QRectF(left, cell.top() + 8, chip.width(), chip.height()), self.camera.number, theme)
            left += chip.width() + 8
        painter.setPen(theme.color("text"))
        painter.setFont(font(Type.DETAIL_STRONG))
        painter.drawText(QRectF(left, cell.top() + 8, 120, 18), Qt.AlignmentFlag.AlignVCenter, "Filmstrip")
        painter.setFont(font(Type.META))
        painter.setPen(theme.color("warn" if self.words else "text2"))
        words = self.words or f"{len(self.wanted & self.pictures.keys())} of {len(self.wanted)} pictures"
        row_of_words = QRectF(12, cell.top() + 30, cell.width() - 16, 30)
        if QFontMetricsF(painter.font()).horizontalAdvance(words) <= row_of_words.width():
            row_of_words.setHeight(16)
        wrap = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignTop)
        painter.drawText(row_of_words, wrap, words)
