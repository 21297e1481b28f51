"""One open case: the reason first, then cameras, deck, gate and review screen; and its end, in the reverse order."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from contextlib import ExitStack, closing
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from reviewer import config
from reviewer.app.asking import Asking
from reviewer.app.case_coverage import coverage_services
from reviewer.app.case_stills import CaseStills
from reviewer.app.screenings import Screenings
from reviewer.app.standing import place_of, restore
from reviewer.app.waveforms import PER_SECOND, Waveforms
from reviewer.domain.assignment import Assignment
from reviewer.domain.errors import AccessRefused, Cancelled, ReviewerError
from reviewer.domain.recording import Manifest
from reviewer.domain.timebase import Utc
from reviewer.domain.track import Track
from reviewer.media.camera import DeckCamera
from reviewer.media.deck import Deck
from reviewer.media.waveform import Peaks as RawPeaks
from reviewer.records.queries import Watched
from reviewer.services.annotation import Annotations
from reviewer.services.filmstrip import Filmstrip
from reviewer.services.footage import STILL_STANDS, CaseCamera, Footage
from reviewer.services.logwords import Names
from reviewer.services.playback import Playback
from reviewer.services.still import Stills
from reviewer.services.sync import ObjectState
from reviewer.services.vault import Vault
from reviewer.services.viewing import Viewing
from reviewer.services.witnessed import NotWitnessed
from reviewer.ui.reason import ReasonDialog
from reviewer.ui.review.cameras import PartStanding, ReviewCamera, Standing
from reviewer.ui.review.coverage import CoverageServices
from reviewer.ui.review.faces import NextStep, Step
from reviewer.ui.review.map import ReviewMap
from reviewer.ui.review.map_tiles import TileProcess
from reviewer.ui.review.map_tracks import MapTrack
from reviewer.ui.review.screen import ReviewScreen, ReviewServices
from reviewer.ui.theme import ThemeName, Tone

if TYPE_CHECKING:
    from reviewer.app.desk import Desk

_FIRST_SHOWN = 9
_SAVE_MS = 5_000
_REFRESH_MS = 1_000
_STANDING = {
    ObjectState.PRESENT: Standing.HERE,
    ObjectState.ABSENT: Standing.ABSENT,
    ObjectState.PARTIAL: Standing.FETCHING,
    ObjectState.QUARANTINED: Standing.QUARANTINED,
}


class CaseRoom(QObject):
    """Signals: `refused(ReviewerError or None)` when the case is not opened; `fetch_asked(case,
    object or None)`: that one before the others."""

    refused = Signal(object)
    fetch_asked = Signal(str, object)

    def __init__(self, desk: Desk, case: str) -> None:
        super().__init__()
        self.case = case
        self.screen: ReviewScreen | None = None
        self.playback: Playback | None = None
        self.viewing: Viewing | None = None
        self._desk = desk
        self._footage: Footage | None = None
        self._cameras: tuple[CaseCamera, ...] = ()
        self._decks: dict[str, tuple[CaseCamera, DeckCamera]] = {}
        self._undo = ExitStack()
        self._gone = threading.Event()
        self.asking = Asking(desk, case)
        self._assignment: Assignment | None = None
        self._waves: Waveforms | None = None
        self._map: ReviewMap | None = None
        self._drawn: tuple[str, ...] = ()  # tracks that the map has
        self.screenings: Screenings | None = None
        self._saving = QTimer(self, interval=_SAVE_MS)
        self._saving.timeout.connect(self.remember)
        self._refresh = QTimer(self, singleShot=True, interval=_REFRESH_MS)
        self._refresh.timeout.connect(self._stand_anew)

    @property
    def is_open(self) -> bool:
        return self.screen is not None

    @property
    def dialog(self) -> ReasonDialog | None:
        """The question that is asked now, or was asked last."""
        return self.asking.dialog

    @property
    def cameras(self) -> tuple[CaseCamera, ...]:
        return self._cameras

    @property
    def measured(self) -> bool:
        """Whether the sound of every part that is here and in view is drawn."""
        return self.is_open and self._waves is not None and self._waves.done

    def name_of(self, recording_id: str) -> str:
        found = next((c for c in self._cameras if c.key == recording_id), None)
        return found.manifest.officer if found is not None else recording_id

    # Entering: keys, reason, screen

    def enter(self) -> None:
        """Open the case's keys, then ask why. `refused` if either says no."""
        self._desk.bridge.watch(self._desk.pool.submit(self._read), self._asked_why, self.refused.emit, self)

    def _read(self) -> tuple[Assignment, Footage, tuple[CaseCamera, ...]]:
        session, workspace = self._desk.session, self._desk.workspace
        assignment = session.open_case(self.case)
        cache = self._desk.cache
        vault = Vault(workspace, session.trust, session.grants, session.journal.record, used=cache.use)
        footage = Footage(vault, session.trust, workspace, assignment)
        cameras = footage.cameras()
        cache.open(session.user.id, footage.objects)
        return assignment, footage, cameras

    def _asked_why(self, found: tuple[Assignment, Footage, tuple[CaseCamera, ...]]) -> None:
        assignment, self._footage, self._cameras = found
        self._assignment = assignment
        cameras = sum(not c.is_still for c in self._cameras)
        self._desk.window.set_place(self.case, assignment.title)
        self.asking.of_case(
            assignment, cameras, self._compose, lambda: None if self.is_open else self.refused.emit(None)
        )

    def _compose(self, purpose: str) -> None:
        """Everything that shows this case. What is made last is closed first."""
        desk = self._desk
        deck = Deck()
        self._undo.callback(deck.close)
        viewing = self.viewing = Viewing(desk.session.journal, self.case, purpose, permit=desk.witnesses.refusal)
        self._undo.callback(lambda: [entry.exception() for entry in viewing.close()])
        queries = desk.session.queries()
        self._undo.callback(queries.close)
        playback = self.playback = Playback(deck, viewing)
        person = desk.session.user
        saved_by = f"{person.name} {person.badge} ({person.id})"
        store = desk.session.trust.store
        stills = Stills(
            playback, desk.session.journal.record, desk.pool, self.case, saved_by, promise=lambda: store.integrity
        )
        film = Filmstrip(
            playback.camera,
            desk.session.journal.record,
            desk.pool,
            self.case,
            purpose,
            lambda: viewing.stopped or desk.witnesses.refusal(),
        )
        self._undo.callback(film.close)
        map_view = ReviewMap(self._tiles(), desk.bridge)
        map_view.set_zone(desk.zone())
        self._undo.callback(map_view.close_map)
        screen = self.screen = ReviewScreen(
            ReviewServices(
                playback,
                Annotations(desk.session.journal.record, queries, self.case),
                viewing.retry,
                self._watched,
                self._user_name,
                CaseStills(stills, self._manifest, lambda: desk.preferences.now.stills_folder),
                film.request,
                self._coverage(),
            ),
            keys=desk.keys,
            zone=desk.zone(),
            bridge=desk.bridge,
            preferences=desk.preferences,
            map_view=map_view,
        )
        self._undo.callback(screen.close_review)
        screen.status_changed.connect(partial(desk.window.set_status, "review"))
        screen.step_asked.connect(self._step)
        desk.window.add_screen("review", screen, words="Review", icon="layout-grid", theme=ThemeName.DARK, picture=True)
        desk.window.set_door("review", True)
        desk.window.set_reason(purpose)
        screen.wall.chosen_changed.connect(lambda _keys: self._load_deck())
        self._waves = Waveforms(screen, self._measure, desk.bridge, lambda: playback.playing)
        self._undo.callback(self._waves.close)
        self.screenings = Screenings(desk, self.case, purpose, screen)
        self._undo.callback(self.screenings.close)
        self._stand_anew()
        self._settle_in(screen)
        self._saving.start()
        self._map = map_view
        self._fill_map(map_view)

    def _tiles(self) -> TileProcess | None:
        """The shipped map; tracks alone are shown if it cannot be read."""
        try:
            return TileProcess(config.resource("maps", "helsinki.pmtiles"))
        except ReviewerError as wrong:
            self._desk.queue.say("The map", str(wrong), Tone.WARN)
            return None

    def _watched(self, recording: str) -> Iterable[Watched]:
        """What this person has seen of it: the strips under the timeline are their own way through."""
        with closing(self._desk.session.queries()) as queries:
            return queries.watched(self.case, recording, self._desk.session.user.id)

    def _coverage(self) -> CoverageServices | None:
        desk = self._desk
        if self._assignment is None:
            return None
        names = Names(desk.user_name, self.name_of)
        return coverage_services(desk.session.queries, desk.pool, self._assignment, self._manifests, names)

    def _manifests(self) -> tuple[Manifest, ...]:
        return tuple(camera.manifest for camera in self._cameras)

    def _manifest(self, key: str) -> Manifest:
        return next(c.manifest for c in self._cameras if c.key == key)

    def _user_name(self, user_id: str) -> str:
        user = next((u for u in self._desk.session.roster.users if u.id == user_id), None)
        return user.name if user is not None else user_id

    # Where the person stopped

    def _settle_in(self, screen: ReviewScreen) -> None:
        desk = self._desk
        place = desk.places.get(self.case)
        desk.window.show_screen("review")
        assigned = [c for c in self._cameras if c.assigned and not c.is_still]
        chosen = place.cameras if place is not None and place.cameras else ()
        screen.wall.choose(chosen or [c.key for c in self._cameras if not c.is_still][:_FIRST_SHOWN])
        self._load_deck()
        if place is not None:
            restore(screen, place)
            screen.open_at(place.at, f"Resumed where you stopped, {desk.zone().clock(place.at)}")
            return
        if assigned:
            screen.hearing.hear(assigned[0].key)
        screen.open_at(self._first_common(assigned))

    def _first_common(self, cameras: list[CaseCamera]) -> Utc | None:
        """Where a first look is worth most: when the last of the cameras that roll together has begun."""
        if not cameras:
            return None
        start = max(c.manifest.range.start for c in cameras)
        rolling = [c for c in cameras if any(start in r for r in c.manifest.rolling)]
        return start if len(rolling) > len(cameras) // 2 else min(c.manifest.range.start for c in cameras)

    def witnessed_again(self) -> None:
        """A witness has seen the log: what stopped for want of one goes on."""
        if self.viewing is not None and isinstance(self.viewing.stopped, NotWitnessed):
            self.viewing.retry()

    def remember(self) -> None:
        """Write down where the person is: every few seconds, and at the end."""
        screen, playback = self.screen, self.playback
        if screen is None or playback is None or not playback.range.duration:
            return
        place = place_of(screen, playback, playback.now())
        try:
            self._desk.places.set(self.case, place)
        except ReviewerError as wrong:
            screen.say(wrong)

    # What is here, and what is wanted

    def wanted(self) -> tuple[str, ...]:
        """The objects that are worth most now: what stands under the play-head on the wall, the focused camera's first,
        then what comes after it there."""
        if self.screen is None or self.playback is None:
            return ()
        wall, now = self.screen.wall, self.playback.now()
        chosen = [c.key for c in wall.cameras]
        shown = sorted(
            (c for c in self._cameras if c.key in chosen), key=lambda c: (c.key != wall.focused, chosen.index(c.key))
        )
        apart = {t.object for c in shown for t in c.manifest.tracks}
        tracks = (name for name in self._tracks(shown, here=False) if name in apart)
        missing = [
            (max(0, part.started_at - now), order, status.item.object)
            for order, camera in enumerate(shown)
            for part, status in zip(camera.manifest.parts, camera.objects, strict=False)
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
            self._stand_anew()
        elif not self._refresh.isActive():
            self._refresh.start()

    def _stand_anew(self) -> None:
        """Show the cameras as they stand now; parts that came are given to the deck."""
        if self._footage is None or self.screen is None:
            return
        self._cameras = self._footage.cameras()
        self.screen.set_cameras([_review_camera(c) for c in self._cameras])
        self._load_deck()
        if self._waves is not None:
            self._waves.set_cameras(tuple(c for c in self._cameras if not c.shut))
        if self._map is not None and self._tracks(self._cameras, here=True) != self._drawn:
            self._fill_map(self._map)

    def _load_deck(self) -> None:
        """Exactly the cameras on the wall. One that did not change goes on undisturbed."""
        if self.screen is None or self.playback is None or self._footage is None:
            return
        chosen = {c.key for c in self.screen.wall.cameras}
        for camera in self._cameras:
            known = self._decks.get(camera.key)
            if known is None or known[0].shut != camera.shut or _states(known[0]) != _states(camera):
                self._decks[camera.key] = (camera, self._footage.deck_camera(camera))
        self.playback.set_cameras(tuple(self._decks[c.key][1] for c in self._cameras if c.key in chosen))

    # Tracks and waveforms, read in the background

    def _fill_map(self, map_view: ReviewMap) -> None:
        """Draw the tracks that are here; what comes later is drawn when it has."""
        footage = self._footage
        if footage is None:
            return
        open_ = [c for c in self._cameras if not c.is_still and c.assigned and not c.shut]
        cameras = [c for c in open_ if not self._tracks([c], here=False)]
        self._drawn = self._tracks(self._cameras, here=True)

        def read() -> list[tuple[CaseCamera, Track | None, ReviewerError | None]]:
            return [(c, *footage.track(c)) for c in cameras]

        def shown(found: list[tuple[CaseCamera, Track | None, ReviewerError | None]]) -> None:
            tracks = [MapTrack(c.number, c.manifest.officer, t) for c, t, _ in found if t is not None]
            map_view.set_tracks(tracks)
            for camera, _, wrong in found:
                if wrong is not None and self.screen is not None:
                    self.screen.say(_of_track(wrong, camera))

        self._desk.bridge.watch(self._desk.pool.submit(read), shown, self._trouble, map_view)

    def _measure(self, camera: CaseCamera, part: int, given_up: Callable[[], bool]) -> Future[RawPeaks]:
        footage = self._footage
        if footage is None:
            raise Cancelled("Drawing the sound")
        return self._desk.pool.submit(
            footage.peaks, camera, part, PER_SECOND, lambda: given_up() or self._gone.is_set()
        )

    def _trouble(self, error: ReviewerError) -> None:
        if self.screen is not None and not isinstance(error, Cancelled):
            self.screen.say(error)

    # What a tile asks for

    def _step(self, key: str, step: NextStep) -> None:
        camera = next((c for c in self._cameras if c.key == key), None)
        if step.step in (Step.FETCH_FIRST, Step.FETCH_AGAIN):
            self.fetch_asked.emit(self.case, self._object_of(camera, step.part))
        elif step.step is Step.SAY_WHY and camera is not None:
            self._ask_restricted(camera)
        elif step.step is Step.SECOND_PLAYER and camera is not None and camera.assigned:
            self._screen_camera(camera)
        elif camera is not None and self.screen is not None and camera.assigned:
            part = f", part {step.part + 1}" if step.part is not None else ""
            asked = ReviewerError(
                f"{camera.manifest.officer}{part} is here as it was taken in.",
                "Ask the custodian for the camera’s own file.",
            )
            self.screen.say(asked)
        elif camera is not None and self.screen is not None:
            refusal = AccessRefused(
                f"{camera.manifest.officer} is not assigned to you; the attempt is in the log.",
                "Ask the supervisor who assigned the case.",
            )
            session, screen = self._desk.session, self.screen
            noted = session.denied("view the recording", refusal, case=self.case, recording=key)
            self._desk.bridge.watch(noted, lambda _done: screen.say(refusal), screen.say, self)

    def _ask_restricted(self, camera: CaseCamera) -> None:
        footage, assignment = self._footage, self._assignment
        if footage is None or assignment is None or self.screen is None:
            return
        if not camera.shut:
            officer = camera.manifest.officer
            why = "is not restricted" if camera.manifest.restricted is None else "is open: the log has your reason"
            self.screen.say(ReviewerError(f"{officer} {why}.", "Go on viewing."))
            return

        def opened(_reason: str) -> None:
            footage.stated(camera.key)
            self._stand_anew()

        self.asking.of_restricted(assignment, camera, opened)

    def _object_of(self, camera: CaseCamera | None, part: int | None) -> str | None:
        """The object of a part; None names the one under the play-head."""
        if camera is None or not camera.assigned or self.playback is None:
            return None
        now, parts = self.playback.now(), camera.manifest.parts
        wanted = (p for n, p in enumerate(parts) if n == part or (part is None and now in p.range))
        return next((each.object for each in wanted), None)

    def _screen_camera(self, camera: CaseCamera) -> None:
        known = self._decks.get(camera.key)
        if self.screenings is not None and self.playback is not None and known is not None:
            self.screenings.ask(camera, known[1], self.playback.now())

    # Locking and leaving

    def lock(self) -> None:
        """Cover everything; what is restricted asks for its reason again afterwards."""
        self.asking.withdraw()
        if self.screen is not None:
            self.remember()
            self.screen.lock()
        if self._footage is not None and any(c.manifest.restricted is not None for c in self._cameras):
            self._footage.shut()
            self._stand_anew()
        if self.screenings is not None:
            self.screenings.lock()

    def unlock(self) -> None:
        if self.screen is not None:
            self.screen.unlock()
        if self.screenings is not None:
            self.screenings.unlock()

    def close(self) -> None:
        """Stop and cover, say what was shown, let go. What was shown is in the log when this returns."""
        self._gone.set()
        self._saving.stop()
        self._refresh.stop()
        self.remember()
        self.asking.close()
        was_open, self.screen, self._map = self.screen is not None, None, None
        self._desk.cache.close(self._desk.session.user.id)
        self._undo.close()
        if was_open:
            self._desk.window.set_door("review", False, "Open a case from the queue first.")
        self._desk.window.set_place("")
        self._desk.window.set_reason("")
        self.deleteLater()


def _states(camera: CaseCamera) -> tuple[ObjectState, ...]:
    """What decides whether a camera's files are opened anew; how far a transfer has come does not."""
    here = (ObjectState.PRESENT, ObjectState.QUARANTINED)
    return tuple(o.state if o.state in here else ObjectState.ABSENT for o in camera.objects)


def _review_camera(camera: CaseCamera) -> ReviewCamera:
    standings = tuple(PartStanding(_STANDING[o.state], o.fraction) for o in camera.objects)
    manifest = camera.manifest
    if camera.is_still:
        part = manifest.parts[0]
        manifest = replace(manifest, parts=(replace(part, duration=STILL_STANDS),))
    return ReviewCamera(camera.number, manifest, standings, camera.assigned, camera.shut)


def _of_track(wrong: ReviewerError, camera: CaseCamera) -> ReviewerError:
    """The same trouble, said of this camera's track."""
    return ReviewerError(f"{camera.manifest.officer}: {wrong.message}", wrong.next_step)
