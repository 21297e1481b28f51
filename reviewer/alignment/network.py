"""What readings claim, as rows of one linear network, and its weighted least squares.

Unknown are each camera's offset at its pivot (s) and its drift (ppm). A pairwise reading says their difference at the
moment of the event, so the offset of all cameras together rests on the readings against UTC alone. Claims of a tenth of
a millisecond stand beside claims of a day, eighteen orders of magnitude in weight: so all is solved as a small
correction of whole microseconds, by orthogonal factors instead of normal equations (Higham, Accuracy and Stability of
Numerical Algorithms, 2nd ed., ch. 20), and in the differences from one camera of each group, which are what is sure.

What a claim would be without itself (the deleted residual) and by how much all the rest would fit better without it
are from the same factors: Baarda, A testing procedure for use in geodetic networks, 1968.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reviewer.domain.alignment import Reading, SourceKind
from reviewer.domain.timebase import SECOND, Micros, Utc

Floats = NDArray[np.float64]

USUAL_DRIFT_PPM = 50.0
"""σ of a camera's drift as long as nothing has measured it: quartz of consumer devices, warm and cold."""
NO_CLOCK = 86_400.0
"""σ (s) of a stated time against UTC where nothing says anything of UTC."""
ASSUMED = -1
"""Rank of what is only assumed: it gives way to any source."""
_RANKS = {SourceKind.FILE: 0, SourceKind.CONTAINER: 1, SourceKind.MANIFEST: 2}
MEASURED = 3
"""Rank of what compares two clocks: GPS, sound, and what a person saw or knows. Lower ones are a clock's own word."""
_PPM = 1e-6
_CHECKED = 1e-10  # less than this share of a claim is checked by others: below what float64 can tell from nothing


@dataclass(frozen=True, slots=True)
class Claim:
    """One source's word, in one row or with its drift in two: `design` (rows × 2 cameras) by offsets (s) and drifts
    (ppm), `says` less what was taken out beforehand, `sigma` what it counts with. `reading` None: only assumed."""

    reading: int | None
    rank: int
    cameras: tuple[int, ...]
    design: Floats
    says: Floats
    sigma: Floats


@dataclass(frozen=True, slots=True)
class Test:
    """How a claim stands to all others together. `misfit` is what the weighted sum of squares loses without it, by
    chi² of `checks` degrees of freedom if it is as sure as it claims (0: nothing else checks it). `off` is what it says
    less what the others say, `off_sigma` the σ of that; `pull` belongs to `Solved.alike`."""

    misfit: float
    checks: int
    off: Floats
    off_sigma: Floats
    pull: Floats

    def over(self, limits: Mapping[int, float]) -> float:
        """By how much it misses a limit by degrees of freedom, as a whole or with one of its rows; below 0: it does
        not."""
        row = float(((self.off / self.off_sigma) ** 2).max())
        return max(self.misfit - limits[self.checks], row - limits[1])


class Solved:
    """The network solved for some claims. `values` (2 cameras) are offsets (s, to be added to `base`) and drifts (ppm);
    `groups` are cameras that pairwise claims join."""

    def __init__(self, claims: Sequence[Claim], cameras: int) -> None:
        self.groups = _groups(claims, cameras)
        self.claims = [*claims, *_datum(claims, self.groups, cameras)]
        basis = _basis(self.groups, self.claims, cameras)
        sigma = np.concatenate([c.sigma for c in self.claims])
        rows = np.vstack([c.design for c in self.claims]) / sigma[:, None] @ basis
        scale = 1 / np.linalg.norm(rows, axis=0)
        q, r = factors(rows * scale)
        inverse = np.linalg.inv(r)
        says = np.concatenate([c.says for c in self.claims]) / sigma
        found = scale * (inverse @ (q.T @ says))
        self.values: Floats = basis @ found
        self._halves: Floats = inverse.T @ (scale[:, None] * basis.T)
        ends = np.cumsum([len(c.sigma) for c in self.claims])
        self._q: list[Floats] = np.split(q, ends[:-1])
        self.tests = _tests(self.claims, q, says - rows @ found)

    def variance(self, functional: Floats) -> float:
        """The variance of a linear function (2 cameras) of the unknowns."""
        half = self._half(functional)
        return float(half @ half)

    def covariance(self, one: Floats, other: Floats) -> float:
        return float(self._half(one) @ self._half(other))

    def alike(self, one: int, other: int) -> float:
        """How much two claims' misfits are one and the same, from 0 (nothing to do with each other) to 1 (nothing here
        can tell which of the two is wrong)."""
        if one == other:
            return 1.0
        a, b = self.tests[one], self.tests[other]
        shared = -float(a.pull @ self._q[one] @ self._q[other].T @ b.pull)
        return abs(shared) / max(float(np.sqrt(a.misfit * b.misfit)), 1e-300)

    def predicted(self, claim: Claim) -> Test:
        """The same for a claim that is not among those which were solved."""
        off = claim.says - claim.design @ self.values
        halves = np.array([self._half(row) for row in claim.design])
        spread = np.diag(claim.sigma**2) + halves @ halves.T
        misfit = float(off @ np.linalg.solve(spread, off))
        return Test(misfit, len(off), off, np.sqrt(np.diag(spread)), off)

    def _half(self, functional: Floats) -> Floats:
        """What has the functional's variance as its square: R⁻ᵀ of it. Of a difference of two cameras what is unsure of
        both falls out to the last digits, and those are far below a microsecond."""
        return self._halves @ functional


