"""What this machine can spare: whether it runs on its battery, how busy other programs keep it, what room its disk has.

Our own processes (the window, its decoders, whatever makes proxies) do not count as others.
"""

from __future__ import annotations

import shutil
import time
from collections import deque
from contextlib import suppress
from pathlib import Path

import psutil

from reviewer.domain.errors import ReviewerError
from reviewer.services.disk import disk_error

_LOOK_EVERY = 1.0  # seconds
_WINDOW = 5.0  # seconds over which load is judged
_BUSY, _IDLE = 0.4, 0.25  # share of all cores that others take: from here on busy, from here on no more


class Machine:
    """For one thread. Ask every second or so: load is what happened between the questions."""

    def __init__(self) -> None:
        self._own: dict[int, float] = {}
        self._looked = 0.0
        self._spent: float | None = None
        self._samples: deque[tuple[float, float]] = deque()
        self._busy = False

    def on_battery(self) -> bool:
        """Whether it runs on its battery; a machine that has none never does."""
        battery = None
        with suppress(OSError, RuntimeError, AttributeError):  # systems without a sensor, each in its way
            battery = psutil.sensors_battery()
        return battery is not None and battery.power_plugged is False

    def free(self, folder: Path) -> int:
        """Bytes that may still be written there. Raises a sentence if the disk does not say."""
        while not folder.exists() and folder != folder.parent:
            folder = folder.parent
        try:
            return shutil.disk_usage(folder).free
        except OSError as wrong:
            raise disk_error(folder, wrong) from wrong

    def is_busy(self) -> bool:
        """Whether other programs have kept it busy for some seconds, until they have let go of it for some."""
        now = time.monotonic()
        if now - self._looked >= _LOOK_EVERY:
            self._look(now)
        if self._samples and now - self._samples[0][0] >= _WINDOW - _LOOK_EVERY:
            share = sum(each for _, each in self._samples) / len(self._samples)
            self._busy = share > (_IDLE if self._busy else _BUSY)
        return self._busy

    def _look(self, now: float) -> None:
        """One sample: the share of all cores that others took since the last."""
        own = _own_times()
        ours = sum(spent - self._own.get(pid, 0.0) for pid, spent in own.items())
        known, self._own = bool(self._own), own
        times = psutil.cpu_times()
        resting = ("idle", "iowait", "guest", "guest_nice")  # guests are in user and nice already
        all_ = sum(times) - sum(getattr(times, name, 0.0) for name in resting)
        spent, self._spent = self._spent, all_
        since, self._looked = now - self._looked, now
        if known and spent is not None and since < 10 * _WINDOW:
            cores = psutil.cpu_count() or 1
            self._samples.append((now, max(0.0, all_ - spent - ours) / (since * cores)))
        while self._samples and now - self._samples[0][0] > _WINDOW:
            self._samples.popleft()


def _own_times() -> dict[int, float]:
    """CPU seconds of this program's processes so far, by process id."""
    found: dict[int, float] = {}
    with suppress(psutil.Error):
        me = psutil.Process()
        for process in (me, *me.children(recursive=True)):
            with suppress(psutil.Error):
                times = process.cpu_times()
                found[process.pid] = times.user + times.system
    return found


def little_room(folder: Path, keep: int) -> ReviewerError:
    """Why nothing more is written that could be left out."""
    return ReviewerError(
        f"Less than {keep / 1e9:.0f} GB are free on the disk.",
        f"Make room where {folder.name} lies; it goes on by itself.",
    )
