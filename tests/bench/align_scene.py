"""What cameras hear of one scene: made sounds at places, rooms and streets around them, each microphone's own noise.

All is synthetic and vectorised, at 8 kHz. Nothing moves (no Doppler). Rooms: image sources (Allen & Berkley 1979) and
an exponentially decaying tail of each way's own; streets: the ground, two walls, a weak tail.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RATE = 8_000
SPEED = 343.0  # of sound, m/s at 20 °C
Wave = NDArray[np.float32]
Rng = np.random.Generator


# -- sounds ------------------------------------------------------------------------------------------------------------


def noise(rng: Rng, length: int) -> Wave:
    return rng.standard_normal(length, dtype=np.float32)


def shaped(rng: Rng, excitation: Wave, frames_of: int = 256) -> Wave:
    """Speech-like: the excitation through formants that change every syllable, with pauses between and within words."""
    hop = frames_of // 2
    count = len(excitation) // hop
    syllables = max(2, round(count * hop / RATE * rng.uniform(3.5, 5.5)))
    edges = np.sort(rng.integers(0, count, syllables))
    which = np.searchsorted(edges, np.arange(count), side="right")
    hertz = np.fft.rfftfreq(frames_of, 1 / RATE)
    vowels = np.zeros((40, len(hertz)), np.float32)
    for low, high, wide, level in ((250, 850, 90, 1.0), (900, 2300, 140, 0.6), (2200, 3200, 250, 0.3)):
        middle = rng.uniform(low, high, (40, 1))
        vowels += level / (1 + ((hertz - middle) / wide) ** 2)
    loud = rng.gamma(2.0, 0.5, syllables + 1) * (rng.random(syllables + 1) < 0.75)
    words = np.repeat(rng.random(syllables // 8 + 1) < rng.uniform(0.4, 0.9), 8)[: syllables + 1]
    inside = np.arange(count) - np.concatenate([[0], edges])[which]
    level = (loud * words)[which] * np.exp(-inside / (RATE / hop * 0.12)) * (1 - np.exp(-(inside + 1) / 1.5))
    gains = vowels[rng.integers(0, 40, syllables + 1)[which]] * level[:, None].astype(np.float32)
    return filtered(excitation, gains, frames_of)


def filtered(wave: Wave, gains: NDArray[np.floating], frames_of: int = 256) -> Wave:
    """Each half-overlapping frame times its own spectrum."""
    hop = frames_of // 2
    window = np.hanning(frames_of + 1)[:-1].astype(np.float32)
    out = np.zeros(len(wave) + frames_of, np.float32)
    for begin in range(0, len(gains), 8192):
        part = gains[begin : begin + 8192]
        padded = np.zeros((len(part) + 1) * hop, np.float32)
        piece = wave[begin * hop : begin * hop + len(padded)]
        padded[: len(piece)] = piece
        frames = np.lib.stride_tricks.sliding_window_view(padded, frames_of)[::hop] * window
        done = np.fft.irfft(np.fft.rfft(frames) * part.astype(np.float32), frames_of).astype(np.float32)
        start = begin * hop
        out[start : start + len(part) * hop] += done[:, :hop].reshape(-1)
        out[start + hop : start + hop + len(part) * hop] += done[:, hop:].reshape(-1)
    return out[: len(wave)]


def voice(rng: Rng, length: int) -> Wave:
    """Somebody talks: pulses of a wandering pitch and some breath."""
    steps = np.cumsum(rng.standard_normal(length // 800 + 2)) * 0.03
    pitch = rng.uniform(90, 230) * np.exp(np.clip(steps - steps.mean(), -0.4, 0.4))
    phase = np.cumsum(np.interp(np.arange(length) / 800, np.arange(len(pitch)), pitch) / RATE)
    pulses = np.diff(np.floor(phase), prepend=0).astype(np.float32) * 8
    return shaped(rng, pulses + 0.15 * noise(rng, length))


def babble(rng: Rng, length: int) -> Wave:
    return sum((voice(rng, length) for _ in range(3)), np.zeros(length, np.float32))


def impacts(rng: Rng, length: int) -> Wave:
    """Doors, steps, bangs: decaying resonances at random instants."""
    out = np.zeros(length + RATE, np.float32)
    sounds = []
    for _ in range(12):
        fade = np.exp(-np.arange(RATE // 2) / (RATE * rng.uniform(0.004, 0.06))).astype(np.float32)
        tone = np.sin(2 * np.pi * rng.uniform(150, 2500) * np.arange(RATE // 2) / RATE)
        sounds.append((noise(rng, RATE // 2) * rng.uniform(0.2, 1) + tone.astype(np.float32)) * fade)
    for at in rng.integers(0, length, max(3, int(length / RATE * rng.uniform(0.2, 2.5)))):
        out[at : at + RATE // 2] += sounds[rng.integers(12)] * np.float32(rng.lognormal(0, 0.8))
    return out[:length]


def siren(rng: Rng, length: int) -> Wave:
    """Wail, yelp, phaser and pauses, as whoever drives changes them."""
    edges = np.sort(rng.integers(0, length, max(1, length // (12 * RATE))))
    which = np.searchsorted(edges, np.arange(length), side="right")
    rates = rng.choice([0.25, 0.25, 1.0, 3.3], len(edges) + 1) * rng.uniform(0.95, 1.05)
    loud = (rng.random(len(edges) + 1) < 0.85).astype(np.float32)
    return _swept(rng, rates[which]) * loud[which]


def alarm(rng: Rng, length: int) -> Wave:
    """The same for ever: it fits itself at many offsets, and no method can tell them apart."""
    return _swept(rng, np.full(length, rng.choice([0.25, 1.0, 2.0])))


def _swept(rng: Rng, rates: NDArray[np.float64]) -> Wave:
    sweep = 900 + 450 * np.sin(2 * np.pi * np.cumsum(rates) / RATE + rng.uniform(0, 6))
    phase = 2 * np.pi * np.cumsum(sweep) / RATE
    wave: Wave = (np.sin(phase) + 0.4 * np.sin(2 * phase) + 0.2 * np.sin(3 * phase)).astype(np.float32)
    return wave


def music(rng: Rng, length: int) -> Wave:
    """Chords and a beat at an even tempo, a bar of four coming again and again with changes."""
    beat = round(RATE * 60 / rng.choice([90, 100, 120, 128]) / 2)
    notes = 110 * 2 ** (rng.choice([0, 2, 4, 5, 7, 9, 11, 12, 14, 16], 16) / 12)
    time = np.arange(beat) / RATE
    fade = np.exp(-time / 0.15)
    tones = sum(np.sin(2 * np.pi * notes[:, None] * k * time) / k for k in (1, 2, 3, 5)) * fade
    drum = noise(rng, beat) * np.exp(-time / 0.02).astype(np.float32)
    count = length // beat + 1
    played = (np.arange(count) + 4 * (rng.random(count) < 0.3) * rng.integers(0, 4, count)) % 16
    bars: Wave = tones[played] + drum * (np.arange(count) % 2 == 0)[:, None] * 2
    bars = bars.reshape(-1)[:length].astype(np.float32)
    return bars


def rumble(rng: Rng, length: int) -> Wave:
    """Wind in a microphone, traffic: low noise in gusts."""
    hertz = np.fft.rfftfreq(256, 1 / RATE)
    count = length // 128
    gusts = np.exp(np.interp(np.arange(count) / 60, np.arange(count // 60 + 2), rng.normal(0, 0.9, count // 60 + 2)))
    slope = 1 / (1 + (hertz / rng.uniform(60, 250)) ** rng.uniform(1.2, 2.0))
    return filtered(noise(rng, length), gusts[:, None].astype(np.float32) * slope.astype(np.float32))


SOUNDS = {"voice": voice, "babble": babble, "impacts": impacts, "siren": siren, "music": music, "alarm": alarm}


# -- rooms -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Place:
    """Where it is: `size` of the room in metres (of a street: its length, width, height), `fading` its RT60 in s,
    `open_air`: only the ground and the two long walls throw back."""

    size: NDArray[np.float64]
    fading: float
    open_air: bool


def place(rng: Rng) -> Place:
    if rng.random() < 0.5:
        size = np.array([rng.uniform(3, 15), rng.uniform(3, 10), rng.uniform(2.4, 4)])
        return Place(size, float(np.exp(rng.uniform(np.log(0.25), np.log(2.0)))), open_air=False)
    return Place(np.array([80.0, rng.uniform(8, 30), 12.0]), rng.uniform(0.2, 0.7), open_air=True)


def response(rng: Rng, where: Place, source: NDArray[np.float64], ear: NDArray[np.float64], hidden: float) -> Wave:
    """From one place to another; `hidden` is what is left of the direct sound (a body or a corner in the way)."""
    reach = 4 if not where.open_air else 2
    orders = np.stack(np.meshgrid(*[np.arange(-reach, reach + 1)] * 3, indexing="ij"), -1).reshape(-1, 3)
    if where.open_air:
        orders = orders[(orders[:, 0] == 0) & np.isin(orders[:, 2], (-1, 0))]
    mirrored = np.where(orders % 2 == 0, source, where.size - source) + orders * where.size
    if where.open_air:
        mirrored[orders[:, 2] == -1, 2] = -source[2]
    far = np.linalg.norm(mirrored - ear, axis=1)
    volume, area = np.prod(where.size), 2 * (where.size * np.roll(where.size, 1)).sum()
    bounce = np.sqrt(np.clip(1 - 0.161 * volume / (area * where.fading), 0.05, 0.95)) if not where.open_air else 0.6
    bounces = np.abs(orders).sum(axis=1)
    strength = bounce**bounces / np.maximum(far, 0.5) * np.where(bounces == 0, hidden, 1.0)
    strength = strength * rng.uniform(0.6, 1.2, len(strength))
    out = np.zeros(int(RATE * (where.fading * 0.8 + 0.35)), np.float64)
    at = far / SPEED * RATE
    for tap in range(-7, 9):
        index = np.floor(at).astype(int) + tap
        apart = index - at
        kept = (index >= 0) & (index < len(out))
        np.add.at(out, index[kept], (strength * np.sinc(apart) * (0.5 + 0.5 * np.cos(np.pi * apart / 9)))[kept])
    begin = int(np.linalg.norm(source - ear) / SPEED * RATE) + 40
    time = np.arange(len(out) - begin) / RATE
    tail = rng.standard_normal(len(time)) * 10 ** (-3 * time / where.fading) * (1 - np.exp(-time / 0.03))
    level = (0.05 if where.open_air else 0.8) * np.sqrt((out**2).sum() / max((tail**2).sum(), 1e-9))
    out[begin:] += tail * level * rng.uniform(0.3, 1.0)
    return out.astype(np.float32)


def through(wave: Wave, impulse: Wave) -> Wave:
    """Convolution, as long as the wave, block by block."""
    block = 1 << 15
    step = block - len(impulse) + 1
    spectrum = np.fft.rfft(impulse, block).astype(np.complex64)
    out = np.zeros(len(wave) + block, np.float32)
    for begin in range(0, len(wave), step):
        done = np.fft.irfft(np.fft.rfft(wave[begin : begin + step], block) * spectrum, block)
        out[begin : begin + block] += done.astype(np.float32)
    return out[: len(wave)]


# -- a scene -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Scene:
    """What the microphones would hear without noise; `apart` the first two's distance in m. `ways`: for each source by
    how many s its sound comes later to the second than to the first, and its share of the power that both hear."""

    heard: tuple[Wave, ...]
    apart: float
    ways: tuple[tuple[float, float], ...]


def scene(rng: Rng, length: int, microphones: int = 2) -> Scene:
    where = place(rng)
    high = np.array([where.size[0] - 0.5, where.size[1] - 0.5, 2.2])
    ears = rng.uniform([0.5, 0.5, 1.2], [*high[:2], 1.6], (microphones, 3))
    if where.open_air:  # two officers on a street are nearer than the street is long
        for ear in ears[1:]:
            ear[0] = np.clip(ears[0, 0] + rng.normal(0, 6), 0.5, high[0])
    focus = rng.uniform([0.5, 0.5, 0.3], high)
    if where.open_air:
        focus[0] = np.clip(ears[0, 0] + rng.normal(0, 12), 0.5, high[0])
    heard = [np.zeros(length, np.float32) for _ in ears]
    powers, ways = [], []
    kinds = rng.choice(list(SOUNDS), rng.integers(1, 6), p=[0.35, 0.2, 0.25, 0.07, 0.11, 0.02])
    for kind in kinds:
        spot = np.clip(focus + rng.normal(0, 1.5, 3) * [1, 1, 0.2], [0.3, 0.3, 0.2], high)
        dry = SOUNDS[kind](rng, length)
        dry *= np.float32(rng.lognormal(0, 0.5) / max(float(dry.std()), 1e-6))
        hidden = rng.choice([1.0, 0.5, 0.25], p=[0.6, 0.25, 0.15])
        wet = [through(dry, response(rng, where, spot, ear, hidden)) for ear in ears]
        powers.append(float(np.sqrt(wet[0].var() * wet[1].var())))
        ways.append(float(np.linalg.norm(spot - ears[1]) - np.linalg.norm(spot - ears[0])) / SPEED)
        for sum_of, each in zip(heard, wet, strict=True):
            sum_of += each
    total = sum(powers)
    shares = tuple((way, power / total) for way, power in zip(ways, powers, strict=True))
    return Scene(tuple(heard), float(np.linalg.norm(ears[0] - ears[1])), shares)
