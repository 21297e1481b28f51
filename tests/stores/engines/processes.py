"""Daemons of an engine: they end with whoever started them, however that one ends."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import time
from pathlib import Path

READY = 90.0  # seconds that an engine may take to answer
_PAUSE = 0.05


class EngineFailed(Exception):
    """An engine did not come up; says what it wrote last."""


class Daemons:
    """Named processes. `setpriv` has the kernel kill each when this process dies, even by SIGKILL."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._commands: dict[str, list[str]] = {}
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, command: list[str] | None = None) -> None:
        """Start a process, or start one again that was stopped. What it writes lies in `<name>.log`."""
        self._commands[name] = command or self._commands[name]
        with (self._folder / f"{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", "--", *self._commands[name]],
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def stop(self, name: str) -> None:
        """Kill one at once, as a machine that loses its power does."""
        process = self._running.pop(name, None)
        if process is not None:
            process.kill()
            process.wait(20)

    def stop_all(self) -> None:
        """Kill them all, the last one first."""
        for name in reversed(list(self._running)):
            self.stop(name)

    def wait_for(self, name: str, *ports: int) -> None:
        """Until each of these ports of loopback takes connections. Raises EngineFailed."""
        end = time.monotonic() + READY
        for port in ports:
            while not _listens(port):
                self.look(name)
                if time.monotonic() > end:
                    raise EngineFailed(f"{name} did not answer within {READY:.0f} s: {self.last_words(name)}")
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._running[name].wait(_PAUSE)  # one that ends is known at once

    def look(self, name: str) -> None:
        """Raises EngineFailed if it has ended."""
        ended = self._running[name].poll()
        if ended is not None:
            raise EngineFailed(f"{name} ended ({ended}): {self.last_words(name)}")

    def last_words(self, name: str) -> str:
        """The end of what it wrote."""
        return (self._folder / f"{name}.log").read_text(errors="replace")[-800:]


def free_ports(count: int) -> list[int]:
    """Unprivileged ports of loopback that nobody listens on now."""
    with contextlib.ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [int(each.getsockname()[1]) for each in sockets]


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
