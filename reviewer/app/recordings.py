"""Recordings of one custodian's or supervisor's session: the screen on one side, catalogue, custody and keys behind it.

A custody key is opened by its passphrase, in memory only, and is gone when the session is locked or ends.
"""

from __future__ import annotations

import threading
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from reviewer.app.basemap import tiles_of
from reviewer.domain.acts import CustodyKeyOpened
from reviewer.domain.assignment import Assignment, Pending
from reviewer.domain.errors import AccessRefused, Cancelled, MalformedDocument, NotInStore, NotTrusted, ReviewerError
from reviewer.domain.roster import Role, Roster
from reviewer.sealing import keyring
from reviewer.sealing.keyring import PrivateKeys
from reviewer.services import custody
from reviewer.services.catalogue import Catalogue, opener_for
from reviewer.services.catalogue_index import CatalogueIndex
from reviewer.services.custody import CustodyGrants, Order
from reviewer.services.trust import ISSUERS
from reviewer.ui.chrome import StatusItem
from reviewer.ui.custodian import RecordingsScreen
from reviewer.ui.custodian_source import KeyState, Picture, RecordingsSource, Waiting
from reviewer.ui.theme import Tone
from reviewer.ui.times import count

if TYPE_CHECKING:
    from reviewer.app.desk import Desk

NAME = "recordings"


