"""The desk of one person who is logged on: queue, transfers, log, settings, and the case that is open."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing

from PySide6.QtCore import QObject, QTimer

from reviewer.app.case_room import CaseRoom
from reviewer.app.intake import IntakeRoom
from reviewer.app.log_source import log_source
from reviewer.app.proxies import ProxyRoom
from reviewer.domain.errors import LogForked, LogUnwritable, ReviewerError
from reviewer.domain.events import CaseSynced, Event, ObjectQuarantined, ViewClosed
from reviewer.domain.recording import Manifest
from reviewer.domain.roster import Role
from reviewer.domain.timebase import Utc
from reviewer.services.preferences import Places
from reviewer.services.publish import Published
from reviewer.services.queue import Queue, case_manifests, read_queue, watched_by
from reviewer.services.session import Session
from reviewer.services.sync import Progress, Sync, SyncReport
from reviewer.services.workspace import Workspace
from reviewer.ui.actions import KeyTable
from reviewer.ui.bridge import Bridge
from reviewer.ui.chrome import StatusItem
from reviewer.ui.log import LogScreen
from reviewer.ui.log_words import Names
from reviewer.ui.main_window import MainWindow
from reviewer.ui.preferences import PreferenceStore
from reviewer.ui.preferences_screen import PreferencesScreen
from reviewer.ui.queue import QueueScreen
from reviewer.ui.theme import ThemeName, Tone
from reviewer.ui.times import Zone

_PUBLISH_MS = 60_000
_SETTLE_MS = 1_500  # after something was recorded, before the lists are read again
_UNREAD = "The queue could not be read"
_NOT_OPENED = "The case was not opened"
_TITLES = {
    Role.INVESTIGATOR: "Inv.",
    Role.SUPERVISOR: "Sup.",
    Role.TRAINING: "Trn.",
    Role.CUSTODIAN: "Cust.",
    Role.AUDITOR: "Aud.",
}


class Desk(QObject):
    """Made on the GUI thread; `open` shows it, `close` logs off."""

    def __init__(
        self,
        session: Session,
        *,
        workspace: Workspace,
        window: MainWindow,
        bridge: Bridge,
        preferences: PreferenceStore,
        keys: KeyTable,
        pool: ThreadPoolExecutor,
        zone: Callable[[], Zone],
    ) -> None:
        super().__init__()
        self.session, self.workspace, self.window, self.bridge = session, workspace, window, bridge
        self.preferences, self.keys, self.pool, self.zone = preferences, keys, pool, zone
        self.places = Places.of(session.room)
        self.room: CaseRoom | None = None
        self._cancel: threading.Event | None = None
        self._transfer: Future[SyncReport] | None = None
        self._wanted: list[str] = []
        self._closed = False
        self._fork: ReviewerError | None = None
        names = Names(self._user_name, self._recording_name)
        self.queue = QueueScreen(keys, zone)
        self.log = LogScreen(log_source(session, pool), bridge=bridge, keys=keys, zone=zone, names=names)
        self.settings = PreferencesScreen(preferences, keys)
        self.proxies = ProxyRoom(self)
        self.intake = IntakeRoom(self)
        self._again = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._publishing = QTimer(self, interval=_PUBLISH_MS)

    # Opening and closing

    def open(self) -> None:
        """Show the desk, read the queue, let come down what is missing, begin to publish."""
        window, user = self.window, self.session.user
        window.add_screen("queue", self.queue, words="Queue", icon="inbox")
        window.add_screen("log", self.log, words="Log", icon="certificate")
        window.add_screen("settings", self.settings, words="Settings", icon="settings", bottom=True)
        self._connect()
        title = next((_TITLES[r] for r in user.roles), "")
        window.show_shell(f"{title} {user.name} {user.badge}".strip())
        window.set_place("")
        window.set_reason("")
        window.set_log_health("Log writing")
        window.show_screen("queue")
        self.read_queue(fetch=True)
        self._publishing.start()
        self.publish()
        self.proxies.open()
        self.intake.open()
        if self.places.problem is not None:
            self.queue.say("Where you stopped", str(self.places.problem), Tone.WARN)
        if self.preferences.problem is not None:
            self.queue.say("Your preferences", str(self.preferences.problem), Tone.WARN)

    def _connect(self) -> None:
        self.session.journal.listen(self.bridge.listener)
        self.session.journal.listen_failure(self.bridge.listener)
        self.bridge.on(LogUnwritable, self._log_failed, self)
        self.bridge.on(Event, self._recorded, self)
        self.queue.open_case.connect(self.open_case)
        self.queue.fetch.connect(self.fetch)
        self.queue.pause.connect(self.pause_fetching)
        self.queue.ask_again.connect(lambda: self.read_queue(fetch=True))
        self.window.locked.connect(self._locked)
        self.window.unlocked.connect(self._unlocked)
        self.window.screen_changed.connect(self._screen_changed)
        self._again.timeout.connect(self.read_queue)
        self._publishing.timeout.connect(self.publish)

    def close(self) -> None:
        """Stop, publish, log off. What was watched is in the log before this returns."""
        if self._closed:
            return
        self._closed = True
        self._again.stop()
        self._publishing.stop()
        self.pause_fetching()
        self.proxies.close()
        self.intake.close()
        self.close_case()
        for signal in (self.window.locked, self.window.unlocked, self.window.screen_changed):
            signal.disconnect()
        if self._transfer is not None:
            self._transfer.exception()
        self.session.journal.unlisten(self.bridge.listener)
        self.session.journal.unlisten(self.bridge.listener)
        self.session.log_off()
        with contextlib.suppress(LogForked):  # said when it was found; there is nothing left to stop
            self.session.publisher.publish()

    # What was recorded

    def _recorded(self, recorded: object) -> None:
        event = getattr(recorded, "event", recorded)
        self.window.set_log_health("Log writing")
        if isinstance(event, CaseSynced | ObjectQuarantined | ViewClosed):
            self._again.start()
        if isinstance(event, ObjectQuarantined) and self.room is not None and self.room.case == event.case:
            self.room.more_is_here(now=True)  # less: what is fetched again after this is given to the deck anew
        if self.window.current == "log":
            self.log.refresh()

    def _log_failed(self, error: object) -> None:
        self.window.set_log_health(error.message if isinstance(error, ReviewerError) else str(error), Tone.STOP)

    def _screen_changed(self, name: str) -> None:
        if name == "log":
            self.log.refresh()
        elif name == "queue":
            self.read_queue()

    # The queue and what comes down

    def read_queue(self, *, fetch: bool = False) -> None:
        """Read it again; with `fetch`, bring down what is missing (what is quarantined waits for a person)."""

        def shown(queue: Queue) -> None:
            self.queue.unsay(_UNREAD)
            self.queue.show_queue(queue)
            self._say_store(queue)
            if fetch:
                for case in queue.cases:
                    if case.bytes_here < case.bytes and not any(r.quarantined for r in case.recordings):
                        self.fetch(case.case_id)

        self.bridge.watch(self.pool.submit(self._read_queue), shown, self._queue_failed, self.queue)

    def _read_queue(self) -> Queue:
        who = self.session.user.id
        with closing(self.session.queries()) as queries:

            def resume(case: str) -> Utc | None:
                place = self.places.get(case)
                return place.at if place is not None else queries.last_shown(case, who)

            session, watched = self.session, watched_by(queries, who)
            return read_queue(session.trust, self.workspace, who, grants=session.grants, resume=resume, watched=watched)

    def _queue_failed(self, error: ReviewerError) -> None:
        self.queue.say(_UNREAD, str(error))

    def _say_store(self, queue: Queue) -> None:
        contact = queue.contact
        if contact.reached is not None and contact.trouble is None:
            items = [StatusItem("cloud-download", f"Store reached {self.zone().both(contact.reached)}", Tone.PLAIN)]
        else:
            items = [StatusItem("plug-connected-x", "Working from this machine: the store is not reached", Tone.WARN)]
        right = f"All times local ({self.zone().offset(contact.reached)})" if contact.reached is not None else ""
        self.window.set_status("queue", items, f"{right}; UTC in every detail and export" if right else "")

    def fetch(self, case: str) -> None:
        """Bring down what a case needs and this machine does not have; one case after the other."""
        if case in self._wanted:
            return
        self.queue.unsay(_stopped(case))
        self._wanted.append(case)
        if len(self._wanted) == 1:
            self._fetch_next()

    def _fetch_next(self) -> None:
        if not self._wanted or self._closed:
            return
        case = self._wanted[0]
        self._cancel = threading.Event()
        found = self.pool.submit(self._manifests, case)
        self.bridge.watch(found, lambda manifests: self._start(case, manifests), self._fetch_failed, self)

    def _manifests(self, case: str) -> tuple[Manifest, ...]:
        trust, grants = self.session.trust, self.session.grants
        return case_manifests(trust, trust.assignment(case), grants).good

    def _start(self, case: str, manifests: Iterable[Manifest]) -> None:
        if self._closed:
            return
        listener = self.bridge.progress(self._progress, self)
        sync = Sync(self.workspace, self.session.trust.store, self.session.journal.record)
        self._transfer = sync.start(case, tuple(manifests), listener, self._cancel)
        self.bridge.watch(self._transfer, self._fetched, self._fetch_failed, self)

    def _progress(self, progress: Progress) -> None:
        paused = self._cancel is not None and self._cancel.is_set()
        if not (paused and progress.finished):  # the card stays: from there a person goes on
            self.queue.show_progress(progress)
        if self.room is not None and self.room.case == progress.case:
            self.room.more_is_here()

    def _fetched(self, report: SyncReport) -> None:
        self._wanted = [c for c in self._wanted if c != report.case]
        if report.stopped is not None and self._cancel is not None and self._cancel.is_set():
            self.queue.show_paused(report.case)
        else:
            self.queue.show_progress(Progress(report.case, report.objects, finished=True))
            if report.stopped is not None:
                self.queue.say(_stopped(report.case), str(report.stopped))
        if self.room is not None and self.room.case == report.case:
            self.room.more_is_here(now=True)
        self.proxies.look_again()
        self.read_queue()
        self._fetch_next()

    def _fetch_failed(self, error: ReviewerError) -> None:
        if self._wanted:
            self.queue.say(_stopped(self._wanted.pop(0)), str(error))
        self._fetch_next()

    def pause_fetching(self) -> None:
        if self._cancel is not None:
            self._cancel.set()

    # The case that is open

    def open_case(self, case: str) -> None:
        """Ask why, then show it. A case that is open already is shown again."""
        if self.room is not None and self.room.case == case and self.room.is_open:
            self.window.show_screen("review")
            return
        if self._fork is not None:
            self._forked(self._fork)
            return
        self.close_case()
        self.queue.unsay(_NOT_OPENED)
        self.room = CaseRoom(self, case)
        self.room.refused.connect(self._case_refused)
        self.room.fetch_asked.connect(self.fetch)
        self.room.enter()

    def _case_refused(self, error: object) -> None:
        self.close_case()
        self.window.show_screen("queue")
        if isinstance(error, ReviewerError):
            self.queue.say(_NOT_OPENED, str(error))

    def close_case(self) -> None:
        room, self.room = self.room, None
        if room is not None:
            room.close()

    def _locked(self, why: str) -> None:
        if self.room is not None:
            self.room.lock()
        self.session.lock(why)

    def _unlocked(self) -> None:
        if self.room is not None:
            self.room.unlock()

    # The log goes to the store

    def publish(self) -> None:
        """Send what is recorded to the store, in the background."""
        if not self._closed:
            self.bridge.watch(self.pool.submit(self._publish), self._published, self._forked, self)

    def _publish(self) -> Published:
        self.session.station_publisher().publish()
        return self.session.publisher.publish()

    def _published(self, _state: Published) -> None:
        if self.window.current == "log":
            self.log.refresh()

    def _forked(self, error: ReviewerError) -> None:
        """The store holds another log under this name: nothing is opened any more (formats.md, The signed log)."""
        self._fork = error
        self.close_case()
        self.window.show_screen("queue")
        self.window.set_log_health(error.message, Tone.STOP)
        self.queue.say("The log is not the one that was published", str(error))

    # Names

    def _user_name(self, user_id: str) -> str:
        user = next((u for u in self.session.roster.users if u.id == user_id), None)
        return f"{user.name} {user.badge}" if user is not None else user_id

    def _recording_name(self, recording_id: str) -> str:
        return self.room.name_of(recording_id) if self.room is not None else recording_id

    @property
    def theme(self) -> ThemeName:
        """What dialogs over pictures wear."""
        return ThemeName.DARK


def _stopped(case: str) -> str:
    return f"Fetching {case} stopped"
