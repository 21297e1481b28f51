"""A copy's sound beside the originals': silence is silence, a tone only a tone, a changed voice another one.

- Muted: no sample of the whole stretch is louder than −60 dBFS (QUIET), from its first to its last. Where nothing is
  heard (cards, questions) the same, but for GUARD at both ends, over which an AAC frame of what is heard beside it may
  ring (ISO/IEC 14496-3: 2048 samples).
- A tone: what is left beside the one strongest frequency is 34 dB below it at least; speech that is to be understood
  under a tone is louder than that.
- Another voice: in no three windows of 40 ms one after the other is the wave the original's (correlation over SAME with
  up to 5 ms of delay), nor is a third of all windows near it (over SHARED), both without what can be foretold of the
  original (`whitened`): a horn is as like to a buzz as a voice is to itself. A voice made anew has 0.15, in one window
  of a hundred 0.28; the recording's own 0.95, as loud under a changed one 0.7, half as loud 0.45. The words stay, and
  nobody says that they do not.
- All else is the recording's: in windows of a quarter of a second the wave is the originals' sum (correlation over
  LIKE, delay under 10 ms), wherever they are loud enough to tell.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reviewer.domain.redaction import SoundWay
from reviewer.domain.timebase import SECOND, Micros
from reviewer.media.whitened import EVERY, foretelling, rest, thinned

Sound = NDArray[np.float32]
RATE = 48_000
QUIET = 10 ** (-60 / 20)
GUARD = 2 * 2048
SAME, SHARED, NEAR, LIKE = 0.8, 0.3, 0.5, 0.6
_UNDER_TONE = 10 ** (-34 / 20)
_LOUD = 10 ** (-46 / 20)  # root mean square from which a wave can be told
_VOICE, _VOICE_LAG = RATE // 25, RATE // 200
_PLAIN, _PLAIN_LAG = RATE // 4, RATE // 100
_SHORTEST = RATE // 50
_HALVINGS = 22


@dataclass(frozen=True, slots=True)
class Span:
    """[first, last) samples of the file, and what is to be heard there; None: nothing. `name` of the edit, or ""."""

    first: int
    last: int
    way: SoundWay | None
    name: str = ""


def first_sample(at: Micros) -> int:
    """The first sample that does not begin before an instant of the file."""
    return -(-at * RATE // SECOND)


def is_silent(sound: Sound) -> bool:
    """n×channels."""
    return not len(sound) or float(np.abs(sound).max()) < QUIET


def only_a_tone(sound: Sound) -> bool:
    """n×channels, all of it one frequency; too short a stretch to tell has to be silent or steady as well."""
    if len(sound) < _SHORTEST:
        return True
    mono = sound.mean(axis=1).astype(np.float64)
    cuts = range(0, max(1, len(mono) - _SHORTEST), RATE)
    return _steady(sound) and all(_one_frequency(mono[cut : cut + RATE + _SHORTEST]) for cut in cuts)


def _one_frequency(mono: NDArray[np.float64]) -> bool:
    """The strongest frequency is sought within a bin of the spectrum's peak, until what is left beside it is least."""
    spectrum = np.abs(np.fft.rfft(mono * np.hanning(len(mono))))
    peak = int(spectrum[1:].argmax()) + 1
    low, high = peak - 1.0, peak + 1.0
    for _ in range(_HALVINGS):
        one, two = low + (high - low) / 3, high - (high - low) / 3
        if _beside(mono, one)[0] < _beside(mono, two)[0]:
            high = two
        else:
            low = one
    left, tone = _beside(mono, (low + high) / 2)
    return left < max(_UNDER_TONE * tone, QUIET / 2)


def _beside(mono: NDArray[np.float64], turns: float) -> tuple[float, float]:
    """Root mean square of what is left beside a frequency, in turns of the whole, and of it (least squares)."""
    angle = 2 * np.pi * turns / len(mono) * np.arange(len(mono))
    base = np.stack([np.sin(angle), np.cos(angle)])
    fitted = np.linalg.solve(base @ base.T, base @ mono)
    tone = fitted @ base
    return float(np.sqrt(((mono - tone) ** 2).mean())), float(np.sqrt((tone**2).mean()))


def _steady(sound: Sound) -> bool:
    """Both channels have the same."""
    return sound.shape[1] < 2 or float(np.abs(sound[:, 0] - sound[:, 1]).max()) < 4 * QUIET


def another_voice(copy: Sound, original: Sound) -> bool:
    """Mono, the original with _VOICE_LAG more at both ends: whether the copy's wave is another one."""
    made, own, long, lag = thinned(copy), thinned(original), _VOICE // EVERY, _VOICE_LAG // EVERY
    near = run = longest = 0
    windows = 0
    for first in range(0, len(made) - long + 1, long):
        last = first + long + 2 * lag
        if _power(own[first:last]) < _LOUD or _power(made[first : first + long]) < QUIET:
            run = 0
            continue
        told = foretelling(own, first, last)
        alike = likeness(rest(made, first, first + long, told), rest(own, first, last, told))
        windows += 1
        near += alike > SHARED
        run = run + 1 if alike > SAME else 0
        longest = max(longest, run)
    return longest < 3 and (windows < 4 or near * 3 < windows)


def is_heard(copy: Sound, original: Sound) -> bool:
    """Mono, the original with _VOICE_LAG more at both ends: whether the original's wave is heard in a short piece."""
    if len(copy) < _SHORTEST or _power(original) < _LOUD or _power(copy) < QUIET:
        return False
    return likeness(copy, original) > NEAR


def unlike(copy: Sound, original: Sound) -> list[bool]:
    """Mono, the original with _PLAIN_LAG more at both ends: for each window that can be told whether it is not the
    original's."""
    found = []
    for start in range(0, len(copy) - _PLAIN + 1, _PLAIN):
        here = copy[start : start + _PLAIN]
        there = original[start : start + _PLAIN + 2 * _PLAIN_LAG]
        loud = _power(there) >= _LOUD
        if loud or _power(here) >= _LOUD:
            found.append(not loud or likeness(here, there) < LIKE)
    return found


def likeness(here: Sound, there: Sound) -> float:
    """The greatest correlation of a wave with a longer one, over all delays that fit."""
    size = 1 << (len(there) + len(here) - 1).bit_length()
    one, two = here.astype(np.float64), there.astype(np.float64)
    product = np.fft.irfft(np.fft.rfft(two, size) * np.conj(np.fft.rfft(one, size)), size)
    lags = len(there) - len(here) + 1
    sums = np.concatenate([[0.0], np.cumsum(two**2)])
    energy = sums[len(here) :] - sums[: -len(here)]
    whole = np.sqrt(np.maximum(energy, 1e-12) * max(float((one**2).sum()), 1e-12))
    return float(np.abs(product[:lags] / whole).max())


def _power(wave: Sound | NDArray[np.float64]) -> float:
    return float(np.sqrt((wave.astype(np.float64) ** 2).mean())) if len(wave) else 0.0


LAGS = {SoundWay.VOICE: _VOICE_LAG, None: _PLAIN_LAG}
