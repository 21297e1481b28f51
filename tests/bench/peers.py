"""Other players on the same clips at the same tile sizes, in the same run: libmpv, N × QMediaPlayer, libVLC, and ours.

Each player runs in a process of its own (`phases`), all of them one after the other, and that again in another order;
each ratio is of two that ran in the same round. No sound: with it all of them stall (facts of their own).

`ideal_vs_qt_4`, `ideal_vs_qt_9`: the share of tile-ticks (60 Hz) at which the delivered picture is the ideal one.
Players have no clock to ask, so all, ours too, are judged by the one clock that suits their pictures best.
`seek_vs_best_peer`: exact seek of four originals, until all four right pictures are delivered: ours over the fastest of
the others, by medians of one round."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tests.bench.engine import pairs_of
from tests.bench.machine import Missing, Say, run_child

PLAYERS = ("ours", "qt", "mpv", "vlc")
_PATIENCE = 240.0


def rounds(
    cameras: int, length: float, seconds: float, count: int, seeks: int, say: Say
) -> tuple[dict[str, list[dict[str, Any]]], dict[str, str]]:
    """What each player did in each round, and which are missing."""
    found: dict[str, list[dict[str, Any]]] = {}
    missing: dict[str, str] = {}
    for n in range(count):
        order = PLAYERS if n % 2 == 0 else tuple(reversed(PLAYERS))
        for player in order:
            if player in missing:
                continue
            given = {"player": player, "cameras": cameras, "length": length, "seconds": seconds, "seeks": seeks}
            try:
                found.setdefault(player, []).append(run_child("phases", given, _PATIENCE))
            except (Missing, RuntimeError) as wrong:
                missing[player] = str(wrong)
                found.pop(player, None)
            say(f"  round {n + 1}, {cameras} cameras, {player}: {_words(found.get(player), missing.get(player))}")
    return found, missing


def _words(runs: list[dict[str, Any]] | None, missing: str | None) -> str:
    if missing is not None or not runs:
        return missing or "nothing"
    last = runs[-1]
    seek = last.get("seek_ms", {}).get("median", "–")
    return f"ideal {last['ideal_share']:.4f}, spread p95 {last['spread_p95_ms']} ms, seek {seek} ms"


def compared(cameras: int, found: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """The keys, and every player's medians beside ours."""
    ours = found.get("ours", [])
    figures: dict[str, Any] = {f"peers_{cameras}": {name: _medians(runs) for name, runs in found.items()}}
    if ours and "qt" in found:
        ratios = _ratios(ours, found["qt"], lambda run: float(run["ideal_share"]))
        figures[f"ideal_vs_qt_{cameras}"] = ratios["median"]
        figures[f"ideal_vs_qt_{cameras}_pairs"] = ratios
    others = [runs for name, runs in found.items() if name != "ours"]
    if cameras == 4 and ours and others and "seek_ms" in ours[0]:
        best = [min(run["seek_ms"]["median"] for run in turn) for turn in zip(*others, strict=False)]
        pairs = pairs_of([mine["seek_ms"]["median"] / peer for mine, peer in zip(ours, best, strict=False)])
        figures |= {"seek_vs_best_peer": pairs["median"], "seek_vs_best_peer_pairs": pairs}
    return figures


def _ratios(
    ours: list[dict[str, Any]], theirs: list[dict[str, Any]], of: Callable[[dict[str, Any]], float]
) -> dict[str, float]:
    return pairs_of([of(a) / max(of(b), 1e-6) for a, b in zip(ours, theirs, strict=False)])


def _medians(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """The median of each figure over the rounds."""
    found: dict[str, Any] = {}
    for key in runs[0]:
        values = [run[key] for run in runs if key in run]
        if isinstance(values[0], dict):
            found[key] = {k: round(float(np.median([v[k] for v in values])), 2) for k in values[0]}
        elif values[0] is not None:
            found[key] = round(float(np.median(values)), 5)
    return found
