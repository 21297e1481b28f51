"""The desk of one person who is logged on: queue, transfers, log, settings, and the case that is open."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait

from PySide6.QtCore import QObject, QTimer

from reviewer.app.basemap import BaseMapRoom
from reviewer.app.case_room import CaseRoom
from reviewer.app.dashboard import DashboardRoom
from reviewer.app.following import FollowingRoom
from reviewer.app.intake import IntakeRoom
from reviewer.app.log_coverage import watched_source
from reviewer.app.log_source import log_source
from reviewer.app.proxies import ProxyRoom
from reviewer.app.queue import QueueRoom
from reviewer.app.recordings import RecordingsRoom
from reviewer.app.renders import SessionRenders
from reviewer.app.store_check import StoreRoom
from reviewer.app.transfers import TransferRoom
from reviewer.app.witnesses import WitnessRoom
from reviewer.domain.errors import LogForked, LogUnwritable, ReviewerError
from reviewer.domain.events import CaseSynced, Event, ObjectQuarantined, ViewClosed
from reviewer.domain.roster import Role
from reviewer.services.cache import Cache
from reviewer.services.clock import Clock, utc_now
from reviewer.services.preferences import Places
from reviewer.services.publish import Published
from reviewer.services.session import Session
from reviewer.services.workspace import Workspace
from reviewer.ui.actions import KeyTable
from reviewer.ui.bridge import Bridge
from reviewer.ui.log import LogScreen
from reviewer.ui.log_words import Names
from reviewer.ui.main_window import MainWindow
from reviewer.ui.preferences import PreferenceStore, ThemeChoice
from reviewer.ui.preferences_screen import PreferencesScreen
from reviewer.ui.queue import QueueScreen
from reviewer.ui.theme import ThemeName, Tone
from reviewer.ui.times import Zone
from reviewer.ui.watched import WatchedPanel

_PUBLISH_MS = 60_000
_SETTLE_MS = 1_500  # after something was recorded, before the lists are read again
_NOT_OPENED = "The case was not opened"
_TITLES = {
    Role.INVESTIGATOR: "Inv.",
    Role.SUPERVISOR: "Sup.",
    Role.TRAINING: "Trn.",
    Role.CUSTODIAN: "Cust.",
    Role.AUDITOR: "Aud.",
}


class Desk(QObject):
    """Made on the GUI thread; `open` shows it, `leave` and `finish` log off."""

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
        now: Clock = utc_now,
    ) -> None:
        super().__init__()
        self.session, self.workspace, self.window, self.bridge = session, workspace, window, bridge
        self.preferences, self.keys, self.pool, self.zone = preferences, keys, pool, zone
        self.places = Places.of(session.room)
        self.room: CaseRoom | None = None
        self._closed = False
        self._ending: list[Future[object]] = []
        self._fork: ReviewerError | None = None
        names = Names(self.user_name, self._recording_name)
        self.queue = QueueScreen(keys, zone)
        source = log_source(session, pool, names=names, zone=zone, now=now)
        self.log = LogScreen(source, bridge=bridge, keys=keys, zone=zone, names=names, now=now)
        self.watched = WatchedPanel(watched_source(session, pool), bridge=bridge, keys=keys, zone=zone, names=names)
        self.watched.stand_in(self.log)
        self.settings = PreferencesScreen(preferences, keys)
        self.cache = Cache(workspace)
        self.proxies = ProxyRoom(self)
        self.renders = SessionRenders(self)
        self.transfers = TransferRoom(self)
        self.intake = IntakeRoom(self)
        self.recordings = RecordingsRoom(self)
        self.queue_room = QueueRoom(self)
        self.store_room = StoreRoom(self)
        self.dashboard = DashboardRoom(self)
        self.witnesses = WitnessRoom(self, now=now)
        self.following = FollowingRoom(self)
        self.basemap = BaseMapRoom(self)
        self.settings.add_card(self.basemap.card)
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
        self.witnesses.open()
        window.show_screen("queue")
        self.queue_room.open()
        self._publishing.start()
        self.publish()
        self.following.open()
        self.proxies.open()
        self.transfers.open()
        self.intake.open()
        self.recordings.open()
        self.store_room.open()
        self.dashboard.open()
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
        self.queue.ask_again.connect(lambda: self.read_queue(fetch=True))
        self.window.locked.connect(self._locked)
        self.window.unlocked.connect(self._unlocked)
        self.window.screen_changed.connect(self._screen_changed)
        self._again.timeout.connect(self.read_queue)
        self._publishing.timeout.connect(self.publish)

    def leave(self) -> None:
        """Stop, and cover everything. What was watched is in the log before this returns; `finish` is next."""
        if self._closed:
            return
        self._closed = True
        self.bridge.forget(self)
        self._again.stop()
        self._publishing.stop()
        self.queue_room.close()
        self.transfers.close()
        self.proxies.close()
        self.renders.close()
        self.intake.close()
        self.recordings.close()
        self.store_room.close()
        self.dashboard.close()
        self.witnesses.close()
        self.following.close()
        self.basemap.close()
        self.close_case()
        for name in ("review", "case"):
            self.window.remove_screen(name)
        for signal in (self.window.locked, self.window.unlocked, self.window.screen_changed):
            signal.disconnect()
        self.session.journal.unlisten(self.bridge.listener)
        self.session.journal.unlisten(self.bridge.listener)

    def end(self, close: Callable[[], object]) -> None:
        """Close what nobody uses any more on a worker: it waits for processes. `finish` waits for it."""
        ending = self.pool.submit(close)
        self._ending = [*(each for each in self._ending if not each.done()), ending]
        self.bridge.watch(ending, lambda _closed: None)

    def finish(self) -> None:
        """Log off and publish. Takes as long as the store does: not on the GUI thread."""
        wait(self._ending)
        for room in (self.intake, self.proxies, self.renders, self.store_room, self.transfers):
            room.finish()
        self.session.log_off()
        with contextlib.suppress(LogForked):  # said when it was found; there is nothing left to stop
            self.session.publisher.publish()
        self.witnesses.closed()

    # What was recorded

    def _recorded(self, recorded: object) -> None:
        event = getattr(recorded, "event", recorded)
        self.witnesses.log_writes()
        if isinstance(event, CaseSynced | ObjectQuarantined | ViewClosed):
            self._again.start()
        if isinstance(event, CaseSynced):
            self.following.look(known=True)
        if isinstance(event, ObjectQuarantined) and self.room is not None and self.room.case == event.case:
            self.room.more_is_here(now=True)  # less: what is fetched again after this is given to the deck anew
        if self.window.current == "log":
            self.log.refresh()

    def _log_failed(self, error: object) -> None:
        self.witnesses.log_failed(error.message if isinstance(error, ReviewerError) else str(error))

    def _screen_changed(self, name: str) -> None:
        if name == "log":
            self.log.refresh()
        elif name == "queue":
            self.read_queue()

    # The queue

    def read_queue(self, *, fetch: bool = False) -> None:
        """Read it again; with `fetch`, bring down what is missing."""
        self.queue_room.read(fetch=fetch)

    # The case that is open

    def open_case(self, case: str) -> None:
        """Ask why, then show it. A case that is open already is shown again."""
        if self.room is not None and self.room.case == case and self.room.is_open:
            if self.room.screen is not None:
                self.window.show_screen("review")
            return
        if self._fork is not None:
            self.forked(self._fork)
            return
        self.close_case()
        self.queue.unsay(_NOT_OPENED)
        self.room = CaseRoom(self, case)
        self.room.refused.connect(self._case_refused)
        self.room.fetch_asked.connect(self.transfers.first)
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
            self.bridge.watch(self.pool.submit(self._publish), self._published, self.forked, self)

    def _publish(self) -> Published:
        self.session.station_publisher().publish()
        return self.session.publisher.publish()

    def _published(self, _state: Published) -> None:
        self.witnesses.look()
        self.following.look(known=True)
        if self.window.current == "log":
            self.log.refresh()

    def forked(self, error: ReviewerError) -> None:
        """The store holds another log under this name: nothing is opened any more (formats.md, The signed log)."""
        self._fork = error
        self.close_case()
        self.window.show_screen("queue")
        self.witnesses.log_failed(error.message, for_good=True)
        self.queue.say("The log is not the one that was published", str(error))

    # Names

    def user_name(self, user_id: str) -> str:
        user = next((u for u in self.session.roster.users if u.id == user_id), None)
        return f"{user.name} {user.badge}" if user is not None else user_id

    def _recording_name(self, recording_id: str) -> str:
        said = self.room.name_of(recording_id) if self.room is not None else recording_id
        return self.queue_room.officers.get(recording_id, recording_id) if said == recording_id else said

    @property
    def theme(self) -> ThemeName:
        """What dialogs over pictures wear: dark, unless the person wants one theme everywhere."""
        choice = self.preferences.now.theme
        return ThemeName.DARK if choice is ThemeChoice.BY_SCREEN else ThemeName(choice.value)
