"""The store's screen in one session: who may see it, what a check runs in, where a signed report is saved."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QStandardPaths

from reviewer.domain.errors import ReviewerError
from reviewer.domain.roster import Role
from reviewer.domain.storecheck import CheckReport
from reviewer.domain.timebase import Utc, format_rfc3339
from reviewer.services import keeping
from reviewer.services.disk import write_new
from reviewer.services.storecheck import StoreCheck, unfinished
from reviewer.services.storecheck_report import answer_for, newest_report, summary
from reviewer.stores.base import Store
from reviewer.ui.store_check import Hear, StoreScreen, StoreSource
from reviewer.ui.store_check_words import StoreFacts, promise_item
from reviewer.ui.store_keeping import Keeper, RecordingKept

if TYPE_CHECKING:
    from reviewer.app.desk import Desk

NAME = "store"
MAY_LOOK = frozenset({Role.CUSTODIAN, Role.AUDITOR, Role.SUPERVISOR})


class StoreRoom(QObject):
    """Of the desk; on the GUI thread. `screen` is None for whoever has no business with the store as a whole."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self.screen: StoreScreen | None = None
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="store-check")
        self._check: Future[CheckReport] | None = None
        self._cancel = threading.Event()

    def open(self) -> None:
        """Show the screen's door, for those who may look."""
        desk = self._desk
        self.say_promise()
        if not MAY_LOOK.intersection(desk.session.user.roles):
            return
        source = StoreSource(self._facts, self._run, self._sign, self._keeper, self._no_sign())
        self.screen = StoreScreen(source, bridge=desk.bridge, keys=desk.keys, zone=desk.zone)
        desk.window.add_screen(NAME, self.screen, words="Store", icon="database")
        self._shortcut = desk.keys.bind(desk.window.shell, "go.store", partial(desk.window.show_screen, NAME))

    def say_promise(self) -> None:
        """What the store promises, as it was last asked: on every screen's status line, for everybody."""
        store = self._desk.session.trust.store
        self._desk.window.set_store(promise_item(store.integrity, store.write_once))

    def close(self) -> None:
        """Stop the check: what was judged is kept, and the next one goes on there. Returns at once."""
        self._desk.window.set_store(None)
        if self.screen is None:
            return
        self._cancel.set()
        self._shortcut.deleteLater()
        self.screen = None
        self._desk.window.remove_screen(NAME)

    def finish(self) -> None:
        """Not on the GUI thread: a store that does not answer is waited for."""
        if self._check is not None:
            with suppress(ReviewerError):
                self._check.result()
        self._pool.shutdown()

    # -- what is known

    def _facts(self) -> Future[StoreFacts]:
        return self._desk.pool.submit(self._read_facts)

    def _read_facts(self) -> StoreFacts:
        store, home = self._desk.session.trust.store, self._desk.workspace
        trouble = ""
        try:
            store.check()
        except ReviewerError as wrong:
            trouble = wrong.message
        return StoreFacts(
            location=store.location,
            integrity=store.integrity,
            write_once=store.write_once,
            trouble=trouble,
            last=newest_report(home),
            quick_left=unfinished(home, deep=False),
            deep_left=unfinished(home, deep=True),
        )

    # -- checking and signing

    def _run(self, deep: bool, anew: bool, hear: Hear, cancel: threading.Event) -> Future[CheckReport]:
        trust, home = self._desk.session.trust, self._desk.workspace
        check = StoreCheck(trust.store, trust.root, home, deep=deep, station=home.setup().station)
        self._cancel = cancel
        self._check = self._pool.submit(check.run, hear, cancel, anew=anew)
        return self._check

    def _no_sign(self) -> str:
        custodian = Role.CUSTODIAN in self._desk.session.user.roles
        return "" if custodian else "Only a custodian signs what a check found."

    def _sign(self, report: CheckReport) -> Future[Path]:
        return self._desk.pool.submit(self._save, report)

    def _save(self, report: CheckReport) -> Path:
        session = self._desk.session
        signed = answer_for(report, session.roster, session.keys, session.journal.record)
        kind = "deep check" if report.deep else "check"
        name = f"Store {kind} {format_rfc3339(report.ended_at)[:10]}"
        folder = reports_folder()
        write_new(folder / f"{name}.txt", "\n".join(summary(report)).encode() + b"\n")
        return write_new(folder / f"{name}.json", signed)

    # -- keeping

    def _keeper(self) -> Keeper:
        store = self._desk.session.trust.store
        refusal = ""
        if not keeping.KEEPERS.intersection(self._desk.session.user.roles):
            refusal = "Only a custodian changes how things are kept."
        elif "://" not in store.location:
            refusal = f"A folder cannot keep anything: it is {store.integrity}."
        return Keeper(
            look=lambda recording: self._desk.pool.submit(self._look, recording),
            retain=lambda recording, until: self._desk.pool.submit(self._retain, recording, until),
            hold=lambda recording, on: self._desk.pool.submit(self._hold, recording, on),
            refusal=refusal,
        )

    def _look(self, recording: str) -> RecordingKept:
        trust = self._desk.session.trust
        return _read_back(trust.store, keeping.all_of(trust, recording), recording)

    def _retain(self, recording: str, until: Utc) -> RecordingKept:
        session = self._desk.session
        kept = keeping.all_of(session.trust, recording)
        keeping.retain(session.trust.store, kept, until, session.user, session.journal.record)
        return _read_back(session.trust.store, kept, recording)

    def _hold(self, recording: str, on: bool) -> RecordingKept:
        session = self._desk.session
        kept = keeping.all_of(session.trust, recording)
        keeping.hold(session.trust.store, kept, on, session.user, session.journal.record)
        return _read_back(session.trust.store, kept, recording)


def reports_folder() -> Path:
    """Where signed reports are saved: this account's documents."""
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation))


def _read_back(store: Store, kept: keeping.Kept, recording: str) -> RecordingKept:
    found = keeping.protections(store, kept).values()
    ends = [p.until for p in found]
    known = [e for e in ends if e is not None]
    until = min(known) if known and len(known) == len(ends) else None
    return RecordingKept(recording, len(found), until, sum(p.hold for p in found))
