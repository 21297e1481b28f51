"""Masks on the picture: drawn, moved and sized by mouse or keys on the frame that stands there.

Nothing is changed here: `drawn` and `moved` ask for it, and what is recorded comes back through `show_masks`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent

from reviewer.domain.drawing import ALL, Spot
from reviewer.domain.redaction import Mask, MaskShape, Proposed, Region
from reviewer.domain.timebase import Utc
from reviewer.media.camera import TilePicture
from reviewer.services.playback import WallPicture
from reviewer.ui.disclosure_grip import Grip, grip_at, inside, pulled
from reviewer.ui.disclosure_model import TARGETS
from reviewer.ui.disclosure_pad import EditPad
from reviewer.ui.disclosure_sketch import Edge, MaskSketch, moved, sized
from reviewer.ui.review.sketch import to_picture, to_screen
from reviewer.ui.review.tile import Tile
from reviewer.ui.stage import StageView

_STEP, _FAR = ALL // 200, 8
LEAST = ALL // 100
"""No mask is smaller than this across or down."""
_FIRST = ALL // 10


@dataclass(slots=True)
class _Pending:
    """What is being drawn (`of` None) or moved: its points, and whether the mouse or a key changed them. `open_`: a
    polygon whose last corner is still to come."""

    shape: MaskShape
    points: tuple[Spot, ...]
    of: Mask | None = None
    touched: bool = False
    open_: bool = False


class MaskEditor(QObject):
    """`drawn(MaskShape, points, at)`: a new mask on the frame of `at` (stated time); `moved(Mask, at, points)`;
    `picked(id)`; `stop_asked()`: who draws stands still."""

    drawn = Signal(object, object, object)
    moved = Signal(object, object, object)
    picked = Signal(str)
    stop_asked = Signal()

    def __init__(self, stage: StageView, pad: EditPad, stated: Callable[[str, Utc], Utc]) -> None:
        super().__init__(stage)
        self._stage, self.pad, self._stated = stage, pad, stated
        self._key = ""
        self._masks: tuple[Mask, ...] = ()
        self._chosen, self.allowed = "", False
        self._pending: _Pending | None = None
        self._grip: Grip | None = None
        self._cross: Spot | None = None
        self._at: Utc | None = None
        self._shown: MaskSketch | None = None
        self._tile: Tile | None = None
        pad.moved.connect(self._by_keys)
        pad.point.connect(self._corner)
        pad.ended.connect(self.end)
        pad.left.connect(self.leave)

    # What there is

    def show_masks(self, recording: str, masks: tuple[Mask, ...], chosen: str) -> None:
        """The masks of the recording that is on the stage, and which is picked."""
        if recording != self._key:
            self.leave()
        self._key, self._masks, self._chosen = recording, masks, chosen
        self._refresh()

    @property
    def active(self) -> bool:
        """Whether somebody draws or moves one."""
        return self._pending is not None

    @property
    def pending(self) -> tuple[Spot, ...]:
        """The points of what is being drawn or moved; () for nothing."""
        return self._pending.points if self._pending is not None else ()

    @property
    def tile(self) -> Tile | None:
        return self._stage.wall.tile(self._key)

    def _picture(self) -> TilePicture | None:
        return self._stage.wall.painted().get(self._key)

    def now(self) -> Utc | None:
        """The stated time of the frame that stands there; None while none does."""
        picture = self._picture()
        return self._stated(self._key, picture.at) if picture is not None else None

    def _turn(self) -> int:
        tile, picture = self.tile, self._picture()
        return ((picture.turn if picture else 0) + (tile.lens.turn if tile else 0)) % 360

    # After each tick

    def follow(self, picture: WallPicture) -> None:
        """Masks lie where they do on the frame that is shown. What was moved on another frame is set there; a new one,
        and one that nobody moved yet, goes along: who has just begun may see a frame that is about to be replaced."""
        self._watch(self.tile)
        at, pending = self.now(), self._pending
        if pending is not None and picture.playing:
            self.end() if pending.of is not None else self.leave()
        elif pending is not None and at is not None and at != self._at:
            self._go_along(pending, at)
        self._refresh()

    def _go_along(self, pending: _Pending, at: Utc) -> None:
        if pending.of is not None and pending.touched:
            self.end()
            return
        self._at = at
        region = pending.of.region(at) if pending.of is not None else None
        if region is not None:
            pending.points = region.points

    def _watch(self, tile: Tile | None) -> None:
        if tile is self._tile:
            return
        if self._tile is not None:
            self._tile.removeEventFilter(self)
        self._tile, self._shown = tile, None
        if tile is not None:
            tile.installEventFilter(self)

    def _refresh(self) -> None:
        tile, at = self.tile, self.now()
        if tile is None:
            return
        edges = self._edges(at) if at is not None else ()
        sketch = MaskSketch(edges=edges, cross=self._cross if self.active else None)
        if sketch != self._shown:
            self._shown = sketch
            tile.set_sketch(sketch)

    def _edges(self, at: Utc) -> tuple[Edge, ...]:
        pending, found = self._pending, []
        for mask in self._masks:
            region = mask.region(at) if mask.proposed is not Proposed.REFUSED else None
            if region is not None and (pending is None or pending.of is None or pending.of.id != mask.id):
                found.append(self._edge(mask, region))
        if pending is not None:
            region = Region(pending.shape, pending.points)
            if pending.of is not None:
                found.append(self._edge(pending.of, region))
            elif len(pending.points) > 1:
                found.append(Edge(region, "new", picked=True))
        return tuple(found)

    def _edge(self, mask: Mask, region: Region) -> Edge:
        words = f"{mask.name} {mask.words or TARGETS[mask.target]}"
        drawing = self._pending is not None and self._pending.of is None
        picked = mask.id == self._chosen and not drawing
        return Edge(region, words, picked=picked, open_=mask.proposed is Proposed.OPEN)

    # Drawing and moving

    def draw(self, shape: MaskShape) -> bool:
        """Begin a new mask on the frame that stands there. False if none does."""
        self.stop_asked.emit()
        self._at = self.now()
        if self._at is None or not self.allowed:
            return False
        half = _FIRST // 2
        middle = ALL // 2
        self._cross = Spot(middle, middle) if shape is MaskShape.POLYGON else None
        first = (Spot(middle - half, middle - half), Spot(middle + half, middle + half))
        self._pending = _Pending(shape, () if shape is MaskShape.POLYGON else first)
        self.pad.begin(shape, "")
        if self.tile is not None:
            self.tile.setCursor(Qt.CursorShape.CrossCursor)
        self._refresh()
        return True

    def edit(self) -> bool:
        """Move the picked mask on the frame that stands there. False if there is none."""
        self.stop_asked.emit()
        at, mask = self.now(), next((m for m in self._masks if m.id == self._chosen), None)
        if at is None or mask is None or not self.allowed or not mask.frames:
            return False
        region = mask.region(at)
        points = region.points if region is not None else mask.frames[0].points
        self._at, self._pending = at, _Pending(mask.shape, points, mask)
        self.pad.begin(None, mask.name)
        self._refresh()
        return True

    def end(self) -> None:
        """Set what was drawn or moved."""
        pending, at = self._pending, self._at
        if pending is not None and pending.shape is MaskShape.POLYGON and pending.of is None:
            if self._cross is not None and self._cross not in pending.points:
                pending.points = (*pending.points, self._cross)
            if len(pending.points) < 3:
                return
        self.leave()
        if pending is None or at is None:
            return
        if pending.of is None:
            self.drawn.emit(pending.shape, pending.points, at)
        elif pending.touched:
            self.moved.emit(pending.of, at, pending.points)

    def leave(self) -> None:
        """What is half drawn is dropped."""
        if self._pending is None:
            return
        self._pending, self._grip, self._cross, self._at = None, None, None, None
        self.pad.end()
        self._stage.setFocus(Qt.FocusReason.OtherFocusReason)
        if self.tile is not None:
            self.tile.unsetCursor()
        self._refresh()

    # By keys

    def _by_keys(self, across: int, down: int, sizes: bool, far: bool) -> None:
        pending = self._pending
        if pending is None:
            return
        step = _STEP * (_FAR if far else 1)
        if self._cross is not None:
            x, y = self._cross.x + across * step, self._cross.y + down * step
            self._cross = Spot(min(max(x, 0), ALL), min(max(y, 0), ALL))
        elif sizes:
            pending.points = sized(pending.points, across * 2 * step, down * 2 * step, LEAST)
        else:
            pending.points = inside(moved(pending.points, across * step, down * step))
        pending.touched = True
        self._refresh()

    def _corner(self) -> None:
        if self._pending is not None and self._cross is not None and self._cross not in self._pending.points:
            self._pending.points = (*self._pending.points, self._cross)
            self._refresh()

    # By mouse

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        tile = self._tile
        if tile is None or watched is not tile or not isinstance(event, QMouseEvent) or not self.allowed:
            return False
        at = event.position()
        match event.type():
            case QEvent.Type.MouseButtonPress if event.button() == Qt.MouseButton.LeftButton:
                return tile.picture_rect.contains(at.toPoint()) and self._press(tile, at)
            case QEvent.Type.MouseMove if self._grip is not None:
                self._drag(tile, at)
                return True
            case QEvent.Type.MouseButtonRelease if self._grip is not None:
                return self._release()
            case QEvent.Type.MouseButtonDblClick if self._pending is not None:
                if self._pending.shape is MaskShape.POLYGON and self._pending.of is None:
                    self._cross = None
                    self.end()
                return True
        return False

    def _spot(self, tile: Tile, at: QPointF) -> Spot:
        return to_picture(tile.view(), self._turn(), at)

    def _press(self, tile: Tile, at: QPointF) -> bool:
        spot, pending = self._spot(tile, at), self._pending
        if pending is not None and pending.of is None:
            if pending.shape is MaskShape.POLYGON:
                self._cross = None
                pending.points = (*pending.points, spot)
            else:
                pending.points, pending.touched = (spot, spot), True
                self._grip = Grip(1, spot, pending.points)
            self._refresh()
            return True
        return self._take(tile, at, spot)

    def _take(self, tile: Tile, at: QPointF, spot: Spot) -> bool:
        """The picked mask's handle or middle, or another mask, which is picked."""
        now = self.now()
        if now is None:
            return False
        for mask in sorted(self._masks, key=lambda each: each.id != self._chosen):
            region = mask.region(now) if mask.proposed is not Proposed.REFUSED else None
            if region is None:
                continue
            pending = self._pending
            points = pending.points if pending is not None and pending.of is mask else region.points
            on_screen = [to_screen(tile.view(), self._turn(), each) for each in points]
            grip = grip_at(on_screen, points, region.shape, at, spot)
            if grip is None:
                continue
            if mask.id != self._chosen:
                self.picked.emit(mask.id)
                return True
            if pending is None and not self.edit():
                return False
            self._grip = grip
            return True
        return False

    def _drag(self, tile: Tile, at: QPointF) -> None:
        if self._pending is not None and self._grip is not None:
            self._pending.points = pulled(self._grip, self._spot(tile, at), self._pending.shape)
            self._pending.touched = True
            self._refresh()

    def _release(self) -> bool:
        self._grip = None
        pending = self._pending
        if pending is None:
            return True
        xs, ys = [p.x for p in pending.points], [p.y for p in pending.points]
        if pending.of is None and (max(xs) - min(xs) < LEAST or max(ys) - min(ys) < LEAST):
            return True  # a click: nobody meant a mask of a point
        self.end()
        return True
