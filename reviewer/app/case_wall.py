"""What an open case has on its wall: its cameras as they stand on this machine, their deck, tracks and sound."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from reviewer.app.later import Later
from reviewer.app.waveforms import PER_SECOND, Waveforms
from reviewer.domain.alignment import Alignment, Reading
from reviewer.domain.errors import Cancelled, ReviewerError
from reviewer.domain.recording import Manifest
from reviewer.domain.timebase import Utc
from reviewer.domain.track import Track
from reviewer.domain.wall_time import SIGNED, WallTime, moved, range_moved
from reviewer.media.camera import DeckCamera, TilePicture
from reviewer.media.waveform import Peaks as RawPeaks
from reviewer.services.footage import STILL_STANDS, CaseCamera, Footage
from reviewer.services.gps_alignment import of_tracks
from reviewer.services.playback import Playback
from reviewer.services.sync import ObjectState
from reviewer.ui.review.cameras import PartStanding, ReviewCamera, Standing
from reviewer.ui.review.map_tracks import MapTrack
from reviewer.ui.review.retiming import retime
from reviewer.ui.review.screen import ReviewScreen

if TYPE_CHECKING:
    from reviewer.app.desk import Desk

_REFRESH_MS = 1_000
_ROUNDED = 3  # µs: what changing from one clock to another may lose
_STANDING = {
    ObjectState.PRESENT: Standing.HERE,
    ObjectState.ABSENT: Standing.ABSENT,
    ObjectState.PARTIAL: Standing.FETCHING,
    ObjectState.QUARANTINED: Standing.QUARANTINED,
}


Beside = Callable[[], tuple[list[MapTrack], list[ReviewerError]]]
_Read = tuple[list[tuple[CaseCamera, Track | None, ReviewerError | None]], list[MapTrack], tuple[Reading, ...]]


@dataclass(frozen=True, slots=True)
class _Shown:
    """Where the cameras are shown, once there is a screen."""

    screen: ReviewScreen
    playback: Playback
    waves: Waveforms


class CaseWall(QObject):
    """Of one case, on the GUI thread: `take` what was read of it, `showing_on` a screen, `close` before that goes.
    `gps_read` carries what its tracks say of the cameras' clocks (Readings), once they are read; `retimed`: other
    clocks hold."""

    gps_read = Signal(object)
    retimed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.footage: Footage | None = None
        self.cameras: tuple[CaseCamera, ...] = ()
        self._clocks = SIGNED
        self._decks: dict[str, tuple[CaseCamera, DeckCamera]] = {}
        self._shown: _Shown | None = None
        self._gone = threading.Event()
        self._mapped = False
        self._drawn: tuple[str, ...] = ()  # tracks that the map has
        self.tracks: dict[str, Track] = {}
        """By camera, its own GPS, once it was read for the map."""
        self.beside: Beside = lambda: ([], [])
        """Tracks that people added, read on a worker, and what of them does not open."""
        self._refresh = Later(self, self.stand_anew, _REFRESH_MS)

    def take(self, footage: Footage, cameras: tuple[CaseCamera, ...]) -> None:
        """What was read of the case."""
        self.footage, self.cameras = footage, cameras
        self._clocks = footage.clocks

    def showing_on(self, screen: ReviewScreen, playback: Playback, chosen: Sequence[str]) -> Generator[None]:
        """From now on this screen shows them, `chosen` of them on its wall, and `playback` plays what is there. In
        steps, between which the window may answer."""
        waves = Waveforms(screen, self._measure, self._desk.bridge, lambda: playback.playing)
        self._shown = _Shown(screen, playback, waves)
        playback.retime((), self._clocks, playback.now())
        screen.set_cameras([_review_camera(c) for c in self._stand()], chosen)
        yield
        screen.wall.chosen_changed.connect(lambda _keys: self.load_deck())
        self._give()

    def close(self) -> None:
        """Nothing is shown, measured or drawn any more."""
        self._gone.set()
        self._refresh.end()
        shown, self._shown = self._shown, None
        if shown is not None:
            shown.waves.close()
        self.deleteLater()

    @property
    def measured(self) -> bool:
        """Whether the sound of every part that is here and in view is drawn."""
        return self._shown is not None and self._shown.waves.done

    # Which cameras

    def camera(self, key: str) -> CaseCamera | None:
        return next((c for c in self.cameras if c.key == key), None)

    def manifests(self) -> tuple[Manifest, ...]:
        return tuple(camera.manifest for camera in self.cameras)

    def aligned(self, key: str) -> Manifest:
        """As it stands on the wall."""
        return next(c.aligned for c in self.cameras if c.key == key)

    @property
    def clocks(self) -> WallTime:
        """Between what is recorded and the wall."""
        return self._clocks

    def first_common(self, cameras: list[CaseCamera]) -> Utc | None:
        """Where a first look is worth most: when the last of the cameras that roll together has begun."""
        if not cameras:
            return None
        start = max(c.aligned.range.start for c in cameras)
        rolling = [c for c in cameras if any(start in r for r in c.aligned.rolling)]
        return start if len(rolling) > len(cameras) // 2 else min(c.aligned.range.start for c in cameras)

    def object_at(self, camera: CaseCamera | None, part: int | None) -> str | None:
        """The object of a part; None names the one under the play-head."""
        if self._shown is None or camera is None or not camera.assigned:
            return None
        now, parts = self._shown.playback.now(), camera.aligned.parts
        wanted = (p for n, p in enumerate(parts) if n == part or (part is None and now in p.range))
        return next((each.object for each in wanted), None)

    # What is here, and what is wanted

    def wanted(self) -> tuple[str, ...]:
        """The objects that are worth most now: what stands under the play-head on the wall, the focused camera's first,
        then what comes after it there."""
        if self._shown is None:
            return ()
        wall, now = self._shown.screen.wall, self._shown.playback.now()
        chosen = [c.key for c in wall.cameras]
        shown = sorted(
            (c for c in self.cameras if c.key in chosen), key=lambda c: (c.key != wall.focused, chosen.index(c.key))
        )
        apart = {t.object for c in shown for t in c.manifest.tracks}
        tracks = (name for name in self._tracks(shown, here=False) if name in apart)
        missing = [
            (max(0, part.started_at - now), order, status.item.object)
            for order, camera in enumerate(shown)
            for part, status in zip(camera.aligned.parts, camera.objects, strict=False)
            if status.state is not ObjectState.PRESENT and part.range.end > now
        ]
        return (*tracks, *(name for _, _, name in sorted(missing)))

    def _tracks(self, cameras: Iterable[CaseCamera], *, here: bool) -> tuple[str, ...]:
        """The objects that tracks lie in (small ones of their own, or the footage) and that are here, or are not."""
        names: dict[str, None] = {}
        for manifest in (c.manifest for c in cameras if c.assigned and not c.shut):
            for track in manifest.tracks:
                names |= dict.fromkeys([track.object] if track.object else [p.object for p in manifest.parts])
        return tuple(name for name in names if self._desk.workspace.cached(name).exists() is here)

    def more_is_here(self, *, now: bool = False) -> None:
        """Something came down: at once if `now`, else within a second."""
        if now:
            self.stand_anew()
        else:
            self._refresh.ask_once()

    def stand_anew(self) -> None:
        """Show the cameras as they stand now; parts that came are given to the deck."""
        if self._shown is not None:
            self._shown.screen.set_cameras([_review_camera(c) for c in self._stand()])
            self._give()

    def _stand(self) -> tuple[CaseCamera, ...]:
        """The cameras as they stand now."""
        if self.footage is not None:
            self.cameras = self.footage.cameras()
        return self.cameras

    def _give(self) -> None:
        """To the deck, the waveforms and the map."""
        shown = self._shown
        if shown is None:
            return
        self.load_deck()
        shown.waves.set_cameras(tuple(c for c in self.cameras if not c.shut))
        if self._mapped and self._tracks(self.cameras, here=True) != self._drawn:
            self.fill_map()

    def load_deck(self) -> None:
        """Exactly the cameras on the wall. One that did not change goes on undisturbed."""
        if self._shown is None or self.footage is None:
            return
        chosen = {c.key for c in self._shown.screen.wall.cameras}
        for camera in self.cameras:
            known = self._decks.get(camera.key)
            if known is None or not stands_as(known[0], camera):
                self._decks[camera.key] = (camera, self.footage.deck_camera(camera))
        self._shown.playback.set_cameras(tuple(self._decks[c.key][1] for c in self.cameras if c.key in chosen))

    def retime(self, alignment: Alignment | None) -> None:
        """By another alignment from now on (None: as signed), also while it plays. The play-head stays on the frame of
        the focused camera; nothing is opened anew."""
        footage, shown, before = self.footage, self._shown, self._clocks
        if footage is None:
            return
        footage.align(alignment)
        self._clocks = footage.clocks
        self.cameras = footage.cameras()
        if shown is None:
            return
        held = shown.screen.wall.focused or next((c.key for c in shown.screen.wall.cameras), "")
        for camera in self.cameras:
            if camera.key in self._decks:
                self._decks[camera.key] = (camera, footage.deck_camera(camera))
        decks = tuple(deck for _, deck in self._decks.values())
        at = moved(held, _inside(shown.screen.wall.painted().get(held), shown.playback.now()), before, self._clocks)
        shown.playback.retime(decks, self._clocks, at)
        shown.waves.set_cameras(tuple(c for c in self.cameras if not c.shut))
        retime(
            shown.screen,
            [_review_camera(c) for c in self.cameras],
            lambda stretch: range_moved(held, stretch, before, self._clocks),
        )
        if self._mapped:
            self.fill_map()
        self.retimed.emit()

    # Tracks and waveforms, read in the background

    def fill_map(self) -> None:
        """Draw the tracks that are here; what comes later is drawn when it has."""
        footage, shown_on = self.footage, self._shown
        if footage is None or shown_on is None:
            return
        self._mapped, screen = True, shown_on.screen
        open_ = [c for c in self.cameras if not c.is_still and c.assigned and not c.shut]
        cameras = [c for c in open_ if not self._tracks([c], here=False)]
        self._drawn = self._tracks(self.cameras, here=True)

        def read() -> _Read:
            found = [(c, *footage.track(c)) for c in cameras]
            # A long track takes a tenth of a second to be thinned for the map: not on the window's thread.
            tracks = [MapTrack(c.number, c.manifest.officer, t) for c, t, _ in found if t is not None]
            added, problems = self.beside()
            for problem in problems:
                self._desk.bridge.post(partial(self._trouble, problem), self)
            return found, tracks + added, of_tracks((c, track) for c, track, _ in found if track is not None)

        def shown(read: _Read) -> None:
            found, tracks, readings = read
            self.tracks = {camera.key: track for camera, track, _ in found if track is not None}
            screen.map.set_tracks(tracks)
            self.gps_read.emit(readings)
            for camera, _, wrong in found:
                if wrong is not None:
                    self._trouble(_of_track(wrong, camera))

        self._desk.bridge.watch(self._desk.pool.submit(read), shown, self._trouble, screen.map)

    def _measure(self, camera: CaseCamera, part: int, given_up: Callable[[], bool]) -> Future[RawPeaks]:
        footage = self.footage
        if footage is None:
            raise Cancelled("Drawing the sound")
        return self._desk.pool.submit(
            footage.peaks, camera, part, PER_SECOND, lambda: given_up() or self._gone.is_set()
        )

    def _trouble(self, error: ReviewerError) -> None:
        if self._shown is not None and not isinstance(error, Cancelled):
            self._shown.screen.say(error)


def _inside(painted: TilePicture | None, now: Utc) -> Utc:
    """An instant of the frame that is painted now, not at its very edge: times are rounded to microseconds when the
    clocks change, and one less would be the frame before."""
    if painted is None or not painted.at <= now < painted.until - 2 * _ROUNDED:
        return now
    return max(now, Utc(painted.at + _ROUNDED))


def _states(camera: CaseCamera) -> tuple[ObjectState, ...]:
    """What decides whether a camera's files are opened anew; how far a transfer has come does not."""
    here = (ObjectState.PRESENT, ObjectState.QUARANTINED)
    return tuple(o.state if o.state in here else ObjectState.ABSENT for o in camera.objects)


def stands_as(before: CaseCamera, now: CaseCamera) -> bool:
    """Whether the deck may go on with it as it is."""
    return (before.shut, before.aligned, _states(before)) == (now.shut, now.aligned, _states(now))


def _review_camera(camera: CaseCamera) -> ReviewCamera:
    standings = tuple(PartStanding(_STANDING[o.state], o.fraction) for o in camera.objects)
    manifest = camera.aligned
    if camera.is_still:
        part = manifest.parts[0]
        manifest = replace(manifest, parts=(replace(part, duration=STILL_STANDS),))
    return ReviewCamera(camera.number, manifest, standings, camera.assigned, camera.shut)


def _of_track(wrong: ReviewerError, camera: CaseCamera) -> ReviewerError:
    """The same trouble, said of this camera's track."""
    return ReviewerError(f"{camera.manifest.officer}: {wrong.message}", wrong.next_step)
