"""Two recordings' sound compared, in processes apart: each is decoded in one of its own, a third one compares.

A process never sees two files (see `media/apart`): the one that compares knows nothing but numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from reviewer.alignment.sound import Samples, SoundMatch, Unknown, comparing
from reviewer.media import apart
from reviewer.media.camera import Source
from reviewer.media.hearing import hear

_COMPARING = 90.0  # seconds without a sign of life


@dataclass(frozen=True, slots=True)
class _Step:
    """What the process says: how far it is, and in the end what it found, or why it does not know."""

    share: float
    found: SoundMatch | None = None
    why: str = ""


def match(
    one: Source,
    other: Source,
    cancelled: Callable[[], bool] = lambda: False,
    progress: Callable[[float], Any] = lambda _: None,
) -> SoundMatch | Unknown:
    """What the sound of two parts says of their clocks: stream times are the parts' own. `progress` hears shares of the
    work from 0 to 1. Raises Cancelled, DecoderStopped, UnreadableMedia, and what opening a source raises."""
    first = listen(one, cancelled)
    progress(0.4)
    second = listen(other, cancelled)
    progress(0.8)
    return compare(first, second, cancelled, lambda share: progress(0.8 + share / 5))


def compare(
    one: Samples,
    other: Samples,
    cancelled: Callable[[], bool] = lambda: False,
    progress: Callable[[float], Any] = lambda _: None,
) -> SoundMatch | Unknown:
    """The same of sound that was decoded already (`listen`), so that nine cameras are decoded nine times, not 36."""
    for step in apart.pieces(
        _compare, one, other, gives=_Step, what="This sound", seconds=_COMPARING, cancelled=cancelled
    ):
        progress(step.share)
        if step.found is not None:
            return step.found
        if step.why:
            return Unknown(step.why)
    return Unknown("Comparing the sound came to no end.")


def listen(source: Source, cancelled: Callable[[], bool] = lambda: False, what: str = "This file") -> Samples:
    """A part's sound: 8 kHz mono from stream time 0, 58 MB an hour. Raises Cancelled, DecoderStopped, UnreadableMedia,
    and what opening the source raises."""
    pieces = [*hear(source, cancelled, what)]
    return np.concatenate(pieces) if pieces else np.zeros(0, np.int16)


def _compare(one: Samples, other: Samples) -> Iterator[_Step]:
    """In a process apart."""
    steps = comparing([one], [other])
    while True:
        try:
            yield _Step(next(steps))
        except StopIteration as end:
            found = end.value
            yield _Step(1.0, found) if isinstance(found, SoundMatch) else _Step(1.0, why=found.why)
            return
