"""One camera on the wall: its head (who, what state, sound), its picture, its foot (which clock, how sure).

Nothing of ours lies on the picture but what somebody drew there and asks to see (`sketch`), and at 1× it is never
cropped. It is drawn straight from the decoder's buffer at the screen's own pixels, and only when the frame changed.
Once a tile is covered it holds no frame that it could paint.
"""

from __future__ import annotations

from time import monotonic

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QGestureEvent, QPinchGesture, QSizePolicy, QWidget

from reviewer.domain.lens import Lens
from reviewer.domain.tile import TileState
from reviewer.domain.timebase import Utc
from reviewer.media.camera import TilePicture
from reviewer.services.spans import Seen
from reviewer.ui.buttons import Button, IconButton
from reviewer.ui.review.cameras import ReviewCamera
from reviewer.ui.review.caption_row import Caption, paint_caption
from reviewer.ui.review.faces import Face, HeadWords, Mark, NextStep, face_of, head_words, mark_of
from reviewer.ui.review.frame import Frame
from reviewer.ui.review.framing import Framing, dragged, pinched, wanted_size, wheeled
from reviewer.ui.review.lens_words import whole_words
from reviewer.ui.review.sketch import Sketch
from reviewer.ui.review.tile_chrome import HEAD, HeadSays, Look, paint_border, paint_clock, paint_head, tile_rects
from reviewer.ui.review.tile_face import face_rows, paint_face
from reviewer.ui.theme import Theme, theme_of
from reviewer.ui.times import Zone

_TINY = 200
_WORDS_EVERY = 0.1  # seconds: numbers in a head change at most ten times a second