def factors(rows: Floats) -> tuple[Floats, Floats]:
    """Q (as the rows) and R (square, upper) of Householder's method (Golub & Van Loan, Matrix Computations, 4th ed.,
    5.2.1). Written out, as a library's own spreads these small matrices over threads: on a busy machine that made 30 ms
    of one; and what comes out is then the same whatever library there is."""
    left, columns = rows.copy(), rows.shape[1]
    mirrors = []
    for j in range(columns):
        mirror = left[j:, j].copy()
        mirror[0] += np.copysign(np.sqrt(mirror @ mirror), mirror[0])
        mirror /= np.sqrt(mirror @ mirror) or 1.0
        left[j:, j:] -= np.multiply.outer(2 * mirror, mirror @ left[j:, j:])
        mirrors.append(mirror)
    q = np.eye(len(rows), columns)
    for j, mirror in reversed(list(enumerate(mirrors))):
        q[j:, j:] -= np.multiply.outer(2 * mirror, mirror @ q[j:, j:])
    return q, np.triu(left[:columns])


def claims_of(
    readings: Mapping[int, Reading], pivot: Sequence[Utc], base: Sequence[int], place: Mapping[str, int]
) -> list[Claim]:
    """The rows of these readings, and what is assumed of each camera's drift. `place` are the cameras' places in
    `pivot` (stated time) and `base` (µs that were taken out of their offsets)."""
    cameras = len(pivot)
    claims = [_claim(number, reading, pivot, base, place) for number, reading in readings.items()]
    for camera in range(cameras):
        row = np.zeros((1, 2 * cameras))
        row[0, cameras + camera] = 1
        claims.append(Claim(None, ASSUMED, (camera,), row, np.zeros(1), np.array([USUAL_DRIFT_PPM])))
    return sorted(claims, key=lambda claim: claim.sigma.min())  # factors are surest with the largest rows first


def _claim(number: int, reading: Reading, pivot: Sequence[Utc], base: Sequence[int], place: Mapping[str, int]) -> Claim:
    """For one event: wall = at + c_one(at) = (at + offset) + c_other(at + offset), so offset = c_one − c_other. Its
    growth ρ a second of the one's time makes c_one' − c_other'·(1 + ρ) = ρ."""
    n, one = len(pivot), place[reading.recording]
    measured = reading.drift_ppb is not None and reading.drift_sigma_ppb is not None
    design = np.zeros((2 if measured else 1, 2 * n))
    design[0, one] = 1
    design[0, n + one] = (reading.at - pivot[one]) / SECOND * _PPM
    says = reading.offset - base[one]
    growth = (reading.drift_ppb or 0) / 1000
    if measured:
        design[1, n + one] = 1
    cameras: tuple[int, ...] = (one,)
    if reading.other is not None:
        other = place[reading.other]
        cameras = (one, other)
        says += base[other]
        design[0, other] = -1
        design[0, n + other] = -(reading.at + reading.offset - pivot[other]) / SECOND * _PPM
        if measured:
            design[1, n + other] = -(1 + growth * _PPM)
    sigma = [max(reading.sigma, 1) / SECOND, max(reading.drift_sigma_ppb or 0, 1) / 1000][: len(design)]
    return Claim(
        number,
        _RANKS.get(reading.kind, MEASURED),
        cameras,
        design,
        np.array([says / SECOND, growth][: len(design)]),
        np.array(sigma),
    )


