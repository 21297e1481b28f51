"""The process that an engine belongs to. Runs as `python -m tests.stores.engines.host <kind> <folder>`.

Whoever needs the engine keeps a connection to the socket in that folder open; the kernel closes it when they die. With
nobody connected the engine is killed and the folder removed; if this process itself is killed, so are the daemons.
A connection gets one line of JSON (what a client needs, or `error`), then may ask to `stop` or `start` a daemon.
"""

from __future__ import annotations

import contextlib
import json
import selectors
import shutil
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Any

from filelock import FileLock

from tests.stores.engines.ceph import Ceph
from tests.stores.engines.processes import EngineFailed
from tests.stores.engines.seaweed import Seaweed, sweep

SOCKET = "host.sock"
KINDS = {"ceph": Ceph, "ceph3": lambda folder: Ceph(folder, osds=3), "seaweed": Seaweed}
_PATIENCE = 1.0  # seconds without anybody; a first one connects before it is started


class Host:
    """One engine, those who use it, and the end of both."""

    def __init__(self, kind: str, folder: Path) -> None:
        self._folder = folder
        self._selector = selectors.DefaultSelector()
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(folder / SOCKET))
        self._listening.listen(64)
        self._selector.register(self._listening, selectors.EVENT_READ)
        self._people: dict[socket.socket, bytes] = {}
        self._engine: Ceph | Seaweed | None = None
        try:
            self._engine = KINDS[kind](folder)
            self._words: dict[str, Any] = self._engine.facts
        except (EngineFailed, OSError) as wrong:
            self._words = {"error": str(wrong)}

    def serve(self) -> None:
        """Until nobody has been connected for a while."""
        alone = time.monotonic()
        while self._people or time.monotonic() - alone < _PATIENCE:
            for key, _ in self._selector.select(0.2):
                if key.fileobj is self._listening:
                    self._welcome()
                else:
                    self._hear(key.fileobj)  # type: ignore[arg-type]
                alone = time.monotonic()

    def end(self) -> None:
        """Kill the engine and leave nothing behind."""
        self._listening.close()
        if self._engine is not None:
            self._engine.daemons.stop_all()
            sweep()

    def _welcome(self) -> None:
        person, _ = self._listening.accept()
        self._people[person] = b""
        self._selector.register(person, selectors.EVENT_READ)
        self._say(person, self._words)

    def _hear(self, person: socket.socket) -> None:
        try:
            heard = person.recv(4096)
        except OSError:
            heard = b""
        if not heard:
            self._selector.unregister(person)
            del self._people[person]
            person.close()
            return
        *lines, self._people[person] = (self._people[person] + heard).split(b"\n")
        for line in lines:
            self._say(person, self._do(*json.loads(line)))

    def _do(self, verb: str, name: str) -> dict[str, Any]:
        assert self._engine is not None
        try:
            (self._engine.daemons.stop if verb == "stop" else self._engine.daemons.start)(name)
        except (EngineFailed, OSError, KeyError) as wrong:
            return {"error": str(wrong)}
        return {}

    def _say(self, person: socket.socket, words: dict[str, Any]) -> None:
        try:
            person.sendall(json.dumps(words).encode() + b"\n")
        except OSError:
            return  # it left; its end is heard next


def lock_of(folder: Path) -> str:
    """The file lock under which an engine is begun and ended."""
    return f"{folder}.lock"


def main() -> None:
    """Serve one engine to whoever connects."""
    kind, folder = sys.argv[1], Path(sys.argv[2])
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    host = None
    try:
        host = Host(kind, folder)
        host.serve()
    finally:
        with FileLock(lock_of(folder)):  # nobody begins another one here meanwhile
            if host is not None:
                host.end()
            shutil.rmtree(folder, ignore_errors=True)
            Path(lock_of(folder)).unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            folder.parent.rmdir()  # unless others are in it


if __name__ == "__main__":
    main()
