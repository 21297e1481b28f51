"""One camera on the wall: its head (who, what state, sound), its picture, its foot (which clock, how sure).

Nothing of ours lies on the picture and the picture is never cropped. It is drawn straight from the decoder's buffer at
the screen's own pixels, and only when the frame changed. Once a tile is covered it holds no frame that it could paint.
"""

from __future__ import annotations

from time import monotonic

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from reviewer.domain.tile import TileState
from reviewer.domain.timebase import Utc
from reviewer.media.camera import TilePicture
from reviewer.ui.buttons import Button, IconButton
from reviewer.ui.review.cameras import ReviewCamera
from reviewer.ui.review.faces import Face, HeadWords, NextStep, face_of, head_words
from reviewer.ui.review.frame import Frame, Lens
from reviewer.ui.review.tile_chrome import (
    HEAD,
    face_rows,
    paint_border,
    paint_clock_below,
    paint_clock_beside,
    paint_face,
    paint_head,
    tile_rects,
)
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
    `resized` the key after the picture's size in device pixels changed."""

    focus_asked = Signal(str)
    hear_asked = Signal(str)
    full_asked = Signal(str)
    step_asked = Signal(str, object)
    resized = Signal(str)

    def __init__(self, camera: ReviewCamera, zone: Zone, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._camera, self._zone = camera, zone
        self._rects = tile_rects(self.size())
        self._frame = Frame()
        self._state = TileState.OPENING
        self._at = camera.range.start
        self._face: Face | None = face_of(camera, self._state, self._at, zone)
        self._head: HeadWords | None = None
        self._words_at = 0.0
        self._focused = self._heard = False
        self._grip: QPoint | None = None
        self._reported = QSize()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(120, 90)
        self._sound = _SoundButton(self)
        self._sound.clicked.connect(lambda: self.hear_asked.emit(self.key))
        self._button = Button("", height=28, parent=self)
        self._button.clicked.connect(self._press)
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
    def next_button(self) -> Button:
        return self._button

    @property
    def picture_rect(self) -> QRect:
        return self._rects.picture

    @property
    def painted(self) -> TilePicture | None:
        """The picture whose frame was last really painted; None while none is on the screen."""
        return self._frame.painted

    def device_size(self) -> QSize:
        """The picture's room in device pixels (times the zoom): what the decoder should make."""
        ratio = self.devicePixelRatioF() * self._frame.lens.zoom
        return QSize(round(self._rects.picture.width() * ratio), round(self._rects.picture.height() * ratio))

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
        """How the person looks at it: never changes the recording, and says so beside the controls."""
        self._frame.lens = lens
        self.update(self._rects.picture)
        self._report()

    def show_picture(self, picture: TilePicture, at: Utc, playing: bool) -> bool:
        """Show what the camera has at an instant. Only what changed is painted again. True if there is a new frame."""
        moved = self._state is not picture.state
        self._state, self._at = picture.state, at
        new = self._frame.take(picture)
        if new:
            self.update(self._rects.picture)
        face = face_of(self._camera, picture.state, at, self._zone, picture.note)
        head = head_words(self._camera, picture.state, at, picture.late // 1000, playing, picture.note)
        if moved or face != self._face or (head != self._head and monotonic() - self._words_at > _WORDS_EVERY):
            self._face, self._head, self._words_at = face, head, monotonic()
            self._refresh()
        return new

    def cover(self, why: str = "") -> None:
        """Show no picture: nothing durable says that it may be seen. The frame is let go of at once."""
        face = face_of(self._camera, TileState.COVERED, self._at, self._zone, why)
        self._frame.drop()
        if self._state is not TileState.COVERED or face != self._face:
            self._state, self._face, self._head = TileState.COVERED, face, None
            self._refresh()

    def _refresh(self) -> None:
        step = self._face.next if self._face else None
        self._button.setVisible(step is not None)
        if step is not None:
            self._button.set_words(step.words)
            self._place_button()
        silent = self._state is TileState.NO_PERMISSION
        self._sound.show_heard(self._heard)
        self._sound.set_words(f"{'Mute' if self._heard else 'Hear'} camera {self._camera.number}")
        self._sound.setEnabled(not silent)
        self._show_sound()
        self.setToolTip(f"{self._face.headline}\n{self._face.detail}" if self._face else "")
        self.setAccessibleName(f"Camera {self._camera.number}, {self._camera.manifest.officer}, {self.words}")
        self.update()

    def _show_sound(self) -> None:
        """In a very small tile only the heard camera says so; the lane has the same button."""
        self._sound.setVisible(self._heard or self.width() >= _TINY)

    @property
    def words(self) -> str:
        """The state in words, as head or face say it."""
        return self._face.headline if self._face else self._head.words if self._head else ""

    # Geometry and hands

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._rects = tile_rects(self.size())
        head = self._rects.head
        self._sound.setGeometry(head.right() - HEAD + 1, head.top(), HEAD, HEAD)
        self._show_sound()
        self._place_button()
        self._report()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._report()
        return super().event(event)

    def _report(self) -> None:
        size = self.device_size()
        if size != self._reported:
            self._reported = size
            self.resized.emit(self.key)

    def _place_button(self) -> None:
        picture, hint = self._rects.picture, self._button.sizeHint()
        width = min(hint.width(), picture.width() - 8)
        top = face_rows(picture, self._face).button if self._face else picture.top()
        self._button.setGeometry(picture.center().x() - width // 2, top, width, hint.height())

    def _press(self) -> None:
        step: NextStep | None = self._face.next if self._face else None
        if step is not None:
            self.step_asked.emit(self.key, step)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.focus_asked.emit(self.key)
            if self._frame.lens.zoom > 1 and self._rects.picture.contains(event.position().toPoint()):
                self._grip = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grip is not None:
            here = event.position().toPoint()
            moved, self._grip = here - self._grip, here
            self._frame.lens = self._frame.lens.moved(
                -moved.x() / self._rects.picture.width(), -moved.y() / self._rects.picture.height()
            )
            self.update(self._rects.picture)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._grip = None

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        self.full_asked.emit(self.key)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, painter = theme_of(self), QPainter(self)
        if event.rect().intersects(self._rects.picture):
            if self._face is None:
                self._frame.paint(painter, self._rects.picture)
            else:
                paint_face(painter, self._rects.picture, self._face, theme)
        if not self._rects.picture.contains(event.rect()):
            paint_border(painter, self.rect(), self._focused, theme)
            head = self._rects.head
            right = head.right() - 4 - (0 if self._sound.isHidden() else HEAD)
            paint_head(painter, head, right, self._camera, self._head, self._focused, theme)
            paint_clock = paint_clock_beside if self._rects.beside else paint_clock_below
            paint_clock(painter, self._rects.clock, self._camera, theme)
