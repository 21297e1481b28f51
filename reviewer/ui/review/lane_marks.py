"""Bookmarks and what was watched, drawn into a lane: thousands of them cost no more than what there are pixels for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPixmap

from reviewer.domain.agency import Shape
from reviewer.domain.annotation import Bookmark
from reviewer.domain.timebase import TimeRange
from reviewer.ui.fonts import SEMIBOLD, Type, font
from reviewer.ui.review.axis import TimeAxis
from reviewer.ui.review.marked import Marked, color_of, paint_shape
from reviewer.ui.theme import Theme

_LABEL = 16
_WIDEST_POINT = 3  # px: what is narrower is a flag, not a range
_CROWD = 6  # px: of marks that begin so close together the first is drawn
_FLAG = 10
_SIGN = 8
Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Stretches of UTC as arrays, in order of their start, and whose they are."""

    starts: Whole
    ends: Whole
    marks: tuple[Bookmark, ...] = ()

    @classmethod
    def of(cls, found: Iterable[tuple[Bookmark, TimeRange]]) -> Places:
        """Bookmarks with their place on a lane."""
        ordered = sorted(found, key=lambda each: each[1])
        return cls(*_arrays([place for _, place in ordered]), tuple(bookmark for bookmark, _ in ordered))

    def with_mark(self, id_: str, found: Sequence[tuple[Bookmark, TimeRange]]) -> Places:
        """With this bookmark in these places (none: without it) instead of where it was."""
        at = [i for i, each in enumerate(self.marks) if each.id == id_]
        starts, ends, marks = np.delete(self.starts, at), np.delete(self.ends, at), list(self.marks)
        for i in reversed(at):
            del marks[i]
        for bookmark, place in found:
            i = int(np.searchsorted(starts, place.start, side="right"))
            starts, ends = np.insert(starts, i, place.start), np.insert(ends, i, place.end)
            marks.insert(i, bookmark)
        return Places(starts, ends, tuple(marks))

    @classmethod
    def of_ranges(cls, ranges: Sequence[TimeRange]) -> Places:
        return cls(*_arrays(ranges))


def _arrays(ranges: Sequence[TimeRange]) -> tuple[Whole, Whole]:
    starts, ends = [r.start for r in ranges], [r.end for r in ranges]
    return np.array(starts, np.int64), np.array(ends, np.int64)


