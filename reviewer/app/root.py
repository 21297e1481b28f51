"""The program: workspace, trust, window and door. Start-up from top to bottom, shutdown backwards in one ExitStack."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QTimer

from reviewer.app.collecting import Collecting
from reviewer.app.desk import Desk
from reviewer.domain.errors import ReviewerError
from reviewer.media import apart
from reviewer.services.clock import Clock, utc_now
from reviewer.services.disk import InUse
from reviewer.services.session import Session, log_on
from reviewer.services.trust import Trust
from reviewer.services.workspace import Workspace
from reviewer.stores.base import locate
from reviewer.ui.actions import KeyTable
from reviewer.ui.bridge import Bridge
from reviewer.ui.login import Door, HealthLine, LoginScreen
from reviewer.ui.main_window import MainWindow
from reviewer.ui.preferences import PreferenceStore
from reviewer.ui.theme import Tone
from reviewer.ui.times import Zone, date

_WORKERS = 4
_PATIENCE = 3.0  # seconds: how long the store may take before the window is shown without it
_LEAVES_WITHIN_MS = 10_000  # so long the window waits for the store at log-off; the log goes on being sent behind it
_SOON_MS = 500  # the door stands by then
_BEFORE = 30.0  # seconds that a log-on waits for the log-off before it


@dataclass(frozen=True, slots=True)
class _Looked:
    """What a look at the workspace and its store found: whom to believe, whose door it is, and how things are."""

    trust: Trust | None
    door: Door
    health: tuple[HealthLine, ...]


_ASKING = _Looked(None, Door("The store is asked", "not known yet", None), (HealthLine("The store is asked."),))


class Program(QObject):
    """One process of Reviewer, from the door to the desk and back. Make it on the GUI thread, with a QApplication.

    `demo` is the demo's folder, if it is one: its people stand at the door with their passphrases.
    """

    def __init__(self, home: Path, *, demo: Path | None = None, now: Clock = utc_now) -> None:
        super().__init__()
        self._now = now
        apart.warm()
        self.workspace = Workspace(home)
        self.bridge = Bridge(self)
        self.preferences = PreferenceStore(parent=self)
        self.keys = KeyTable(self.preferences, self)
        self.desk: Desk | None = None
        self._demo = demo
        self._demo_name = ""
        self._trust: Trust | None = None
        self._known: _Looked | None = None
        self._undo = ExitStack()
        self._collecting = Collecting(self)
        self._undo.callback(self._collecting.stop)
        self.pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix="worker")
        self._undo.callback(self.pool.shutdown, wait=True, cancel_futures=True)
        self._undo.callback(self.bridge.close)
        self._leaver = ThreadPoolExecutor(1, thread_name_prefix="log-off")
        self._finishing: Future[None] | None = None
        self._then: Callable[[], object] | None = None  # what the window does when the log is written
        self._limit = QTimer(self, singleShot=True, interval=_LEAVES_WITHIN_MS)
        self._limit.timeout.connect(self._left)
        self._undo.callback(self._leaver.shutdown)
        self._undo.callback(self._leave_now)
        self.window = MainWindow(keys=self.keys, preferences=self.preferences, bridge=self.bridge, unlock=self._unlock)
        self.window.log_off.connect(self.log_off)
        self.window.closing.connect(self._window_closes)
        self.login = self._stand_at_door()

    def zone(self) -> Zone:
        """Local time as this person wants it; the system's where that zone is not known here."""
        try:
            return Zone.named(self.preferences.now.time_zone)
        except ValueError:
            return Zone()

    def close(self) -> None:
        """Log off whoever is here, stop every thread. Calling it twice is no error."""
        self._undo.close()
        self.window.deleteLater()

    # The door

    def _stand_at_door(self) -> LoginScreen:
        """The door with what is known at once. The store is asked on a worker: one that does not answer keeps nobody
        waiting before a window that stands still."""
        asked = self.pool.submit(self._look)
        if self._known is None:
            wait([asked], _PATIENCE)  # nothing is on the screen yet
        if asked.done():
            return self._show_door(asked.result())
        login = self._show_door(self._known or _ASKING)
        login.setEnabled(self._known is not None)  # nobody logs on before the agency's text is there to be read
        self.bridge.watch(asked, self._looked, owner=login)
        return login

    def _show_door(self, looked: _Looked) -> LoginScreen:
        self._trust = looked.trust
        self._known = looked if looked.door.banner is not None else None
        health = [*looked.health, *self._demo_lines()]
        login = LoginScreen(looked.door, self._log_on, bridge=self.bridge, zone=self.zone, now=utc_now, health=health)
        login.logged_on.connect(self._sit_down)
        login.fill_name(self._demo_name)
        self.window.set_login(login)
        self.window.show_login()
        return login

    def _looked(self, looked: _Looked) -> None:
        """The store answered, or was given up. Who types already goes on, unless the agency's text is another one."""
        if self.desk is not None:
            return
        if self._known is None or looked.door != self._known.door:
            self.login = self._show_door(looked)
            return
        self._trust, self._known = looked.trust, looked
        self.login.set_health([*looked.health, *self._demo_lines()])

    def _look(self) -> _Looked:
        """Who the door belongs to, and how the store is. On a worker."""
        trust: Trust | None = None
        try:
            setup = self.workspace.setup()
            trust = Trust(locate(self.workspace.store_location()), setup.root, self.workspace)
            roster = trust.roster()
        except ReviewerError as wrong:
            why = HealthLine(str(wrong), Tone.STOP, "alert-octagon")
            return _Looked(trust, Door("No agency yet", "not set up", None), (why,))
        words = f"Roster {roster.version}, signed by the agency root, expires {date(roster.expires)}"
        notices = [HealthLine(f"{n.message} {n.next_step}", Tone.WARN, "alert-triangle") for n in trust.notices]
        health = (HealthLine(words, icon="shield-check"), *notices, self._store_line(trust))
        return _Looked(trust, Door(roster.title, setup.station, roster.banner), health)

    def _store_line(self, trust: Trust) -> HealthLine:
        trouble = trust.contact.trouble
        if trouble is not None or not trust.store.reachable():
            return HealthLine("Store not reached. You can work on what is here.", Tone.WARN, "plug-connected-x")
        return HealthLine(f"Store reached: {trust.store.integrity}", icon="database")

    def _demo_lines(self) -> list[HealthLine]:
        """In the demo nothing is secret: who logs on with what, at the door."""
        if self._demo is None:
            return []
        try:
            people = json.loads((self._demo / "people.json").read_text(encoding="utf-8"))["people"]
            first = people[0]
            self._demo_name = f"{first['name']} {first['badge']}"
            words = f"Demo: log on as {first['name']} {first['badge']} with {first['passphrase']}"
        except (OSError, ValueError, LookupError, TypeError):
            return [HealthLine("The demo’s list of people cannot be read.", Tone.WARN, "alert-triangle")]
        return [HealthLine(words, Tone.INFO, "info-circle")]

    def _log_on(self, named: str, passphrase: str) -> Future[object]:
        return self.pool.submit(self._open_session, named, passphrase)

    def _open_session(self, named: str, passphrase: str) -> Session:
        if self._finishing is not None and wait([self._finishing], _BEFORE).not_done:
            raise InUse("The log of whoever was here before is still being sent.", "Try again in a minute.")
        if self._trust is None:
            setup = self.workspace.setup()
            self._trust = Trust(locate(self.workspace.store_location()), setup.root, self.workspace)
        return log_on(self.workspace, self._trust, named, passphrase, now=self._now)

    # The desk

    def _sit_down(self, session: object) -> None:
        if not isinstance(session, Session):
            raise TypeError("logging on gives a Session")
        self.preferences.open(session.room.preferences)
        self.desk = Desk(
            session,
            workspace=self.workspace,
            window=self.window,
            bridge=self.bridge,
            preferences=self.preferences,
            keys=self.keys,
            pool=self.pool,
            zone=self.zone,
            now=self._now,
        )
        self.desk.open()

    def _unlock(self, passphrase: str) -> Future[object]:
        if self.desk is None:
            raise RuntimeError("there is nobody to unlock for")
        return self.pool.submit(self.desk.session.unlock, passphrase)

    def log_off(self) -> None:
        """Back to the door once the log is written, or after a while; the next person finds nothing of this one."""
        self._then = self._to_door
        self._leave_desk()

    def _to_door(self) -> None:
        self.login = self._stand_at_door()
        QTimer.singleShot(_SOON_MS, self, self._collecting.look_at_all)

    def _window_closes(self) -> None:
        """It closes when the log is written, or after a while."""
        if self.desk is not None or self._then is not None:
            self.window.stay()
            self._then = self.window.close
            self._leave_desk()

    def _leave_desk(self) -> None:
        desk, self.desk = self.desk, None
        if desk is None:
            if self._finishing is None or self._finishing.done():
                self._left()
            return
        desk.leave()
        self.preferences.open(None)
        self.window.show_leaving()
        self._finishing = self._leaver.submit(desk.finish)
        self._limit.start()
        self.bridge.watch(self._finishing, lambda _done: self._left(), lambda _error: self._left(), self)

    def _left(self) -> None:
        """The log is written, or the store was given time enough."""
        self._limit.stop()
        then, self._then = self._then, None
        if then is not None:
            then()

    def _leave_now(self) -> None:
        """The program ends: whoever is still here leaves, and it is waited for."""
        self._then = None
        self._leave_desk()
        self._limit.stop()
        if self._finishing is not None:
            with suppress(ReviewerError):
                self._finishing.result()
