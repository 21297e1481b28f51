"""The sections of the log's bench, each in a process of its own (see `tests.bench`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.bench.clips import HD, HD_B, LENGTH, SHORT_LENGTH, SMALL, make
from tests.bench.figures import Figure
from tests.bench.machine import Say, display, measured, run_child

FIGURES = (
    Figure("append_vs_plain", "append", "durable append over plain append + fsync", 0.6, True, "0.66"),
    Figure("append_p99_ms", "append", "durable append, p99", 2, spike="0.49"),
    Figure("batch_per_s", "append", "entries a second in batches of 256", 100_000, True, "121000"),
    Figure("verify_per_s", "long", "entries verified a second, a million", 400_000, True, "450000"),
    Figure("publish_ms", "long", "one entry more published, onto a million", 50, spike="1670"),
    Figure("bytes_per_entry", "long", "bytes an entry, published, without bodies", 350, spike="336"),
    Figure("rebuild_s", "rebuild", "SQLite side of a million events made again", 6, spike="4.6"),
    Figure("logging_cpu_share", "play", "the log’s part of the CPU of playing nine cameras", 0.01),
)


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is measured; `length` of the clips and `seconds` of playing in s."""

    singles: int = 3_000
    batches: int = 400
    entries: int = 1_000_000
    publications: int = 20
    rounds: int = 3
    length: float = LENGTH
    seconds: float = 40.0


QUICK = Extent(60, 6, 3_000, 2, 1, SHORT_LENGTH, 4.0)


def measure(sections: list[str], extent: Extent, say: Say) -> dict[str, Any]:
    """Run these sections and give their figures."""
    return measured(sections, lambda section: _MEASURE[section](extent), say)


def _append(extent: Extent) -> dict[str, Any]:
    return run_child("log_append", {"singles": extent.singles, "batches": extent.batches}, 300)


def _long(extent: Extent) -> dict[str, Any]:
    given = {"entries": extent.entries, "publications": extent.publications, "rounds": extent.rounds}
    return run_child("log_long", given, 600)


def _rebuild(extent: Extent) -> dict[str, Any]:
    return run_child("log_rebuild", {"events": extent.entries}, 900)


def _play(extent: Extent) -> dict[str, Any]:
    for source in (HD, HD_B, SMALL):
        make(source, extent.length)
    run_child("copies", {"length": extent.length}, 1200)
    with display():
        return run_child("log_play", {"length": extent.length, "seconds": extent.seconds}, 400 + extent.seconds)


_MEASURE: dict[str, Callable[[Extent], dict[str, Any]]] = {
    "append": _append,
    "long": _long,
    "rebuild": _rebuild,
    "play": _play,
}
