"""All clocks of an incident at once: offset, drift and σ of each camera, and which source disagrees.

Weighted least squares over every reading (`network`), with what disagrees named and left out or loosened (`judging`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from math import ceil, sqrt

import numpy as np

from reviewer.alignment.judging import Judging, Verdict
from reviewer.alignment.network import Floats, approximate, claims_of
from reviewer.alignment.reasons import NOT_HERE, why
from reviewer.alignment.round_trips import misclosures
from reviewer.domain.alignment import MOST_DRIFT_PPB, Alignment, Between, Correction, Judged, Reading
from reviewer.domain.timebase import SECOND, Micros, Utc

_PPM = 1e-6
_PPB = 1000  # in a ppm
_FAR = 10 * 366 * 86_400.0  # seconds; an instant farther away is no longer one of this incident


def solve(readings: Sequence[Reading], recordings: Sequence[str], pivot: Mapping[str, Utc]) -> Alignment:
    """The clocks of these recordings. `pivot` is the stated time about which each is solved (the middle of the
    recording; where there is none, its first reading). A correction's own pivot is where its σ is smallest, so that
    `sigma_at` holds everywhere. A recording with no reading at all has no correction: its stated time stands.

    The order of readings and recordings makes no difference. Readings of other recordings are judged not used.
    """
    here = set(recordings)
    usable = {i: r for i, r in enumerate(readings) if _is_of(r, here)}
    if not usable:
        return Alignment((), {}, tuple(_foreign(r) for r in readings))
    clocks = _Clocks(dict(sorted(usable.items(), key=lambda item: _order(item[1]))), pivot)
    judged = tuple(clocks.judged(i, r) if i in usable else _foreign(r) for i, r in enumerate(readings))
    alignment = Alignment(clocks.corrections(), clocks.between(), judged)
    return Alignment(alignment.corrections, alignment.between, judged, misclosures(alignment))


def _is_of(reading: Reading, here: set[str]) -> bool:
    return reading.recording in here and (reading.other is None or reading.other in here - {reading.recording})


def _foreign(reading: Reading) -> Judged:
    return Judged(reading, Micros(0), used=False, why=NOT_HERE)


def _order(reading: Reading) -> tuple[object, ...]:
    drift = reading.drift_ppb or 0, reading.drift_sigma_ppb or 0
    return reading.recording, reading.other or "", reading.kind, reading.at, reading.offset, reading.sigma, drift


class _Clocks:
    """The solved network in the words of `domain.alignment`. `_base` (µs) was taken out of each camera's offset."""

    def __init__(self, readings: Mapping[int, Reading], pivot: Mapping[str, Utc]) -> None:
        self._cameras = sorted({c for r in readings.values() for c in (r.recording, r.other) if c is not None})
        first: dict[str, Utc] = {}
        for each in readings.values():
            first.setdefault(each.recording, each.at)
            if each.other is not None:
                first.setdefault(each.other, Utc(each.at + each.offset))
        self._pivot = [pivot.get(c, first[c]) for c in self._cameras]
        self._base = approximate(readings.values(), self._cameras)
        place = {c: i for i, c in enumerate(self._cameras)}
        claims = claims_of(readings, self._pivot, self._base, place)
        self._claimed = {claim.reading: claim for claim in claims}
        self._judging = Judging(claims, len(self._cameras))
        self._solved = self._judging.solved
        self._used = {c.reading: (c, t) for c, t in zip(self._solved.claims, self._solved.tests, strict=True)}

    def corrections(self) -> tuple[Correction, ...]:
        return tuple(self._correction(i) for i in range(len(self._cameras)))

    def between(self) -> dict[tuple[str, str], Between]:
        pairs = (pair for group in self._solved.groups for pair in combinations(group, 2))
        return {(self._cameras[one], self._cameras[other]): self._apart(one, other) for one, other in pairs}

    def judged(self, number: int, reading: Reading) -> Judged:
        claim = self._claimed[number]
        verdict = self._judging.verdicts.get(number, Verdict.AGREES)
        residual = Micros(round(float((claim.says - claim.design @ self._solved.values)[0]) * SECOND))
        left_out = self._judging.out.get(number)
        if left_out is not None:
            reason = why(verdict, self._solved.predicted(left_out), float(claim.sigma[0]), float(claim.sigma[0]))
            return Judged(reading, residual, used=False, why=reason)
        now, test = self._used[number]
        reason = why(verdict, test, float(claim.sigma[0]), float(now.sigma[0]))
        more = float(now.sigma[0]) > float(claim.sigma[0])
        return Judged(reading, residual, True, Micros(ceil(float(now.sigma[0]) * SECOND)) if more else None, reason)

    def _correction(self, camera: int) -> Correction:
        growth = self._drift(camera)
        away = self._surest(self._at(camera, 0), growth)
        values, n = self._solved.values, len(self._cameras)
        offset = self._base[camera] + round((values[camera] + values[n + camera] * _PPM * away / SECOND) * SECOND)
        return Correction(
            self._cameras[camera],
            Micros(offset),
            _sigma(self._solved.variance(self._at(camera, away))),
            Utc(self._pivot[camera] + away),
            max(-MOST_DRIFT_PPB, min(MOST_DRIFT_PPB, round(float(values[n + camera]) * _PPB))),
            _drift_sigma(self._solved.variance(growth)),
        )

    def _apart(self, one: int, other: int) -> Between:
        wall = self._wall_pivot(one)
        late = wall - self._wall_pivot(other)
        growth = self._drift(one) - self._drift(other)
        away = self._surest(self._at(one, 0) - self._at(other, late), growth)
        apart = self._at(one, away) - self._at(other, late + away)
        at = Utc(wall + away)
        return Between(_sigma(self._solved.variance(apart)), at, _drift_sigma(self._solved.variance(growth)))

    def _surest(self, offset: Floats, growth: Floats) -> int:
        """µs after the instant of `offset` where it and its growth (ppm) know nothing of each other: there its variance
        is smallest, and away from there both simply add up."""
        seconds = -self._solved.covariance(offset, growth) / self._solved.variance(growth) / _PPM
        return round(max(-_FAR, min(_FAR, seconds)) * SECOND)

    def _at(self, camera: int, micros: int) -> Floats:
        """What takes a camera's correction, so long after its pivot, from the unknowns."""
        row = np.zeros(2 * len(self._cameras))
        row[camera] = 1
        row[len(self._cameras) + camera] = micros / SECOND * _PPM
        return row

    def _drift(self, camera: int) -> Floats:
        row = np.zeros(2 * len(self._cameras))
        row[len(self._cameras) + camera] = 1
        return row

    def _wall_pivot(self, camera: int) -> int:
        return self._pivot[camera] + self._base[camera] + round(float(self._solved.values[camera]) * SECOND)


def _sigma(variance: float) -> Micros:
    """Never rounded down to certainty."""
    return Micros(ceil(sqrt(variance) * SECOND))


def _drift_sigma(variance: float) -> int:
    return ceil(sqrt(variance) * _PPB)
