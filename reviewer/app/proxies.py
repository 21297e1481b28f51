"""Proxies of one person's session: where the maker learns what is open, and the window how far it is."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from reviewer.media.camera import ProxyChunk
from reviewer.services.proxy import Proxies, ProxyStatus
from reviewer.services.vault import Vault
from reviewer.ui.preferences import Preferences
from reviewer.ui.proxy import status_item

if TYPE_CHECKING:
    from reviewer.app.desk import Desk

BEGIN_AFTER = 20.0  # seconds after log-on: the queue and the first look at a case come first
_LOOK_MS = 1_000
_LATE_FOR = 5.0  # seconds that playing which came late keeps the machine to itself


class ProxyRoom(QObject):
    """Of the desk; on the GUI thread. `open` begins, `close` ends."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._late_until = 0.0
        session = desk.session
        self.proxies = Proxies(
            Vault(desk.workspace, session.trust, session.grants, session.journal.record),
            session.trust,
            session.grants,
            desk.workspace,
            session.journal.record,
            session.user.id,
            told=desk.bridge.progress(self._show, self),
            made=self._made,
            busy=lambda: time.monotonic() < self._late_until,
        )
        self._shortcut = desk.keys.bind(desk.window.shell, "proxies.pause", self.toggle)
        self._looking = QTimer(self, interval=_LOOK_MS)
        self._looking.timeout.connect(self._look)
        desk.preferences.changed.connect(self._follow)

    def open(self) -> None:
        """Begin, once the first work of the day is done."""
        self._follow(self._desk.preferences.now)
        self._looking.start()
        self.proxies.start(BEGIN_AFTER)

    def close(self) -> None:
        self._desk.preferences.changed.disconnect(self._follow)
        self._looking.stop()
        self._shortcut.deleteLater()
        self.proxies.stop()
        self._desk.window.set_work(None)

    def finish(self) -> None:
        """Not on the GUI thread: wait until nothing is made any more."""
        self.proxies.close()

    def look_again(self) -> None:
        """Footage has come or gone."""
        self.proxies.look_again()

    def toggle(self) -> None:
        """Pause until the person goes on, or go on."""
        self.proxies.set_paused(not self.proxies.paused)

    def _follow(self, now: Preferences) -> None:
        self.proxies.set_on(now.proxies)

    def _look(self) -> None:
        """Where the person is, and whether playing has all it needs."""
        room = self._desk.room
        playback = room.playback if room is not None and room.is_open else None
        if room is None or playback is None:
            self.proxies.attend(None)
            return
        self.proxies.attend(room.case, playback.now())
        if playback.playing and not playback.settled:
            self._late_until = time.monotonic() + _LATE_FOR

    def _made(self, recording: str, part: int, chunks: tuple[ProxyChunk, ...]) -> None:
        """On the maker's thread."""
        self._desk.bridge.post(partial(self._give, recording, part, chunks), self)

    def _give(self, recording: str, part: int, chunks: tuple[ProxyChunk, ...]) -> None:
        room = self._desk.room
        if room is not None and room.is_open and room.playback is not None and room.playback.camera(recording):
            room.playback.set_proxies(recording, part, chunks)

    def _show(self, status: ProxyStatus) -> None:
        if self._looking.isActive():  # what is said after `close` belongs to nobody's window
            self._desk.window.set_work(status_item(status, self._desk.keys.shown("proxies.pause")))
