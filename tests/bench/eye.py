"""Reading barcodes off pictures, and judging what a row of looks has seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reviewer.demo import barcode
from reviewer.domain.tile import Fidelity, TileState
from reviewer.domain.timebase import Utc
from tests.bench.clips import START, Clip, micros_of

Cells = NDArray[np.uint8]
_SMALL = 200  # px of height: below it a cell is three or four pixels
TICK = 1 / 60
UNREAD = 10_000_000  # µs: how late a tile counts that shows nothing readable where a frame is due
_SAID = (TileState.LATE, TileState.OPENING, TileState.COVERED, TileState.STOPPED, TileState.UNREADABLE)
_REDUCED = (Fidelity.SKIPPING, Fidelity.KEYS)


@cache
def _places(height: int, width: int, rows: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Nine places in each cell, in the last `rows` rows of a picture of this size, for every shift that a border or a
    rounded size may cause where cells are small: (shifts, 2, 1, 3, 1) and (shifts, 1, 40, 1, 3)."""
    shifts = np.array(barcode._SHIFTS if height < _SMALL else barcode._SHIFTS[:1])
    around = np.array([-0.2, 0.0, 0.2])
    cell_h, cell_w = height * barcode.SHARE / barcode.ROWS, width / barcode.COLUMNS
    ys = (np.arange(barcode.ROWS)[:, None] + 0.5 + around) + shifts[:, 0, None, None]
    xs = (np.arange(barcode.COLUMNS)[:, None] + 0.5 + around) + shifts[:, 1, None, None]
    y = np.clip((rows - height * barcode.SHARE + ys * cell_h).astype(int), 0, rows - 1)
    x = np.clip((xs * cell_w).astype(int), 0, width - 1)
    return y[:, :, None, :, None], x[:, None, :, None, :]


def glance(picture: NDArray[Any], height: int | None = None) -> Cells:
    """The grey of each cell of a picture's barcode, shifts×2×40: what is kept of a look. `height` is the whole
    picture's where only its last rows are given. Luma (h×w) or any order of colours (h×w×4)."""
    y, x = _places(height or picture.shape[0], picture.shape[1], picture.shape[0])
    picked = picture[y, x]
    grey = picked.mean(axis=(3, 4)) if picked.ndim == 5 else picked[..., :3].mean(axis=(3, 4, 5))
    return grey.astype(np.uint8)


def said(cells: Cells | None) -> int | None:
    """The time within its source, µs, of the frame whose barcode this is; None if it cannot be read."""
    for each in cells.astype(np.float32) if cells is not None else ():
        found = barcode._decode(each)
        if found is not None:
            return int(found.utc_us - START)
    return None


@dataclass(frozen=True)
class Truth:
    """When each frame of a camera is due."""

    clip: Clip
    length: float

    @property
    def _micros(self) -> NDArray[np.int64]:
        return micros_of(self.clip.source, self.length)

    def frame(self, said_micros: int | None) -> int | None:
        """Which frame a barcode's time belongs to."""
        if said_micros is None:
            return None
        i = int(np.searchsorted(self._micros, said_micros - 1))
        return i if i < len(self._micros) and abs(int(self._micros[i]) - said_micros) <= 1 else None

    def due(self, at: Utc) -> int:
        """The frame that is right at an instant; −1 before the first."""
        return int(np.searchsorted(self._micros, at - self.clip.start, side="right")) - 1

    def time(self, frame: int) -> int:
        """UTC of a frame; after the last, when it ends."""
        micros = self._micros
        if frame < len(micros):
            return int(self.clip.start + micros[frame])
        return int(self.clip.start + micros[-1] + (micros[-1] - micros[-2]))

    def lateness(self, at: Utc, frame: int | None) -> int:
        """µs by which a shown frame lies from the right one; 0 within the 1 µs to which times are rounded."""
        if frame is None:
            return UNREAD
        if self.time(frame) - 1 <= at < self.time(frame + 1) + 1:
            return 0
        return abs(self.time(max(0, self.due(at))) - self.time(frame))


@dataclass(slots=True)
class Look:
    """One tile at one tick: its barcode and what the program says of the picture."""

    key: str
    cells: Cells | None
    state: str = TileState.PLAYING
    fidelity: str = Fidelity.ORIGINAL


@dataclass(slots=True)
class Tick:
    """All tiles at one tick: the instant that was asked for, and when that was, s."""

    at: Utc
    wall: float
    looks: Sequence[Look]
    playing: bool = True


