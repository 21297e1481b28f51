"""Whose line is which, how fast everybody is now and how well that is known; beside the large map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from reviewer.domain.timebase import SECOND, Utc
from reviewer.ui.fonts import Type, font
from reviewer.ui.review.map_tracks import PATH_WIDTH, WIDTH, MapTrack, arrow_step, dash_of
from reviewer.ui.review.map_view import MapView
from reviewer.ui.review.map_words import accuracy_words, age_words, speed_words
from reviewer.ui.theme import Theme, theme_of
from reviewer.ui.widgets import chip_size, paint_chip

_ROW, _FOOT, _WIDE, _PAD = 26, 20, 312, 8
NO_TIMES = "no times"
_LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
_RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight


@dataclass(frozen=True, slots=True)
class LegendRow:
    """`words` say how fast and how sure, or why there is nobody on the map; `known`: whether there is a fix now."""

    number: int
    name: str
    words: str
    known: bool


def legend_rows(tracks: Sequence[MapTrack], at: Utc | None) -> tuple[LegendRow, ...]:
    """What is known of everybody at an instant."""
    found = []
    for each in tracks:
        position = None if at is None else each.track.position(at)
        if at is None or position is None:
            nothing = NO_TIMES if each.track.paths and not each.track.fixes else "no fix"
            found.append(LegendRow(each.number, each.name, nothing, False))
        elif position.age:
            found.append(LegendRow(each.number, each.name, f"last fix {age_words(position.age)} old", False))
        else:
            words = (speed_words(each.speed_at(at)), accuracy_words(position.accuracy))
            found.append(LegendRow(each.number, each.name, "  ".join(w for w in words if w) or "fix", True))
    return tuple(found)


def foot_lines(step: int) -> tuple[str, str]:
    """What the signs mean; `step` µs from one arrow to the next."""
    seconds = step // SECOND
    every = f"{seconds} s" if seconds < 60 else f"{seconds // 60} min" if seconds < 3600 else f"{seconds // 3600} h"
    return f"Arrow every {every}: far apart is fast", "Dotted: no fix between. Circle: ± of the place"


class MapLegend(QWidget):
    """A card over the map's corner. `show_at` once a second is enough."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[LegendRow, ...] = ()
        self._foot = foot_lines(60 * SECOND)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName("Legend of the map")

    def show_at(self, tracks: Sequence[MapTrack], at: Utc | None, view: MapView) -> None:
        """Say what is known at an instant; nothing is worked out while it is hidden."""
        if self.isHidden():
            return
        rows, foot = legend_rows(tracks, at), foot_lines(arrow_step(tracks, view))
        if (rows, foot) != (self._rows, self._foot):
            if len(rows) != len(self._rows):
                self.updateGeometry()
            self._rows, self._foot = rows, foot
            self.setAccessibleDescription(". ".join(f"{r.number} {r.name}: {r.words}" for r in rows))
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(_WIDE, len(self._rows) * _ROW + len(self._foot) * _FOOT + 2 * _PAD)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, painter = theme_of(self), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("edge"), 1))
        painter.setBrush(theme.color("bg1"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        for index, row in enumerate(self._rows):
            self._paint_row(painter, row, QRectF(10, _PAD + index * _ROW, self.width() - 20, _ROW), theme)
        painter.setFont(font(Type.META))
        painter.setPen(theme.color("text2"))
        top = _PAD + len(self._rows) * _ROW
        for index, words in enumerate(self._foot):
            painter.drawText(QRectF(10, top + index * _FOOT, self.width() - 20, _FOOT), _LEFT, words)

    def _paint_row(self, painter: QPainter, row: LegendRow, box: QRectF, theme: Theme) -> None:
        chip = chip_size(row.number)
        place = QRectF(box.left(), box.center().y() - chip.height() / 2, chip.width(), chip.height())
        paint_chip(painter, place, row.number, theme)
        thin = row.words == NO_TIMES
        width = PATH_WIDTH if thin else WIDTH
        pen = QPen(theme.officer(row.number), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)
        dash = () if thin else dash_of(row.number)
        if dash:
            pen.setDashPattern([each / WIDTH for each in dash])
        painter.setPen(pen)
        line = QPointF(box.left() + 34, box.center().y())
        painter.drawLine(line, line + QPointF(38, 0))
        painter.setFont(font(Type.META))
        painter.setPen(theme.color("text" if row.known else "warn"))
        width = QFontMetricsF(painter.font()).horizontalAdvance(row.words)
        painter.drawText(box, _RIGHT, row.words)
        painter.setFont(font(Type.DETAIL))
        painter.setPen(theme.color("text"))
        room = QRectF(box.left() + 80, box.top(), max(10.0, box.width() - 80 - width - 8), box.height())
        name = QFontMetricsF(painter.font()).elidedText(row.name, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, _LEFT, name)
