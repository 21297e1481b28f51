"""Round trips A→B→C→A over pairwise readings: what they are off is what the readings themselves disagree by, with no
solution in between."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

from reviewer.domain.alignment import Alignment, Correction, Misclosure, Reading
from reviewer.domain.timebase import Micros, Utc

_BILLION = 1_000_000_000
Clocks = Mapping[str, Correction]


def misclosures(alignment: Alignment) -> tuple[Misclosure, ...]:
    """Of every three recordings that used readings join in pairs, by the surest reading of each pair. A reading is
    carried from its own moment to that of the round trip by the drift that it measured, else by the solved one."""
    legs: dict[tuple[str, str], Reading] = {}
    for each in alignment.judged:
        other = each.reading.other
        if other is not None and each.used:
            pair = _pair(each.reading.recording, other)
            if pair not in legs or _sureness(each.reading) < _sureness(legs[pair]):
                legs[pair] = each.reading
    recordings = sorted({r for pair in legs for r in pair})
    clocks = {c.recording: c for c in alignment.corrections}
    found = []
    for a, b, c in combinations(recordings, 3):
        if (a, b) in legs and (b, c) in legs and (a, c) in legs:
            found.append(Misclosure((a, b, c), _round_trip(clocks, (a, b, c), legs)))
    return tuple(found)


def _pair(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one < other else (other, one)


def _sureness(reading: Reading) -> tuple[int, int, int]:
    return reading.sigma, reading.at, reading.offset


def _round_trip(clocks: Clocks, recordings: tuple[str, str, str], legs: dict[tuple[str, str], Reading]) -> Micros:
    """Starts in the middle of the three readings' moments, and goes from one stated time to the next."""
    a, b, c = recordings
    mine = [legs[a, b], legs[b, c], legs[a, c]]
    walls = [_wall(clocks, reading) for reading in mine]
    start = _stated(clocks, a, sum(walls) // len(walls))
    there = _step(clocks, legs[b, c], b, _step(clocks, legs[a, b], a, start))
    return Micros(_step(clocks, legs[a, c], c, there) - start)


def _wall(clocks: Clocks, reading: Reading) -> int:
    correction = clocks.get(reading.recording)
    return reading.at if correction is None else correction.to_wall(reading.at)


def _stated(clocks: Clocks, recording: str, wall: int) -> int:
    correction = clocks.get(recording)
    return wall if correction is None else correction.to_stated(Utc(wall))


def _step(clocks: Clocks, reading: Reading, start: str, stated: int) -> int:
    """The stated time in the reading's other recording of what `start` stated so."""
    drift = _drift(clocks, reading)
    if start == reading.recording:
        return stated + reading.offset + (stated - reading.at) * drift // _BILLION
    since = stated - reading.at - reading.offset
    return reading.at + since * _BILLION // (_BILLION + drift)


def _drift(clocks: Clocks, reading: Reading) -> int:
    if reading.drift_ppb is not None and reading.drift_sigma_ppb is not None:
        return reading.drift_ppb
    one, other = clocks.get(reading.recording), clocks.get(reading.other or "")
    return one.drift_ppb - other.drift_ppb if one is not None and other is not None else 0
