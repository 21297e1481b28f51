"""Drawing on a frame, beside a mark: by mouse or keys over the focused picture, each shape an entry. What is drawn is
shown over just that frame, and only while somebody asks for it; the footage stays as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent

from reviewer.domain.annotation import Bookmark
from reviewer.domain.drawing import ALL, Form, Shape, Spot
from reviewer.domain.errors import ReviewerError
from reviewer.domain.timebase import Micros, TimeRange
from reviewer.media.camera import TilePicture
from reviewer.services.playback import WallPicture
from reviewer.services.tile_words import is_settled
from reviewer.ui.bridge import Bridge
from reviewer.ui.review.annotation_panel import AnnotationPanel
from reviewer.ui.review.cameras import ReviewCamera
from reviewer.ui.review.controls import Controls
from reviewer.ui.review.drawing_pad import DrawingPad
from reviewer.ui.review.marking import Marking, marks_on
from reviewer.ui.review.scene import bookmark_range
from reviewer.ui.review.sketch import Sketch, on_frame, to_picture
from reviewer.ui.review.tile import Tile
from reviewer.ui.review.video_wall import VideoWall

_STEP = ALL // 100
_NO_PICTURE = ReviewerError("There is no picture to draw on.", "Focus a camera that shows one.")
_WENT_ON = ReviewerError("The picture went on before drawing began.", "Go back to the frame, and draw there.")
_MIDDLE = Spot(ALL // 2, ALL // 2)


@dataclass(frozen=True, slots=True)
class _Frame:
    """The frame that is drawn on: of which tile and camera, which picture."""

    tile: Tile
    camera: ReviewCamera
    picture: TilePicture

    @property
    def stream(self) -> Micros:
        """Where it lies in its part."""
        part = self.camera.manifest.parts[self.picture.part]
        return self.camera.manifest.model(part).to_stream(self.picture.at)

    def is_shown(self) -> bool:
        shown = self.tile.painted
        return shown is not None and (shown.part, shown.pts) == (self.picture.part, self.picture.pts)


class Drawing(QObject):
    """`failed` carries a ReviewerError, `told` words for the status line."""

    failed = Signal(object)
    told = Signal(str)

    def __init__(
        self,
        marking: Marking,
        panel: AnnotationPanel,
        pad: DrawingPad,
        wall: VideoWall,
        controls: Controls,
        bridge: Bridge,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._marking, self._panel, self.pad = marking, panel, pad
        self.destroyed.connect(pad.deleteLater)  # it is lent, and nobody's child meanwhile
        self._wall, self._controls, self._bridge = wall, controls, bridge
        self.shown = False
        self._asked = False  # to draw, as soon as the focused frame stands
        self._frame: _Frame | None = None
        self._mark: Bookmark | None = None
        self._points: list[Spot] = []
        self._cross: Spot | None = None
        self._dragging = False
        self._sketched: dict[str, Sketch] = {}
        pad.moved.connect(self._move)
        pad.point.connect(self._point)
        pad.ended.connect(self._end_shape)
        pad.left.connect(self.end)
        pad.erase_asked.connect(self.erase)
        panel.acts.draw.clicked.connect(self.toggle)
        marking.marked_changed.connect(lambda _marked, _marks: self._refresh())

    @property
    def active(self) -> bool:
        """Whether somebody is drawing."""
        return self._frame is not None

    @property
    def mark(self) -> Bookmark | None:
        """The mark beside which is drawn."""
        return self._mark

    def commands(self) -> dict[str, Callable[[], object]]:
        return {
            "drawing.begin": self.toggle,
            "drawing.show": self.toggle_shown,
            "drawing.form": self.pad.next_form,
            "drawing.erase": self.erase,
        }

    # Showing

    def toggle_shown(self) -> None:
        """Show what was drawn on the frames that are on the wall, or nothing over any picture."""
        self.shown = not self.shown
        self._refresh()
        drawn = sum(len(each.shapes) for each in self._sketched.values())
        if self.shown and not drawn:
            self.told.emit("Nothing is drawn on these frames. What is drawn on others shows there.")

    def follow(self, picture: WallPicture) -> None:
        """After each tick: shapes belong to one frame. Who goes on from it has ended drawing."""
        if self._asked:
            self._begin_when_it_stands(picture)
        if self._frame is not None and (picture.playing or not self._frame.is_shown()):
            self.end()
        elif self.shown or self._sketched:
            self._refresh()

    def _refresh(self) -> None:
        """Every tile has what belongs over the frame that it shows."""
        drawn = [shape for shapes in self._marking.marked.shapes.values() for shape in shapes.values()]
        wanted: dict[str, Sketch] = {}
        for key, picture in self._wall.painted().items():
            own = self._frame is not None and self._frame.tile.key == key
            shapes = on_frame(drawn, key, picture.part, picture.pts) if self.shown or own else ()
            if own:
                wanted[key] = Sketch(shapes, self._pending(), self._cross)
                self.pad.show_count(len(self._own_shapes()))
            elif shapes:
                wanted[key] = Sketch(shapes)
        for key in wanted.keys() | self._sketched.keys():
            tile = self._wall.tile(key)
            if tile is not None and wanted.get(key) != self._sketched.get(key):
                tile.set_sketch(wanted.get(key))
        self._sketched = wanted

    # Drawing

    def toggle(self) -> None:
        """Begin to draw on the focused camera's frame, or end that."""
        if self.active or self._asked:
            self.end()
            return
        self._controls.stop()
        if self._focused_frame() is None:
            self.failed.emit(_NO_PICTURE)
        else:
            self._asked = True

    def _begin_when_it_stands(self, picture: WallPicture) -> None:
        """Who pressed while it played, or right after a step, sees a frame that is about to be replaced: it is waited
        for the one that stays."""
        shown, frame = picture.pictures.get(self._wall.focused or ""), self._focused_frame()
        if not picture.playing and frame is not None and shown is not None and not is_settled(shown, playing=False):
            return
        self._asked = False
        if picture.playing:
            return
        if frame is None:
            self.failed.emit(_NO_PICTURE)
            return
        picked = self._panel.list.current
        if picked is not None and self._is_on(picked, frame):
            self._begin(frame, picked)
            return
        at = TimeRange(frame.picture.at, frame.picture.at)
        self._marking.make(at, marks_on(frame.camera, at), lambda mark: self._begin(frame, mark))

    def _focused_frame(self) -> _Frame | None:
        key = self._wall.focused
        camera = next((each for each in self._wall.cameras if each.key == key), None)
        tile = self._wall.tile(key) if key is not None else None
        if tile is None or camera is None or tile.painted is None:
            return None
        return _Frame(tile, camera, tile.painted)

    def _is_on(self, mark: Bookmark, frame: _Frame) -> bool:
        """Whether the frame is one of the mark's."""
        at = bookmark_range(mark, self._wall.every)
        inside = at.start < frame.picture.until and frame.picture.at <= at.end
        return inside and (not mark.marks or any(each.recording == frame.camera.key for each in mark.marks))

    def _begin(self, frame: _Frame, mark: Bookmark) -> None:
        if not frame.is_shown():
            self.failed.emit(_WENT_ON)
            return
        self._frame, self._mark = frame, mark
        self._points, self._cross = [], None
        self._panel.select(mark.id)
        frame.tile.installEventFilter(self)
        frame.tile.setCursor(Qt.CursorShape.CrossCursor)
        self._panel.lend_below(self.pad)
        self.pad.say("")
        self.pad.take_keys()
        self._refresh()

    def end(self) -> None:
        """What is half drawn is dropped; what was drawn is in the log."""
        frame, self._frame, self._mark, self._asked = self._frame, None, None, False
        self._points, self._cross, self._dragging = [], None, False
        if frame is not None:
            frame.tile.removeEventFilter(self)
            frame.tile.unsetCursor()
            self._panel.lend_below(None)
            self._panel.setFocus(Qt.FocusReason.OtherFocusReason)
        self._refresh()

    def erase(self) -> None:
        """Take the newest shape of this frame back."""
        shapes = self._own_shapes()
        mark = self._mark
        if mark is not None and shapes:
            newest = list(shapes)[-1]
            self._watch(lambda: self._marking.annotations.erase(mark, newest))

    def _own_shapes(self) -> dict[str, Shape]:
        """Those of this frame that belong to the mark."""
        if self._frame is None or self._mark is None:
            return {}
        picture, key = self._frame.picture, self._frame.camera.key
        drawn = self._marking.marked.drawn(self._mark.id)
        return {id_: each for id_, each in drawn.items() if on_frame((each,), key, picture.part, picture.pts)}

    def _shape(self, points: Iterable[Spot]) -> Shape | None:
        frame, form = self._frame, self.pad.chosen
        if frame is None:
            return None
        words = self.pad.words if form is Form.TEXT else ""
        found = tuple(points)
        if form.corners and len(found) > 2:
            found = (found[0], found[-1])
        return Shape(form, frame.camera.key, frame.picture.part, frame.picture.pts, frame.stream, found, words)

    def _pending(self) -> Shape | None:
        """The one that is being drawn."""
        if not self._points or self.pad.chosen is Form.TEXT:
            return None
        ends = self._points if self._dragging or self._cross is None else [*self._points, self._cross]
        return self._shape(ends)

    def _commit(self) -> None:
        points, self._points = self._points, []
        shape, mark = self._shape(points), self._mark
        if shape is not None and mark is not None:
            self._watch(lambda: self._marking.annotations.draw(mark, shape))
        self._refresh()

    def _watch(self, ask: Callable[[], Future[str]]) -> None:
        try:
            future = ask()
        except ReviewerError as error:
            self.pad.say(error)
            return
        self.pad.say("")
        self._bridge.watch(future, lambda _id: None, self.pad.say, self)

    # By keys

    def _move(self, across: int, down: int) -> None:
        now = self._cross or _MIDDLE
        self._cross = Spot(*(min(max(v + by * _STEP, 0), ALL) for v, by in ((now.x, across), (now.y, down))))
        self._refresh()

    def _point(self) -> None:
        """Space: one end of the shape, then the other; of a free line the next point."""
        self._cross = self._cross or _MIDDLE
        self._points.append(self._cross)
        if self.pad.chosen is Form.TEXT or (self.pad.chosen.corners and len(self._points) == 2):
            self._commit()
        self._refresh()

    def _end_shape(self) -> None:
        """Enter: the shape ends where the cross stands."""
        if self._cross is not None and (not self._points or self._points[-1] != self._cross):
            self._points.append(self._cross)
        if len(self._points) > 1 or (self._points and self.pad.chosen is Form.TEXT):
            self._commit()
        self._refresh()

    # By mouse: what happens over the tile while somebody draws is the pen's

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        frame = self._frame
        if frame is None or watched is not frame.tile or not isinstance(event, QMouseEvent):
            return False
        at = event.position()
        if event.type() == QEvent.Type.MouseButtonPress and event.button() == Qt.MouseButton.LeftButton:
            return self._press(frame, at)
        if event.type() == QEvent.Type.MouseMove and self._dragging:
            self._points.append(self._spot(frame, at))
            self._refresh()
            return True
        if event.type() == QEvent.Type.MouseButtonRelease and self._dragging:
            self._dragging = False
            self._points.append(self._spot(frame, at))
            self._commit()
            return True
        return event.type() == QEvent.Type.MouseButtonDblClick

    def _press(self, frame: _Frame, at: QPointF) -> bool:
        if not frame.tile.picture_rect.contains(at.toPoint()):
            return False
        self._cross, self._points = None, [self._spot(frame, at)]
        if self.pad.chosen is not Form.TEXT:
            self._dragging = True
        elif self.pad.words:
            self._commit()
        else:
            self._points = []
            self.pad.text.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def _spot(self, frame: _Frame, at: QPointF) -> Spot:
        return to_picture(frame.tile.view(), frame.tile.lens.turn, at)
