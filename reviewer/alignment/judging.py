"""Which claims of a network disagree, and what becomes of them.

A claim that the others contradict is left out if they can tell that it is this one (Baarda's data snooping, one at a
time, the worst first; it comes back if what made it look wrong has left itself). Where several would explain the
contradiction equally well, nothing in the numbers says which is wrong: a clock's own word then gives way to what
compared two clocks, and among equals all stay, each with half of how far it is off as its σ, so that the truth lies
within the ± whichever it was. What disagrees less than that, but more than it claims, counts with as much σ as makes it
fit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from enum import Enum, auto
from math import sqrt

import numpy as np

from reviewer.alignment.network import Claim, Solved, Test

_CONTRADICTED = {1: 15.1, 2: 18.4}
"""Misfit by which a claim is contradicted, by its degrees of freedom: one honest claim in 10,000 is."""
_LOOSE = {1: 4.0, 2: 6.2}
"""Misfit from which a claim counts with more σ than it claims: two standard deviations (one honest claim in 20)."""
_NO_BETTER = 9.0
"""One explanation is no better than another whose misfit is this much less: 90 times as likely is not yet knowing."""
_NUMERICS = 1e-4  # or this share of the misfit, which is what float64 leaves of very large ones
_MOST_DRIFT = 10_000.0  # ppm: a file that plays its sound at 1 % off is met; no clock is worse
_ALIKE = 0.7
"""Two claims explain the same contradiction if their misfits have at least this much in common."""


class Verdict(Enum):
    AGREES = auto()
    LOOSE = auto()  # off by more than it claims: it counts with more σ
    UNDECIDED = auto()  # contradicted, as others are that it contradicts; which is wrong cannot be told
    OUTRANKED = auto()  # the same, but the others compared two clocks and this is a clock's own word: left out
    LEFT_OUT = auto()  # the others together say that it is this one


class Judging:
    """Leaves out, loosens, takes back, until nothing disagrees more than it may. Then `solved` holds, without the
    readings of `out`; `verdicts` has a word for those that do not simply agree, by reading."""

    def __init__(self, claims: Iterable[Claim], cameras: int) -> None:
        self.out: dict[int, Claim] = {}
        self.verdicts: dict[int, Verdict] = {}
        self._claims = _surest_first(claims)
        self._cameras = cameras
        self._returned: set[int] = set()
        self.solved = self._settled()

    def _settled(self) -> Solved:
        solved = Solved(self._claims, self._cameras)
        # Ends by itself: a reading is left out twice at most, and what is loosened fits. The bound is for rounding.
        for _ in range(8 * len(self._claims)):
            if not (self._leave_out(solved) or self._take_back(solved) or self._loosen_worst(solved)):
                break
            solved = Solved(self._claims, self._cameras)
        return solved

    def _worst(self, solved: Solved, limits: Mapping[int, float]) -> int | None:
        """The claim that misses its limit by most; None if all keep to it."""
        over = [(t.over(limits), -i) for i, t in self._checked(solved)]
        most, place = max(over, default=(0.0, 0))
        return -place if most > 1e-3 else None

    def _checked(self, solved: Solved) -> Iterable[tuple[int, Test]]:
        tests = enumerate(solved.tests[: len(self._claims)])
        return ((i, test) for i, test in tests if test.checks)

    def _rivals(self, solved: Solved, worst: int, slack: float) -> list[int]:
        """The claims that would explain the same contradiction as well as the worst does, itself among them. A drift
        that is only assumed explains what a measured drift contradicts, and nothing else: seconds are not drift."""
        top = solved.tests[worst].misfit
        least = top - max(slack, _NUMERICS * top)
        found = [i for i, t in self._checked(solved) if t.misfit >= least and solved.alike(worst, i) >= _ALIKE]
        said = [i for i in found if self._claims[i].reading is not None]
        return said if said and not any(_in_drift(solved.tests[i]) for i in said) else found

    def _leave_out(self, solved: Solved) -> bool:
        """Of the worst that is contradicted, if there is one."""
        worst = self._worst(solved, _CONTRADICTED)
        if worst is None:
            return False
        rivals = self._rivals(solved, worst, _NO_BETTER)
        rank = min(self._claims[i].rank for i in rivals)
        wrong = [i for i in rivals if self._claims[i].rank == rank]
        number = self._claims[wrong[0]].reading
        if len(wrong) > 1 or number is None:
            self._loosen(solved, wrong, Verdict.UNDECIDED)
            return True
        self.out[number] = self._claims.pop(wrong[0])
        self.verdicts[number] = Verdict.LEFT_OUT if len(rivals) == 1 else Verdict.OUTRANKED
        return True

    def _take_back(self, solved: Solved) -> bool:
        """The reading that was left out and agrees with all that stayed, if there is one; the best first."""
        fits = []
        for number, claim in self.out.items():
            test = solved.predicted(claim)
            if number not in self._returned and test.over(_LOOSE) <= 0:
                fits.append((test.misfit, number))
        if not fits:
            return False
        number = min(fits)[1]
        self._returned.add(number)
        self._claims = _surest_first([*self._claims, self.out.pop(number)])
        del self.verdicts[number]
        return True

    def _loosen_worst(self, solved: Solved) -> bool:
        worst = self._worst(solved, _LOOSE)
        if worst is None:
            return False
        self._loosen(solved, self._rivals(solved, worst, 1.0), Verdict.LOOSE)
        return True

    def _loosen(self, solved: Solved, which: Sequence[int], verdict: Verdict) -> None:
        """Let these claims count with as much σ as makes what they are off two of it."""
        for i in which:
            claim, test = self._claims[i], solved.tests[i]
            added = np.maximum(0, test.off**2 / 4 - test.off_sigma**2)
            if (added > (0.1 * claim.sigma) ** 2).any():
                sigma = np.sqrt(claim.sigma**2 + added)
            else:  # offset and drift are off together, neither is by itself
                sigma = claim.sigma * sqrt(max(1.1, test.misfit / _LOOSE[test.checks]))
            self._claims[i] = replace(claim, sigma=sigma)
            if claim.reading is not None and self.verdicts.get(claim.reading) is not Verdict.UNDECIDED:
                self.verdicts[claim.reading] = verdict
        self._claims = _surest_first(self._claims)


def _in_drift(test: Test) -> bool:
    """Whether a reading's measured drift is contradicted by itself, by no more than a clock can drift."""
    if len(test.off) < 2 or abs(float(test.off[1])) > _MOST_DRIFT:
        return False
    return float((test.off[1] / test.off_sigma[1]) ** 2) > _LOOSE[1]


def _surest_first(claims: Iterable[Claim]) -> list[Claim]:
    """Factors keep most digits with the largest rows first; the sort is stable, so the outcome does not depend on
    anything but the claims."""
    return sorted(claims, key=lambda claim: float(claim.sigma.min()))
