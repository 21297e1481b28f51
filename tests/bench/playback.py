"""All sections of the playback bench, each in a process of its own, and what they amount to (see `tests.bench`)."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.bench import peers
from tests.bench.clips import (
    CLICKS,
    CLICKS_AAC,
    HD,
    HD_25,
    HD_B,
    LENGTH,
    PHONE,
    SHORT_LENGTH,
    SMALL,
    Source,
    make,
)
from tests.bench.machine import Missing, Say, display, facts, run_child

_WINDOW = ("nine", "fast", "loaded", "settle", "scrub", "open")
_PROXIED = ("nine", "fast", "loaded", "settle", "scrub")
_SOURCES: dict[str, tuple[Source, ...]] = {
    "av": (CLICKS, CLICKS_AAC),
    "step": (HD, HD_B, HD_25, PHONE),
    "seek": (HD, HD_B),
    "cpu": (HD, HD_B),
    "open": (),
}


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is measured. Lengths in s."""

    length: float = LENGTH
    seconds: float = 60.0
    pairs: int = 5
    rounds: int = 3
    actions: int = 200
    seeks: int = 60
    steps: int = 40
    parts: int = 8
    minutes: int = 90
    bare: bool = False  # no proxies


QUICK = Extent(SHORT_LENGTH, 4.0, 1, 1, 12, 6, 5, 2, 3)


def measure(sections: list[str], extent: Extent, say: Say) -> dict[str, Any]:
    """Run these sections and give their figures; what could not be measured stands in "missing"."""
    found: dict[str, Any] = {"machine_before": facts(), "missing": {}}
    began = time.monotonic()
    for source in dict.fromkeys(s for section in sections for s in _SOURCES.get(section, (HD, HD_B, SMALL))):
        make(source, extent.length)
    say(f"clips are there ({time.monotonic() - began:.0f} s)")
    if set(sections) & set(_PROXIED) and not extent.bare:
        _copies(extent, found, say)
    with _display(sections, found["missing"]) as usable:
        for section in usable:
            began = time.monotonic()
            try:
                figures = _MEASURE[section](extent, say)
            except (Missing, RuntimeError) as wrong:
                found["missing"][section] = str(wrong)
                say(f"{section}: {wrong}")
                continue
            found["missing"] |= figures.pop("missing", {})
            found |= figures
            say(f"{section}: done ({time.monotonic() - began:.0f} s)")
    return found | {"machine_after": facts()}


def _copies(extent: Extent, found: dict[str, Any], say: Say) -> None:
    """Make the proxies of the nine cameras if they are not there; without them the originals are measured."""
    try:
        found["proxies"] = run_child("copies", {"length": extent.length}, 1200)
        say(f"proxies are there ({found['proxies']['seconds']} s, {found['proxies']['mb']} MB)")
    except (Missing, RuntimeError) as wrong:
        found["missing"]["proxies"] = f"{wrong}; the originals alone were measured"
        say(f"proxies: {wrong}")


class _display:
    """A display while the sections run, if any needs one; gives the sections that can run."""

    def __init__(self, sections: list[str], missing: dict[str, str]) -> None:
        self._sections, self._missing = sections, missing
        self._display = display() if set(sections) & set(_WINDOW) else None

    def __enter__(self) -> list[str]:
        if self._display is None:
            return self._sections
        try:
            self._display.__enter__()
        except Missing as wrong:
            self._display = None
            self._missing |= {section: str(wrong) for section in self._sections if section in _WINDOW}
            return [section for section in self._sections if section not in _WINDOW]
        return self._sections

    def __exit__(self, *_: object) -> None:
        if self._display is not None:
            self._display.__exit__(None, None, None)


def _rolling(part: str) -> Callable[[Extent, Say], dict[str, Any]]:
    def run(extent: Extent, _say: Say) -> dict[str, Any]:
        given = {"length": extent.length, "seconds": extent.seconds, "parts": [part], "bare": extent.bare}
        return run_child("rolling", given, 400 + extent.seconds)

    return run


def _settle(extent: Extent, _say: Say) -> dict[str, Any]:
    given = {"length": extent.length, "actions": extent.actions, "bare": extent.bare}
    return _named("settle", run_child("settling", given, 400 + extent.actions * 5))


def _scrub(extent: Extent, _say: Say) -> dict[str, Any]:
    seconds = min(20.0, extent.seconds)
    given = {"length": extent.length, "seconds": seconds, "bare": extent.bare}
    return _named("scrub", run_child("scrubbing", given, 400))


def _step(extent: Extent, _say: Say) -> dict[str, Any]:
    return run_child("stepping", {"length": extent.length, "steps": extent.steps}, 400)


def _seek(extent: Extent, _say: Say) -> dict[str, Any]:
    return run_child("seeking", {"length": extent.length, "count": extent.seeks}, 400)


def _cpu(extent: Extent, _say: Say) -> dict[str, Any]:
    seconds = min(12.0, extent.seconds)
    return run_child("limit", {"length": extent.length, "seconds": seconds, "pairs": extent.pairs}, 400)


def _av(extent: Extent, _say: Say) -> dict[str, Any]:
    return run_child("lipsync", {"length": extent.length, "seconds": min(24.0, extent.seconds)}, 400)


def _open(extent: Extent, say: Say) -> dict[str, Any]:
    """Once to bring it down and see what that first opening costs, then three times as on any day."""
    given = {"parts": extent.parts, "minutes": extent.minutes}
    first = run_child("opening", given, 900)
    again = [run_child("opening", given, 400) for _ in range(min(3, extent.rounds))]
    taken = sorted(again, key=lambda run: float(run["open_s"]))[len(again) // 2]
    say(f"  first {first['open_s']} s, then {[run['open_s'] for run in again]} s")
    return {"open_s": taken["open_s"], "open": {"first": first, "again": again}}


def _peers(extent: Extent, say: Say) -> dict[str, Any]:
    figures: dict[str, Any] = {"missing": {}}
    seconds = min(15.0, extent.seconds)
    for cameras, seeks in ((4, min(20, extent.seeks)), (9, 0)):
        found, missing = peers.rounds(cameras, extent.length, seconds, extent.rounds, seeks, say)
        figures["missing"] |= {f"{name}, {cameras} cameras": why for name, why in missing.items()}
        figures |= peers.compared(cameras, found)
    return figures


def _named(section: str, found: dict[str, Any]) -> dict[str, Any]:
    """What two sections name alike stands under the section's name."""
    return {(f"{section}_shares" if key == "shares" else key): value for key, value in found.items()}


_MEASURE: dict[str, Callable[[Extent, Say], dict[str, Any]]] = {
    "nine": _rolling("nine"),
    "fast": _rolling("fast"),
    "loaded": _rolling("loaded"),
    "settle": _settle,
    "scrub": _scrub,
    "step": _step,
    "seek": _seek,
    "cpu": _cpu,
    "av": _av,
    "open": _open,
    "peers": _peers,
}