class _SoundButton(IconButton):
    """Dim while the camera is not heard, so that the one that is stands out."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("", "volume-off", parent=parent)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Shift + number is its key
        self._heard = False

    def show_heard(self, heard: bool) -> None:
        self._heard = heard
        self.set_icon("volume" if heard else "volume-off")

    def _colors(self, theme: Theme) -> tuple[QColor | None, QColor | None, QColor]:
        fill, border, ink = super()._colors(theme)
        return fill, border, ink if self._heard or self.underMouse() else theme.color("text3")


class Tile(QWidget):
    """`focus_asked`, `hear_asked`, `full_asked` carry the camera's key; `step_asked` the key and the NextStep;
    `resized` the key after the picture's size in device pixels changed; `looked` the key and the Lens that wheel,
    pinch or drag ask for; `menu_asked` the key and where on the screen."""

    focus_asked = Signal(str)
    hear_asked = Signal(str)
    full_asked = Signal(str)
    step_asked = Signal(str, object)
    resized = Signal(str)
    looked = Signal(str, object)
    menu_asked = Signal(str, QPoint)

    def __init__(self, camera: ReviewCamera, zone: Zone, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._camera, self._zone = camera, zone
        self._rects = tile_rects(self.size())
        self._frame = Frame()
        self._caption: Caption | None = None
        self._state = TileState.OPENING
        self._at = camera.range.start
        self._face: Face | None = face_of(camera, self._state, self._at, zone)
        self._head: HeadWords | None = None
        self._mark: Mark | None = None
        self._timed = False
        self._words_at = 0.0
        self._focused = self._heard = False
        self._sketch: Sketch | None = None
        self._grip: QPointF | None = None
        self._reported = QSize()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(120, 90)
        self._sound = _SoundButton(self)
        self._sound.clicked.connect(lambda: self.hear_asked.emit(self.key))
        self._button, self._also = Button("", height=28, parent=self), Button("", height=28, parent=self)
        self._button.clicked.connect(lambda: self._press(self._face.next if self._face else None))
        self._also.clicked.connect(lambda: self._press(self._face.also if self._face else None))
        self.grabGesture(Qt.GestureType.PinchGesture)
        self._refresh()

    # What it shows

    @property
    def key(self) -> str:
        return self._camera.key

    @property
    def camera(self) -> ReviewCamera:
        return self._camera

    @property
    def state(self) -> TileState:
        return self._state

    @property
    def face(self) -> Face | None:
        return self._face

    @property
    def head(self) -> HeadWords | None:
        return self._head

    @property
    def mark(self) -> Mark | None:
        return self._mark

    @property
    def lens(self) -> Lens:
        return self._frame.lens

    @property
    def next_button(self) -> Button:
        return self._button

    @property
    def other_button(self) -> Button:
        """The other next step, where a state has one and there is room."""
        return self._also

    @property
    def picture_rect(self) -> QRect:
        return self._rects.picture

    @property
    def painted(self) -> TilePicture | None:
        """The picture whose frame was last really painted; None while none is on the screen."""
        return self._frame.painted

    @property
    def seen(self) -> Seen | None:
        """How it stands there, as it was painted last; whether anything lies over it is not for the tile to say."""
        return self._frame.seen

    def device_size(self) -> QSize:
        """What the decoder should make: the picture's room in device pixels, times the zoom, as it lies in the file."""
        return wanted_size(self._rects.picture.size(), self.devicePixelRatioF(), self._frame.lens)

    @property
    def shape(self) -> float:
        """Width : height of the picture as it stands."""
        wide, high = self._frame.size
        return wide / high

    def view(self) -> Framing:
        """What of the picture is in view, and where."""
        return self._frame.framing(self._rects.picture, self.devicePixelRatioF())

    def set_camera(self, camera: ReviewCamera) -> None:
        """The same camera with more of it here, or its clock corrected."""
        self._camera = camera
        self._face = face_of(camera, self._state, self._at, self._zone)
        self._refresh()

    def set_focused(self, focused: bool) -> None:
        if focused != self._focused:
            self._focused = focused
            self._refresh()

    def set_heard(self, heard: bool) -> None:
        if heard != self._heard:
            self._heard = heard
            self._refresh()

    def set_lens(self, lens: Lens) -> None:
        """How the person looks at it: never changes the recording, and says so beside the picture."""
        if lens != self._frame.lens:
            self._frame.lens = lens
            self._refresh()
            self._report()

    def set_sketch(self, sketch: Sketch | None) -> None:
        """What was drawn on the frame that it shows, and is to be seen; None for nothing over the picture."""
        self._sketch = sketch
        self.update(self._rects.picture)

    def set_timed(self, timed: bool) -> None:
        """While two instants are compared the head says the time of its own frame."""
        self._timed = timed

    def set_caption(self, caption: Caption | None) -> None:
        """What is said now, below the picture; None takes that row away."""
        had, self._caption = self._caption, caption
        if (had is None) != (caption is None):
            self._lay_out()
        elif had != caption:
            self.update(self._rects.caption)

    def show_picture(self, picture: TilePicture, at: Utc, playing: bool) -> bool:
        """Show what the camera has at an instant. Only what changed is painted again. True if there is a new frame."""
        moved = self._state is not picture.state
        self._state, self._at = picture.state, at
        new = self._frame.take(picture)
        if new:
            self.update(self._rects.picture)
        face, head, mark = self._said(picture, at, playing)
        changed = (face, mark) != (self._face, self._mark)
        if moved or changed or (head != self._head and monotonic() - self._words_at > _WORDS_EVERY):
            self._face, self._head, self._mark, self._words_at = face, head, mark, monotonic()
            self._refresh()
        return new

    def _said(self, picture: TilePicture, at: Utc, playing: bool) -> tuple[Face | None, HeadWords | None, Mark | None]:
        """Face, words of the head and mark for a picture."""
        face = face_of(self._camera, picture.state, at, self._zone, picture.note)
        head = head_words(self._camera, picture, at, playing)
        if self._timed and face is None and picture.state is not TileState.LATE:
            head = HeadWords("player-play" if playing else "player-pause", f"Now {self._zone.clock(picture.at, 3)}")
        return face, head, mark_of(picture)

    def cover(self, why: str = "") -> None:
        """Show no picture: nothing durable says that it may be seen. The frame is let go of at once."""
        face = face_of(self._camera, TileState.COVERED, self._at, self._zone, why)
        self._frame.drop()
        self._sketch = None
        if self._state is not TileState.COVERED or face != self._face:
            self._state, self._face, self._head, self._mark = TileState.COVERED, face, None, None
            self._refresh()

    def _refresh(self) -> None:
        for button, step in self._steps():
            button.setVisible(step is not None)
            button.set_words(step.words if step is not None else "")
        self._place_buttons()
        self._show_corner()
        words = f"{self._face.headline}\n{self._face.detail}" if self._face else ""
        self.setToolTip("\n".join(filter(None, (words, whole_words(self._frame.lens)))))
        self.setAccessibleName(f"Camera {self._camera.number}, {self._camera.manifest.officer}, {self.words}")
        self.update()

    def _steps(self) -> tuple[tuple[Button, NextStep | None], ...]:
        face = self._face
        return (self._button, face.next if face else None), (self._also, face.also if face else None)

    def _show_corner(self) -> None:
        """The sound button at the head's right end."""
        self._sound.show_heard(self._heard)
        self._sound.set_words(f"{'Mute' if self._heard else 'Hear'} camera {self._camera.number}")
        self._sound.setEnabled(self._state not in (TileState.NO_PERMISSION, TileState.RESTRICTED))
        self._show_sound()

    def _show_sound(self) -> None:
        """In a very small tile only the heard camera says so; the lane has the same button."""
        self._sound.setVisible(self._heard or self.width() >= _TINY)

    @property
    def words(self) -> str:
        """The state in words, as head or face say it."""
        if self._face is not None:
            return self._face.headline
        return ", ".join(each.words for each in (self._head, self._mark) if each is not None)

    # Geometry and hands

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def _lay_out(self) -> None:
        self._rects = tile_rects(self.size(), captioned=self._caption is not None)
        head = self._rects.head
        self._sound.setGeometry(head.right() - HEAD + 1, head.top(), HEAD, HEAD)
        self._show_sound()
        self._place_buttons()
        self._report()
        self.update()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._report()
        if isinstance(event, QGestureEvent):
            return self._pinch(event)
        if isinstance(event, QNativeGestureEvent) and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
            return self._look(pinched(self._frame.lens, self.view(), event.position(), 1 + event.value()))
        return super().event(event)

    def _report(self) -> None:
        size = self.device_size()
        if size != self._reported:
            self._reported = size
            self.resized.emit(self.key)

    def _place_buttons(self) -> None:
        """The next step in the middle; the other one beside it, where both have room."""
        picture = self._rects.picture
        widths = [min(b.sizeHint().width(), picture.width() - 8) for b, step in self._steps() if step is not None]
        if not widths or self._face is None:
            return
        both = len(widths) == 2 and sum(widths) + 8 <= picture.width() - 8
        self._also.setVisible(both)
        top = face_rows(picture, self._face).button
        left = picture.center().x() - (sum(widths) + 8 if both else widths[0]) // 2
        self._button.setGeometry(left, top, widths[0], self._button.sizeHint().height())
        if both:
            self._also.setGeometry(left + widths[0] + 8, top, widths[1], self._also.sizeHint().height())

    def _press(self, step: NextStep | None) -> None:
        if step is not None:
            self.step_asked.emit(self.key, step)

    # Looking nearer: wheel, pinch, drag

    def _look(self, lens: Lens) -> bool:
        if lens != self._frame.lens:
            self.looked.emit(self.key, lens)
        return True

    def _over_picture(self, at: QPointF) -> bool:
        return self._face is None and self._rects.picture.contains(at.toPoint())

    def wheelEvent(self, event: QWheelEvent) -> None:
        if not self._over_picture(event.position()) or not event.angleDelta().y():
            super().wheelEvent(event)
            return
        self._look(wheeled(self._frame.lens, self.view(), event.position(), event.angleDelta().y()))
        event.accept()

    def _pinch(self, event: QGestureEvent) -> bool:
        pinch = event.gesture(Qt.GestureType.PinchGesture)
        if not isinstance(pinch, QPinchGesture):
            return False
        at = QPointF(self.mapFromGlobal(pinch.centerPoint().toPoint()))
        if self._over_picture(at):
            self._look(pinched(self._frame.lens, self.view(), at, pinch.scaleFactor()))
        event.accept(pinch)
        return True

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_asked.emit(self.key, event.globalPos())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.focus_asked.emit(self.key)
            if self._frame.lens.zoomed and self._over_picture(event.position()):
                self._grip = event.position()
                self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grip is not None:
            by, self._grip = event.position() - self._grip, event.position()
            self._look(dragged(self._frame.lens, self.view(), by))

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._grip = None
        self.unsetCursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The whole picture again; where it is the whole one already, that picture alone."""
        if self._frame.lens.zoomed and self._over_picture(event.position()):
            self._look(self._frame.lens.whole())
        else:
            self.full_asked.emit(self.key)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, painter, region = theme_of(self), QPainter(self), event.region()
        if region.intersects(self._rects.picture):
            if self._face is None:
                self._frame.paint(painter, self._rects.picture)
                if self._sketch is not None:
                    self._sketch.paint(painter, self.view(), self._frame.lens.turn, self._rects.picture)
            else:
                paint_face(painter, self._rects.picture, self._face, theme)
        if self._rects.picture.contains(event.rect()):
            return
        paint_border(painter, self.rect(), self._focused, theme)
        if region.intersects(self._rects.head):
            head = self._rects.head
            says = HeadSays(self._head, self._mark, self._focused)
            paint_head(painter, head, head.right() - 4 - self._corner_width(), self._camera, says, theme)
        if region.intersects(self._rects.clock):
            look = Look(self._frame.lens if self._face is None else Lens(), self.view(), self.shape)
            paint_clock(painter, self._rects, self._camera, look, theme)
        if self._caption is not None and region.intersects(self._rects.caption):
            paint_caption(painter, self._rects.caption, self._caption, theme)

    def _corner_width(self) -> int:
        return 0 if self._sound.isHidden() else HEAD
