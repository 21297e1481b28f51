"""The video wall: tiles in a layout, one of them focused, one of them heard. Shows what it is handed, or covers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QRect, QSize, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from reviewer.domain.tile import TileState
from reviewer.domain.timebase import Utc
from reviewer.media.camera import TilePicture
from reviewer.ui.review.cameras import ReviewCamera
from reviewer.ui.review.frame import Lens
from reviewer.ui.review.tile import Tile
from reviewer.ui.review.view_tools import ViewTools
from reviewer.ui.review.wall_bar import WallBar
from reviewer.ui.review.wall_layout import CYCLE, WallLayout, wall_rects
from reviewer.ui.theme import theme_of
from reviewer.ui.times import Zone

_PAD = 4
_SETTLE = 60  # ms: sizes are told once a splitter or a window rests


class VideoWall(QWidget):
    """`sizes_changed`: {camera key: QSize in device pixels} of the pictures on the wall now, those that are not on it
    left out. `chosen_changed`: tuple of keys. `focus_changed`, `hear_asked`, `full_asked`: a key. `step_asked`: key,
    NextStep. `layout_changed`: a WallLayout."""

    sizes_changed = Signal(object)
    chosen_changed = Signal(object)
    focus_changed = Signal(str)
    hear_asked = Signal(str)
    full_asked = Signal(str)
    step_asked = Signal(str, object)
    layout_changed = Signal(object)

    def __init__(self, zone: Zone, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._zone = zone
        self._cameras: tuple[ReviewCamera, ...] = ()
        self._chosen: frozenset[str] = frozenset()
        self._tiles: dict[str, Tile] = {}
        self._focused: str | None = None
        self._heard: frozenset[str] = frozenset()
        self._layout = self._before = WallLayout.FOCUS
        self._page = 0
        self._covered: str | None = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(420, 260)
        self.bar = WallBar(self)
        self.bar.layout_chosen.connect(self.set_layout)
        self.bar.cameras_chosen.connect(self.choose)
        self.bar.page_turned.connect(lambda by: self._turn(self._page + by))
        self.bar.focus_asked.connect(self.focus)
        self.tools = ViewTools(self)
        self.tools.lens_chosen.connect(self._look)
        self._told = QTimer(self)
        self._told.setSingleShot(True)
        self._told.setInterval(_SETTLE)
        self._told.timeout.connect(lambda: self.sizes_changed.emit(self.sizes()))

    # Which cameras

    @property
    def cameras(self) -> tuple[ReviewCamera, ...]:
        """The chosen ones, in the order of their numbers."""
        return tuple(c for c in self._cameras if c.key in self._chosen)

    @property
    def focused(self) -> str | None:
        return self._focused

    @property
    def layout_now(self) -> WallLayout:
        return self._layout

    @property
    def on_page(self) -> tuple[ReviewCamera, ...]:
        """The cameras on the wall now; in FOCUS the focused one comes first."""
        size = WallLayout.FOCUS.page if self._layout is WallLayout.FULL else self._layout.page
        shown = self.cameras[self._page * size : (self._page + 1) * size]
        if self._layout in (WallLayout.FOCUS, WallLayout.FULL):
            shown = tuple(sorted(shown, key=lambda c: c.key != self._focused))
        return shown[:1] if self._layout is WallLayout.FULL else shown

    def tile(self, key: str) -> Tile | None:
        return self._tiles.get(key)

    def sizes(self) -> dict[str, QSize]:
        """The room of each picture on the wall, in device pixels."""
        return {c.key: self._tiles[c.key].device_size() for c in self.on_page}

    def painted(self) -> Mapping[str, TilePicture]:
        """What really stands on the screen now, by camera."""
        found = ((c.key, self._tiles[c.key].painted) for c in self.on_page)
        return {key: picture for key, picture in found if picture is not None}

    def set_cameras(self, cameras: Iterable[ReviewCamera]) -> None:
        """All cameras of the case. Those known keep their tile and whether they are chosen; new ones are chosen."""
        known = {c.key for c in self._cameras}
        self._cameras = tuple(sorted(cameras, key=lambda c: c.number))
        keys = {c.key for c in self._cameras}
        self._chosen = frozenset((self._chosen & keys) | (keys - known))
        for gone in set(self._tiles) - keys:
            tile = self._tiles.pop(gone)
            tile.hide()
            tile.deleteLater()
        for camera in self._cameras:
            if camera.key in self._tiles:
                self._tiles[camera.key].set_camera(camera)
            else:
                self._tiles[camera.key] = self._make(camera)
        if self._focused not in self._chosen:
            self._focused = None
        if self._focused is None and self.cameras:
            self.focus(self.cameras[0].key)
        self._arrange()

    def _make(self, camera: ReviewCamera) -> Tile:
        tile = Tile(camera, self._zone, self)
        tile.cover()
        tile.focus_asked.connect(self.focus)
        tile.hear_asked.connect(self.hear_asked)
        tile.full_asked.connect(self.full_asked)
        tile.step_asked.connect(self.step_asked)
        tile.resized.connect(lambda _key: self._told.start())
        return tile

    def choose(self, keys: Iterable[str]) -> None:
        """Which cameras are on the wall. An unknown key is not looked at; none at all changes nothing."""
        chosen = frozenset(keys) & {c.key for c in self._cameras}
        if not chosen or chosen == self._chosen:
            return
        self._chosen = chosen
        if self._focused not in chosen:
            self.focus(self.cameras[0].key)
        self._arrange()
        self.chosen_changed.emit(tuple(c.key for c in self.cameras))

    # Focus, sound, layout

    def focus(self, key: str) -> None:
        """Make a camera that is on the wall the focused one, and turn to its page."""
        if key not in self._chosen:
            return
        changed, self._focused = key != self._focused, key
        for each, tile in self._tiles.items():
            tile.set_focused(each == key)
        place = [c.key for c in self.cameras].index(key)
        size = WallLayout.FOCUS.page if self._layout is WallLayout.FULL else self._layout.page
        self._page = place // size
        self._arrange()
        if changed:
            self.tools.reset()
            self.focus_changed.emit(key)

    def focus_number(self, number: int) -> None:
        """The number key: the camera of that number on the page that is in view, chosen or not."""
        camera = self.numbered(number)
        if camera is not None:
            if camera.key not in self._chosen:
                self.choose(self._chosen | {camera.key})
            self.focus(camera.key)

    def numbered(self, key: int) -> ReviewCamera | None:
        """Whose number key (1–9) this is: more than nine cameras have their keys by pages of nine."""
        at = next((c.number for c in self._cameras if c.key == self._focused), 1)
        wanted = (at - 1) // 9 * 9 + key
        return next((c for c in self._cameras if c.number == wanted), None)

    def set_heard(self, keys: Iterable[str]) -> None:
        """Whose sound is in the mix."""
        self._heard = frozenset(keys)
        for each, tile in self._tiles.items():
            tile.set_heard(each in self._heard)

    def set_layout(self, layout: WallLayout) -> None:
        """Another layout; the focused camera stays in sight."""
        if layout is self._layout:
            return
        self._before, self._layout = self._layout, layout
        if layout is not WallLayout.FULL:
            self.bar.layouts.choose(layout)
        self._page = 0
        if self._focused is not None:
            self.focus(self._focused)
        self._arrange()
        self.layout_changed.emit(layout)

    def next_layout(self) -> None:
        now = self._before if self._layout is WallLayout.FULL else self._layout
        self.set_layout(CYCLE[(CYCLE.index(now) + 1) % len(CYCLE)])

    def back(self) -> None:
        """Back to the wall: from one picture alone, or from the focus, to where every camera is alike."""
        if self._layout is WallLayout.FULL:
            self.set_layout(self._before)
        elif self._layout is WallLayout.FOCUS:
            self.set_layout(WallLayout.TWO if len(self._chosen) <= WallLayout.TWO.page else WallLayout.THREE)

    def _turn(self, page: int) -> None:
        size = self._layout.page
        pages = -(-len(self.cameras) // size)
        self._page = max(0, min(page, pages - 1))
        shown = self.cameras[self._page * size : (self._page + 1) * size]
        if shown and self._focused not in {c.key for c in shown}:
            self.focus(shown[0].key)
        self._arrange()

    def _look(self, lens: Lens) -> None:
        for key, tile in self._tiles.items():
            tile.set_lens(lens if key == self._focused else Lens())

    # Pictures

    def show_pictures(self, pictures: Mapping[str, TilePicture], at: Utc, playing: bool) -> None:
        """Paint what each camera shows at an instant, before this returns: `painted` then tells what stands there. A
        camera that is on the wall and not in here is covered, or not assigned."""
        self._covered = None
        last: Tile | None = None
        for camera in self.on_page:
            tile, picture = self._tiles[camera.key], pictures.get(camera.key)
            if picture is None and not camera.assigned:
                picture = TilePicture(TileState.NO_PERMISSION, None, -1, 0, at, at)
            if picture is None:
                tile.cover()
            elif tile.show_picture(picture, at, playing):
                last = tile
        if last is not None:
            last.repaint(last.picture_rect)  # one flush of all that is new: what is logged as shown was shown

    def cover(self, why: str = "") -> None:
        """No picture anywhere, those that are on other pages included."""
        if self._covered != why:
            self._covered = why
            for tile in self._tiles.values():
                tile.cover(why)

    # Geometry

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _area(self) -> QRect:
        top = 0 if self._layout is WallLayout.FULL else self.bar.height()
        return self.rect().adjusted(_PAD, top, -_PAD, -_PAD if self._layout is not WallLayout.FULL else 0)

    def _arrange(self) -> None:
        self.bar.setVisible(self._layout is not WallLayout.FULL)
        self.bar.setGeometry(0, 0, self.width(), self.bar.height())
        shown = self.on_page
        rects = wall_rects(self._layout, self._area(), len(shown))
        for camera, rect in zip(shown, rects.tiles, strict=True):
            self._tiles[camera.key].setGeometry(rect)
            self._tiles[camera.key].show()
        for key, tile in self._tiles.items():
            if key not in {c.key for c in shown}:
                tile.hide()
                tile.cover()  # what is not to be seen is not kept to be painted later
        self.tools.setVisible(rects.tools is not None)
        if rects.tools is not None:
            self.tools.setGeometry(rects.tools)
        self._show_bar(shown)
        self._told.start()

    def _show_bar(self, shown: tuple[ReviewCamera, ...]) -> None:
        size = max(1, self._layout.page)
        pages = 1 if self._layout is WallLayout.FULL else max(1, -(-len(self.cameras) // size))
        state = (tuple(c.key for c in sorted(shown, key=lambda c: c.number)), self._page, pages, self._chosen)
        if state != getattr(self, "_bar_state", None):
            self._bar_state = state
            self.bar.show_cameras(self._cameras, self._chosen)
            self.bar.show_page(shown, self._page, pages)

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), theme_of(self).color("bg0"))
