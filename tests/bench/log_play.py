"""`logging_cpu_share`: nine cameras play in the real window; of the CPU time of all its processes, what the log takes:
the gate's calls at every tick, the scribe thread (sealing, hashing, signing, folding, SQLite) and publishing."""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from reviewer.domain.timebase import Utc
from tests.bench.clips import NINE, common
from tests.bench.machine import cpu_seconds
from tests.bench.rolling import folder_of
from tests.bench.window import opened

_START_UP = 1.0
_GATE = ("request", "covers", "stands", "hears", "shown", "heard", "hold", "covers_held", "shown_held", "stands_held")


class _Meter:
    """CPU seconds spent inside some methods, on whatever thread; of nested ones the outermost counts. What measuring
    itself takes is counted too."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._inside = threading.local()
        self._lock = threading.Lock()

    def around(self, method: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(method)
        def measured(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - any method
            if getattr(self._inside, "yes", False):
                return method(*args, **kwargs)
            self._inside.yes = True
            began = time.thread_time()
            try:
                return method(*args, **kwargs)
            finally:
                with self._lock:
                    self.seconds += time.thread_time() - began
                self._inside.yes = False

        return measured


@contextmanager
def _metered(cls: type, names: tuple[str, ...]) -> Iterator[_Meter]:
    meter = _Meter()
    plain = {name: vars(cls)[name] for name in names}
    for name, method in plain.items():
        setattr(cls, name, meter.around(method))
    try:
        yield meter
    finally:
        for name, method in plain.items():
            setattr(cls, name, method)


def run(length: float, seconds: float) -> dict[str, Any]:
    """`seconds` of playing at 1x."""
    from reviewer.services.publish import Publisher
    from reviewer.services.viewing import Viewing

    with (
        _metered(Viewing, _GATE) as gate,
        _metered(Publisher, ("publish",)) as publishing,
        opened(folder_of(NINE, length), NINE, length) as window,
    ):
        desk = window.program.desk
        if desk is None:
            raise RuntimeError("nobody is logged on")
        scribe = time.pthread_getcpuclockid(desk.session.journal._scribe.ident or 0)
        window.screen.hearing.hear(window.key(NINE[0]))
        window.roll(Utc(common(NINE, window.length).start + 300_000), 1.0)
        window.lives(_START_UP)

        def spent() -> tuple[float, ...]:
            return gate.seconds, time.clock_gettime(scribe), publishing.seconds, cpu_seconds(), time.perf_counter()

        before = spent()
        window.lives(min(seconds, window.length - 6))
        in_gate, by_scribe, published, everything, wall = (b - a for a, b in zip(before, spent(), strict=True))
    return {
        "logging_cpu_share": round((in_gate + by_scribe + published) / everything, 5),
        "logging_cpu": {
            "gate_ms_a_s": round(in_gate / wall * 1e3, 3),
            "scribe_ms_a_s": round(by_scribe / wall * 1e3, 3),
            "publishing_ms_a_s": round(published / wall * 1e3, 3),
            "playback_ms_a_s": round(everything / wall * 1e3, 1),
            "seconds": round(wall, 1),
        },
    }
