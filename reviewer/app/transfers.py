"""What comes down in one person's session, in the order that they need it; and what goes when their rights end."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from reviewer.domain.errors import Cancelled, ReviewerError
from reviewer.domain.recording import Manifest
from reviewer.services.queue import case_manifests
from reviewer.services.shred import Ended, Shredder
from reviewer.services.sync import ObjectState, Progress, Sync, SyncReport
from reviewer.services.trust import Listed
from reviewer.ui.preferences import Preferences
from reviewer.ui.queue_words import ended_words
from reviewer.ui.theme import Tone

if TYPE_CHECKING:
    from concurrent.futures import Future

    from reviewer.app.desk import Desk

_LOOK_MS = 500  # how soon the transfer follows where the person looks
_RIGHTS_MS = 60_000
_LISTED_S = 5.0  # for as long a list of the store's documents holds for what begins together


class TransferRoom(QObject):
    """Of the desk; on the GUI thread. `open` begins, `close` ends; nothing is written any more after `finish`."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        session = desk.session
        self.sync = Sync(desk.workspace, session.trust.store, session.journal.record, cache=desk.cache)
        self.shredder = Shredder(
            desk.workspace,
            session.trust,
            session.user.id,
            grants=session.grants,
            case_keys=session.case_keys,
            record=session.journal.record,
            refold=session.journal.refold,
            forget_followed=session.following.forget,
            cache=desk.cache,
        )
        self._cancels: dict[str, threading.Event] = {}
        self._present: dict[str, int] = {}
        self._ended: dict[str, Ended] = {}
        self._looked: tuple[tuple[str, ...], str | None] = ((), None)
        self._first: dict[str, str] = {}  # by case: the object that a person asked for before all others
        self._listing = threading.Lock()
        self._listed: Listed = {}
        self._listed_at = -math.inf
        self._closed = False
        self._attending = QTimer(self, interval=_LOOK_MS)
        self._attending.timeout.connect(self.attend)
        self._rights = QTimer(self, interval=_RIGHTS_MS)
        self._rights.timeout.connect(self.look_at_rights)
        self._shortcut = desk.keys.bind(desk.window.shell, "sync.pause", self.toggle)
        desk.preferences.changed.connect(self._follow)

    def open(self) -> None:
        """Follow the person, and what is assigned to them."""
        queue = self._desk.queue
        queue.fetch.connect(self.fetch)
        queue.pause.connect(self.pause)
        queue.go_on.connect(self.go_on)
        queue.ask_again.connect(self.look_at_rights)
        self._follow(self._desk.preferences.now)
        self._attending.start()
        self._rights.start()
        self.look_at_rights()

    def close(self) -> None:
        """Stop what runs; what is here is kept. Returns at once."""
        self._closed = True
        self._desk.preferences.changed.disconnect(self._follow)
        self._attending.stop()
        self._rights.stop()
        self._shortcut.deleteLater()
        self.sync.cancel()

    def finish(self) -> None:
        """Not on the GUI thread: a store that does not answer is waited for."""
        self.sync.close()
        self._desk.cache.save()

    def _follow(self, now: Preferences) -> None:
        self.sync.cap = now.sync_cap_kb * 1000
        self._desk.cache.limit = now.cache_limit_gb * 1_000_000_000

    # -- what comes down ---------------------------------------------------------------------------------------------

    def fetch(self, case: str, *, asked: bool = True) -> None:
        """Bring down what a case needs and this machine does not have, beside what comes down already. `asked`: by a
        person, so that what was used longest ago may make room."""
        if asked:
            self.sync.go_on()
        if case in self._cancels or self._closed:
            return
        self._desk.queue.unsay(_stopped(case))
        cancel = self._cancels[case] = threading.Event()
        found = self._desk.pool.submit(self._begin, case, cancel, asked)
        self._desk.bridge.watch(found, partial(self._begun, case), partial(self._failed, case), self)

    def first(self, case: str, object_name: str | None) -> None:
        """A person wants this object before all others of the case."""
        if object_name is not None:
            self._first[case] = object_name
        self.fetch(case)
        self.attend()

    def _begin(self, case: str, cancel: threading.Event, asked: bool) -> Future[SyncReport]:
        manifests = self._manifests(case)
        listener: Callable[[Progress], None] = self._desk.bridge.progress(self._progress, self)
        return self.sync.start(case, manifests, listener, cancel, asked=asked)

    def _manifests(self, case: str) -> tuple[Manifest, ...]:
        session = self._desk.session
        session.grants.case_key(case)  # refuses whoever is not, or no longer, on the case
        trust = session.trust
        return case_manifests(trust, trust.assignment(case), session.grants, self._recordings()).good

    def _recordings(self) -> Listed:
        """Where the documents of recordings lie; a hundred cases that begin together ask the store once."""
        with self._listing:
            if time.monotonic() - self._listed_at > _LISTED_S:
                self._listed = self._desk.session.trust.documents("recordings")
                self._listed_at = time.monotonic()
            return self._listed

    def _begun(self, case: str, running: Future[SyncReport]) -> None:
        self._desk.bridge.watch(running, partial(self._fetched, case), partial(self._failed, case), self)

    def _progress(self, progress: Progress) -> None:
        if progress.case not in self._cancels or self._closed:
            return
        self._desk.queue.show_progress(progress)
        if self.sync.paused:
            self._desk.queue.show_paused()
        room = self._desk.room
        if room is not None and room.case == progress.case:
            present = sum(o.state is ObjectState.PRESENT for o in progress.objects)
            room.more_is_here(now=present > self._present.get(progress.case, present))
            self._present[progress.case] = present

    def _fetched(self, case: str, report: SyncReport) -> None:
        self._over(case)
        if self._closed:
            return
        self._desk.queue.show_progress(Progress(case, report.objects, finished=True))
        if report.stopped is not None and not isinstance(report.stopped, Cancelled):
            self._desk.queue.say(_stopped(case), str(report.stopped))
        room = self._desk.room
        if room is not None and room.case == case:
            room.more_is_here(now=True)
        self._desk.proxies.look_again()
        self._desk.read_queue()

    def _failed(self, case: str, error: ReviewerError) -> None:
        self._over(case)
        self._desk.queue.say(_stopped(case), str(error))

    def _over(self, case: str) -> None:
        self._cancels.pop(case, None)
        self._present.pop(case, None)
        self._first.pop(case, None)
        if case in self._ended:
            self._shred(self._ended.pop(case))

    # -- pausing, and what comes first -------------------------------------------------------------------------------

    def pause(self) -> None:
        """Let nothing more come; what is here is kept."""
        self.sync.pause()
        self._desk.queue.show_paused()

    def go_on(self) -> None:
        """After a pause."""
        self.sync.go_on()
        self._desk.queue.show_paused(False)

    def toggle(self) -> None:
        """Pause, or go on."""
        if self.sync.paused:
            self.go_on()
        elif self._cancels:
            self.pause()

    def attend(self) -> None:
        """What is on screen comes first, then what the open case needs."""
        room = self._desk.room
        case = room.case if room is not None else None
        wanted = room.wanted() if room is not None else ()
        asked_for = self._first.get(case or "")
        if asked_for is not None:
            wanted = (asked_for, *(name for name in wanted if name != asked_for))
        if (wanted, case) != self._looked:
            self._looked = (wanted, case)
            self.sync.want(wanted, case)

    # -- rights that end ---------------------------------------------------------------------------------------------

    def look_at_rights(self) -> None:
        """Ask whether a case was taken from this person, or has run out; if so, nothing of it stays here."""
        if not self._closed:
            looked = self._desk.pool.submit(self.shredder.look)
            self._desk.bridge.watch(looked, self._looked_at, self._not_looked_at, self)

    def _not_looked_at(self, error: ReviewerError) -> None:
        self._desk.queue.say("What is assigned to you could not be asked", str(error), Tone.WARN)

    def _looked_at(self, ended: tuple[Ended, ...]) -> None:
        self._desk.queue.unsay("What is assigned to you could not be asked")
        zone = self._desk.zone()
        self._desk.queue.show_ended([ended_words(each, zone, self._desk.user_name(each.by)) for each in ended])
        for each in ended:
            if each.done:
                continue
            if self._desk.room is not None and self._desk.room.case == each.case:
                self._desk.close_case()
                self._desk.window.show_screen("queue")
            if each.case in self._cancels:
                self._ended[each.case] = each  # as soon as nothing of it is written any more
                self._cancels[each.case].set()
            else:
                self._shred(each)

    def _shred(self, ended: Ended) -> None:
        if self._closed:
            return
        self._desk.places.forget(ended.case)
        done = self._desk.pool.submit(self._shred_now, ended)
        self._desk.bridge.watch(done, self._shredded, self._not_shredded, self)

    def _shred_now(self, ended: Ended) -> int:
        """What the queue shows of it goes as well."""
        self._desk.queue_room.kept.forget(ended.case)
        return self.shredder.shred(ended)

    def _shredded(self, _bytes: int) -> None:
        self._desk.proxies.look_again()
        self._desk.read_queue()
        self.look_at_rights()

    def _not_shredded(self, error: ReviewerError) -> None:
        self._desk.queue.say("What was taken from you is still on this machine", str(error))


def _stopped(case: str) -> str:
    return f"Fetching {case} stopped"