@dataclass
class Judged:
    """What a row of ticks amounts to. Times in µs."""

    ideal: int = 0
    due: int = 0
    spreads: list[int] = field(default_factory=list)
    unsaid: int = 0
    unread: int = 0
    late: int = 0
    fidelity: dict[str, int] = field(default_factory=dict)
    gaps: list[float] = field(default_factory=list)

    @property
    def share(self) -> float:
        return self.ideal / self.due if self.due else 0.0

    def spread(self, percentile: float = 95) -> float:
        """ms."""
        return round(float(np.percentile(self.spreads, percentile)) / 1000, 2) if self.spreads else 0.0

    def figures(self) -> dict[str, object]:
        """For the JSON: shares of tile-ticks, ms."""
        return {
            "ideal_share": round(self.share, 5),
            "spread_p95_ms": self.spread(),
            "spread_max_ms": self.spread(100),
            "unsaid_wrong": self.unsaid,
            "unread": self.unread,
            "shares": {
                name: round(n / max(1, self.due), 4) for name, n in (*self.fidelity.items(), ("late", self.late))
            },
            "tile_ticks": self.due,
            "tick_p95_ms": round(float(np.percentile(self.gaps, 95)) * 1e3, 1) if self.gaps else None,
            "tick_max_ms": round(max(self.gaps) * 1e3, 1) if self.gaps else None,
        }


def judge(ticks: Sequence[Tick], truths: dict[str, Truth]) -> Judged:
    """Hold every look against the truth."""
    found = Judged(gaps=[b.wall - a.wall for a, b in pairwise(ticks)])
    for tick in ticks:
        late = []
        for look in tick.looks:
            truth = truths[look.key]
            frame = truth.frame(said(look.cells))
            late.append(truth.lateness(tick.at, frame))
            found.due += 1
            found.ideal += late[-1] == 0
            found.unread += frame is None
            found.late += look.state == TileState.LATE
            found.fidelity[look.fidelity] = found.fidelity.get(look.fidelity, 0) + 1
            found.unsaid += late[-1] != 0 and look.state not in _SAID and look.fidelity not in _REDUCED
        if len(late) > 1:
            found.spreads.append(max(late) - min(late))
    return found


def right(tick: Tick, truths: dict[str, Truth]) -> bool:
    """Whether every tile shows exactly the frame that this tick's instant asks for."""
    looks = tick.looks
    return all(truths[k.key].lateness(tick.at, truths[k.key].frame(said(k.cells))) == 0 for k in looks)


def longest_still(ticks: Sequence[Tick]) -> float:
    """The longest time, s, for which any tile's picture stands until another one is seen, while its camera rolls."""
    longest = 0.0
    since: dict[str, float] = {}
    before: dict[str, int | None] = {}
    for tick in ticks:
        for look in tick.looks:
            now = said(look.cells)
            longest = max(longest, tick.wall - since.setdefault(look.key, tick.wall))
            if now != before.get(look.key):
                since[look.key], before[look.key] = tick.wall, now
    return longest


def at_60_hz(ticks: Sequence[Tick]) -> list[Tick]:
    """The same with what a screen showed when a tick did not come: the pictures of the tick before."""
    found: list[Tick] = []
    for tick, following in pairwise(ticks):
        found.append(tick)
        steps = round((following.wall - tick.wall) / TICK)
        for n in range(1, steps):
            at = Utc(tick.at + (following.at - tick.at) * n // steps)
            found.append(Tick(at, tick.wall + n * TICK, tick.looks, tick.playing))
    return found + list(ticks[-1:])


def ideal_by_best_clock(ticks: Sequence[Tick], truths: dict[str, Truth], rate: float = 1.0) -> tuple[float, float]:
    """For players that have no clock to ask: the share of tile-ticks that are ideal against the one clock that suits
    all of them best, and the 95th percentile of their spread (ms) against it.

    A shown frame is right for clocks whose offset lies in [its time, the next frame's) − rate × wall; the offset that
    lies in most of those stretches is taken."""
    stretches = []
    for tick in ticks:
        for look in tick.looks:
            truth = truths[look.key]
            frame = truth.frame(said(look.cells))
            passed = tick.wall * rate * 1e6
            if frame is not None:
                stretches.append((truth.time(frame) - passed, truth.time(frame + 1) - passed))
    if not stretches:
        return 0.0, UNREAD / 1e3
    edges = sorted([(a, 1) for a, _ in stretches] + [(b, -1) for _, b in stretches])
    best = inside = 0
    offset = edges[0][0]
    for at, by in edges:
        inside += by
        if inside > best:
            best, offset = inside, at
    of = [Tick(Utc(round(offset + t.wall * rate * 1e6) + 1), t.wall, t.looks) for t in ticks]
    judged = judge(of, truths)
    return best / max(1, judged.due), judged.spread()
