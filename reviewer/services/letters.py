"""Letters for names: what stands for the officers of footage that was released for training."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reviewer.domain.assignment import Purpose
from reviewer.domain.recording import Manifest, nameless

_LETTERS = 26


def letters(officers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """By recording, "Officer A": (recording, who wore the camera) in the order of the assignment, so that a letter
    stays the same in every reel. Somebody with two recordings has one letter, a recording of nobody known its own."""
    given: dict[str, str] = {}
    found: dict[str, str] = {}
    for recording, officer in officers:
        found[recording] = given.setdefault(officer or recording, f"Officer {_letter(len(given))}")
    return found


def for_purpose(purpose: Purpose, manifests: Sequence[Manifest]) -> tuple[Manifest, ...]:
    """An assignment's manifests, in its order, as whoever it is for may see them: names never reach training."""
    if purpose is not Purpose.TRAINING:
        return tuple(manifests)
    shown = letters((m.recording_id, m.officer_id or m.officer) for m in manifests)
    return tuple(nameless(m, shown[m.recording_id]) for m in manifests)


def _letter(n: int) -> str:
    return (_letter(n // _LETTERS - 1) if n >= _LETTERS else "") + chr(ord("A") + n % _LETTERS)
