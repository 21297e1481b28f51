"""The queue of one session: what is kept of it at once, verified again behind, and read again when something changed.

One reading at a time: a first one of ten thousand recordings takes a while, and what is asked for meanwhile is read
once after it.
"""

from __future__ import annotations

import threading
from contextlib import closing
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from reviewer.domain.errors import Cancelled, ReviewerError
from reviewer.domain.timebase import Utc
from reviewer.services.catalogue_index import CatalogueIndex
from reviewer.services.collecting import set_aside
from reviewer.services.queue import NextStep, Queue, read_queue, watched_by
from reviewer.services.queue_clocks import with_clocks
from reviewer.services.queue_kept import KeptQueue
from reviewer.ui.chrome import StatusItem
from reviewer.ui.theme import Tone

if TYPE_CHECKING:
    from reviewer.app.desk import Desk

_MANY = 1_000  # recordings
_UNREAD = "The queue could not be read"


class QueueRoom(QObject):
    """Of the desk; on the GUI thread."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        session = desk.session
        index = CatalogueIndex(session.room.folder / "catalogue.sqlite", session.keys)
        self.kept = KeptQueue(index, session.trust, session.user.id)
        self._cancel = threading.Event()
        self._aside = 0
        self.officers: dict[str, str] = {}  # by recording id: whose camera, of everything in the queue
        self._reading = False
        self._again = self._fetch = False

    def open(self) -> None:
        """Show what was verified last; verify it again, and bring down what is missing."""
        self._reading, self._fetch = True, True
        desk = self._desk
        desk.bridge.watch(desk.pool.submit(self.kept.read), self._show_kept, lambda _error: self._read(), desk.queue)

    def close(self) -> None:
        """Stop reading."""
        self._cancel.set()

    def read(self, *, fetch: bool = False) -> None:
        """Read it again; with `fetch`, bring down what is missing (what is quarantined waits for a person)."""
        self._fetch |= fetch
        if self._reading:
            self._again = True
        elif not self._cancel.is_set():
            self._read()

    def _show_kept(self, queue: Queue | None) -> None:
        if queue is not None:
            self._name(queue)
            self._desk.queue.show_queue(queue)
            said = StatusItem("hourglass", "Shown from this machine; the store is asked", Tone.PLAIN)
            self._desk.window.set_status("queue", [said])
        self._read()

    def _read(self) -> None:
        desk = self._desk
        self._reading, self._again = True, False
        desk.bridge.watch(desk.pool.submit(self._work), self._show, self._failed, desk.queue)

    def _work(self) -> Queue:
        """On a worker's thread."""
        desk, who = self._desk, self._desk.session.user.id
        session = desk.session
        tell = desk.bridge.progress(desk.queue.show_reading, desk.queue)
        with closing(session.queries()) as queries:

            def resume(case: str) -> Utc | None:
                place = desk.places.get(case)
                return place.at if place is not None else queries.last_shown(case, who)

            queue = read_queue(
                session.trust,
                desk.workspace,
                who,
                grants=session.grants,
                resume=resume,
                watched=watched_by(queries, who),
                reading=lambda done, of: tell((done, of)),
                cancel=self._cancel,
            )
            queue = with_clocks(queue, queries, session.trust)
        self.kept.write(queue)
        many = sum(len(case.recordings) for case in queue.cases)
        if many > max(_MANY, 2 * self._aside):  # what the session has verified stays with it
            self._aside = many
            set_aside()
        return queue

    def _name(self, queue: Queue) -> None:
        cameras = (each for case in queue.cases for each in case.recordings)
        self.officers = {each.recording_id: each.officer for each in cameras}

    def _show(self, queue: Queue) -> None:
        desk, fetch = self._desk, self._fetch
        self._fetch = False
        desk.queue.unsay(_UNREAD)
        self._name(queue)
        desk.queue.show_queue(queue)
        self._say_store(queue)
        desk.dashboard.queue_read()
        for case in queue.cases if fetch else ():
            wanted = case.bytes_here < case.bytes and case.next_step is not NextStep.EXPIRED
            if wanted and not any(r.quarantined for r in case.recordings):
                desk.transfers.fetch(case.case_id, asked=False)
        self._done()

    def _failed(self, error: ReviewerError) -> None:
        if not isinstance(error, Cancelled):
            self._desk.queue.say(_UNREAD, str(error))
            self._desk.queue.show_unread()
        self._done()

    def _done(self) -> None:
        self._reading = False
        if self._again and not self._cancel.is_set():
            self._read()

    def _say_store(self, queue: Queue) -> None:
        desk, contact = self._desk, queue.contact
        if contact.reached is not None and contact.trouble is None:
            items = [StatusItem("cloud-download", f"Store reached {desk.zone().both(contact.reached)}", Tone.PLAIN)]
        else:
            items = [StatusItem("plug-connected-x", "Working from this machine: the store is not reached", Tone.WARN)]
        right = f"All times local ({desk.zone().offset(contact.reached)})" if contact.reached is not None else ""
        desk.store_room.say_promise()
        desk.window.set_status("queue", items, f"{right}; UTC in every detail and export" if right else "")
