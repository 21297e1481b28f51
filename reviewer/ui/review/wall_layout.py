"""Where tiles lie on the wall: focus and the rest, two by two, three by three, or one picture alone. Plain geometry."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import partial
from math import ceil

from PySide6.QtCore import QRect

from reviewer.ui.review.tile_chrome import FOOT, FRAME, HEAD

GAP = 4
TOOLS = 40
_CHROME = HEAD + FOOT + 2 * FRAME
_SHAPE = 16 / 9
_SHARES = (0.765, 0.72, 0.68, 0.64, 0.6, 0.56, 0.52, 0.48, 0.44)  # of the width, for the focused tile
SMALLEST = (160, 112)


class WallLayout(Enum):
    """`value` is how many tiles a page holds."""

    FOCUS = "focus"
    TWO = "two"
    THREE = "three"
    FULL = "full"  # one picture alone; not a step of G
    COMPARE = "compare"  # a held picture and the focused camera; not a step of G

    @property
    def page(self) -> int:
        return {WallLayout.FOCUS: 9, WallLayout.TWO: 4, WallLayout.THREE: 9}.get(self, 1)

    @property
    def alone(self) -> bool:
        """Whether the focused camera is what it is about, on any page."""
        return self in (WallLayout.FULL, WallLayout.COMPARE)


CYCLE = (WallLayout.FOCUS, WallLayout.TWO, WallLayout.THREE)


@dataclass(frozen=True, slots=True)
class WallRects:
    """The tiles in their order (the focused one first in FOCUS), where the view tools go, if anywhere, and where a held
    picture does."""

    tiles: tuple[QRect, ...]
    tools: QRect | None = None
    held: QRect | None = None


def wall_rects(layout: WallLayout, area: QRect, count: int) -> WallRects:
    """Where `count` tiles lie in an area; no more than the layout's page holds."""
    if count == 0:
        return WallRects(())
    if layout is WallLayout.FULL:
        return WallRects((area,) * min(count, 1))
    if layout is WallLayout.COMPARE:
        return _compare(area, count)
    if layout is WallLayout.FOCUS:
        return _focus(area, count)
    most = 2 if layout is WallLayout.TWO else 3
    columns = min(most, count)
    return WallRects(_grid(area, min(count, layout.page), columns))


def _grid(area: QRect, count: int, columns: int, tallest: float = 1e9) -> tuple[QRect, ...]:
    rows = ceil(count / columns)
    width = (area.width() - GAP * (columns - 1)) / columns
    height = min((area.height() - GAP * (rows - 1)) / rows, tallest)
    found = []
    for index in range(count):
        row, column = divmod(index, columns)
        left, top = round(area.left() + column * (width + GAP)), round(area.top() + row * (height + GAP))
        found.append(QRect(left, top, int(width), int(height)))
    return tuple(found)


def _focus(area: QRect, count: int) -> WallRects:
    """The focused tile as large as its picture can be, the others beside it in the columns that make them largest."""
    height = area.height() - TOOLS
    if count == 1:
        return WallRects((QRect(area.left(), area.top(), area.width(), height),), _tools(area, area.width()))
    ideal = (height - _CHROME) * _SHAPE + 2 * FRAME
    others = count - 1
    for share in _SHARES:
        wide = round(min(max(ideal, area.width() * 0.5), area.width() * share))
        beside = QRect(area.left() + wide + GAP, area.top(), area.width() - wide - GAP, area.height())
        columns = max(range(1, min(others, 3) + 1), key=partial(_picture_width, beside, others))
        if _fits(beside, others, columns):
            break
    tile_width = (beside.width() - GAP * (columns - 1)) / columns
    tallest = ((tile_width - 2 * FRAME) / _SHAPE + _CHROME) * 1.3
    main = QRect(area.left(), area.top(), wide, height)
    return WallRects((main, *_grid(beside, others, columns, tallest)), _tools(area, wide))


def _compare(area: QRect, count: int) -> WallRects:
    """The held picture and the one that goes on: side by side, or one above the other where they are larger then. Below
    them and the tools as many others as can still be read."""
    rest = area.adjusted(0, 0, 0, -TOOLS)
    wide, high = (rest.width() - GAP) // 2, (rest.height() - GAP) // 2
    beside = min(wide - 2 * FRAME, (rest.height() - _CHROME) * _SHAPE)
    if beside < min(rest.width() - 2 * FRAME, (high - _CHROME) * _SHAPE):
        held = QRect(rest.left(), rest.top(), rest.width(), high)
        return WallRects((held.translated(0, high + GAP),), _tools(area, area.width()), held)
    needed = round((wide - 2 * FRAME) / _SHAPE + _CHROME)  # no higher than a picture of its width needs
    held = QRect(rest.left(), rest.top(), wide, min(rest.height(), max(needed, SMALLEST[1])))
    tools = QRect(area.left(), held.bottom() + 1, area.width(), TOOLS)
    row = QRect(area.left(), tools.bottom() + 1, area.width(), area.bottom() - tools.bottom())
    others = min(count - 1, row.width() // SMALLEST[0]) if row.height() >= SMALLEST[1] else 0
    beneath = _row(row, others) if others else ()
    return WallRects((held.translated(wide + GAP, 0), *beneath), tools, held)


def _row(row: QRect, count: int) -> tuple[QRect, ...]:
    """Tiles in a row, no wider than their pictures need."""
    width = min((row.width() - GAP * (count - 1)) // count, round((row.height() - _CHROME) * _SHAPE) + 2 * FRAME)
    width = max(width, SMALLEST[0])
    return tuple(QRect(row.left() + at * (width + GAP), row.top(), width, row.height()) for at in range(count))


def _tools(area: QRect, width: int) -> QRect:
    return QRect(area.left(), area.bottom() + 1 - TOOLS, width, TOOLS)


def _fits(beside: QRect, others: int, columns: int) -> bool:
    """Whether head, foot and a next step's button have room in each tile."""
    tile = _grid(beside, others, columns)[0]
    return tile.width() >= SMALLEST[0] and tile.height() >= SMALLEST[1]


def _picture_width(beside: QRect, others: int, columns: int) -> float:
    rows = ceil(others / columns)
    wide = (beside.width() - GAP * (columns - 1)) / columns - 2 * FRAME
    high = (beside.height() - GAP * (rows - 1)) / rows - _CHROME
    return min(wide, high * _SHAPE)
