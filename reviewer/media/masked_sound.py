"""Makes sound unheard or a speaker unknown: silence, a tone, or a voice that is another one.

Silence and tone reach MARGIN further on both sides: an AAC frame overlaps its neighbours (ISO/IEC 14496-3, 4.6.11), so
that what is heard beside a muted stretch would ring into it.

A changed voice is a channel vocoder's (Dudley 1939): the loudness of BANDS wide bands is measured 94 times a second,
moved up or down in frequency by a share that drifts, and given to a source of our own, a buzz of another, drifting
pitch and noise. The voice's own pitch, its melody and everything finer than a band are not in it, so nothing brings
them back; the shift follows from a seed that nobody keeps. What it is not: the words, their rhythm, pauses and accent
stay, and who knows somebody by these may know them still. It makes nobody anonymous, and screens say so.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from reviewer.media.sound_ring import RATE

Samples = NDArray[np.float32]

MARGIN = 2048
"""Samples of RATE: two AAC frames."""
TONE_HZ = 1000
TONE_PEAK = 0.1
BANDS = 20
CONTEXT = 4096
"""Samples on each side that `change_voice` needs beside what it changes."""

_FRAME = 2048
_HOP = 512
_LOWEST, _HIGHEST = 90.0, 7_600.0
_WARP = 0.16  # at most so much higher or lower, drifting
_TINY = 1e-9


@dataclass(frozen=True, slots=True)
class Voice:
    """How voices sound in one file: pitch in Hz, its drift, and the shift of the bands, by the file's seed."""

    pitch: float
    warp: float
    phases: tuple[float, float, float]

    def warped(self, seconds: NDArray[np.float64]) -> NDArray[np.float64]:
        """By how much the bands stand higher (> 1) or lower, at each instant of the file's footage."""
        drift = np.sin(0.53 * seconds + self.phases[0]) + np.sin(0.31 * seconds + self.phases[1])
        shift: NDArray[np.float64] = self.warp * (1 + _WARP / 2 * drift)
        return shift

    def phase(self, samples: NDArray[np.int64]) -> NDArray[np.float64]:
        """Turns of the buzz at each sample; the pitch drifts about a tenth."""
        seconds = samples / RATE
        turns: NDArray[np.float64] = self.pitch * (seconds + 0.12 * np.sin(0.83 * seconds + self.phases[2]))
        return turns


def voice_of(seed: int) -> Voice:
    """The voice of a file. Neither near 1, where a voice would stay much as it is."""
    random = np.random.default_rng((seed, 7))
    higher = bool(random.integers(2))
    warp = random.uniform(1.14, 1.26) if higher else random.uniform(0.80, 0.88)
    phases = random.uniform(0, 2 * np.pi, 3)
    return Voice(float(random.uniform(95, 175)), float(warp), (float(phases[0]), float(phases[1]), float(phases[2])))


def mute(samples: Samples, start: int, end: int) -> None:
    """Silence in n×2 samples from `start` to before `end` (places in them, may lie outside), MARGIN more each side."""
    samples[max(0, start - MARGIN) : max(0, end + MARGIN)] = 0


def tone(samples: Samples, start: int, end: int, at: int) -> None:
    """A tone instead, as far as `mute` reaches. `at`: the file's sample that `samples` begin with, so that the tone
    goes on where stretches meet."""
    first, last = max(0, start - MARGIN), min(len(samples), end + MARGIN)
    if first < last:
        wave = TONE_PEAK * np.sin(2 * np.pi * TONE_HZ / RATE * (np.arange(at + first, at + last) % RATE))
        samples[first:last] = wave.astype(np.float32)[:, None]