def approximate(readings: Iterable[Reading], recordings: Sequence[str]) -> list[int]:
    """Offsets (µs) that fit the surest readings: each group of joined cameras starts from its surest clock."""
    surest = sorted(readings, key=lambda r: (r.sigma, r.recording, r.other or "", r.at, r.offset))
    joins: dict[str, list[tuple[str, int]]] = {r: [] for r in recordings}
    for each in surest:
        if each.other is not None:  # c_other = c_one − offset
            joins[each.recording].append((each.other, -each.offset))
            joins[each.other].append((each.recording, each.offset))
    found: dict[str, int] = {}
    starts = [(r.recording, r.offset) for r in surest if r.other is None] + [(r, Micros(0)) for r in recordings]
    for start, offset in starts:
        reached = [(start, int(offset))] if start not in found else []
        for camera, value in reached:
            if camera not in found:
                found[camera] = value
                reached.extend((other, value + step) for other, step in joins[camera])
    return [found[r] for r in recordings]


def _groups(claims: Iterable[Claim], cameras: int) -> list[list[int]]:
    """Cameras that pairwise claims join, each group in order."""
    group = list(range(cameras))
    for claim in claims:
        if len(claim.cameras) == 2:
            one, other = sorted(group[c] for c in claim.cameras)
            group = [one if g == other else g for g in group]
    return [[c for c in range(cameras) if group[c] == g] for g in sorted(set(group))]


def _against_utc(claims: Iterable[Claim]) -> dict[int, float]:
    """The surest claim (s) against UTC of each camera that has one."""
    found: dict[int, float] = {}
    for claim in claims:
        if claim.reading is not None and len(claim.cameras) == 1:
            camera = claim.cameras[0]
            found[camera] = min(float(claim.sigma[0]), found.get(camera, np.inf))
    return found


def _datum(claims: Iterable[Claim], groups: Iterable[Sequence[int]], cameras: int) -> list[Claim]:
    """What is assumed where nothing says UTC: the first camera's stated time, a day more or less."""
    known = _against_utc(claims)
    assumed = []
    for group in groups:
        if not any(camera in known for camera in group):
            row = np.zeros((1, 2 * cameras))
            row[0, group[0]] = 1
            assumed.append(Claim(None, ASSUMED, (group[0],), row, np.zeros(1), np.array([NO_CLOCK])))
    return assumed


def _basis(groups: Iterable[Sequence[int]], claims: Sequence[Claim], cameras: int) -> Floats:
    """From the unknowns as they are solved to offsets and drifts: in each group the offset of the camera that UTC is
    surest of, and the others' differences from it. What is least sure comes last."""
    known = _against_utc(claims)
    columns: list[Floats] = []
    heads: list[Floats] = []
    for group in groups:
        head = min(group, key=lambda c: (known.get(c, np.inf), c))
        for camera in group:
            column = np.zeros(2 * cameras)
            column[list(group) if camera == head else camera] = 1
            (heads if camera == head else columns).append(column)
    drifts = list(np.eye(2 * cameras)[cameras:])
    return np.column_stack([*columns, *drifts, *heads])


def _tests(claims: Sequence[Claim], q: Floats, left: Floats) -> list[Test]:
    """Of all claims at once: `q` are the rows of the orthogonal factor, `left` the residuals in σ. A claim of one row
    stands beside those of two with a second one that nothing checks."""
    rows = np.array([len(c.sigma) for c in claims])
    where = np.repeat(np.arange(len(claims)), rows), np.concatenate([np.arange(n) for n in rows])
    own, over, sigma = np.zeros((len(claims), 2, q.shape[1])), np.zeros((len(claims), 2)), np.ones((len(claims), 2))
    own[where], over[where], sigma[where] = q, left, np.concatenate([c.sigma for c in claims])
    shared = np.eye(2) - own @ own.transpose(0, 2, 1)
    shared[rows == 1, 1, 1] = 0
    free, turn = np.linalg.eigh(shared)
    checked = free > _CHECKED
    inverse = np.where(checked, 1 / np.where(checked, free, 1), 0.0)
    pull = np.einsum("cij,cj,ckj,ck->ci", turn, inverse, turn, over)
    blind = np.einsum("cij,cj->ci", turn**2, ~checked) > _CHECKED
    spread = np.where(blind, np.inf, np.sqrt(np.einsum("cij,cj->ci", turn**2, inverse)))
    misfit, checks = (over * pull).sum(axis=1), checked.sum(axis=1)
    return [
        Test(float(misfit[c]), int(checks[c]), (pull[c] * sigma[c])[:n], (spread[c] * sigma[c])[:n], pull[c, :n])
        for c, n in enumerate(rows)
    ]
