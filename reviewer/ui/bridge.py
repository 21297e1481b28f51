"""The one meeting point of threads and Qt.

Services answer with Futures and announce events from their own threads; here both become calls on the GUI thread.
Nothing else in `ui` may be called from another thread.
"""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from shiboken6 import isValid

from reviewer.domain.errors import ReviewerError

_T = TypeVar("_T")
_PROGRESS_MS = 100  # at most ten a second


class Bridge(QObject):
    """Make it on the GUI thread. Every method but `on` may be called from any thread.

    `owner`: a QObject the callback belongs to; once it is gone or forgotten, or whose child it is, the callback is
    dropped: what was asked for while it was open may be answered after it has ended.
    """

    _posted = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._open = True
        self._subscribers: list[tuple[type, Callable[[Any], None], QObject | None]] = []
        self._ended: weakref.WeakSet[QObject] = weakref.WeakSet()
        self._posted.connect(self._run, Qt.ConnectionType.QueuedConnection)

    def _run(self, call: Callable[[], None]) -> None:
        if self._open:
            call()

    def post(self, call: Callable[[], None], owner: QObject | None = None) -> None:
        """Call `call` on the GUI thread, soon. Dropped after `close`."""
        if self._open:
            self._posted.emit(lambda: call() if self._is_there(owner) else None)

    def _is_there(self, owner: QObject | None) -> bool:
        while owner is not None:
            if not isValid(owner) or owner in self._ended:
                return False
            owner = owner.parent()
        return True

    def watch(
        self,
        future: Future[_T],
        done: Callable[[_T], None],
        failed: Callable[[ReviewerError], None] | None = None,
        owner: QObject | None = None,
    ) -> None:
        """When `future` ends: `done(result)` or `failed(error)` on the GUI thread, nothing if it was cancelled.

        An error that is no ReviewerError is a bug: it is raised on the GUI thread, where the crash report sees it.
        """

        def settle() -> None:
            if future.cancelled():
                return
            error = future.exception()
            if error is None:
                done(future.result())
            elif isinstance(error, ReviewerError) and failed is not None:
                failed(error)
            else:
                raise error

        future.add_done_callback(lambda _future: self.post(settle, owner))

    def listener(self, announced: object) -> None:
        """Give this to the journal: what it announces is passed on by type (see `on`), on the GUI thread."""
        self.post(lambda: self._announce(announced))

    def on(self, kind: type[_T], callback: Callable[[Any], None], owner: QObject | None = None) -> None:
        """Call `callback(announced)` for everything announced that is a `kind`, or records an event that is one."""
        self._subscribers.append((kind, callback, owner))

    def forget(self, owner: QObject) -> None:
        """Call nothing of this owner, or of what is its child, any more, even while something still holds it: it has
        ended."""
        self._ended.add(owner)
        self._subscribers = [s for s in self._subscribers if s[2] is not owner]

    def _announce(self, announced: object) -> None:
        self._subscribers = [s for s in self._subscribers if s[2] is None or isValid(s[2])]
        event = getattr(announced, "event", announced)
        for kind, callback, owner in tuple(self._subscribers):
            if (isinstance(event, kind) or isinstance(announced, kind)) and self._is_there(owner):
                callback(announced)  # which may end others that would be called after it

    def progress(self, show: Callable[[_T], None], owner: QObject | None = None) -> Callable[[_T], None]:
        """A function for a worker to call as often as it likes; `show` sees the newest value, at most ten times a
        second, and always the last one."""
        return _Progress(self, show, owner).tell

    def close(self) -> None:
        """Drop everything that still arrives. Call before the window goes."""
        self._open = False
        self._subscribers.clear()


class _Progress:
    def __init__(self, bridge: Bridge, show: Callable[[Any], None], owner: QObject | None) -> None:
        self._bridge, self._show, self._owner = bridge, show, owner
        self._lock = threading.Lock()
        self._scheduled = False
        self._latest: object = None
        self._shown_at = 0.0

    def tell(self, value: object) -> None:
        with self._lock:
            self._latest = value
            if self._scheduled:
                return
            self._scheduled = True
        self._bridge.post(self._flush, self._owner)

    def _flush(self) -> None:
        wait = _PROGRESS_MS - int((time.monotonic() - self._shown_at) * 1000)
        if wait > 0:
            QTimer.singleShot(wait, self._bridge, lambda: self._bridge.post(self._flush, self._owner))
            return
        self._shown_at = time.monotonic()
        with self._lock:
            self._scheduled = False
            value = self._latest
        self._show(value)
