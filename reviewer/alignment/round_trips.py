"""Round trips A→B→C→A over pairwise readings: what they are off is what the readings themselves disagree by, with no
solution in between."""

from __future__ import annotations

from itertools import combinations

from reviewer.domain.alignment import Alignment, Misclosure, Reading
from reviewer.domain.timebase import Micros, Utc

_BILLION = 1_000_000_000


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
    found = []
    for a, b, c in combinations(recordings, 3):
        if (a, b) in legs and (b, c) in legs and (a, c) in legs:
            found.append(Misclosure((a, b, c), _round_trip(alignment, (a, b, c), legs)))
    return tuple(found)


def _pair(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one < other else (other, one)


def _sureness(reading: Reading) -> tuple[int, int, int]:
    return reading.sigma, reading.at, reading.offset


def _round_trip(alignment: Alignment, recordings: tuple[str, str, str], legs: dict[tuple[str, str], Reading]) -> Micros:
    """Starts in the middle of the three readings' moments, and goes from one stated time to the next."""
    a, b, c = recordings
    mine = [legs[a, b], legs[b, c], legs[a, c]]
    walls = [_wall(alignment, reading) for reading in mine]
    start = _stated(alignment, a, sum(walls) // len(walls))
    there = _step(alignment, legs[b, c], b, _step(alignment, legs[a, b], a, start))
    return Micros(_step(alignment, legs[a, c], c, there) - start)


def _wall(alignment: Alignment, reading: Reading) -> int:
    correction = alignment.of(reading.recording)
    return reading.at if correction is None else correction.to_wall(reading.at)


def _stated(alignment: Alignment, recording: str, wall: int) -> int:
    correction = alignment.of(recording)
    return wall if correction is None else correction.to_stated(Utc(wall))


def _step(alignment: Alignment, reading: Reading, start: str, stated: int) -> int:
    """The stated time in the reading's other recording of what `start` stated so."""
    drift = _drift(alignment, reading)
    if start == reading.recording:
        return stated + reading.offset + (stated - reading.at) * drift // _BILLION
    since = stated - reading.at - reading.offset
    return reading.at + since * _BILLION // (_BILLION + drift)


def _drift(alignment: Alignment, reading: Reading) -> int:
    if reading.drift_ppb is not None and reading.drift_sigma_ppb is not None:
        return reading.drift_ppb
    one, other = alignment.of(reading.recording), alignment.of(reading.other or "")
    return one.drift_ppb - other.drift_ppb if one is not None and other is not None else 0
