"""Why a reading is used as it is, or not: one sentence for a person."""

from __future__ import annotations

from math import isfinite

from reviewer.alignment.judging import Verdict
from reviewer.alignment.network import Test
from reviewer.domain.alignment import COVERAGE

NOT_HERE = "One of its recordings is not among those that were solved."
UNCHECKED = "Nothing else checks it."
_HIDDEN = 4.7
"""σ of what a claim is off by, that an error of it must reach to be found nearly always (Baarda's δ₀: contradicted at
1 in 10,000, with a power of 80 %)."""
_WORTH_SAYING = 10  # an error that many σ of the claim could stay hidden: then it is hardly checked at all


def why(verdict: Verdict, test: Test, claimed: float, weighed: float) -> str:
    """`test` is how the reading stands to all others, `claimed` and `weighed` its σ (s): its own, and what counts."""
    off = f"{_off(test)} from what the others say"
    if verdict is Verdict.LEFT_OUT:
        return f"{off}, and they agree without it: left out."
    if verdict is Verdict.OUTRANKED:
        return f"{off}. Nothing else tells which is wrong; a clock’s own word counts least: left out."
    if verdict is Verdict.UNDECIDED:
        return f"It contradicts others, and which of them is wrong cannot be told: it counts with {_limit(weighed)}."
    if verdict is Verdict.LOOSE:
        return f"Farther off than it claims: it counts with {_limit(weighed)}."
    hidden = _HIDDEN * float(test.off_sigma[0])
    if not isfinite(hidden):
        return UNCHECKED
    if hidden <= _WORTH_SAYING * claimed:
        return ""
    return f"Hardly checked: if it were off by {_length(hidden)}, no other reading would show it."


def _off(test: Test) -> str:
    """By what it is off more: its offset, or its drift."""
    in_sigma = abs(test.off) / test.off_sigma
    if len(in_sigma) > 1 and in_sigma[1] > in_sigma[0]:
        return f"Its drift is {abs(float(test.off[1])):.1f} ppm off"
    return f"Off by {_length(abs(float(test.off[0])))}"


def _limit(sigma: float) -> str:
    return f"± {_length(COVERAGE * sigma)}"


def _length(seconds: float) -> str:
    """With two or three digits: "12 ms", "0.42 s", "37.2 s", "8 min", "7 h 59 min"."""
    if seconds < 0.1:
        return f"{max(1, round(seconds * 1000))} ms"
    if seconds < 10:
        return f"{seconds:.2f} s"
    if seconds < 120:
        return f"{seconds:.1f} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours < 48 else f"{hours // 24} days"