@dataclass(frozen=True, slots=True)
class Marker:
    """Draws into `room` of a lane whose pixel 0 is at `left`. What can be clicked goes to `hits`."""

    painter: QPainter
    axis: TimeAxis
    theme: Theme
    left: float
    hits: list[tuple[QRectF, str]]
    marked: Marked = field(default_factory=Marked)

    def _pixels(self, instants: Whole) -> NDArray[np.float64]:
        return self.left + (instants - self.axis.window.start) / self.axis.per_pixel

    def bookmarks(self, places: Places, room: QRectF, selected: str | None) -> None:
        """Flags for moments, brackets for ranges; the selected one always."""
        if not places.marks:
            return
        lefts, rights = self._pixels(places.starts), self._pixels(places.ends)
        seen = (rights > self.left - 40) & (lefts < self.left + self.axis.width)
        wide = rights - lefts >= _WIDEST_POINT
        labels: list[QRectF] = []
        chosen = next((i for i, each in enumerate(places.marks) if each.id == selected), None)
        if chosen is not None and seen[chosen]:
            self._mark(places.marks[chosen], room, float(lefts[chosen]), float(rights[chosen]), True, labels)
            seen[chosen] = False  # it is drawn, and its label has the first place
        for kind in (seen & wide, seen & ~wide):
            for at in _spread(np.flatnonzero(kind), places.starts, self.axis.per_pixel):
                self._mark(places.marks[at], room, float(lefts[at]), float(rights[at]), False, labels)

    def _mark(
        self, mark: Bookmark, room: QRectF, left: float, right: float, chosen: bool, labels: list[QRectF]
    ) -> None:
        if right - left >= _WIDEST_POINT:
            self._range(mark, room, left, right, chosen, labels)
        else:
            self._flag(mark, room, round(left), chosen)

    def _color(self, mark: Bookmark) -> QColor:
        return color_of(self.marked.kind(mark.kind), self.theme)

    def _flag(self, mark: Bookmark, room: QRectF, x: int, chosen: bool) -> None:
        """The shape of its kind on a pole."""
        shape, color = self.marked.kind(mark.kind).shape, self._color(mark)
        drawn = _flag(shape, color.name(), room.height(), self.painter.device().devicePixelRatioF())
        self.painter.drawPixmap(QPointF(x - (0 if shape is Shape.FLAG else _FLAG / 2), room.top()), drawn)
        if chosen:
            self.painter.fillRect(QRectF(x - 1, room.top(), 2, room.height()), self.theme.color("ink"))
        self.hits.append((QRectF(x - 6, room.top(), 18, room.height()), mark.id))

    def _range(
        self, mark: Bookmark, room: QRectF, left: float, right: float, chosen: bool, labels: list[QRectF]
    ) -> None:
        p, ink = self.painter, self._color(mark)
        box = QRectF(round(left), room.top(), max(3.0, round(right) - round(left)), room.height())
        p.fillRect(box, _faint(ink, 0.26 if chosen else 0.14))
        for x, way in ((box.left(), 1), (box.right() - 2, -1)):
            p.fillRect(QRectF(x, box.top(), 2, box.height()), ink)
            for y in (box.top(), box.bottom() - 2) if box.width() > 8 else ():
                p.fillRect(QRectF(x if way > 0 else x - 3, y, 5, 2), ink)
            self.hits.append((QRectF(x - 4, room.top(), 10, room.height()), mark.id))
        self._label(mark, room, box, labels)

    def _label(self, mark: Bookmark, room: QRectF, box: QRectF, labels: list[QRectF]) -> None:
        """The shape of its kind and the allegations that it is about, else its kind's word, where that fits; a second
        row for what would overlap."""
        p, words, face = self.painter, self.marked.label(mark.id, mark.kind), font(Type.META, SEMIBOLD)
        width = _width(words) + 8 + _SIGN + 4
        if width + 4 > box.width():
            return
        tag = QRectF(box.left() + 3, box.top(), width, min(_LABEL, room.height()))
        if any(tag.intersects(other) for other in labels):
            tag.translate(0, _LABEL + 1)
        if tag.bottom() > room.bottom() or any(tag.intersects(other) for other in labels):
            return
        labels.append(tag)
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(self.theme.color("ink"))
        p.drawRoundedRect(tag, 3, 3)
        on_ink = self.theme.color("on_ink")
        sign = QRectF(tag.left() + 5, tag.center().y() - _SIGN / 2, _SIGN, _SIGN)
        paint_shape(p, self.marked.kind(mark.kind).shape, sign, on_ink)
        p.setFont(face)
        p.setPen(on_ink)
        p.drawText(tag.adjusted(_SIGN + 9, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, words)
        self.hits.append((tag, mark.id))

    def strip(self, places: Places, top: float, height: float, color: QColor) -> None:
        """Stretches as one bar a run of pixels, however many there are."""
        width = self.axis.width
        lefts = np.clip(np.floor(self._pixels(places.starts) - self.left), 0, width).astype(np.int64)
        rights = np.clip(np.ceil(self._pixels(places.ends) - self.left), 0, width).astype(np.int64)
        steps = np.zeros(width + 1, np.int64)
        np.add.at(steps, lefts, 1)
        np.add.at(steps, rights, -1)
        covered = np.concatenate(([0], np.cumsum(steps[:-1]) > 0, [0])).astype(np.int8)
        edges = np.flatnonzero(np.diff(covered))
        for start, end in edges.reshape(-1, 2).tolist():
            self.painter.fillRect(QRectF(self.left + start, top, end - start, height), color)


def _spread(found: NDArray[np.int64], starts: Whole, per_pixel: float) -> list[int]:
    """Of those that begin in the same few pixels the first; the same ones while time is panned."""
    _, first = np.unique(starts[found] // max(1, round(_CROWD * per_pixel)), return_index=True)
    chosen: list[int] = found[np.sort(first)].tolist()
    return chosen


def _faint(color: QColor, alpha: float) -> QColor:
    made = QColor(color)
    made.setAlphaF(alpha)
    return made


@cache
def _width(words: str) -> float:
    return QFontMetricsF(font(Type.META, SEMIBOLD)).horizontalAdvance(words)


@cache
def _flag(shape: Shape, color: str, height: float, ratio: float) -> QPixmap:
    """A kind's shape on its pole, drawn once: a flag flies from it, every other shape stands on it."""
    made = QPixmap(round((_FLAG + 1) * ratio), max(1, round(height * ratio)))
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    pole = 0 if shape is Shape.FLAG else _FLAG // 2
    painter.fillRect(QRectF(pole, 0, 1, height), QColor(color))
    high = min(8.0, height) if shape is Shape.FLAG else min(float(_FLAG), height)
    paint_shape(painter, shape, QRectF(0, 0, _FLAG, high), QColor(color))
    painter.end()
    return made
