"""One open case: the reason first, then cameras, deck, gate and review screen; and its end, in the reverse order."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from contextlib import ExitStack, closing
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from reviewer.app.asking import Asking
from reviewer.app.basemap import tiles_of
from reviewer.app.case_coverage import coverage_services
from reviewer.app.case_hands import CaseHands
from reviewer.app.case_stills import CaseStills
from reviewer.app.case_wall import CaseWall
from reviewer.app.later import InSteps
from reviewer.app.screenings import Screenings
from reviewer.app.standing import place_of, restore
from reviewer.domain.assignment import Assignment
from reviewer.domain.errors import AccessRefused, ReviewerError
from reviewer.domain.wall_time import WallTime
from reviewer.media.deck import Deck
from reviewer.records.queries import Queries, Watched
from reviewer.services.annotation import Annotations
from reviewer.services.collecting import making_many
from reviewer.services.filmstrip import Filmstrip
from reviewer.services.footage import CaseCamera, Footage
from reviewer.services.logwords import Names
from reviewer.services.playback import Playback
from reviewer.services.still import Stills
from reviewer.services.vault import Vault
from reviewer.services.viewing import Viewing
from reviewer.services.witnessed import NotWitnessed
from reviewer.ui.reason import ReasonDialog
from reviewer.ui.review.coverage import CoverageServices
from reviewer.ui.review.faces import NextStep, Step
from reviewer.ui.review.map import ReviewMap
from reviewer.ui.review.screen import ReviewScreen, ReviewServices
from reviewer.ui.theme import ThemeName

if TYPE_CHECKING:
    from reviewer.app.desk import Desk

_FIRST_SHOWN = 9
_SAVE_MS = 5_000
_CAMERAS_MS = 150  # after the screen stands there: it is painted first
_CLOSED = "Open a case from the queue first."


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
        self._wall = CaseWall(desk)
        self._undo = ExitStack()
        self.asking = Asking(desk, case)
        self._assignment: Assignment | None = None
        self.screenings: Screenings | None = None
        self.hands: CaseHands | None = None
        self._making: Generator[None] | None = None
        self._locked = self._unread = False
        self._marks = InSteps(self, self._rereading, self._say)
        self._saving = QTimer(self, interval=_SAVE_MS)
        self._saving.timeout.connect(self.remember)

    @property
    def is_open(self) -> bool:
        """Whether the reason was given, and it is shown or being made."""
        return self._making is not None

    @property
    def dialog(self) -> ReasonDialog | None:
        """The question that is asked now, or was asked last."""
        return self.asking.dialog

    @property
    def cameras(self) -> tuple[CaseCamera, ...]:
        return self._wall.cameras

    @property
    def measured(self) -> bool:
        """Whether the sound of every part that is here and in view is drawn."""
        return self.is_open and self._wall.measured

    def name_of(self, recording_id: str) -> str:
        return found.manifest.officer if (found := self._wall.camera(recording_id)) is not None else recording_id

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
        with closing(session.queries()) as queries:
            stands = queries.alignment(self.case).accepted
        footage.align(stands.alignment if stands is not None else None)
        cameras = footage.cameras()
        cache.open(session.user.id, footage.objects)
        return assignment, footage, cameras

    def _asked_why(self, found: tuple[Assignment, Footage, tuple[CaseCamera, ...]]) -> None:
        assignment, footage, cameras = found
        self._assignment = assignment
        self._wall.take(footage, cameras)
        self._desk.window.set_place(self.case, assignment.title)
        rolling = sum(not c.is_still for c in cameras)
        self.asking.of_case(
            assignment, rolling, self._compose, lambda: None if self.is_open else self.refused.emit(None)
        )

    def _compose(self, purpose: str) -> None:
        """Begin to make everything that shows this case: a step in each turn of the event loop."""
        if self._making is None:
            self._making = self._steps(purpose)
            self._go_on()

    def _go_on(self) -> None:
        if self._making is None:
            return
        try:
            with making_many():
                more = next(self._making, self) is not self
        except ReviewerError as wrong:
            self.refused.emit(wrong)
            return
        if more:
            QTimer.singleShot(0, self, self._go_on)

    def _steps(self, purpose: str) -> Generator[None]:
        """What is made last is closed first."""
        desk = self._desk
        deck = Deck(held=True)
        self._undo.callback(desk.end, deck.close)  # its processes are waited for
        viewing = self.viewing = Viewing(desk.session.journal, self.case, purpose, permit=desk.witnesses.refusal)
        self._undo.callback(lambda: [entry.exception() for entry in viewing.close()])
        queries = desk.session.queries()
        self._undo.callback(queries.close)
        playback = self.playback = Playback(deck, viewing)
        yield
        map_view = ReviewMap(tiles_of(desk.workspace), desk.bridge)
        map_view.set_zone(desk.zone())
        self._undo.callback(desk.end, map_view.close_map)  # so is that of the map
        yield
        screen = ReviewScreen(
            self._services(purpose, playback, viewing, queries),
            keys=desk.keys,
            zone=desk.zone(),
            bridge=desk.bridge,
            preferences=desk.preferences,
            map_view=map_view,
            at_once=False,
        )
        self._undo.callback(desk.bridge.forget, screen)  # every room of the case is a child of it
        yield from screen.making
        self._undo.callback(screen.close_review)
        screen.status_changed.connect(partial(desk.window.set_status, "review"))
        screen.step_asked.connect(self._step)
        desk.window.add_screen("review", screen, words="Review", icon="layout-grid", theme=ThemeName.DARK, picture=True)
        desk.window.set_door("review", False, _CLOSED)  # until it can be shown
        self._undo.callback(desk.window.set_door, "review", False, _CLOSED)
        self.screenings = Screenings(desk, self.case, purpose, screen)
        self._undo.callback(self.screenings.close)
        if self._assignment is None:
            raise RuntimeError("a case is read before it is made")
        hands = self.hands = CaseHands(desk, self._assignment, self._wall, screen, queries, purpose)
        self._undo.callback(hands.close)
        yield from hands.making
        yield from self._wall.showing_on(screen, playback, self._chosen())
        yield
        yield from screen.marking.refreshing()
        yield from desk.window.dressing(ThemeName.DARK)
        desk.window.set_door("review", True)
        desk.window.show_screen("review")
        yield
        self._appear(screen, purpose)
        QTimer.singleShot(_CAMERAS_MS, screen, lambda: deck.begin(screen.wall.focused))

    def _services(self, purpose: str, playback: Playback, viewing: Viewing, queries: Queries) -> ReviewServices:
        desk = self._desk
        record, person, store = desk.session.journal.record, desk.session.user, desk.session.trust.store
        saved_by = f"{person.name} {person.badge} ({person.id})"
        stills = Stills(playback, record, desk.pool, self.case, saved_by, promise=lambda: store.integrity)
        permit = desk.witnesses.refusal

        def clocks() -> WallTime:
            return self._wall.clocks

        film = Filmstrip(
            playback.camera, record, desk.pool, self.case, purpose, lambda: viewing.stopped or permit(), clocks
        )
        self._undo.callback(film.close)
        return ReviewServices(
            playback,
            Annotations(record, queries, self.case, clocks, self._refusal),
            viewing.retry,
            partial(self._watched, queries),
            self._user_name,
            CaseStills(stills, self._wall.aligned, lambda: desk.preferences.now.stills_folder),
            film.request,
            self._coverage(),
            clocks,
        )

    def _refusal(self) -> ReviewerError | None:
        """Why this person may not write into the case; None if they may."""
        hands = self.hands
        return hands.file.file.refusal if hands is not None and hands.is_made else None

    def _appear(self, screen: ReviewScreen, purpose: str) -> None:
        """It is made and stands in the window: now the pictures come, and the question goes."""
        self.screen = screen
        if self._locked and self.screenings is not None:
            screen.lock()
            self.screenings.lock()
        self._desk.window.set_reason(purpose)
        self._settle_in(screen)
        self._saving.start()
        self._wall.fill_map()
        self.asking.end()
        if self._unread:  # colleagues' entries came while it was made
            self.colleagues_did()

    def _watched(self, queries: Queries, recording: str) -> Iterable[Watched]:
        """What this person has seen of it."""
        return queries.watched(self.case, recording, self._desk.session.user.id)

    def _coverage(self) -> CoverageServices | None:
        desk = self._desk
        if self._assignment is None:
            return None
        names = Names(desk.user_name, self.name_of)
        return coverage_services(
            desk.session.queries, desk.pool, self._assignment, self._wall.manifests, names, lambda: self._wall.clocks
        )

    def _user_name(self, user_id: str) -> str:
        user = next((u for u in self._desk.session.roster.users if u.id == user_id), None)
        return user.name if user is not None else user_id

    # Where the person stopped

    def _chosen(self) -> Sequence[str]:
        """The cameras that stood on the wall last, else the first."""
        place = self._desk.places.get(self.case)
        chosen = place.cameras if place is not None else ()
        return chosen or [c.key for c in self.cameras if not c.is_still][:_FIRST_SHOWN]

    def _settle_in(self, screen: ReviewScreen) -> None:
        desk = self._desk
        place = desk.places.get(self.case)
        assigned = [c for c in self.cameras if c.assigned and not c.is_still]
        if place is not None:
            restore(screen, place)
            screen.open_at(place.at, f"Resumed where you stopped, {desk.zone().clock(place.at)}")
            return
        if assigned:
            screen.hearing.hear(assigned[0].key)
        screen.open_at(self._wall.first_common(assigned))

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
            self._say(wrong)

    # What is here, and what is wanted

    def wanted(self) -> tuple[str, ...]:
        """The objects that are worth most now."""
        return self._wall.wanted()

    def colleagues_did(self) -> None:
        """Other people's logs were read on: their marks, and the clocks that they accepted."""
        self._unread = self.screen is None
        if self.screen is not None and self.hands is not None:
            self.hands.colleagues_did()
            self._marks.ask()

    def _say(self, wrong: ReviewerError) -> None:
        if self.screen is not None:
            self.screen.say(wrong)

    def _rereading(self) -> Generator[None]:
        """Of thousands of marks: the window goes on meanwhile."""
        if self.screen is not None:
            yield from self.screen.marking.refreshing()

    def more_is_here(self, *, now: bool = False) -> None:
        """Something came down: at once if `now`, else within a second."""
        self._wall.more_is_here(now=now)

    # What a tile asks for

    def _step(self, key: str, step: NextStep) -> None:
        camera = self._wall.camera(key)
        if step.step in (Step.FETCH_FIRST, Step.FETCH_AGAIN):
            self.fetch_asked.emit(self.case, self._wall.object_at(camera, step.part))
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
        footage, assignment = self._wall.footage, self._assignment
        if footage is None or assignment is None or self.screen is None:
            return
        if not camera.shut:
            officer = camera.manifest.officer
            why = "is not restricted" if camera.manifest.restricted is None else "is open: the log has your reason"
            self.screen.say(ReviewerError(f"{officer} {why}.", "Go on viewing."))
            return

        def opened(_reason: str) -> None:
            footage.stated(camera.key)
            self._wall.stand_anew()

        self.asking.of_restricted(assignment, camera, opened)

    def _screen_camera(self, camera: CaseCamera) -> None:
        footage = self._wall.footage
        if self.screenings is not None and self.playback is not None and footage is not None:
            stated = self._wall.clocks.to_stated(camera.key, self.playback.now())
            self.screenings.ask(camera, footage.deck_camera(camera, signed=True), stated)

    # Locking and leaving

    def lock(self) -> None:
        """Cover everything; what is restricted asks for its reason again afterwards."""
        self._locked = True
        self.asking.withdraw()
        if self.screen is not None:
            self.remember()
            self.screen.lock()
        footage = self._wall.footage
        if footage is not None and any(c.manifest.restricted is not None for c in self.cameras):
            footage.shut()
            self._wall.stand_anew()
        for each in (self.screenings, self.hands):
            if each is not None:
                each.lock()

    def unlock(self) -> None:
        self._locked = False
        if self.screen is not None:
            self.screen.unlock()
        for each in (self.screenings, self.hands):
            if each is not None:
                each.unlock()

    def close(self) -> None:
        """Stop and cover, say what was shown, let go. What was shown is in the log when this returns."""
        self._saving.stop()
        self._marks.end()
        self._desk.bridge.forget(self)
        self.remember()
        making, self._making = self._making, None
        if making is not None:
            making.close()
        self._wall.close()
        self.asking.close()
        self.screen = None
        self._desk.cache.close(self._desk.session.user.id)
        self._undo.close()
        self._desk.window.set_place("")
        self._desk.window.set_reason("")
        self.deleteLater()
