"""The video wall: tiles in a layout, one of them focused, some of them heard, one instant held. Shows what it is
handed, or covers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from PySide6.QtCore import QPoint, QRect, QSize, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from reviewer.domain.events import Visible
from reviewer.domain.lens import CameraLens, Lens
from reviewer.domain.tile import TileState
from reviewer.domain.timebase import Utc
from reviewer.media.camera import TilePicture
from reviewer.services.playback import HeldPicture, WallPicture
from reviewer.services.spans import Seen
from reviewer.ui.review.cameras import ReviewCamera
from reviewer.ui.review.exposure import Exposure
from reviewer.ui.review.framing import Framing, within_memory
from reviewer.ui.review.held_tile import HeldPlace
from reviewer.ui.review.look_menu import LookMenu
from reviewer.ui.review.looking import Looking
from reviewer.ui.review.tile import Tile
from reviewer.ui.review.view_tools import ViewTools
from reviewer.ui.review.wall_bar import WallBar
from reviewer.ui.review.wall_layout import CYCLE, WallLayout, wall_rects
from reviewer.ui.theme import theme_of
from reviewer.ui.times import Zone

_PAD = 4
_SETTLE = 60  # ms: sizes are told once a splitter, a window or a wheel rests


class VideoWall(QWidget):
    """`sizes_changed`: {camera key: QSize in device pixels} of the pictures on the wall now, those that are not on it
    left out. `chosen_changed`: tuple of keys. `focus_changed`, `hear_asked`, `full_asked`: a key. `step_asked`: key,
    NextStep. `layout_changed`: a WallLayout. `let_go_asked`: the held picture is not wanted any more. `command_asked`:
    the id of a command that a button or the menu stands for."""

    sizes_changed = Signal(object)
    chosen_changed = Signal(object)
    focus_changed = Signal(str)
    hear_asked = Signal(str)
    full_asked = Signal(str)
    step_asked = Signal(str, object)
    layout_changed = Signal(object)
    let_go_asked = Signal()
    command_asked = Signal(str)

    def __init__(self, zone: Zone, parent: QWidget | None = None, *, bare: bool = False) -> None:
        """`bare`: the tiles alone, two by two at most, without the bar and the tools (a stage)."""
        super().__init__(parent)
        self._zone, self._bare = zone, bare
        self._cameras: tuple[ReviewCamera, ...] = ()
        self._chosen: frozenset[str] = frozenset()
        self._tiles: dict[str, Tile] = {}
        self._focused: str | None = None
        self._heard: frozenset[str] = frozenset()
        self._layout = self._before = WallLayout.TWO if bare else WallLayout.FOCUS
        self._page = 0
        self._covered: str | None = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(420, 260)
        self.bar = WallBar(self)
        self.bar.layout_chosen.connect(self.set_layout)
        self.bar.cameras_chosen.connect(self.choose)
        self.bar.page_turned.connect(lambda by: self._turn(self._page + by))
        self.bar.focus_asked.connect(self.focus)
        self._held = HeldPlace(zone, self)
        self._held.let_go_asked.connect(self.back)
        self._uncompared = WallLayout.FOCUS
        self.looking = Looking(lambda: self._focused, self._view_of, self)
        self.looking.changed.connect(self._look)
        self._held.made.connect(self._wire)
        self.tools = ViewTools(self)
        self.tools.lens_chosen.connect(self.looking.set_light)
        self.tools.place_chosen.connect(self.looking.centre)
        self.tools.asked.connect(self.command_asked)
        self.menu = LookMenu(self)
        self.menu.asked.connect(self.command_asked)
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
    def every(self) -> tuple[ReviewCamera, ...]:
        """All of the case, chosen or not."""
        return self._cameras

    @property
    def focused(self) -> str | None:
        return self._focused

    @property
    def layout_now(self) -> WallLayout:
        return self._layout

    @property
    def layout_to_keep(self) -> WallLayout:
        """The layout to come back to another day: never one picture alone, nor two that are compared."""
        for layout in (self._layout, self._before, self._uncompared):
            if not layout.alone:
                return layout
        return WallLayout.FOCUS

    @property
    def on_page(self) -> tuple[ReviewCamera, ...]:
        """The cameras on the wall now; in FOCUS and COMPARE the focused one comes first."""
        shown = self._page_of_cameras
        if self._layout is WallLayout.FOCUS or self._layout.alone:
            shown = tuple(sorted(shown, key=lambda c: c.key != self._focused))
        if self._layout is WallLayout.COMPARE:
            return shown[: len(wall_rects(self._layout, self._area(), len(shown)).tiles)]
        return shown[:1] if self._layout is WallLayout.FULL else shown

    @property
    def _page_of_cameras(self) -> tuple[ReviewCamera, ...]:
        size = WallLayout.FOCUS.page if self._layout.alone else self._layout.page
        return self.cameras[self._page * size : (self._page + 1) * size]

    def tile(self, key: str) -> Tile | None:
        return self._tiles.get(key)

    def sizes(self) -> dict[str, QSize]:
        """How large each picture on the wall is to be decoded, in device pixels: its room, and more where it is looked
        at nearer, as far as memory goes for all of them."""
        sizes = {c.key: self._tiles[c.key].device_size() for c in self.on_page}
        return within_memory(sizes, {key for key in sizes if self.looking.lens(key).zoomed})

    def held_size(self) -> QSize:
        """The room of the held picture, in device pixels; nothing while there is none to be seen."""
        return self._held.size()

    def painted(self) -> Mapping[str, TilePicture]:
        """What really stands on the screen now, by camera."""
        found = ((c.key, self._tiles[c.key].painted) for c in self.on_page)
        return {key: picture for key, picture in found if picture is not None}

    def painted_held(self) -> HeldPicture | None:
        """The held picture, if it really stands on the screen now."""
        return self._held.painted

    def as_painted(self, wall: WallPicture, exposure: Exposure) -> WallPicture:
        """What of it really stands on the screen now, and how."""
        held = self._held.tile if self.painted_held() is not None else None
        painted = dict(self.painted())
        return replace(
            wall,
            pictures=painted,
            held=self.painted_held(),
            seen={key: seen for key in painted if (seen := _seen(self._tiles[key], exposure)) is not None},
            held_seen=_seen(held, exposure) if held is not None else None,
        )

    def set_cameras(self, cameras: Iterable[ReviewCamera], chosen: Iterable[str] = ()) -> None:
        """All cameras of the case. Those known keep their tile and whether they are chosen; of new ones those are that
        `chosen` names, or all if it names none of them."""
        known = {c.key for c in self._cameras}
        self._cameras = tuple(sorted(cameras, key=lambda c: c.number))
        keys = {c.key for c in self._cameras}
        new = keys - known
        self._chosen = frozenset((self._chosen & keys) | (new.intersection(chosen) or new))
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
        self._wire(tile)
        return tile

    def _wire(self, tile: Tile) -> None:
        """What a tile of a camera and that of a held instant have in common."""
        tile.resized.connect(lambda _key: self._told.start())
        tile.looked.connect(self.looking.look)
        tile.menu_asked.connect(self._open_menu)
        tile.set_lens(self.looking.lens(tile.key))

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
        size = WallLayout.FOCUS.page if self._layout.alone else self._layout.page
        self._page = place // size
        self._arrange()
        if changed:
            self._show_look()
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
        """Another layout; the focused camera stays in sight. One without a held picture lets that go."""
        if layout is WallLayout.COMPARE and self._held.tile is None:
            layout = self._uncompared
        if layout is self._layout:
            return
        if self._held.tile is not None and not layout.alone:
            self._held.drop()
            self.let_go_asked.emit()
        self._before, self._layout = self._layout, layout
        if not layout.alone:
            self._uncompared = layout
            self.bar.layouts.choose(layout)
        self._page = 0
        if self._focused is not None:
            self.focus(self._focused)
        self._arrange()
        self.layout_changed.emit(layout)

    def next_layout(self) -> None:
        now = self.layout_to_keep
        self.set_layout(CYCLE[(CYCLE.index(now) + 1) % len(CYCLE)])

    def back(self) -> None:
        """Back to the wall: from one picture alone, or from the focus, to where every camera is alike."""
        if self._layout is WallLayout.FULL:
            self.set_layout(self._before)
        elif self._layout is WallLayout.COMPARE:
            self.set_layout(self._uncompared)
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

    # How it is looked at

    def lenses(self) -> tuple[CameraLens, ...]:
        """How each camera is looked at, to be remembered; those that are looked at as recorded left out."""
        return self.looking.lenses()

    def set_lenses(self, lenses: Iterable[CameraLens]) -> None:
        """As it was remembered."""
        self.looking.set_lenses(lenses)

    def _view_of(self, key: str) -> Framing | None:
        tile = self._tiles.get(key)
        return tile.view() if tile is not None else None

    def _look(self, key: str, lens: Lens) -> None:
        for tile in (self._tiles.get(key), self._held.tile):
            if tile is not None and tile.key == key:
                tile.set_lens(lens)
        if key == self._focused:
            self._show_look()

    def _show_look(self) -> None:
        tile = self._tiles.get(self._focused or "")
        if tile is not None:
            can_undo = self.looking.can_undo(tile.key)
            self.tools.show_look(tile.lens, tile.view(), tile.shape, can_undo=can_undo)

    def _open_menu(self, key: str, at: QPoint) -> None:
        self.focus(key)
        self.menu.popup(at)

    # Pictures

    def show_pictures(
        self, pictures: Mapping[str, TilePicture], at: Utc, playing: bool, held: HeldPicture | None = None
    ) -> None:
        """Paint what each camera shows at an instant, and what is held, before this returns: `painted` and
        `painted_held` then tell what stands there. A camera that is on the wall and not in here is covered, or not
        assigned."""
        self._covered = None
        if (held is None) != (self._held.tile is None):
            self._held.hold(held, self._cameras)
            self.set_layout(WallLayout.COMPARE if held is not None else self._uncompared)
        last: Tile | None = self._held.show(held, self._cameras)
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
            self._held.cover(why)

    # Geometry

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _area(self) -> QRect:
        top = 0 if self._bare or self._layout is WallLayout.FULL else self.bar.height()
        return self.rect().adjusted(_PAD, top, -_PAD, -_PAD if self._layout is not WallLayout.FULL else 0)

    def _arrange(self) -> None:
        self.bar.setVisible(not self._bare and self._layout is not WallLayout.FULL)
        self.bar.setGeometry(0, 0, self.width(), self.bar.height())
        shown = self.on_page
        rects = wall_rects(self._layout, self._area(), len(shown))
        for camera, rect in zip(shown, rects.tiles, strict=True):
            self._tiles[camera.key].setGeometry(rect)
            self._tiles[camera.key].show()
        for key, tile in self._tiles.items():
            tile.set_timed(self._layout is WallLayout.COMPARE and key == self._focused)
            if key not in {c.key for c in shown}:
                tile.hide()
                tile.cover()  # what is not to be seen is not kept to be painted later
        self._held.put(rects.held)
        self.tools.setVisible(rects.tools is not None and not self._bare)
        if rects.tools is not None:
            self.tools.setGeometry(rects.tools)
        self._show_bar(self._page_of_cameras)
        self._told.start()

    def _show_bar(self, shown: tuple[ReviewCamera, ...]) -> None:
        size = max(1, self._layout.page)
        pages = 1 if self._layout.alone else max(1, -(-len(self.cameras) // size))
        state = (tuple(c.key for c in sorted(shown, key=lambda c: c.number)), self._page, pages, self._chosen)
        if state != getattr(self, "_bar_state", None):
            self._bar_state = state
            self.bar.show_cameras(self._cameras, self._chosen)
            self.bar.show_page(shown, self._page, pages)

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), theme_of(self).color("bg0"))


def _seen(tile: Tile, exposure: Exposure) -> Seen | None:
    seen, visible = tile.seen, exposure.of(tile)
    return seen if seen is None or visible is Visible.YES else replace(seen, visible=visible)
