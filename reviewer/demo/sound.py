"""The sound of the street: a few sources in it, and how each camera hears them.

Every source reaches a camera late by its distance over the speed of sound and weaker by one over the distance; each
microphone adds its own noise and gain. Sources are made at 24 kHz, which is enough for voices, doors and horns.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reviewer.demo.camera import CameraSpec
from reviewer.demo.scene import SUBJECT, VAN_STOP, Scene
from reviewer.demo.walk import Walk

Wave = NDArray[np.float32]
SPEED = 343.0  # metres a second: 2.9 ms a metre
DRY_RATE = 24_000
_NEAREST = 0.7  # metres; nothing is louder than from here
_BLOCK = 0.1  # seconds; distances change slowly, they are worked out this often

# Who speaks when, in shares of the event's length, and how high the voice is (Hz). −1 is the person with the bag.
_SPEECH: tuple[tuple[int, float, float, float], ...] = (
    (-1, 0.36, 0.41, 168.0),
    (0, 0.415, 0.46, 112.0),
    (-1, 0.48, 0.54, 175.0),
    (1, 0.50, 0.53, 128.0),
    (2, 0.545, 0.58, 205.0),
    (-1, 0.585, 0.65, 190.0),
    (0, 0.68, 0.72, 118.0),
    (3, 0.725, 0.78, 215.0),
    (-1, 0.79, 0.84, 170.0),
    (1, 0.87, 0.93, 125.0),
)


@dataclass(frozen=True, slots=True)
class Source:
    """A dry sound, where it comes from at seconds t (arrays in, x and y out), and when it starts."""

    start: float
    wave: Wave
    place: Callable[[NDArray[np.float64]], NDArray[np.float64]]


class SoundField:
    """All that can be heard in one event; the same for every camera and for the same seed."""

    def __init__(self, scene: Scene, seed: int) -> None:
        rng = np.random.default_rng([seed, 23])
        schedule, length = scene.schedule, scene.schedule.length / 1_000_000
        still_van, subject = _fixed(*VAN_STOP), _fixed(*SUBJECT)
        self.sources = [
            Source(schedule.event("bell"), 0.5 * _bell(), _fixed(44.0, 1.7)),
            Source(schedule.event("bell_again"), 0.5 * _bell(), _fixed(-52.0, -1.8)),
            Source(
                schedule.event("horn"), 0.9 * _horn(), lambda t: np.array([[scene.van(s).x, 5.0] for s in t.tolist()])
            ),
            Source(schedule.event("door"), 1.6 * _bang(rng), still_van),
            Source(schedule.event("bag_lands"), 1.6 * _clatter(rng), subject),
            Source(0.0, 0.1 * _murmur(rng, length), _fixed(-9.0, 8.6)),
            Source(0.0, 0.1 * _murmur(rng, length), _fixed(9.5, -6.8)),
            Source(0.0, _engine(scene, rng, length), lambda t: np.array([[scene.van(s).x, 5.0] for s in t.tolist()])),
        ]
        for who, begin, end, pitch in _SPEECH:
            if who < len(scene.officers):
                place = subject if who < 0 else _walking(scene.officers[who])
                wave = (0.7 if who < 0 else 0.3) * _babble(rng, (end - begin) * length, pitch)
                self.sources.append(Source(begin * length, wave, place))

    def heard(self, walk: Walk, start: float, count: int, rate: int) -> Wave:
        """What reaches somebody on this walk: `count` samples at `rate`, the first at `start` seconds."""
        heard = np.zeros(count, dtype=np.float32)
        knots = np.arange(start, start + count / rate + 2 * _BLOCK, _BLOCK)
        ears = np.array([[step.x, step.y] for step in map(walk.at, knots.tolist())])
        for source in self.sources:
            away = np.hypot(*(source.place(knots) - ears).T)
            first = math.floor((source.start - start) * rate)
            last = math.ceil((source.start + len(source.wave) / DRY_RATE + away.max() / SPEED - start) * rate)
            first, last = max(0, first), min(count, last)
            if first >= last:
                continue
            times = start + np.arange(first, last) / rate
            distance = np.interp(times, knots, away)
            ticks = np.arange(len(source.wave)) / DRY_RATE
            late = np.interp(times - distance / SPEED - source.start, ticks, source.wave, left=0, right=0)
            heard[first:last] += (late / np.maximum(distance, _NEAREST) * 3.0).astype(np.float32)
        return heard


def record_sound(field: SoundField, spec: CameraSpec, walk: Walk, start: float, length: float, seed: int) -> Wave:
    """A camera's microphone: (channels, samples), −1 to 1. `start` is seconds since the event's start. The second
    channel of a stereo one is a hand's breadth away with noise of its own."""
    rate, count = spec.sample_rate, int(length * spec.sample_rate)
    rng = np.random.default_rng([seed, 29, spec.number, round(start * 1000)])
    heard = field.heard(walk, start, count, rate) * spec.gain
    channels = []
    for channel in range(spec.channels):
        shifted = np.roll(heard, 12 * channel)
        channels.append(np.tanh(shifted + _hiss(rng, count, rate) * spec.noise * 3))
    return np.array(channels, dtype=np.float32)


def _fixed(x: float, y: float) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    return lambda t: np.broadcast_to(np.array([x, y]), (len(t), 2))