def change_voice(samples: Samples, at: int, seed: int) -> Samples:
    """Another voice for n×2 samples at RATE whose first is the footage's sample `at`. The first and the last CONTEXT
    samples are what lies around and come out fading: cut them off. A pure function of footage and place, so that
    stretches made apart fit together."""
    voice = voice_of(seed)
    mono = samples.mean(axis=1).astype(np.float64)
    first = -(-at // _HOP)
    count = max(0, (at + len(mono) - _FRAME - first * _HOP) // _HOP + 1)
    made = np.zeros(len(mono))
    if count:
        starts = (first + np.arange(count)) * _HOP - at
        window = np.hanning(_FRAME)
        places = starts[:, None] + np.arange(_FRAME)[None, :]
        heard = np.fft.rfft(mono[places] * window, axis=1)
        seconds = (starts + at + _FRAME // 2) / RATE
        spoken = _spoken(heard, starts + at, voice, seed, voice.warped(seconds))
        pieces = np.fft.irfft(spoken, _FRAME, axis=1) * window
        for start, piece in zip(starts, pieces, strict=True):
            made[start : start + _FRAME] += piece
        made /= float(np.sum(window**2)) / _HOP
    return np.repeat(np.clip(made, -1, 1).astype(np.float32)[:, None], 2, axis=1)


def _spoken(
    heard: NDArray[np.complex128], starts: NDArray[np.int64], voice: Voice, seed: int, warp: NDArray[np.float64]
) -> NDArray[np.complex128]:
    """The source's spectra, as loud in each band as what was heard was in the band that stands there by `warp`."""
    bands = _bands()
    power = np.abs(heard) ** 2
    loud = np.einsum("fb,nb->fn", power, bands)  # as `@`, but on this thread alone: a player's decoder has the others
    voiced = loud[:, : BANDS // 3].sum(axis=1) / (loud.sum(axis=1) + _TINY)
    buzz, hiss = _sources(starts, voice, seed)
    source = buzz * np.sqrt(voiced)[:, None] + hiss * np.sqrt(1 - np.minimum(voiced, 1))[:, None]
    own = np.einsum("fb,nb->fn", np.abs(source) ** 2, bands)
    centres = _centres()
    wanted = np.array(
        [np.interp(centres / w, centres, each, left=0, right=0) for each, w in zip(loud, warp, strict=True)]
    )
    gains = np.sqrt(wanted / (own + _TINY))
    shaped: NDArray[np.complex128] = source * np.einsum("fn,nb->fb", gains, _spread())
    return shaped


def _sources(
    starts: NDArray[np.int64], voice: Voice, seed: int
) -> tuple[NDArray[np.complex128], NDArray[np.complex128]]:
    """Spectra of a buzz and of noise for frames that begin at these samples, _HOP apart, each as a whole file's would
    be there."""
    window = np.hanning(_FRAME)
    turns = np.floor(voice.phase(np.arange(starts[0] - 1, starts[-1] + _FRAME)))
    pulses = sliding_window_view(turns[1:] > turns[:-1], _FRAME)[::_HOP]
    buzz = np.fft.rfft(pulses * window, axis=1)
    size = _FRAME // 2 + 1
    random = [np.random.default_rng((seed, 11, int(start) % (1 << 40))).uniform(0, 1, size) for start in starts]
    hiss = np.exp(2j * np.pi * np.array(random)) * np.sqrt(_FRAME / RATE * voice.pitch)
    return buzz, hiss


@lru_cache(maxsize=1)
def _centres() -> NDArray[np.float64]:
    """Middles of the bands in Hz: evenly on a mel scale, so at the low end wider than a voice's harmonics lie apart."""
    low, high = (1127 * np.log(1 + f / 700) for f in (_LOWEST, _HIGHEST))
    centres: NDArray[np.float64] = 700 * (np.exp(np.linspace(low, high, BANDS + 2)[1:-1] / 1127) - 1)
    return centres


@lru_cache(maxsize=1)
def _bands() -> NDArray[np.float64]:
    """BANDS × bins: overlapping triangles."""
    spread = _spread()
    bands: NDArray[np.float64] = spread / (spread.sum(axis=1, keepdims=True) + _TINY)
    return bands


@lru_cache(maxsize=1)
def _spread() -> NDArray[np.float64]:
    """BANDS × bins: how a band's gain reaches the bins about it, in straight lines to its neighbours'."""
    bins = np.fft.rfftfreq(_FRAME, 1 / RATE)
    centres = _centres()
    inside = (bins >= _LOWEST) & (bins <= _HIGHEST)
    rows = np.array([np.interp(bins, centres, row) for row in np.eye(BANDS)])
    spread: NDArray[np.float64] = rows * inside
    return spread
