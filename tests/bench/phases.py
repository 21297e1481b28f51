"""One player through all phases: start, 1x, exact seeks at rest, steps. What is measured of each is the same."""

from __future__ import annotations

import importlib
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from reviewer.domain.timebase import Utc
from tests.bench.clips import FOUR, NINE, Clip, common, paths_of
from tests.bench.engine import MIDDLING, PAUSE, SMALL, summary, targets, truths_of
from tests.bench.eye import TICK, Cells, Look, Tick, Truth, ideal_by_best_clock, said
from tests.bench.machine import cpu_seconds, memory_mb

_START_UP = 1.0
_SEEK_PATIENCE = 2.5
_STEP_PATIENCE = 1.5


class Player(Protocol):
    """N cameras of one player. Positions are µs within each camera's file, with the end of that frame."""

    def __init__(self, paths: list[Path], clips: tuple[Clip, ...], size: tuple[int, int]) -> None:
        """Open all, standing at the first frame, ready to go."""

    def play(self) -> None: ...
    def pause(self) -> None: ...
    def seek(self, at: Utc, frames: list[tuple[int, int]]) -> None:
        """Go to the frames [from, until) of each camera, at rest."""

    def step(self, by: int) -> None: ...
    def pump(self) -> None:
        """Let what needs this thread happen; called before each look."""

    def delivered(self, camera: int) -> Cells | None:
        """The barcode of the newest picture that was delivered."""

    def close(self) -> None: ...


def run(player: str, cameras: int, length: float, seconds: float, seeks: int) -> dict[str, Any]:
    """Times in ms, memory over this process at its start."""
    clips = FOUR if cameras == 4 else NINE
    paths = paths_of(clips, length)
    module = importlib.import_module(f"tests.bench.player_{player}")
    module.load()  # what a library itself takes is not counted, ours neither
    make: type[Player] = module.Players
    before = sum(memory_mb().values())
    one = make(paths, clips, MIDDLING if cameras == 4 else SMALL)
    phases = _Phases(one, clips, length, aligned=player == "ours")
    try:
        found = phases.playing(seconds)
        found["mb_per_camera"] = round((sum(memory_mb().values()) - before) / cameras, 1)
        one.pause()
        if seeks:
            found |= phases.seeking(seeks)
            found |= phases.stepping(seeks)
        return found
    finally:
        one.close()


class _Phases:
    def __init__(self, player: Player, clips: tuple[Clip, ...], length: float, *, aligned: bool) -> None:
        self._player = player
        # The others begin each file at its start, all at once, which serves them best: that is then what they owe.
        starting = clips if aligned else tuple(replace(clip, shift=0) for clip in clips)
        self._owed = truths_of(starting, length)
        self._clips = clips
        self._length = length
        self._truths = list(truths_of(clips, length).values())

    def _look(self) -> list[Look]:
        self._player.pump()
        return [Look(c.name, self._player.delivered(i)) for i, c in enumerate(self._clips)]

    def playing(self, seconds: float) -> dict[str, Any]:
        """Start all at once, and look at 60 Hz."""
        self._player.play()
        began = following = time.perf_counter()
        ticks: list[Tick] = []
        used = 0.0
        while (now := time.perf_counter()) - began < seconds + _START_UP:
            looks = self._look()
            if now - began > _START_UP:
                used = used or cpu_seconds()
                ticks.append(Tick(Utc(0), now, looks))
            following = max(following + TICK, time.perf_counter())
            PAUSE.wait(following - time.perf_counter())
        used = cpu_seconds() - used
        share, spread = ideal_by_best_clock(ticks, self._owed)
        shown = {(look.key, said(look.cells)) for tick in ticks for look in tick.looks}
        return {
            "ideal_share": round(share, 5),
            "spread_p95_ms": spread,
            "cpu_ms_a_frame": round(used * 1e3 / max(1, len(shown)), 3),
            "frames_shown": len(shown),
            "unread": sum(look.cells is None for tick in ticks for look in tick.looks),
        }

    def _right(self, frames: list[int]) -> list[bool]:
        looks = self._look()
        return [t.frame(said(k.cells)) == f for t, k, f in zip(self._truths, looks, frames, strict=True)]

    def seeking(self, count: int) -> dict[str, Any]:
        """Exact seeks at rest. One that is never right counts as `_SEEK_PATIENCE`."""
        span = common(self._clips, self._length)
        took, exact = [], 0
        PAUSE.wait(0.5)
        for target in targets(Utc(span.start + 500_000), Utc(span.end - 1_000_000), count, 13, span.duration // 12):
            frames = [t.due(target) for t in self._truths]
            stretches = [_stretch(t, f) for t, f in zip(self._truths, frames, strict=True)]
            began = time.perf_counter()
            self._player.seek(target, stretches)
            while not all(seen := self._right(frames)) and time.perf_counter() - began < _SEEK_PATIENCE:
                PAUSE.wait(0.002)
            took.append(time.perf_counter() - began)
            exact += sum(seen)
            PAUSE.wait(0.1)
        return {"seek_ms": summary(took, 1e3, 1), "seek_exact_share": round(exact / count / len(self._clips), 4)}

    def _stands(self, before: int | None, now: int | None) -> bool:
        """Ours steps one camera; of another, a frame that is right on both sides of the step stays."""
        in_hand = getattr(self._player, "in_hand", None)
        return in_hand is not None and before != now and bool(in_hand())

    def stepping(self, count: int) -> dict[str, Any]:
        """A frame on of all cameras, then back, until every picture is another one."""
        found: dict[str, Any] = {}
        for name, by in (("step_forward_ms", 1), ("step_back_ms", -1)):
            took = []
            for _ in range(count):
                before = [said(look.cells) for look in self._look()]
                began = time.perf_counter()
                self._player.step(by)
                while time.perf_counter() - began < _STEP_PATIENCE:
                    now = [said(look.cells) for look in self._look()]
                    if all(a != b for a, b in zip(before, now, strict=True)) or self._stands(before[0], now[0]):
                        break
                    PAUSE.wait(0.001)
                took.append(time.perf_counter() - began)
                PAUSE.wait(0.05)
            found[name] = summary(took, 1e3, 1)
        return found


def _stretch(truth: Truth, frame: int) -> tuple[int, int]:
    """From when to when a frame stands, µs within its file."""
    return truth.time(frame) - truth.clip.start, truth.time(frame + 1) - truth.clip.start