def _walking(walk: Walk) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    return lambda t: np.array([[step.x, step.y] for step in map(walk.at, t.tolist())])


def _time(seconds: float) -> NDArray[np.float64]:
    return np.arange(int(seconds * DRY_RATE)) / DRY_RATE


def _hiss(rng: np.random.Generator, count: int, rate: int) -> Wave:
    """Noise that falls 3 dB an octave, of unit power, as wind and cloth on a microphone do."""
    size = 1 << max(10, min(20, (count - 1).bit_length()))
    spectrum = np.fft.rfft(rng.standard_normal(size))
    frequency = np.fft.rfftfreq(size, 1 / rate)
    noise = np.fft.irfft(spectrum / np.sqrt(np.maximum(frequency, 60.0)), size)
    noise /= noise.std()
    return np.resize(noise, count).astype(np.float32)


def _babble(rng: np.random.Generator, seconds: float, pitch: float) -> Wave:
    """Speech without words: harmonics of a moving pitch under two formants that jump with each syllable."""
    t = _time(seconds)
    knots = np.arange(0, seconds + 0.25, 0.16)
    hertz = pitch * (1 + 0.12 * np.interp(t, knots, rng.uniform(-1, 1, len(knots))))
    first = np.interp(t, knots, rng.uniform(300, 850, len(knots)))
    second = np.interp(t, knots, rng.uniform(900, 2_300, len(knots)))
    loud = np.clip(np.interp(t, knots, rng.uniform(-0.25, 1.0, len(knots))), 0, 1)
    phase = 2 * np.pi * np.cumsum(hertz) / DRY_RATE
    wave = np.zeros(len(t))
    for k in range(1, min(24, int(3_400 / pitch)) + 1):
        at = k * hertz
        weight = np.exp(-(((at - first) / 170) ** 2)) + 0.6 * np.exp(-(((at - second) / 260) ** 2)) + 0.04 / k
        wave += weight * np.sin(k * phase)
    return (wave * loud * 0.5).astype(np.float32)


def _murmur(rng: np.random.Generator, seconds: float) -> Wave:
    """People talking a way off."""
    tile = sum((_babble(rng, min(seconds, 6.0), pitch) for pitch in (105.0, 140.0, 210.0)), np.float32(0.0))
    return np.resize(tile, int(seconds * DRY_RATE)).astype(np.float32)


def _horn() -> Wave:
    t = _time(0.75)
    tone = sum(np.sign(np.sin(2 * np.pi * hertz * t)) * 0.3 + np.sin(2 * np.pi * hertz * t) for hertz in (415.0, 523.0))
    edge = np.clip(np.minimum(t / 0.02, (0.75 - t) / 0.05), 0, 1)
    return np.asarray(tone * edge * 0.9, dtype=np.float32)


def _bell() -> Wave:
    t = _time(1.6)
    wave = np.zeros(len(t))
    for strike in (0.0, 0.42):
        since = t - strike
        ring = sum(a * np.sin(2 * np.pi * f * since) for f, a in ((1_180.0, 1.0), (2_710.0, 0.5), (4_040.0, 0.3)))
        wave += np.where(since >= 0, np.exp(-5 * np.maximum(since, 0)) * ring, 0)
    return wave.astype(np.float32)


def _bang(rng: np.random.Generator) -> Wave:
    """A sliding door that slams: a crack, a thump and what rattles after it."""
    t = _time(0.6)
    crack = rng.standard_normal(len(t)) * np.exp(-60 * t)
    thump = np.sin(2 * np.pi * 82 * t) * np.exp(-14 * t) * 1.6
    rattle = rng.standard_normal(len(t)) * np.exp(-12 * t) * 0.15
    return (crack + thump + rattle).astype(np.float32)


def _clatter(rng: np.random.Generator) -> Wave:
    """A full bag on paving: the fall, the bounce 0.31 s later, and small things inside."""
    t = _time(0.9)
    wave = np.zeros(len(t))
    for at, loud in ((0.0, 1.0), (0.07, 0.35), (0.13, 0.3), (0.31, 0.55), (0.37, 0.25), (0.48, 0.15)):
        since = np.maximum(t - at, 0)
        tone = np.sin(2 * np.pi * rng.uniform(900, 3_200) * since) + 0.7 * rng.standard_normal(len(t))
        wave += np.where(t >= at, loud * np.exp(-45 * since) * tone, 0)
    return wave.astype(np.float32)


def _engine(scene: Scene, rng: np.random.Generator, seconds: float) -> Wave:
    """The van's engine: it drops to idling when the van stops. No siren."""
    t = _time(seconds)
    knots = np.arange(0, seconds + 0.2, 0.1)
    pace = np.abs(np.gradient([scene.van(s).x for s in knots.tolist()], 0.1))
    drive = np.interp(t, knots, np.clip(pace / 8, 0, 1))
    phase = 2 * np.pi * np.cumsum(27 + 30 * drive) / DRY_RATE
    hum = np.sin(phase) + 0.6 * np.sin(2 * phase) + 0.35 * np.sin(3 * phase + 0.4)
    roll = np.convolve(rng.standard_normal(len(t)), np.ones(12) / 12, mode="same")
    return ((0.10 + 0.22 * drive) * hum + 0.5 * drive * roll).astype(np.float32)