class RecordingsRoom(QObject):
    """Of the desk; on the GUI thread. Only who may assign has it: `screen` is None for anybody else."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._session = desk.session
        self.screen: RecordingsScreen | None = None
        self._key = _HeldKey()
        self._cancel = threading.Event()
        index = CatalogueIndex(self._session.room.folder / "catalogue.sqlite", self._session.keys)
        self._catalogue = Catalogue(self._session.trust, desk.workspace, index, self._session.user.id)

    def open(self) -> None:
        """Show the screen's door, to whom it belongs."""
        desk = self._desk
        if not ISSUERS.intersection(self._session.user.roles):
            return
        self._file = self._find_key()
        self.screen = RecordingsScreen(
            self._source(), bridge=desk.bridge, keys=desk.keys, zone=desk.zone, tiles=tiles_of(desk.workspace)
        )
        desk.window.add_screen(NAME, self.screen, words="Recordings", icon="folder")
        desk.window.locked.connect(self._locked)

    def close(self) -> None:
        """Forget the key; the door goes with the session."""
        self._cancel.set()
        self._key.forget()
        if self.screen is not None:
            self.screen.close_screen()
            self._desk.window.remove_screen(NAME)
            self.screen = None

    def _locked(self, _why: str) -> None:
        if self.screen is not None:
            self.screen.forget_key()

    def _source(self) -> RecordingsSource:
        submit = self._desk.pool.submit
        return RecordingsSource(
            read=self._ask,
            find=lambda listing, wanted: submit(listing.find, wanted),
            assign=lambda order: submit(self._assign, order),
            take_off=lambda *what: submit(self._take_off, *what),
            hand_over=lambda *what: submit(self._hand_over, *what),
            release=lambda *what: submit(self._release, *what),
            countersign=lambda *what: submit(self._countersign, *what),
            open_key=self._open_key,
            forget_key=self._key.forget,
            key=self._key_state,
        )

    def _ask(self, again: bool) -> Future[Picture]:
        desk = self._desk
        future = desk.pool.submit(self._read, again)
        desk.bridge.watch(future, self._say_store, lambda _error: None, self)
        return future

    def _say_store(self, picture: Picture) -> None:
        contact, zone = picture.overview.contact, self._desk.zone()
        if contact.reached is None or contact.trouble is not None:
            items = [StatusItem("plug-connected-x", "Listed from this machine: the store is not reached", Tone.WARN)]
            self._desk.window.set_status(NAME, items)
            return
        items = [StatusItem("cloud-download", f"Store reached {zone.both(contact.reached)}", Tone.PLAIN)]
        right = f"All times local ({zone.offset(contact.reached)}); UTC in every detail"
        self._desk.window.set_status(NAME, items, right)

    # Reading: on the workers' threads

    def _read(self, again: bool) -> Picture:
        session, key = self._session, self._key.keys
        held = CustodyGrants(session.trust, key) if key is not None else None
        if again:
            opener = opener_for(session.trust, session.grants, session.user.id, held)
            overview = self._catalogue.refresh(opener, cancel=self._cancel)
        else:
            overview = self._catalogue.kept()
        people = {u.id: u for u in session.trust.roster().users}
        waiting = tuple(self._waiting(p) for p in session.trust.pending().good) if again else ()
        return Picture(overview, people, session.user.id, waiting)

    def _waiting(self, pending: Pending) -> Waiting:
        order: Assignment | None = None
        with suppress(AccessRefused, MalformedDocument, NotTrusted):
            order = custody.waiting_order(self._session.trust, pending, self._session.keys)
        return Waiting(pending, order)

    # Signing: on the workers' threads, each act in the log before it has an effect

    def _assign(self, order: Order) -> str:
        session, key = self._session, self._key.keys
        people = count(len(order.members), "person", "people")
        try:
            made = custody.assign(session.trust, order, session.keys, key, record=session.journal.record)
        except custody.NeedsSecond:
            custody.propose(session.trust, order, session.keys, key, record=session.journal.record)
            return f"{order.case_id} waits for a second person’s signature. Until then nobody can open what is in it."
        recordings = count(len(made.recordings), "recording")
        return f"{made.case_id}: {recordings}, {people}. It comes to their queue by itself."

    def _take_off(self, case: str, user: str, reason: str) -> str:
        session = self._session
        record = session.journal.record
        made = custody.take_off(session.trust, case, user, session.keys, reason, self._key.keys, record=record)
        return made.words

    def _hand_over(self, case: str, user: str, to: str, reason: str) -> str:
        session = self._session
        record = session.journal.record
        made = custody.hand_over(session.trust, case, user, to, session.keys, reason, self._key.keys, record=record)
        return made.words

    def _release(self, recordings: tuple[str, ...], released: bool, reason: str) -> str:
        session = self._session
        custody.release_for_training(
            session.trust, recordings, session.keys, released=released, reason=reason, record=session.journal.record
        )
        what = count(len(recordings), "recording")
        return f"{what} released for training." if released else f"{what} withdrawn from training."

    def _countersign(self, case: str, n: int) -> str:
        session = self._session
        custody.countersign(session.trust, case, n, session.keys, record=session.journal.record)
        return f"{case} has two signatures now. It comes to its people’s queue by itself."

    # The custody key

    def _key_state(self) -> KeyState:
        wanted = Role.CUSTODIAN in self._session.user.roles
        return KeyState(wanted, self._key.keys is not None, self._file)

    def _find_key(self) -> str:
        """The file that was used last, or the first in the workspace's keys that the roster calls a custody key."""
        last = self._desk.preferences.now.custody_key
        folder = self._desk.workspace.home / "keys"
        for path in (*([Path(last)] if last else []), *sorted(folder.glob("*.json"))):
            with suppress(NotInStore, MalformedDocument, OSError):
                public = keyring.public_of(path)
                if _is_custody_key(self._session.roster, public.user, public.sealing):
                    return str(path)
        return ""

    def _open_key(self, file: str, passphrase: str) -> Future[None]:
        """On the GUI thread: what is opened after the session was locked is not kept."""
        turn = self._key.turn
        preferences = self._desk.preferences

        def remember(_none: None) -> None:
            self._file = file
            if preferences.now.custody_key != file:
                preferences.set(replace(preferences.now, custody_key=file))

        future = self._desk.pool.submit(self._unlock, Path(file).expanduser(), passphrase, turn)
        self._desk.bridge.watch(future, remember, lambda _error: None, self)
        return future

    def _unlock(self, path: Path, passphrase: str, turn: int) -> None:
        try:
            keys = keyring.unlock(path, passphrase)
        except NotInStore as wrong:
            raise NotInStore(f"There is no key file at {path}.", "Type where it lies.") from wrong
        except OSError as wrong:
            raise ReviewerError(f"{path} cannot be read: {wrong.strerror}.", "Type where the key file lies.") from wrong
        if not _is_custody_key(self._session.trust.roster(), keys.user, keys.public.sealing):
            raise NotTrusted(f"{path.name} is no custody key of this agency.", "Choose the custody key’s file.")
        self._session.journal.record(CustodyKeyOpened(keys.user)).result()
        if not self._key.keep(keys, turn):
            raise Cancelled("Opening the custody key")


class _HeldKey:
    """An open custody key, for as long as the session is not locked."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._keys: PrivateKeys | None = None
        self._turn = 0

    @property
    def keys(self) -> PrivateKeys | None:
        return self._keys

    @property
    def turn(self) -> int:
        """Changes each time the key is forgotten."""
        return self._turn

    def keep(self, keys: PrivateKeys, turn: int) -> bool:
        """Keep it, unless it was to be forgotten since `turn`."""
        with self._lock:
            if turn == self._turn:
                self._keys = keys
            return turn == self._turn

    def forget(self) -> None:
        with self._lock:
            self._keys = None
            self._turn += 1


def _is_custody_key(roster: Roster, key_id: str, sealing: str) -> bool:
    return any((k.id, k.sealing_key) == (key_id, sealing) for k in roster.custody_keys)
