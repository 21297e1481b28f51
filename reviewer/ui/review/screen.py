"""The review screen: conducts the wall, the transport, the timeline, the map and the annotations on one clock.

It decides nothing about footage: pictures come from `Playback.tick`, marks from the recorded event.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from reviewer.domain.errors import ReviewerError
from reviewer.domain.tile import TileState
from reviewer.domain.timebase import SECOND, Micros, Utc
from reviewer.domain.wall_time import SIGNED, WallTime
from reviewer.records.queries import Watched
from reviewer.services.annotation import Annotations
from reviewer.services.playback import Playback, WallPicture
from reviewer.ui.actions import KeyTable
from reviewer.ui.bridge import Bridge
from reviewer.ui.preferences import PreferenceStore
from reviewer.ui.review.annotation_panel import AnnotationPanel
from reviewer.ui.review.beat import Beat
from reviewer.ui.review.cameras import ReviewCamera, carrying
from reviewer.ui.review.commands import commands
from reviewer.ui.review.controls import Controls
from reviewer.ui.review.coverage import CoverageServices, CoverageTools
from reviewer.ui.review.exposure import Exposure
from reviewer.ui.review.faces import NextStep, Step
from reviewer.ui.review.filmstrip import Filmstrip, RequestThumbs
from reviewer.ui.review.hearing import Hearing, heard_words
from reviewer.ui.review.history import History
from reviewer.ui.review.map import ReviewMap
from reviewer.ui.review.map_large import MapTools
from reviewer.ui.review.marking import Marking
from reviewer.ui.review.notes import Notes
from reviewer.ui.review.peaks import Peaks
from reviewer.ui.review.picture_tools import PictureTools
from reviewer.ui.review.shuttle import HeldKeys
from reviewer.ui.review.side import WIDTH as SIDE_WIDTH
from reviewer.ui.review.side import SideColumn
from reviewer.ui.review.sound_panel import SoundPanel
from reviewer.ui.review.splitters import remember_splitter
from reviewer.ui.review.status import Saying
from reviewer.ui.review.still import StillRequests
from reviewer.ui.review.stopped import StoppedNote
from reviewer.ui.review.time_entry import TimeEntry
from reviewer.ui.review.timeline import Timeline
from reviewer.ui.review.transport import Transport
from reviewer.ui.review.video_wall import VideoWall
from reviewer.ui.review.wall_layout import WallLayout
from reviewer.ui.review.wayfinding import Wayfinding
from reviewer.ui.times import Zone

_SLOW = 6  # ticks: what is said in words changes ten times a second
_NARROW = 1280 - 64  # below this width map and annotations become tabs
_HIDDEN = "Another screen is open."
_LOCKED = "The session is locked."


@dataclass(frozen=True, slots=True)
class ReviewServices:
    """What the screen stands on. `retry` tries the log again after it failed (`Viewing.retry`); `watched` reads what
    was shown of a recording; `name_of` gives a person's name by user id; `stills` gives the originals of what
    cameras show; `request_thumbs` makes pictures for the filmstrip once the log has that they are seen; `coverage`
    counts what anybody watched; `clocks` are those of the wall."""

    playback: Playback
    annotations: Annotations
    retry: Callable[[], None]
    watched: Callable[[str], Iterable[Watched]]
    name_of: Callable[[str], str]
    stills: StillRequests
    request_thumbs: RequestThumbs
    coverage: CoverageServices | None = None
    clocks: Callable[[], WallTime] = lambda: SIGNED


class ReviewScreen(QWidget):
    """One case, from `open_at` to `close_review`; another case is another screen. Not `at_once`: run through `making`
    before anything else.

    Signals: `step_asked(camera key, NextStep)` for what a tile's button asks of others (fetch, ask);
    `full_changed(bool)` while one picture fills the screen; `status_changed(items, right)` for the status line;
    `ticked(WallPicture)` after each tick, once its tiles are painted.
    """

    step_asked = Signal(str, object)
    full_changed = Signal(bool)
    status_changed = Signal(object, str)
    ticked = Signal(object)

    def __init__(
        self,
        services: ReviewServices,
        *,
        keys: KeyTable,
        zone: Zone,
        bridge: Bridge,
        preferences: PreferenceStore,
        map_view: ReviewMap,
        parent: QWidget | None = None,
        at_once: bool = True,
    ) -> None:
        super().__init__(parent)
        self._services, self._playback, self._preferences = services, services.playback, preferences
        self._cameras: tuple[ReviewCamera, ...] = ()
        self._open = self._locked = self._minimised = False
        self._ticks = 0
        self._saying = Saying(self)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("surface", "1")
        self.setProperty("ownFocus", True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.map = map_view
        self.making = self._make(services, keys, zone, bridge)
        if at_once:
            deque(self.making, maxlen=0)

    def _make(self, services: ReviewServices, keys: KeyTable, zone: Zone, bridge: Bridge) -> Generator[None]:
        """Its parts, between two turns of the event loop as much as the window may be away."""
        self.wall = VideoWall(zone)
        yield
        self.timeline = Timeline(zone)
        yield
        self.transport = Transport(zone, keys)
        yield
        self.panel = AnnotationPanel(zone, keys, services.name_of)
        self.side = SideColumn(self.map, self.panel)
        self.maps = MapTools(self.map, self.wall, self.side, keys, self)
        yield
        self.stopped = StoppedNote(keys, self.wall)
        self.time_entry = TimeEntry(zone, self._playback.now, self)
        self.controls = Controls(self._playback, self)
        self.marking = Marking(services.annotations, bridge, self.panel, self)
        self.history = History(services.watched, bridge, self, clocks=services.clocks)
        self.hearing = Hearing(self._playback, self.wall, self.timeline, self)
        self.sounds = SoundPanel(self.hearing, keys, self.transport.sound, self)
        yield
        self.film = Filmstrip(services.request_thumbs, bridge, self.timeline)
        self.held = HeldKeys(self.controls, lambda: self.wall.focused, keys, self)
        self.picture = PictureTools(services.stills, self._playback, self.wall, bridge, keys, self)
        self.exposure = Exposure(self.wall)
        self.coverage = CoverageTools(
            services.coverage, self._playback.now, self.controls, self.wall, bridge, zone, self
        )
        self.ways = Wayfinding(self.controls, self.marking, self.history, self.wall, self.timeline, self.panel, self)
        self.notes = Notes(self, keys, zone, bridge)
        yield
        self._timer = Beat(self.tick, self._playback, self)
        self._compose()
        self._connect()
        yield
        self._commands = commands(self)
        for command, act in self._commands.items():
            keys.bind(self, command, act)

    def _compose(self) -> None:
        for pane in (self.wall, self.timeline):
            pane.setProperty("pane", True)
        self.wall.setProperty("ownFocus", True)
        self.columns = QSplitter(Qt.Orientation.Horizontal)
        self.columns.setHandleWidth(1)
        self.columns.setChildrenCollapsible(False)
        self.columns.addWidget(self.wall)
        self.columns.addWidget(self.side)
        self.columns.setStretchFactor(0, 1)
        self.columns.setSizes([1132, SIDE_WIDTH])
        for name, splitter in (("review.columns", self.columns), ("review.side", self.side.splitter)):
            remember_splitter(self._preferences, name, splitter)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.columns, 1)
        column.addWidget(self.transport)
        column.addWidget(self.timeline)

    def _connect(self) -> None:
        self.wall.sizes_changed.connect(lambda _sizes: self._tell_sizes())
        self.wall.chosen_changed.connect(lambda _keys: self._show_cameras())
        self.wall.focus_changed.connect(lambda _key: self._show_focus())
        self.wall.full_asked.connect(lambda _key: self.toggle_full())
        self.wall.step_asked.connect(self._step)
        self.wall.layout_changed.connect(self._show_layout)
        self.timeline.seek_asked.connect(self.controls.seek)
        self.timeline.focus_asked.connect(self.wall.focus)
        self.transport.command.connect(lambda command: self._commands[command]())
        self.transport.rate_chosen.connect(self.controls.set_rate)
        self.transport.shuttle.pulled.connect(self.controls.pull)
        self.transport.shuttle.let_go.connect(self.controls.let_go)
        self.timeline.range_dragged.connect(self.controls.set_range)
        self._saying.changed.connect(self.status_changed)
        self.film.turned.connect(self.transport.film.setChecked)
        self.hearing.changed.connect(self._show_sound)
        self.hearing.said.connect(self.tell)
        self.controls.refused.connect(self.say)
        self.map.went_to.connect(self.controls.seek)
        self.picture.failed.connect(self.say)
        self.picture.told.connect(self.tell)
        self.picture.went.connect(self.controls.seek)
        self.wall.command_asked.connect(lambda command: self._commands[command]())
        self.history.changed.connect(self.timeline.set_watched)
        self.history.updated.connect(self._say_status)
        self.history.updated.connect(self.coverage.soon)
        self.coverage.changed.connect(self._saying.covered)
        self.coverage.others.connect(self.timeline.set_others)
        self.coverage.said.connect(self.tell)
        self.coverage.failed.connect(self.say)
        self.controls.changed.connect(self._show_controls)
        self.stopped.again_asked.connect(self.stop)
        self.time_entry.entered.connect(self.controls.seek)

    # A case

    def open_at(self, at: Utc | None, resumed: str = "") -> None:
        """Begin, where the person stopped (`resumed` says so in words) or at the start of the footage."""
        self._open, self._saying.resumed = True, resumed
        if not self.marking.is_read:
            self.marking.refresh()
        if at is not None:
            self.controls.seek(at)
        self._say_status()
        if self.isVisible():
            self._uncover()

    def close_review(self) -> None:
        """Stop and cover. The deck, the gate and the map's process are closed by whoever made them."""
        self._open = False
        self._timer.stop()
        self.history.stop()
        self.coverage.stop()
        self._cover(_HIDDEN)

    def lock(self) -> None:
        """Cover everything in this very call."""
        self._locked = True
        self._cover(_LOCKED)

    def unlock(self) -> None:
        self._locked = False
        if self.isVisible():
            self._uncover()

    def _cover(self, why: str) -> None:
        self._timer.stop()
        self._playback.cover(why)
        self.wall.cover(why)
        self.film.cover()
        self._tell_sizes()

    def _uncover(self) -> None:
        if self._open and not self._locked:
            self._playback.cover(None)
            self.film.uncover()
            self._tell_sizes()
            self._timer.start()

    def set_cameras(self, cameras: Iterable[ReviewCamera], chosen: Iterable[str] = ()) -> None:
        """All cameras of the case, and again when more of them is here; of new ones the `chosen` stand on the wall, or
        all. The root gives the deck its own."""
        self._cameras = tuple(sorted(cameras, key=lambda c: c.number))
        self.wall.set_cameras(self._cameras, chosen)
        self.panel.set_cameras(self._cameras)
        self._show_cameras()
        self.history.follow(self._cameras)

    def add_peaks(self, camera: str, peaks: Peaks) -> None:
        """A part's waveform has been measured."""
        self.timeline.add_peaks(camera, peaks)

    # Sixty times a second

    def tick(self) -> None:
        """Ask what may be shown now, paint it, and tell what was really painted."""
        picture = self._playback.tick()
        if picture.covered is not None:
            self.wall.cover("Playing has stopped")
        else:
            self.wall.show_pictures(picture.pictures, picture.at, picture.playing, picture.held)
            self.exposure.refresh(thoroughly=self._ticks % _SLOW == 0)
            self._playback.painted(self.wall.as_painted(picture, self.exposure))
        self.stopped.say(picture.covered or "")
        self.timeline.set_now(picture.at)
        self.transport.clock.show_time(picture.at)
        self.map.show_at(picture.at)
        self.notes.drawing.follow(picture)
        if self._ticks % _SLOW == 0:
            self._show_slow(picture)
        self._ticks += 1
        self.ticked.emit(picture)

    def _show_slow(self, picture: WallPicture) -> None:
        """What is read rather than seen: ten times a second is enough."""
        playing = [p for p in picture.pictures.values() if p.state in (TileState.PLAYING, TileState.LATE)]
        frame = Micros(max((p.until - p.at for p in playing), default=0))
        self.transport.sync.show_apart(picture.players_apart if len(playing) > 1 else None, frame)
        self.transport.show_playing(playing=picture.playing and picture.covered is None)
        self.notes.show_place()
        self._show_frame(picture)
        self._show_sound()
        self.picture.refresh(picture, self._cameras)
        if self.window().isMinimized() != self._minimised:
            self._minimised = not self._minimised
            self._tell_sizes()

    def _show_frame(self, picture: WallPicture) -> None:
        """How long a frame of the focused camera is: no range is shorter than two."""
        focused = picture.pictures.get(self.wall.focused or "")
        if focused is not None and focused.state in (TileState.PLAYING, TileState.LATE):
            self.controls.frame_length = Micros(min(focused.until - focused.at, SECOND))

    def _show_sound(self) -> None:
        silence = self.hearing.silence(self.controls.chosen)
        self._saying.silence(silence)
        self.transport.show_sound(heard_words(self.hearing), silence)
        if self.sounds.isVisible():
            self.sounds.say(silence, self._playback.sound_state.notes)

    def _tell_sizes(self) -> None:
        """The deck decodes to what can be seen; of a hidden or minimised window nothing can."""
        seen = self.wall.sizes() if self.isVisible() and not self._minimised and not self._locked else {}
        for camera in self._cameras:
            size = seen.get(camera.key, QSize(0, 0))
            self._playback.set_tile_size(camera.key, size.width(), size.height())
        held = self.wall.held_size() if seen else QSize(0, 0)
        self._playback.set_held_size(held.width(), held.height())

    # What changed is shown

    def _focused(self) -> ReviewCamera | None:
        return next((c for c in self._cameras if c.key == self.wall.focused), None)

    def _show_cameras(self) -> None:
        shown = self.wall.cameras
        self.timeline.set_cameras(shown)
        self.panel.editor.set_cameras(shown)
        self.hearing.set_cameras(shown)
        self.sounds.set_cameras(shown)
        self.transport.sync.show_carry(carrying(shown))
        self._show_focus()
        self._say_status()

    def _show_focus(self) -> None:
        self.timeline.set_focused(self.wall.focused)
        focused = self._focused()
        self.film.set_camera(focused)
        self.notes.show_place()

    def _show_controls(self) -> None:
        self.timeline.set_loop(self.controls.range, self.controls.mark_in, on=self.controls.looping)
        self.transport.show_loop(self.controls.range, on=self.controls.looping)
        self.transport.show_rate(self.controls.rate)

    def _show_layout(self, layout: WallLayout) -> None:
        full = layout is WallLayout.FULL
        for other in (self.side, self.transport, self.timeline):
            other.setVisible(not full)
        self.sounds.setVisible(self.sounds.isVisible() and not full)
        self.full_changed.emit(full)

    def say(self, error: ReviewerError) -> None:
        """Something did not work: in the status line, for a while."""
        self._saying.say(error)

    def tell(self, done: str) -> None:
        """Something was done that is seen nowhere else: in the status line, for a while."""
        self._saying.tell(done)

    def _say_status(self) -> None:
        self._saying.about(self._cameras, self.history.watched)

    # What keys and buttons do beyond the controls

    def play_or_stop(self) -> None:
        self.controls.toggle()

    def stop(self) -> None:
        """K: stop; after the log failed, try it again."""
        if self.stopped.words:
            self._services.retry()
        self.controls.stop()

    def stop_and_hold(self) -> None:
        """K, which may stay pressed."""
        self.stop()
        self.held.hold()

    def ask_time(self) -> None:
        corner = self.transport.mapTo(self, QPoint(0, 0))
        self.time_entry.setGeometry(corner.x(), corner.y() - 32, 300, 84)
        self.time_entry.ask()

    def toggle_full(self) -> None:
        """F: the focused picture alone, and back."""
        if self.wall.layout_now is WallLayout.FULL:
            self.wall.back()
        else:
            self.wall.set_layout(WallLayout.FULL)

    def _step(self, key: str, step: NextStep) -> None:
        if step.step is Step.GO_TO and step.at is not None:
            self.controls.seek(step.at)
        else:
            self.step_asked.emit(key, step)

    # Qt's

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.wall.layout_now.alone:
            self.wall.back()
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.side.set_narrow(self.width() < _NARROW)
        self.stopped.place()
        self.sounds.place()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._uncover()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if self._open:
            self._cover(_LOCKED if self._locked else _HIDDEN)
