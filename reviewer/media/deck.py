"""The deck: many cameras on one UTC clock.

There is one clock, and no player is ever told to catch up with another: each tick asks every camera for the newest
frame whose own UTC is not after the same instant. Each camera's process runs ahead by itself; one that cannot keep up
shows the newest frame it has and says how late it is, and the others do not wait for it.

Only after a seek, or when play is pressed, does the clock wait: until every camera has the frames that come next, at
most `_PATIENCE`. So all tiles start together.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from reviewer.domain.timebase import TimeRange, Utc
from reviewer.media.camera import Absence, DeckCamera, DeckPart, ProxyChunk, TilePicture
from reviewer.media.camera_process import HANGS_AFTER, OPENS_WITHIN, CameraProcess
from reviewer.media.clock import NORMAL, DeckClock
from reviewer.media.mixer import Mixer, SoundState
from reviewer.media.sound_device import Device
from reviewer.media.sound_veil import BARE, SoundVeil
from reviewer.media.tile_view import TileView, tile_size
from reviewer.media.turns import Turns

__all__ = ["Absence", "Deck", "DeckCamera", "DeckPart", "SoundState", "TilePicture"]

_PATIENCE = 1_200_000_000  # ns
_NO_CAMERAS = TimeRange(Utc(0), Utc(0))
_TILE = (640, 360)
_PROCESSORS = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
_FOR_DECODING = 0.85
_GLANCE = 0.002  # s between two looks while a program without a screen waits
_DRAGGING = 300_000_000  # ns: two seeks closer together than this are a hand that drags
_FOLLOWS = 250_000_000  # ns: so long a place that was dragged over is waited for


class Deck:
    """Many cameras, one clock. Every method may be called from the GUI's thread and none of them waits, but `close` and
    `wait_settled`.

    `monotonic` gives nanoseconds and never goes back; `device` opens a sound device (tests bring their own). A file
    whose decoder gives no sign of life for `hangs_after` seconds, or does not open within `opens_within`, is given up.
    `held`: no camera's process starts before `begin`, so that whoever makes the screen has the machine meanwhile.
    """

    def __init__(
        self,
        cameras: Iterable[DeckCamera] = (),
        *,
        monotonic: Callable[[], int] = time.monotonic_ns,
        device: Device | None = None,
        hangs_after: float = HANGS_AFTER,
        opens_within: float = OPENS_WITHIN,
        held: bool = False,
    ) -> None:
        self._held = held
        self._clock = DeckClock(_NO_CAMERAS, monotonic)
        self._changed = threading.Condition()
        self._waiting_since: int | None = None  # the clock waits for cameras since then
        self._sought = -_DRAGGING  # when the clock was last put somewhere
        self._next: Utc | None = None  # where a hand has dragged to, once the place before it is there
        self._left: Utc | None = None  # what stays painted until then
        self._covered = False
        self._calm = False
        self._loop: TimeRange | None = None
        self._views: dict[str, TileView] = {}
        self._gone: list[CameraProcess] = []
        self._tiles: dict[str, tuple[int, int]] = {}
        self._patience = (hangs_after, opens_within)
        self._pool = ThreadPoolExecutor(4, thread_name_prefix="footage")
        self._turns = Turns()
        self._sound = Mixer(self._clock, device)
        self._veil: Callable[[DeckCamera], SoundVeil] | None = None
        self.set_cameras(cameras)

    # -- what is on it

    @property
    def cameras(self) -> tuple[str, ...]:
        return tuple(self._views)

    def camera(self, key: str) -> DeckCamera | None:
        """A camera on it, with what has been read of it so far; None if it is not."""
        return self._views[key].process.times.known() if key in self._views else None

    @property
    def range(self) -> TimeRange:
        """From the first camera's start to the last one's end."""
        return self._clock.span

    def set_cameras(self, cameras: Iterable[DeckCamera]) -> None:
        """Exactly these from now on, also while playing. A camera that is the same object goes on undisturbed; give a
        new object to have its files opened again. The clock stays where it is, or comes to the nearest instant."""
        wanted = {c.key: c for c in cameras if c.parts}
        kept = {k: v for k, v in self._views.items() if wanted.get(k) is v.camera}
        gone = {k: v for k, v in self._views.items() if k not in kept}
        first = not self._views
        views = {k: kept[k] if k in kept else self._new_view(c) for k, c in wanted.items()}
        self._views = views
        span = self._span()
        self._clock.set_span(span, at=span.start if first else None)
        for key, view in views.items():
            if key not in kept and not self._held:
                view.process.start()
        for key, view in gone.items():
            self._sound.remove(key)
            view.process.close()
            self._gone.append(view.process)
        for key, view in views.items():
            if key not in kept:
                self._sound.add(key, view.process.ring)
        self.set_levels(self._sound.levels)
        self._divide()
        self._poke()

    def begin(self, first: str | None = None) -> None:
        """Let the cameras start that were held, one after another, this one before the others."""
        if self._held:
            self._held = False
            for key in sorted(self._views, key=lambda key: key != first):
                self._views[key].process.start()

    def retime(self, cameras: Iterable[DeckCamera], at: Utc) -> None:
        """Those of the cameras on it by other clocks, each with the same parts: no file is opened anew. The clock goes
        to `at`, which is where it stands by the new ones; playing goes on."""
        for camera in cameras:
            view = self._views.get(camera.key)
            if view is not None and len(view.camera.parts) == len(camera.parts):
                view.retime(camera)
        self._next = self._left = None
        self._clock.set_span(self._span())
        self._course(at=at, direction=1 if self._clock.read().rate > 0 else -1, wait=self.playing)

    def _span(self) -> TimeRange:
        ranges = [view.camera.range for view in self._views.values()]
        return TimeRange(min(r.start for r in ranges), max(r.end for r in ranges)) if ranges else _NO_CAMERAS

    def set_tile_size(self, key: str, width: int, height: int) -> None:
        """How many device pixels a camera's picture may take; 0 × 0 while nobody sees it, then nothing is decoded. The
        picture shown stays until the new size is there."""
        self._tiles[key] = (width, height)
        if key in self._views:
            self._views[key].process.set_tile(tile_size(width, height))
            self._divide()

    def set_proxies(self, key: str, part: int, chunks: tuple[ProxyChunk, ...]) -> None:
        """All small copies that there are now of a part."""
        if key in self._views:
            self._views[key].process.set_copies(part, chunks)

    # -- the clock

    def now(self) -> Utc:
        """Where the clock is, or was asked to go."""
        return self._clock.now() if self._next is None else self._next

    @property
    def here(self) -> Utc:
        """What is painted: where the clock is; while a hand drags, the place before, until all of this one is there."""
        return self._clock.now() if self._left is None else self._left

    @property
    def rate(self) -> float:
        """Negative for backwards; kept while paused."""
        return self._clock.read().rate / NORMAL

    @property
    def playing(self) -> bool:
        """Whether play was asked for; it may still wait for its first frames."""
        return self._clock.read().playing

    def play(self, rate: float = 1.0) -> None:
        """Run at 0.1 to 16 times real time, or backwards for a negative rate. Raises ValueError for 0."""
        thousandths = round(rate * NORMAL)
        if thousandths == 0:
            raise ValueError("a clock that plays at rate 0 stands: pause it")
        self._go_on()
        was = self._clock.read()
        edge = self._edge(thousandths)
        if edge is not None and was.at == edge:  # from the end, play again from the start
            self._clock.change(at=self.range.start if thousandths > 0 else self.range.end)
        wait = not was.rolling or (was.rate < 0) != (thousandths < 0)
        for view in self._views.values():
            view.process.set_onward(False)
        self._course(playing=True, rate=thousandths, direction=1 if thousandths > 0 else -1, wait=wait)

    def pause(self) -> None:
        """Stop, on the instant of this call."""
        self._go_on()
        self._course(playing=False, wait=False)

    def seek(self, at: Utc, *, onward: bool = False) -> None:
        """Go to an instant. Returns at once; `settled` says when every camera shows it. Playing goes on from there.
        `onward`: it will be played from there next; the frames before it can wait, and who plays elsewhere comes first.

        A hand that drags asks for places faster than many cameras can follow. If each drove the one before it away,
        none would ever be whole: so the clock goes to the newest as soon as the one before it is there."""
        now, self._next = self._clock.monotonic(), at
        for view in self._views.values():
            view.process.set_onward(onward)
        dragging = not self.playing and now - self._sought < _DRAGGING
        if not dragging:
            self._go_on()
        elif self._left is None and self._is_here(now):
            self._go_on(leaving=self._clock.now())

    def _go_on(self, leaving: Utc | None = None) -> None:
        """Go where a hand has dragged to, leaving this painted until that is there."""
        at, self._next, self._left = self._next, None, leaving
        if at is not None:
            self._sought = self._clock.monotonic()
            self._course(at=at, direction=1 if self._clock.read().rate > 0 else -1, wait=self.playing)

    def _follow(self) -> bool:
        """Go on to where a hand has dragged, if the place before is there: the cameras are on their way while that is
        painted. Whether a hand drags."""
        if not self.follows:
            return False
        if not self._covered and self._is_here(self._clock.monotonic()):
            self._go_on(None if self._next is None else self._clock.now())
        return True

    @property
    def follows(self) -> bool:
        """Whether a hand drags and is followed: there is a place yet to be painted."""
        return not (self._next is self._left is None)

    @property
    def arrived(self) -> Utc | None:
        """The place on a hand's way that the next tick would paint, once all of it is there. Cheap: it may be asked
        between two ticks."""
        if not self.follows:
            return None
        if self._covered:
            return self.here
        return self._clock.now() if self._is_here(self._clock.monotonic()) else None

    def _is_here(self, mono: int) -> bool:
        """Whether every camera has what is right where the clock stands, in whatever quality, or is waited for no
        longer."""
        now = self._clock.read()
        return mono - self._sought > _FOLLOWS or all(v.ready(now, in_any=True) for v in self._views.values())

    def step(self, key: str, by: int) -> Utc:
        """Pause and go one frame of a camera (or more) on or back, by its own pts: the clock stands exactly on that
        frame's own time, which is given back. Where there is no further frame it stays."""
        self._go_on()
        here = self._clock.read().at
        there = self._views[key].process.times.step(here, by) if key in self._views else None
        self._course(playing=False, at=here if there is None else there, direction=1 if by > 0 else -1, wait=False)
        return self._clock.now()

    def set_loop(self, loop: TimeRange | None) -> None:
        """Play this stretch over and over."""
        self._loop = loop

    @property
    def loop(self) -> TimeRange | None:
        return self._loop

    def hold(self, covered: bool) -> None:
        """Stop the clock for as long as pictures may not be shown; it goes on by itself when they may."""
        if covered != self._covered:
            self._covered = covered
            self._clock.change(held=covered or self._waiting_since is not None)
            self._poke()

    def tick(self) -> Utc:
        """Once for every repaint: lets the clock go, turns a loop, stops at the end. Gives the instant to paint."""
        if self._follow():
            return self.here
        now = self._clock.read()
        if not self._calm and not now.playing and self.settled:
            self._set_calm(True)
        elif self._calm:
            any(view.prepare(now) for view in self._views.values())  # one a tick: it takes about a millisecond
        if self._waiting_since is not None:
            self._let_go()
        elif now.rolling:
            loop = self._loop.overlap(self.range) if self._loop is not None else None
            at_edge = now.at == self._edge(now.rate)  # where a loop may end too
            if loop is not None and (at_edge or now.at not in loop):
                self.seek(loop.start if now.rate > 0 else loop.clamp(loop.end))
            elif at_edge:
                self.pause()
        return self._clock.now()

    # -- the pictures

    def pictures(self, at: Utc) -> dict[str, TilePicture]:
        """For every camera the newest frame with own UTC <= at, all from this one instant. A picture that is the same
        object as at the last tick need not be painted again."""
        rolling = self._clock.read().rolling
        return {key: view.picture(at, rolling=rolling) for key, view in self._views.items()}

    @property
    def settled(self) -> bool:
        """Whether every camera shows what is right where the clock is, at its tile's size."""
        now = self._clock.read()
        return not self.follows and all(v.ready(now) for v in self._views.values())

    def wait_settled(self, timeout: float) -> bool:
        """Wait for `settled`, at most so many seconds. For programs without a screen."""
        until = time.monotonic() + timeout
        with self._changed:
            while not self.settled:
                self._follow()
                if time.monotonic() > until:
                    return False
                self._changed.wait(_GLANCE)
        self._set_calm(True)
        return True

    # -- the sound

    def set_levels(self, levels: Mapping[str, float]) -> None:
        """Hear these cameras, each at its gain (1 as recorded, 0 to 2), and no others. One at 0 is made ready, so that
        it is heard at once when its level is raised."""
        self._sound.set_levels(levels)
        for key, view in self._views.items():
            view.process.hear(key in levels)

    def listen(self, key: str | None) -> None:
        """Hear this camera as recorded, or none."""
        self.set_levels({key: 1.0} if key is not None else {})

    def veil_sound(self, veil: Callable[[DeckCamera], SoundVeil] | None) -> None:
        """What is not to be heard of each camera as it was recorded, from this call on, also of those that come later;
        None: everything is."""
        self._veil = veil
        for view in self._views.values():
            view.process.veil(BARE if veil is None else veil(view.camera))

    def mute(self, muted: bool) -> None:
        """Silence, for as long as sound may not be heard."""
        self._sound.mute(muted)

    @property
    def levels(self) -> Mapping[str, float]:
        """What was asked to be heard."""
        return self._sound.levels

    @property
    def heard(self) -> tuple[str, ...]:
        """The cameras on the deck that are listened to."""
        return self._sound.state.keys

    @property
    def sound_state(self) -> SoundState:
        return self._sound.state

    def close(self) -> None:
        """Stop every thread and close every file."""
        self._held = False  # who comes to begin it now comes too late
        self._sound.close()
        for view in self._views.values():
            view.process.close()
        self._gone += [view.process for view in self._views.values()]
        self._views = {}
        for process in self._gone:
            process.join()
        self._pool.shutdown()
        self._clock.close()

    # -- inside

    def _new_view(self, camera: DeckCamera) -> TileView:
        heard = partial(self._sound.note, camera.key)
        process = CameraProcess(
            *(camera, self._clock, self._notice, self._pool), heard=heard, turns=self._turns, patience=self._patience
        )
        process.set_tile(tile_size(*self._tiles.get(camera.key, _TILE)))
        if self._veil is not None:
            process.veil(self._veil(camera))
        return TileView(process)

    def _course(
        self,
        *,
        wait: bool,
        at: Utc | None = None,
        rate: int | None = None,
        playing: bool | None = None,
        direction: int | None = None,
    ) -> None:
        self._set_calm(False)
        self._waiting_since = self._clock.monotonic() if wait else None
        self._clock.change(at=at, rate=rate, playing=playing, direction=direction, held=wait or self._covered)
        self._poke()

    def _let_go(self) -> None:
        """End the wait if every camera is ready to go on, or patience has run out."""
        since, now = self._waiting_since, self._clock.read()
        if since is None:
            return
        if self._clock.monotonic() - since > _PATIENCE or all(v.primed(now) for v in self._views.values()):
            self._waiting_since = None
            self._clock.change(held=self._covered)
            self._poke()

    def _edge(self, rate: int) -> Utc | None:
        """Where a clock that runs at this rate stops."""
        span = self.range
        return span.clamp(span.end if rate > 0 else span.start) if self._views else None

    def _divide(self) -> None:
        """Give every camera that is seen its share of the processors. The window keeps a part of one for itself."""
        seen = sum(v.process.tile is not None for v in self._views.values())
        for view in self._views.values():
            view.process.set_share(min(1.0, _PROCESSORS * _FOR_DECODING / max(1, seen)))

    def _set_calm(self, calm: bool) -> None:
        self._calm = calm
        for view in self._views.values():
            view.process.set_calm(calm)

    def _poke(self) -> None:
        for view in self._views.values():
            view.process.poke()
        self._sound.poke()

    def _notice(self) -> None:
        with self._changed:
            self._changed.notify_all()
